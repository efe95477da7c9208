#' Dropout
#'
#' In training each number is set to 0 with probability `rate`, and the others are multiplied
#' by `1 / (1 - rate)`, so that their mean stays. Otherwise the layer does nothing.
#'
#' @inheritParams layer_activation
#' @param rate share of the numbers to drop, in `[0, 1)`.
#' @param noise_shape dims of the mask, samples first, where it is to be shared: 1 for an axis
#'   along which all numbers are dropped together, `NA` (or in a list `NULL`) or the axis' own
#'   size for others.
#' @param seed a whole number that fixes the layer's random numbers; by default they follow
#'   `set.seed()`.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for a rate outside `[0, 1)`;
#'   `kestrel_error_shape` when `noise_shape` does not fit the input.
#' @source Srivastava and others (2014), Dropout: a simple way to prevent neural networks from
#'   overfitting; Keras: `keras.layers.Dropout`.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = 3) %>%
#'   layer_dense(16, activation = "relu") %>%
#'   layer_dropout(0.5) %>%
#'   layer_dense(1)
#' model(matrix(1:6, 2), training = TRUE)
#' @export
layer_dropout <- function(object, rate, noise_shape = NULL, seed = NULL, input_shape = NULL,
                          name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (missing(rate)) {
    stop_kestrel("argument", "`rate`, the share of numbers to drop, is missing.",
      hint = "For example layer_dropout(rate = 0.5).", argument = "rate")
  }
  config <- list(
    rate = check_number(rate, min = 0, max = 1, open = "max"),
    noise_shape = check_noise_shape(noise_shape),
    seed = check_count(seed, min = 0L, null = TRUE)
  )
  compose_layer(object, "dropout", config, options)
}

# Whole numbers, NA where the axis keeps its own mask.
check_noise_shape <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  force(arg)
  given <- x
  if (is.list(x) && !is.object(x)) {
    x <- vapply(x, function(d) if (is.numeric(d) && length(d) == 1) as.double(d) else NA_real_, 0)
  }
  good <- (is.numeric(x) || is.logical(x)) && !is.object(x) && length(x) %in% 2:5 &&
    all(is.na(x) | (x == trunc(x) & x >= 1 & x <= .Machine$integer.max))
  if (good) return(as.integer(x))
  stop_argument(arg, "dims of the mask, samples first, NA for those that are not shared", given,
    call = call)
}

#' @export
layer_nodes.kestrel_layer_dropout <- function(layer, input) {
  config <- layer_config(layer)
  shared <- shared_axes(config$noise_shape, input)
  list(new_node("dropout", list(rate = config$rate, shared = shared, seed = config$seed)))
}

# Bit 0: the samples share their mask; bit a: the same along axis a of a sample.
shared_axes <- function(noise_shape, input, call = caller_env()) {
  if (is.null(noise_shape)) return(0)
  fits <- length(noise_shape) == length(input) + 1 &&
    all(is.na(noise_shape[-1]) | noise_shape[-1] == 1 | noise_shape[-1] == input)
  if (!fits) {
    stop_kestrel("shape",
      sprintf("`noise_shape` must be 1, NA or the size of each axis of %s, not %s.",
      shape_text(input), shape_list(noise_shape)), argument = "noise_shape", value = noise_shape,
      expected = input, call = call)
  }
  sum(2^(which(!is.na(noise_shape) & noise_shape == 1) - 1))
}
