#' Activations as layers
#'
#' `y = f(x)`, number by number, or for softmax along an axis. `layer_activation()` takes any
#' activation of [activation_relu()] by name; the others have arguments:
#'
#' * `layer_activation_relu()`: `min(x, max_value)` where `x > threshold`, else
#'   `negative_slope * (x - threshold)`
#' * `layer_activation_leaky_relu()`: `x` where `x > 0`, else `negative_slope * x`
#' * `layer_activation_elu()`: `x` where `x > 0`, else `alpha * (exp(x) - 1)`
#' * `layer_activation_selu()`: `1.0507 * elu(x, alpha = 1.6733)`
#' * `layer_activation_thresholded_relu()`: `x` where `x > theta`, else 0
#' * `layer_activation_softmax()`: `exp(x) / sum(exp(x))` along `axis`
#' * `layer_identity()`: `x` as it is
#'
#' @inheritParams layer_dense
#' @param ... arguments that every layer has: those of [layer_dense()], and
#'   `activity_regularizer`, a penalty on the output (divided by the number of samples in the
#'   batch) that is added to the loss.
#' @param activation name of an activation, or an `activation_*` function.
#' @param max_value largest value, above 0; `NULL` for none.
#' @param negative_slope slope left of the threshold, at least 0. `alpha`, its name in R keras
#'   2.x, works as well.
#' @param threshold where the function bends, at least 0.
#' @param alpha factor of the left branch, at least 0.
#' @param theta threshold, at least 0.
#' @param axis the axis to sum over: negative ones count from the last, 1 is the first of a
#'   sample.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad values and unknown names;
#'   `kestrel_error_shape` when there is no such axis.
#' @source Keras: `keras.layers.Activation`, `ReLU`, `LeakyReLU`, `ELU`, `Softmax`;
#'   `ThresholdedReLU` of Keras 2.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = 3) %>%
#'   layer_dense(4) %>%
#'   layer_activation("tanh") %>%
#'   layer_dense(2) %>%
#'   layer_activation_softmax()
#' layer_activation_leaky_relu(negative_slope = 0.1)(c(-1, 2))
#' @export
layer_activation <- function(object, activation, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (missing(activation) || is.null(activation)) {
    stop_kestrel("argument", "`activation` is missing.", argument = "activation",
      hint = "For example layer_activation(activation = \"relu\").")
  }
  config <- list(activation = as_activation(activation))
  compose_layer(object, "activation", config, options)
}

#' @rdname layer_activation
#' @export
layer_activation_relu <- function(object, max_value = NULL, negative_slope = 0, threshold = 0,
                                  input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(
    max_value = check_number(max_value, min = 0, open = "min", null = TRUE),
    negative_slope = check_number(negative_slope, min = 0),
    threshold = check_number(threshold, min = 0)
  )
  compose_layer(object, "re_lu", config, options)
}

#' @rdname layer_activation
#' @export
layer_activation_leaky_relu <- function(object, negative_slope = 0.3, input_shape = NULL,
                                        name = NULL, ...) {
  dots <- list(...)
  options <- layer_options(dots[names2(dots) != "alpha"], input_shape, name)
  if ("alpha" %in% names2(dots)) {
    if (!missing(negative_slope)) stop_given_twice("negative_slope", "alpha", environment())
    negative_slope <- check_number(dots$alpha, min = 0, arg = "alpha")
  }
  config <- list(negative_slope = check_number(negative_slope, min = 0))
  compose_layer(object, "leaky_re_lu", config, options)
}

#' @rdname layer_activation
#' @export
layer_activation_elu <- function(object, alpha = 1, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(alpha = check_number(alpha, min = 0))
  compose_layer(object, "elu", config, options)
}

#' @rdname layer_activation
#' @export
layer_activation_selu <- function(object, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(activation = as_activation("selu"))
  compose_layer(object, "activation", config, options)
}

#' @rdname layer_activation
#' @export
layer_activation_thresholded_relu <- function(object, theta = 1, input_shape = NULL,
                                              name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(theta = check_number(theta, min = 0))
  compose_layer(object, "thresholded_re_lu", config, options)
}

#' @rdname layer_activation
#' @export
layer_activation_softmax <- function(object, axis = -1, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(axis = check_sample_axis(axis))
  compose_layer(object, "softmax", config, options)
}

# One axis of a sample, as users count: 0 would be the batch.
check_sample_axis <- function(axis, arg = caller_arg(axis), call = caller_env()) {
  good <- is_number(axis) && axis == trunc(axis) && axis >= -4 && axis <= 4 && axis != 0
  if (good) return(as.integer(axis))
  stop_argument(arg, "a whole number from -4 to -1 or from 1 to 4", axis,
    hint = "1 is the first axis of a sample, -1 the last.", call = call)
}

# As the engine counts: the sample's first axis is 0.
engine_axis <- function(axis) ifelse(axis > 0, axis - 1, axis)

#' @export
layer_nodes.kestrel_layer_activation <- function(layer, input) {
  activation <- layer_config(layer)$activation
  if (!is.null(activation$fn)) return(activation_nodes(activation, input, layer))
  list(new_node("activation", activation = activation))
}

#' @export
layer_nodes.kestrel_layer_re_lu <- function(layer, input) configured_node(layer, "relu")

#' @export
layer_nodes.kestrel_layer_leaky_re_lu <- function(layer, input) configured_node(layer, "leaky_relu")

#' @export
layer_nodes.kestrel_layer_elu <- function(layer, input) configured_node(layer, "elu")

#' @export
layer_nodes.kestrel_layer_thresholded_re_lu <- function(layer, input) {
  configured_node(layer, "thresholded_relu")
}

#' @export
layer_nodes.kestrel_layer_softmax <- function(layer, input) {
  configured_node(layer, "softmax", list(axis = engine_axis(layer_config(layer)$axis)))
}

# The activation whose hyperparameters are the layer's settings.
configured_node <- function(layer, activation, values = own_settings(layer)) {
  list(new_node("activation",
    activation = list(choice = choice("activations", activation, values))))
}

own_settings <- function(layer) {
  config <- layer_config(layer)
  config[setdiff(names(config), "activity_regularizer")]
}
