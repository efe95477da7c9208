#' Numbers as bins
#'
#' A number becomes the code of its bin: how many of the boundaries are at most the number, so
#' that a number that equals a boundary belongs to the bin on its right. With another
#' `output_mode` than `"int"` the code becomes indicators, as in [layer_category_encoding()].
#'
#' The boundaries are given, or [adapt()] finds them from data: `num_bins` bins with about as
#' many numbers each, by Keras' sketch of the quantiles (with `step = max(n * epsilon, 1)` every
#' step-th of the n sorted numbers, interpolated).
#'
#' @inheritParams layer_category_encoding
#' @param bin_boundaries ascending numbers.
#' @param num_bins how many bins [adapt()] shall make.
#' @param epsilon share of the data that a quantile may be off by, in (0, 1).
#' @param output_mode `"int"` for codes, or `"one_hot"`, `"multi_hot"`, `"count"`.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` unless exactly one of `bin_boundaries` and
#'   `num_bins` is given, and for boundaries that do not ascend; `kestrel_error_state` when the
#'   layer is used before [adapt()].
#' @source Keras: `keras.layers.Discretization`.
#' @family preprocessing layers
#' @examples
#' layer_discretization(bin_boundaries = c(0, 2, 4))(rbind(c(-1, 0, 3, 9)))
#' @export
layer_discretization <- function(object, bin_boundaries = NULL, num_bins = NULL, epsilon = 0.01,
                                 output_mode = "int", sparse = FALSE, input_shape = NULL,
                                 name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (is.null(bin_boundaries) == is.null(num_bins)) {
    stop_kestrel("argument", "Give either `bin_boundaries` or `num_bins`.",
      argument = "bin_boundaries")
  }
  config <- list(
    bin_boundaries = check_bin_boundaries(bin_boundaries),
    num_bins = check_count(num_bins, min = 2L, null = TRUE),
    epsilon = check_number(epsilon, min = 0, max = 1, open = c("min", "max")),
    output_mode = check_encoding(output_mode, others = "int")
  )
  check_sparse_mode(sparse, output_mode)
  compose_layer(object, "discretization", config, options)
}

check_bin_boundaries <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  force(arg)
  given <- x
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && length(x) > 0 && all(is.finite(x)) && all(diff(x) > 0)
  if (good) return(as.double(x))
  stop_argument(arg, "ascending finite numbers", given, call = call)
}

#' @export
layer_nodes.kestrel_layer_discretization <- function(layer, input) {
  config <- layer_config(layer)
  n <- length(config$bin_boundaries)
  bins <- new_node("discretization", list(boundaries = n))
  encoding <- if (config$output_mode != "int") list(encoding_node(n + 1, config$output_mode))
  c(list(bins), encoding)
}

#' @export
check_fits.kestrel_layer_discretization <- function(layer, input, call) {
  if (length(layer_config(layer)$bin_boundaries)) return(invisible(layer))
  stop_unadapted(layer, call)
}

stop_unadapted <- function(layer, call) {
  stop_kestrel("state", sprintf("Layer \"%s\" has not seen data yet.", layer$name),
    hint = "Call adapt(layer, data) first.", call = call)
}

#' @export
fixed_weights.kestrel_layer_discretization <- function(layer, slots) {
  list(layer_config(layer)$bin_boundaries)
}

#' @export
hides_weights.kestrel_layer_discretization <- function(layer) TRUE

# Of the n sorted numbers every step-th from number n * epsilon (counted from 0) on, all with
# the same weight; of these the quantiles 1/k .. (k-1)/k. keras.layers.Discretization's way.
sketch_boundaries <- function(x, bins, epsilon) {
  x <- sort(as.double(x))
  first <- length(x) / (1 / epsilon)
  kept <- x[seq(as.integer(first), length(x) - 1, by = max(as.integer(first), 1L)) + 1]
  share <- seq_along(kept) / length(kept)
  unique(stats::approx(share, kept, seq_len(bins - 1) / bins, rule = 2, ties = "ordered")$y)
}
