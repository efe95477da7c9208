# Units that did nothing on the last batch of a fit: what is known of them without data.

# By hidden activation: layer, activation, share (see idle_units()); NULL where nothing is known.
evidence_idle <- function(case) {
  share <- case$fit$idle
  if (is.null(share)) return(NULL)
  at <- as.integer(names(share))
  layers <- case$nodes$layer[at]
  named <- vapply(layers, function(i) if (i) case$layers[[i]]$name else "", "")
  data.frame(layer = named, activation = case$nodes$activation[at], share = unname(share))
}

# All units of a relu, or nine of ten values of another activation: what comes before that layer is
# not trained. Parts of a layer may be off on one batch and on on another: a note.
find_idle <- function(case, activations) {
  idle <- case$idle[case$idle$activation %in% activations & !is.na(case$idle$share), ]
  if (!nrow(idle)) return(NULL)
  worst <- idle[which.max(idle$share), ]
  relu <- worst$activation == "relu"
  whole <- worst$share > if (relu) 0.999 else 0.9
  if (!whole && worst$share < 0.5) return(NULL)
  found(
    if (relu) "Dead units" else "Saturated units", if (whole) "STRONG" else "LIKELY",
    sprintf("%s of layer \"%s\" %s at the end of the fit, so that no gradient passes there.",
      if (whole) "All units" else "Most units", worst$layer,
      if (relu) "were 0 on a whole batch" else sprintf("lay where %s is flat", worst$activation)),
    sprintf("Share of %s in the last batch: %s",
      if (relu) "units that were 0" else "values that were flat", percent(worst$share)),
    if (relu) dead_remedy(list(last = FALSE)) else {
      "scale x to unit deviation, smaller initial weights, or activation = \"relu\"."
    },
    severity = if (whole) "fault" else "note"
  )
}
