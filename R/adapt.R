#' Let a preprocessing layer learn from data
#'
#' [layer_normalization()] takes mean and variance of the data, [layer_discretization()] the
#' boundaries of its bins, [layer_string_lookup()], [layer_integer_lookup()] and
#' [layer_text_vectorization()] their vocabulary. What the layer knew before is forgotten. It is
#' done before training, which changes nothing of it.
#'
#' @param object a preprocessing layer.
#' @param data a vector, matrix, array or data frame, samples first.
#' @param ... not used.
#' @param batch_size,steps accepted for R keras; the data is seen as a whole, or with `steps`
#'   the first `steps * batch_size` samples of it (32 in a batch by default).
#' @return the layer, invisibly.
#' @section Errors: `kestrel_error_argument` for a layer that learns nothing from data;
#'   `kestrel_error_data` for missing or infinite numbers.
#' @source Keras: `adapt()` of the preprocessing layers.
#' @family preprocessing layers
#' @examples
#' layer <- layer_discretization(num_bins = 4)
#' adapt(layer, 1:100)
#' layer$bin_boundaries
#' @export
adapt <- function(object, data, ..., batch_size = NULL, steps = NULL) {
  check_dots(list(...), c("object", "data", "batch_size", "steps"))
  if (missing(object)) stop_missing("object")
  if (!is_layer(object)) stop_argument("object", "a preprocessing layer", object)
  check_intact(object)
  if (missing(data)) stop_missing("data")
  batch_size <- check_count(batch_size, null = TRUE) %||% 32L
  steps <- check_count(steps, null = TRUE)
  adapt_layer(object, data, if (is.null(steps)) Inf else steps * batch_size, environment())
  invisible(object)
}

# `most`: samples to look at.
adapt_layer <- function(layer, data, most, call) UseMethod("adapt_layer")

#' @export
adapt_layer.default <- function(layer, data, most, call) {
  stop_argument("object", "a layer that learns from data, such as layer_normalization()", layer,
    call = call)
}

adapt_data <- function(data, most, call) {
  x <- check_finite(check_data(data, "data", call), "data", call)
  if (!length(x)) {
    stop_argument("data", "at least one sample of one number", data, kind = "data", call = call)
  }
  if (sample_count(x) > most) x <- some_samples(x, seq_len(most))
  x
}

#' @export
adapt_layer.kestrel_layer_normalization <- function(layer, data, most, call) {
  if (!is.null(layer_config(layer)$mean)) {
    stop_kestrel("state", "The layer was given its mean and variance.",
      hint = "Leave them out to learn them from data.", call = call)
  }
  x <- adapt_data(data, most, call)
  input <- sample_dims(x)
  if (!layer_state(layer)$built) build_layer(layer, input, call)
  check_input_dims(input, layer_state(layer)$input, sprintf("layer \"%s\"", layer$name), call,
    "data")
  kept <- kept_axes(layer, input)
  groups <- if (length(kept)) slice.index(array(0, input), kept) else rep(1L, prod(input))
  columns <- split(seq_along(groups), groups)
  flat <- matrix(x, nrow(x))
  mean <- vapply(columns, function(i) base::mean(flat[, i]), 0)
  variance <- vapply(seq_along(columns), function(i) base::mean((flat[, columns[[i]]] - mean[i])^2),
    0)
  dims <- layer_state(layer)$slots[[1]]$dims
  set_weights(layer, list(array(mean, dims), array(variance, dims), nrow(x)))
}

#' @export
adapt_layer.kestrel_layer_discretization <- function(layer, data, most, call) {
  state <- layer_state(layer)
  if (is.null(state$config$num_bins)) {
    stop_kestrel("state", "The layer was given its boundaries.",
      hint = "Give `num_bins` instead to learn them from data.", call = call)
  }
  x <- adapt_data(data, most, call)
  state$config$bin_boundaries <- sketch_boundaries(x, state$config$num_bins, state$config$epsilon)
  if (state$built) build_layer(layer, state$input, call)
}
