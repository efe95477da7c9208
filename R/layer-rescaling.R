#' Rescale the input
#'
#' `y = scale * x + offset`, for instance to bring pixels from 0 to 255 to 0 to 1.
#'
#' @inheritParams layer_dense
#' @param scale,offset numbers.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` unless both are single finite numbers.
#' @source Keras: `keras.layers.Rescaling`.
#' @family preprocessing layers
#' @examples
#' layer_rescaling(scale = 1 / 255)(rbind(c(0, 51, 255)))
#' @export
layer_rescaling <- function(object, scale, offset = 0, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(scale = check_number(scale), offset = check_number(offset))
  compose_layer(object, "rescaling", config, options)
}

#' @export
layer_nodes.kestrel_layer_rescaling <- function(layer, input) {
  list(new_node("rescaling", own_settings(layer)))
}
