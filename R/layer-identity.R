#' @rdname layer_activation
#' @export
layer_identity <- function(object, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  compose_layer(object, "identity", named_list(), options)
}

#' @export
layer_nodes.kestrel_layer_identity <- function(layer, input) {
  list(new_node("activation", activation = as_activation("linear")))
}
