#' Activations
#'
#' Called with numbers, an activation returns its values at once, in an array of the same
#' shape. Layers take one as `activation`: as a string, as the function itself, or, to change
#' a setting, as what it returns without `x`.
#'
#' Elementwise, with `s(x) = 1 / (1 + exp(-x))`, `relu6(x) = min(max(x, 0), 6)` and the
#' normal distribution's `P(x)`:
#'
#' | string | value |
#' |---|---|
#' | `"linear"` | `x` |
#' | `"relu"` | `min(x, max_value)` where `x > threshold`, else `negative_slope * (x - threshold)` |
#' | `"relu6"` | `relu6(x)` |
#' | `"leaky_relu"` | `x` where `x > 0`, else `negative_slope * x` |
#' | `"thresholded_relu"` | `x` where `x > theta`, else 0 |
#' | `"threshold"` | `x` where `x > threshold`, else `default_value` |
#' | `"elu"` | `x` where `x > 0`, else `alpha * (exp(x) - 1)` |
#' | `"selu"` | `1.0507 * elu(x)` with `alpha = 1.67326` (to 17 digits) |
#' | `"celu"` | `max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)` |
#' | `"gelu"` | `x * P(x)`, or its approximation, see below |
#' | `"silu"`, `"swish"` | `x * s(x)` |
#' | `"mish"` | `x * tanh(log(1 + exp(x)))` |
#' | `"squareplus"` | `(x + sqrt(x^2 + b)) / 2` |
#' | `"softplus"` | `log(1 + exp(x))` |
#' | `"softsign"` | `x / (1 + abs(x))` |
#' | `"exponential"` | `exp(x)` |
#' | `"sigmoid"` | `s(x)` |
#' | `"log_sigmoid"` | `log(s(x))` |
#' | `"tanh"` | `tanh(x)` |
#' | `"tanh_shrink"` | `x - tanh(x)` |
#' | `"hard_sigmoid"` | `relu6(x + 3) / 6` |
#' | `"hard_silu"`, `"hard_swish"` | `x * relu6(x + 3) / 6` |
#' | `"hard_tanh"` | `min(max(x, -1), 1)` |
#' | `"hard_shrink"` | `x` where `abs(x) > threshold`, else 0 |
#' | `"soft_shrink"` | `sign(x) * max(abs(x) - threshold, 0)` |
#' | `"sparse_plus"` | 0 up to -1, `x` from 1, `(x + 1)^2 / 4` between |
#' | `"sparse_sigmoid"` | `min(max((x + 1) / 2, 0), 1)` |
#'
#' The approximation of gelu is `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))`.
#' `"hard_sigmoid"` is that of Keras 3; the one of Keras 2 was `min(max(0.2 * x + 0.5, 0), 1)`.
#'
#' Along an axis, whose values are `x`:
#'
#' | string | value |
#' |---|---|
#' | `"softmax"` | `exp(x) / sum(exp(x))` |
#' | `"log_softmax"` | the logarithm of that |
#' | `"sparsemax"` | the numbers of at least 0 with sum 1 that are nearest to `x` |
#' | `"glu"` | `a * s(b)` for the halves `a` and `b` of `x`: half as many values |
#'
#' Nothing overflows on the way: `activation_softmax(c(1000, 0))` is `c(1, 0)`.
#'
#' @param x numbers: a vector, matrix or array, or a tensor. Missing values stay missing. Without
#'   `x` the activation is returned as an object.
#' @param negative_slope slope on the left. In a layer "leaky_relu" has 0.2; the layer
#'   [layer_activation_leaky_relu()] has 0.3. `alpha` is its name in R keras 2.x.
#' @param max_value the largest value, or `NULL`: no limit.
#' @param threshold,theta,default_value where the function changes, and what it is below.
#' @param alpha scale of the negative part; above 0 for `activation_celu()`.
#' @param approximate whether to take the approximation by tanh.
#' @param b at least 0: the larger, the rounder.
#' @param axis the axis along which values are set in relation, counted from 0 as in R keras
#'   2.x, where 0 is that of the samples; negative ones count from the last. A vector has one
#'   axis.
#' @param ... the name `alpha` for `negative_slope`.
#' @return numbers in the shape of `x`; or an object of class `kestrel_activation`, a function
#'   of `x` with readable fields `name` and `config`.
#' @section Errors: `kestrel_error_argument` when `x` is not numeric or a setting out of its
#'   range; `kestrel_error_shape` when `x` has no such axis.
#' @source Keras: `keras.activations`.
#' @family activations
#' @examples
#' activation_relu(c(-1, 2))
#' activation_softmax(rbind(1:3, c(-1, 0, 4)))
#' leaky <- activation_relu(negative_slope = 0.1)
#' leaky(c(-1, 2))
#' layer_dense(units = 3, activation = leaky)
#' layer_dense(units = 3, activation = activation_gelu)
#' layer_dense(units = 3, activation = "gelu")
#' @name activations
NULL

#' @rdname activations
#' @export
activation_linear <- function(x) make_activation(x, "linear")

#' @rdname activations
#' @export
activation_relu <- function(x, negative_slope = 0, max_value = NULL, threshold = 0, ...) {
  make_activation(x, "relu", list(
    negative_slope = renamed_slope(negative_slope, list(...), missing(negative_slope)),
    max_value = check_number(max_value, min = 0, null = TRUE),
    threshold = check_number(threshold)
  ))
}

