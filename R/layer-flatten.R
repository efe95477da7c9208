#' Flatten samples
#'
#' A sample of any dims becomes one of a single dim: (n, 2, 3) becomes (n, 6), the last dim
#' running fastest as in Keras, not the first as in R.
#'
#' @inheritParams layer_activation
#' @param data_format `NULL` or `"channels_last"`.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for other formats.
#' @source Keras: `keras.layers.Flatten`.
#' @family layers
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_flatten(input_shape = c(28, 28)) %>%
#'   layer_dense(10, activation = "softmax")
#' model
#' @export
layer_flatten <- function(object, data_format = NULL, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (!is.null(data_format)) check_choice(data_format, "channels_last", "\"channels_last\"")
  compose_layer(object, "flatten", list(data_format = data_format), options)
}

#' @export
layer_nodes.kestrel_layer_flatten <- function(layer, input) list(new_node("flatten"))
