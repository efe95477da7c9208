#' Repeat a vector
#'
#' A sample of d numbers becomes a matrix of `n` equal rows: (samples, d) becomes
#' (samples, n, d).
#'
#' @inheritParams layer_dense
#' @param n how often.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` unless `n` is a whole number from 1 on;
#'   `kestrel_error_shape` for samples that are no vectors.
#' @source Keras: `keras.layers.RepeatVector`.
#' @family layers
#' @examples
#' layer_repeat_vector(n = 2)(rbind(1:3))
#' @export
layer_repeat_vector <- function(object, n, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  compose_layer(object, "repeat_vector", list(n = check_count(n)), options)
}

#' @export
layer_nodes.kestrel_layer_repeat_vector <- function(layer, input) {
  list(new_node("repeat_vector", own_settings(layer)))
}
