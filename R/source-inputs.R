#' Inputs that a tensor comes from
#'
#' @param tensor a symbolic tensor, see [layer_input()].
#' @return a list of the tensors of the input layers that it depends on, each once, in the order in
#'   which a walk along the arguments of layers meets them.
#' @section Errors: `kestrel_error_argument` for what is no tensor.
#' @source Keras: `keras.utils.get_source_inputs`.
#' @family models
#' @examples
#' a <- layer_input(2, name = "a")
#' b <- layer_input(3, name = "b")
#' get_source_inputs(layer_concatenate(list(a, b)) %>% layer_dense(1))
#' @export
get_source_inputs <- function(tensor) {
  check_present("tensor")
  if (!is_tensor(tensor)) stop_argument("tensor", "a symbolic tensor", tensor)
  found <- source_calls(list(tensor),
    list2env(list(seen = list(), inputs = list()), parent = emptyenv()))
  unlist(lapply(found$inputs, call_tensors), recursive = FALSE)
}

source_calls <- function(tensors, found) {
  for (tensor in tensors) {
    call <- tensor$call
    if (any(vapply(found$seen, identical, NA, call))) next
    found$seen <- c(found$seen, list(call))
    if (is_input(call$part)) found$inputs <- c(found$inputs, list(call))
    source_calls(call$inputs, found)
  }
  found
}