#' @rdname activations
#' @export
activation_relu6 <- function(x) make_activation(x, "relu6")

#' @rdname activations
#' @export
activation_leaky_relu <- function(x, negative_slope = 0.2, ...) {
  slope <- renamed_slope(negative_slope, list(...), missing(negative_slope))
  make_activation(x, "leaky_relu", list(negative_slope = slope))
}

# `negative_slope`, or its name of R keras 2.x among the dots.
renamed_slope <- function(slope, dots, slope_missing, call = caller_env()) {
  check_dots(dots[setdiff(names2(dots), "alpha")], c("x", "negative_slope", "alpha",
    "max_value", "threshold"), call = call)
  if (!"alpha" %in% names2(dots)) return(check_number(slope, arg = "negative_slope", call = call))
  if (!slope_missing) stop_given_twice("negative_slope", "alpha", call)
  check_number(dots$alpha, arg = "alpha", call = call)
}

#' @rdname activations
#' @export
activation_thresholded_relu <- function(x, theta = 1) {
  make_activation(x, "thresholded_relu", list(theta = check_number(theta)))
}

#' @rdname activations
#' @export
activation_threshold <- function(x, threshold = 0, default_value = 0) {
  make_activation(x, "threshold", list(
    threshold = check_number(threshold), default_value = check_number(default_value)
  ))
}

#' @rdname activations
#' @export
activation_elu <- function(x, alpha = 1) {
  make_activation(x, "elu", list(alpha = check_number(alpha)))
}

#' @rdname activations
#' @export
activation_selu <- function(x) make_activation(x, "selu")

#' @rdname activations
#' @export
activation_celu <- function(x, alpha = 1) {
  make_activation(x, "celu", list(alpha = check_positive(alpha)))
}

#' @rdname activations
#' @export
activation_gelu <- function(x, approximate = FALSE) {
  make_activation(x, "gelu", list(approximate = check_flag(approximate)))
}

#' @rdname activations
#' @export
activation_silu <- function(x) make_activation(x, "silu")

#' @rdname activations
#' @export
activation_swish <- activation_silu

#' @rdname activations
#' @export
activation_mish <- function(x) make_activation(x, "mish")

#' @rdname activations
#' @export
activation_squareplus <- function(x, b = 4) {
  make_activation(x, "squareplus", list(b = check_number(b, min = 0)))
}

#' @rdname activations
#' @export
activation_softplus <- function(x) make_activation(x, "softplus")

#' @rdname activations
#' @export
activation_softsign <- function(x) make_activation(x, "softsign")

#' @rdname activations
#' @export
activation_exponential <- function(x) make_activation(x, "exponential")

#' @rdname activations
#' @export
activation_sigmoid <- function(x) make_activation(x, "sigmoid")

#' @rdname activations
#' @export
activation_log_sigmoid <- function(x) make_activation(x, "log_sigmoid")

#' @rdname activations
#' @export
activation_tanh <- function(x) make_activation(x, "tanh")

#' @rdname activations
#' @export
activation_tanh_shrink <- function(x) make_activation(x, "tanh_shrink")

#' @rdname activations
#' @export
activation_hard_sigmoid <- function(x) make_activation(x, "hard_sigmoid")

#' @rdname activations
#' @export
activation_hard_silu <- function(x) make_activation(x, "hard_silu")

#' @rdname activations
#' @export
activation_hard_swish <- activation_hard_silu

#' @rdname activations
#' @export
activation_hard_tanh <- function(x) make_activation(x, "hard_tanh")

#' @rdname activations
#' @export
activation_hard_shrink <- function(x, threshold = 0.5) {
  make_activation(x, "hard_shrink", list(threshold = check_number(threshold, min = 0)))
}

#' @rdname activations
#' @export
activation_soft_shrink <- function(x, threshold = 0.5) {
  make_activation(x, "soft_shrink", list(threshold = check_number(threshold, min = 0)))
}

#' @rdname activations
#' @export
activation_sparse_plus <- function(x) make_activation(x, "sparse_plus")

#' @rdname activations
#' @export
activation_sparse_sigmoid <- function(x) make_activation(x, "sparse_sigmoid")

#' @rdname activations
#' @export
activation_softmax <- function(x, axis = -1) {
  make_activation(x, "softmax", list(axis = check_axis(axis)))
}

#' @rdname activations
#' @export
activation_log_softmax <- function(x, axis = -1) {
  make_activation(x, "log_softmax", list(axis = check_axis(axis)))
}

#' @rdname activations
#' @export
activation_sparsemax <- function(x, axis = -1) {
  make_activation(x, "sparsemax", list(axis = check_axis(axis)))
}

#' @rdname activations
#' @export
activation_glu <- function(x, axis = -1) {
  make_activation(x, "glu", list(axis = check_axis(axis)))
}

# Every row of the engine's table by its name, and Keras' other names.
activation_makers <- function() {
  names <- registry("activations")$name
  makers <- lapply(names, function(name) get(paste0("activation_", name), topenv()))
  other <- list(swish = activation_silu, hard_swish = activation_hard_silu)
  # Keras 2 knows the layers' names, too; the slope of this one is another there.
  classes <- list(ReLU = activation_relu, LeakyReLU = function(x) activation_leaky_relu(x, 0.3),
    ELU = activation_elu, Softmax = activation_softmax)
  c(stats::setNames(makers, names), other, classes)
}
