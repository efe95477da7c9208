#' A layer at each step
#'
#' The layer is applied to each step of a sample by itself, with the same weights:
#' (n, steps, features) becomes (n, steps, ...). It is for layers that work on the last axis:
#' dense layers, activations, dropout and layer normalization. These do the same without it. `time_distributed()` is its name in
#' R keras 2.x.
#'
#' @inheritParams layer_dense
#' @param layer the layer, made without a model.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for what is no layer, or one that does not work on
#'   the last axis; `kestrel_error_shape` for samples without steps.
#' @source Keras: `keras.layers.TimeDistributed`.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = c(5, 3)) %>%
#'   layer_time_distributed(layer_dense(units = 2))
#' model$output_shape
#' @export
layer_time_distributed <- function(object, layer, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (missing(layer)) stop_missing("layer")
  check_stepwise(layer)
  config <- c(list(layer = layer), layer_config(layer))
  compose_layer(object, "time_distributed", config, options)
}

#' @rdname layer_time_distributed
#' @export
time_distributed <- layer_time_distributed

stepwise_layers <- c("dense", "activation", "re_lu", "leaky_re_lu", "elu", "thresholded_re_lu",
  "softmax", "dropout", "gaussian_noise", "gaussian_dropout", "layer_normalization", "rescaling")

check_stepwise <- function(layer, arg = caller_arg(layer), call = caller_env()) {
  if (!is_layer(layer)) stop_argument(arg, "a layer", layer, call = call)
  check_intact(layer, call)
  axis <- layer_config(layer)$axis
  last <- is.null(axis) || identical(as.integer(axis), -1L)
  if (layer_state(layer)$type %in% stepwise_layers && last) return(invisible(layer))
  stop_argument(arg, "a layer that works on the last axis, such as layer_dense()", layer,
    call = call)
}

#' @export
check_fits.kestrel_layer_time_distributed <- function(layer, input, call) {
  if (length(input) > 1) return(check_fits(layer_config(layer)$layer, input, call))
  stop_kestrel("shape", sprintf("Layer \"%s\" takes samples of shape (n, steps, features), not %s.",
    layer$name, shape_text(input)), value = input, call = call)
}

#' @export
layer_nodes.kestrel_layer_time_distributed <- function(layer, input) {
  layer_nodes(layer_config(layer)$layer, input)
}
