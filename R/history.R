# The record of a fit: list(params, metrics). A metric that was not measured in every epoch
# from the first one on has the epochs it was measured in (from 1) in the attribute `epochs`,
# a named list.

new_history <- function(params, metrics, epochs = NULL) {
  history <- list(params = params, metrics = metrics)
  attr(history, "epochs") <- epochs
  class(history) <- c("kestrel_history", "keras_training_history")
  history
}

# The epochs (from 1) in which a metric was measured.
history_epochs <- function(history, name) {
  attr(history, "epochs")[[name]] %||% seq_along(history$metrics[[name]])
}

# From the first that was run to the last that was asked for.
history_range <- function(history) {
  run <- unlist(lapply(names(history$metrics), history_epochs, history = history))
  last <- as.integer(max(0, history$params$epochs, run))
  seq_len(last)[seq_len(last) >= min(run, Inf)]
}

#' The history of a fit
#'
#' [fit()][fit.kestrel_model] returns, invisibly, the values of loss and metrics by epoch:
#' `history$metrics` is a named list of numeric vectors (`loss`, the metrics, then `val_loss`
#' and so on, then `lr` when a callback recorded it), `history$params` a list of `verbose`,
#' `epochs`, `steps`, `samples`, `batch_size`, `metrics` and, with validation data,
#' `validation_samples`, `stopped` when [an optimizer that finishes][optimizer_lbfgs()] has, and
#' `restarts`, the loss that each start ended with, when there were some.
#' `as.data.frame()` has one row for each metric and epoch.
#'
#' A metric is logged under the name that [compile()][compile.kestrel_model] was given, `mae` say,
#' as in Keras 2 and 3; `history$metrics$mean_absolute_error`, its name in earlier versions, finds
#' it, too.
#'
#' The values of training are means over an epoch in which the weights were changing; those
#' with `val_` were computed with the weights at its end.
#'
#' @param x a history.
#' @param row.names,optional not used.
#' @param ... not used.
#' @return `print()` returns the history, invisibly. `as.data.frame()` returns a data frame
#'   with columns `epoch`, `value`, `metric` (a factor, without `val_`) and `data` (a factor:
#'   `training`, `validation`), beginning with the epoch after `initial_epoch`; epochs that
#'   were asked for and not run are `NA`.
#' @section Errors: none of its own; a [plot()][plot.keras_training_history] of a history
#'   checks its arguments.
#' @source R packages 'keras' and 'keras3'.
#' @seealso [plot.keras_training_history()].
#' @family training
#' @name history
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' history <- model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 3, verbose = 0)
#' history
#' history$metrics$loss
#' as.data.frame(history)
NULL

# Keras' own names, too: its epochs count from 0.
#' @export
`$.kestrel_history` <- function(x, name) {
  switch(name,
    metrics = , history = new_logs(.subset2(x, "metrics")),
    epoch = history_range(x)[seq_len(max(0L, lengths(.subset2(x, "metrics"))))] - 1L,
    .subset2(x, name)
  )
}

# Where a metric has other names, a list in which `$` and `[[` find it by them, too.
new_logs <- function(values) {
  if (identical(main_name(names(values)), names(values))) return(values)
  structure(values, class = c("kestrel_logs", "list"))
}

#' @export
`$.kestrel_logs` <- function(x, name) {
  values <- unclass(x)
  values[[name_or_alias(name, names(values)), exact = FALSE]]
}

#' @export
`[[.kestrel_logs` <- function(x, i, ...) {
  values <- unclass(x)
  if (is_string(i)) i <- name_or_alias(i, names(values))
  values[[i, ...]]
}

#' @export
print.kestrel_logs <- function(x, ...) {
  print(unclass(x), ...)
  invisible(x)
}

#' @export
str.kestrel_logs <- function(object, ...) utils::str(unclass(object), ...)

#' @rdname history
#' @export
print.kestrel_history <- function(x, ...) {
  cat(paste(format(x), collapse = "\n"), "\n")
  invisible(x)
}

#' @export
format.kestrel_history <- function(x, ...) {
  last <- lapply(x$metrics, last_value)
  if (!any(lengths(x$metrics))) return(c(history_title(x), "No epoch was trained."))
  c(
    history_title(x), "Final epoch (plot to see history):",
    paste0(formatC(names(last), width = max(nchar(names(last)))), ": ", history_values(last)),
    if (!is.null(x$params$stopped)) sprintf("Stopped: %s.", x$params$stopped),
    if (!is.null(x$params$restarts)) restarts_text(x$params$restarts)
  )
}

restarts_text <- function(reached) {
  finite <- reached[is.finite(reached)]
  if (!length(finite)) return(sprintf("The best of %d starts.", length(reached)))
  range <- history_values(range(finite))
  sprintf("The best of %d starts, which ended between %s and %s.", length(reached), range[1],
    range[2])
}

# Of the epochs that were run; nothing where the number of samples is not known.
history_title <- function(x) {
  params <- x$params
  if (is.null(params$samples)) return(NULL)
  count <- function(n) format(n, big.mark = ",", scientific = FALSE)
  validation <- if (!is.null(params$validation_samples)) {
    sprintf(", validated on %s samples", count(params$validation_samples))
  }
  paste0("Trained on ", count(params$samples), " samples", validation, " (batch_size=",
    count(params$batch_size), ", epochs=", count(max(0L, lengths(x$metrics))), ")")
}

last_value <- function(values) {
  measured <- which(!is.na(values) | is.nan(values))
  if (length(measured)) values[[measured[length(measured)]]] else NA_real_
}

# Four digits; fixed notation as in R keras, but for numbers too small to be read in it.
history_values <- function(values) {
  vapply(values, function(v) {
    tiny <- is.finite(v) && v != 0 && abs(v) < 1e-9
    format(v, digits = 4, big.mark = ",", scientific = tiny)
  }, "")
}

#' @rdname history
#' @export
as.data.frame.kestrel_history <- function(x, row.names = NULL, optional = FALSE, ...) {
  epochs <- history_range(x)
  names <- names(x$metrics)
  values <- lapply(names, function(name) {
    column <- rep(NA_real_, length(epochs))
    column[match(history_epochs(x, name), epochs)] <- x$metrics[[name]]
    column
  })
  metric <- sub("^val_", "", names)
  data.frame(
    epoch = rep(epochs, length(names)),
    value = as.double(unlist(values)),
    metric = factor(rep(metric, each = length(epochs)), unique(metric)),
    data = factor(rep(grepl("^val_", names), each = length(epochs)), c(FALSE, TRUE),
      c("training", "validation"))
  )
}
