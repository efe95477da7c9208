#' What a layer was called on, call by call
#'
#' A layer that is called on several tensors has several inputs and outputs; `layer$output` is
#' there only for one that was called once. These give the tensors, or their shapes, of one
#' call.
#'
#' @param object a layer, or a model that was called like one.
#' @param node_index number of the call, from 1 in the order of calls.
#' @return `get_input_at()` and `get_output_at()` a tensor, the other two its shape, with `NA`
#'   for the number of samples; a list of these where the layer takes or gives several.
#' @section Errors: `kestrel_error_argument` for what is no layer and for a call that there was
#'   not.
#' @source R package 'keras'; Keras: `Layer.get_output_at()`.
#' @family models
#' @examples
#' a <- layer_input(shape = 32)
#' b <- layer_input(shape = 32)
#' shared <- layer_dense(units = 4)
#' encoded_a <- a %>% shared
#' encoded_b <- b %>% shared
#' get_input_at(shared, 2)
#' get_output_shape_at(shared, 1)
#' @export
get_output_at <- function(object, node_index) {
  one_or_list(call_tensors(layer_call_at(object, node_index)))
}

#' @rdname get_output_at
#' @export
get_input_at <- function(object, node_index) {
  called <- layer_call_at(object, node_index)
  one_or_list(if (is_input(called$part)) call_tensors(called) else called$inputs)
}

#' @rdname get_output_at
#' @export
get_output_shape_at <- function(object, node_index) {
  tensor_shapes(get_output_at(object, node_index))
}

#' @rdname get_output_at
#' @export
get_input_shape_at <- function(object, node_index) tensor_shapes(get_input_at(object, node_index))

# A layer in a stack counts its place there as its call.
layer_call_at <- function(object, node_index, call = caller_env()) {
  if (missing(object)) stop_missing("object", call)
  if (!is_layer(object) && !is_model(object)) stop_argument("object", "a layer", object,
    call = call)
  state <- environment(object)
  if (is_layer(object) && !length(state$calls) && !is.null(state$home)) stack_tensors(state$home)
  index <- check_count(node_index, call = call)
  n <- length(state$calls)
  if (index <= n) return(state$calls[[index]])
  stop_argument("node_index", sprintf("the number of a call, of which there were %d", n), index,
    call = call)
}

tensor_shapes <- function(x) if (is_tensor(x)) x$shape else lapply(x, function(t) t$shape)

#' Dims of a sample
#'
#' `shape(28, 28)` are the dims 28 and 28, for `input_shape` and `shape` of layers; of an array
#' or a tensor it gives the dims. `shape(NULL, 28)` and `shape(NA, 28)` have a size that is not
#' known, such as the number of samples, for `batch_shape`.
#'
#' @param ... whole numbers from 1 on, `NULL` or `NA`, or one array, data frame or tensor.
#' @return an integer vector, `NA` for what is not known.
#' @section Errors: `kestrel_error_argument` for anything else.
#' @source R packages 'keras3' and 'tensorflow'.
#' @family models
#' @examples
#' layer_input(shape = shape(28, 28))
#' layer_input(batch_shape = shape(NULL, 28))
#' shape(as.matrix(iris[1:4]))
#' @export
shape <- function(...) {
  dims <- list(...)
  one <- if (length(dims) == 1) dims[[1]]
  if (is_tensor(one)) return(one$shape)
  if (!is.null(dim(one))) return(dim(one))
  sizes <- tryCatch(shape_numbers(dims), error = function(e) dims)
  if (!length(sizes)) return(integer())
  known <- if (is.atomic(sizes)) sizes[!is.na(sizes)] else sizes
  if (length(known)) check_shape(unname(known), arg = "...")
  stats::setNames(as.integer(sizes), names(sizes))
}
