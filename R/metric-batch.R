# Metrics that are R functions, in training and evaluation. The engine knows them as the
# record "mean", to which sums are added here after each batch, of which it hands over targets,
# predictions (from before the update) and weights.

# list(at, fn, label, weighted, output, dims, mask) for each; `at` counts all metrics from 0.
custom_metrics <- function(metrics, dims, masks) {
  custom <- Filter(function(i) !is.null(metrics[[i]]$metric$fn), seq_along(metrics))
  lapply(custom, function(i) {
    entry <- metrics[[i]]
    list(at = i - 1L, fn = entry$metric$fn, label = entry$metric$label, weighted = entry$weighted,
      output = entry$output, dims = dims[[entry$output]], mask = masks[entry$output])
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
    own <- stateful(metric$fn)
    sums <- if (is.null(own)) custom_sums(metric$fn, metric$label, batch, call) else
      stateful_sums(own, metric$label, batch, first, call)
    trainer_add(trainer, metric$at, sums[1], sums[2])
  }
}
