# Metrics that are R functions, in training and evaluation. The engine knows them as the
# record "mean", to which sums are added here after each batch, of which it hands over targets,
# predictions (from before the update) and weights.

# list(at, fn, label, weighted, output, dims, mask, read) for each; `at` counts all metrics from 0.
# `read`: by metric, see loss-tensors.R.
custom_metrics <- function(metrics, dims, masks, read) {
  custom <- Filter(function(i) !is.null(metrics[[i]]$metric$fn), seq_along(metrics))
  lapply(custom, function(i) {
    entry <- metrics[[i]]
    fn <- entry$metric$fn
    list(at = i - 1L, fn = if (is.null(stateful(fn))) masked(fn) else fn,
      label = entry$metric$label, weighted = entry$weighted,
      output = entry$output, dims = dims[[entry$output]], mask = masks[entry$output],
      read = if (length(read[[i]]$places)) read[[i]])
  })
}

# Arrays of the last batch: targets have one column where they are codes. `mask`: the place of the
# output's mask, or NA; then a number for each step.
batch_arrays <- function(trainer, dims, output = 1L, mask = NA) {
  batch <- trainer_batch(trainer, output - 1L)
  wide <- length(batch$t) == length(batch$y)
  dims_t <- if (wide) dims else c(dims[-length(dims)], length(batch$t) / batch$n /
    prod(dims[-length(dims)]))
  list(y_true = array(batch$t, c(batch$n, dims_t)), y_pred = array(batch$y, c(batch$n, dims)),
    weight = batch$weight, n = batch$n, mask = if (!is.na(mask)) trainer_look(trainer, mask))
}

# `first`: whether an epoch or evaluation begins with the batch.
add_custom_metrics <- function(trainer, custom, call, first) {
  for (metric in custom) {
    batch <- batch_arrays(trainer, metric$dims, metric$output, metric$mask)
    if (!metric$weighted) batch$weight <- NULL
    sums <- metric_sums(trainer, metric, batch, call, first)
    trainer_add(trainer, metric$at, sums[1], sums[2])
  }
}

metric_sums <- function(trainer, metric, batch, call, first) {
  own <- stateful(metric$fn)
  if (!is.null(own)) return(stateful_sums(own, metric$label, batch, first, call))
  read <- metric$read
  if (is.null(read)) return(custom_sums(metric$fn, metric$label, batch, call))
  read$seeing(seen_arrays(trainer, read), custom_sums(read$fn, metric$label, batch, call))
}
