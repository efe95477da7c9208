#' Normalize the input with known means
#'
#' `y = (x - mean) / max(sqrt(variance), 1e-7)`, or with `invert = TRUE` the way back,
#' `y = mean + x * max(sqrt(variance), 1e-7)`. Mean and (population) variance are given, or
#' [adapt()] finds them from data: one for each place along `axis`, over all samples and all
#' other axes. Training does not change them.
#'
#' Weights, when they come from data: `mean`, `variance` and `count`; none, when they were given.
#'
#' @inheritParams layer_dense
#' @param axis axes that keep their own mean: negative ones count from the last, 1 is the first
#'   of a sample; `NULL` for one mean of all numbers.
#' @param mean,variance numbers, as many as the axes have places, or one for all.
#' @param invert whether to turn the normalization round.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` when only one of mean and variance is given, and
#'   for negative variances; `kestrel_error_shape` when their number does not fit;
#'   `kestrel_error_state` when the layer is used before [adapt()].
#' @source Keras: `keras.layers.Normalization`.
#' @family preprocessing layers
#' @examples
#' x <- as.matrix(cars)
#' layer <- layer_normalization()
#' adapt(layer, x)
#' all.equal(layer(x[1:2, ]), sweep(x[1:2, ], 2, colMeans(x)) %*%
#'   diag(1 / apply(x, 2, function(v) sqrt(mean((v - mean(v))^2)))), check.attributes = FALSE)
#' @export
layer_normalization <- function(object, axis = -1, mean = NULL, variance = NULL,
                                invert = FALSE, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (is.null(mean) != is.null(variance)) {
    stop_kestrel("argument", "Give both `mean` and `variance`, or neither of them.",
      argument = if (is.null(mean)) "mean" else "variance")
  }
  config <- list(
    axis = if (!is.null(axis)) check_sample_axes(axis),
    mean = check_moments(mean), variance = check_moments(variance, least = 0),
    invert = check_flag(invert),
    mean_initializer = initializer_zeros(), variance_initializer = initializer_ones(),
    count_initializer = initializer_zeros()
  )
  compose_layer(object, "normalization", config, options)
}

check_moments <- function(x, least = -Inf, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  force(arg)
  given <- x
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && length(x) > 0 && all(is.finite(x)) && all(x >= least)
  if (good) return(as.double(x))
  stop_argument(arg, paste("finite numbers", if (least == 0) "of at least 0"), given, call = call)
}

kept_axes <- function(layer, input) {
  axis <- layer_config(layer)$axis
  sort(unique(ifelse(axis < 0, axis + length(input) + 1L, axis)))
}

#' @export
check_fits.kestrel_layer_normalization <- function(layer, input, call) {
  kept <- kept_axes(layer, input)
  config <- layer_config(layer)
  if (!all(kept >= 1 & kept <= length(input))) {
    stop_kestrel("shape", sprintf("`axis` must name axes of samples of shape %s, not %s.",
      shape_text(input), shape_list(config$axis)), argument = "axis", value = config$axis,
      expected = input, call = call)
  }
  places <- prod(input[kept])
  for (arg in c("mean", "variance")) {
    if (length(config[[arg]]) %in% c(0, 1, places)) next
    stop_kestrel("shape", sprintf("`%s` must have 1 or %d numbers, not %d.", arg, places,
      length(config[[arg]])), argument = arg, value = length(config[[arg]]), expected = places,
      call = call)
  }
  invisible(layer)
}

#' @export
layer_nodes.kestrel_layer_normalization <- function(layer, input) {
  kept <- sum(2^kept_axes(layer, input))
  list(new_node("normalization", list(kept = kept, invert = layer_config(layer)$invert)))
}

#' @export
fixed_weights.kestrel_layer_normalization <- function(layer, slots) {
  config <- layer_config(layer)
  if (is.null(config$mean)) return(NULL)
  dims <- slots[[1]]$dims
  list(array(config$mean, dims), array(config$variance, dims), 0)
}

#' @export
hides_weights.kestrel_layer_normalization <- function(layer) !is.null(layer_config(layer)$mean)
