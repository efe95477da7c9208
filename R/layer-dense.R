#' Densely connected layer
#'
#' `y = activation(x %*% W + b)`, with `W` (`kernel`) a matrix of inputs x units and `b`
#' (`bias`) a vector of units. For samples of more than one dim the last one is contracted:
#' (n, 5, 4) becomes (n, 5, units).
#'
#' @param object a model, to which the layer is added in place, or a tensor or array, which the
#'   layer is called on. Without it the layer itself is returned, which can be added to a model
#'   later or called.
#' @param units number of outputs, a whole number from 1 on.
#' @param activation name of an activation, such as `"relu"`, an `activation_*` function or
#'   `NULL`, for none; see [activation_relu()].
#' @param use_bias whether to add `b`.
#' @param kernel_initializer,bias_initializer first values of `W` and `b`: a name or an
#'   object; see [initializer_glorot_uniform()].
#' @param kernel_regularizer,bias_regularizer,activity_regularizer penalties on `W`, on `b`,
#'   and on the output (divided by the number of samples in the batch), added to the loss; see
#'   [regularizer_l2()].
#' @param kernel_constraint,bias_constraint conditions on `W` and `b`; see
#'   [constraint_maxnorm()].
#' @param input_shape dims of one sample, the number of samples left out. Only the first layer
#'   of a model needs it, and only when the weights are wanted before the first data is seen.
#' @param name the layer's name, unique in its model; by default its class and a number.
#' @param ... arguments that every layer has: `trainable` (whether training changes its
#'   weights), `weights` (a list of arrays to start with), `dtype` (`"float32"` or `"float64"`:
#'   that of the first layer becomes the model's precision where the model was given none, and
#'   the others' must agree with it), and other forms of `input_shape`:
#'   `input_dim`, `batch_input_shape` (with the number of samples, which is ignored),
#'   `batch_shape`; `batch_size` has no effect.
#' @return the model, invisibly, or the tensor or array that the layer gives; without `object` the
#'   layer.
#' @section Errors: `kestrel_error_argument` for bad values and unknown names, with the nearest
#'   one; `kestrel_error_shape` when the layer does not fit the one before it;
#'   `kestrel_error_memory` when its weights do not fit into memory.
#' @source Keras: `keras.layers.Dense`.
#' @family layers
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_dense(8, activation = "relu", input_shape = 4) %>%
#'   layer_dense(1, kernel_regularizer = regularizer_l2(0.001))
#' model
#' layer <- layer_dense(units = 2)
#' layer(matrix(1:6, 3))
#' @export
layer_dense <- function(object, units, activation = NULL, use_bias = TRUE,
                        kernel_initializer = "glorot_uniform", bias_initializer = "zeros",
                        kernel_regularizer = NULL, bias_regularizer = NULL,
                        activity_regularizer = NULL, kernel_constraint = NULL,
                        bias_constraint = NULL, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(
    units = check_unit_count(units),
    activation = as_activation(activation),
    use_bias = check_flag(use_bias),
    kernel_initializer = as_initializer(kernel_initializer),
    bias_initializer = as_initializer(bias_initializer),
    kernel_regularizer = as_regularizer(kernel_regularizer),
    bias_regularizer = as_regularizer(bias_regularizer),
    activity_regularizer = as_regularizer(activity_regularizer),
    kernel_constraint = as_constraint(kernel_constraint),
    bias_constraint = as_constraint(bias_constraint)
  )
  compose_layer(object, "dense", config, options)
}

check_unit_count <- function(units, call = caller_env()) {
  if (!missing(units)) return(check_count(units, arg = "units", call = call))
  stop_kestrel("argument", "`units`, the number of outputs, is missing.",
    hint = "For example layer_dense(units = 10).", argument = "units", call = call)
}

#' @export
layer_nodes.kestrel_layer_dense <- function(layer, input) {
  config <- layer_config(layer)
  values <- list(units = config$units, use_bias = config$use_bias)
  c(list(new_node("dense", values)),
    activation_nodes(config$activation, c(input[-length(input)], config$units), layer))
}

# The activation of a layer as a node of its own; nothing for none. dims: of a sample.
activation_nodes <- function(activation, dims, layer) {
  if (!is.null(activation$fn)) {
    label <- sprintf("activation of layer \"%s\"", layer$name)
    return(list(outside_node(dims, function_node(activation$fn, label), label)))
  }
  if (is.null(activation) || activation$choice$name == "linear") return(list())
  list(new_node("activation", activation = activation))
}
