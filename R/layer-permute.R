#' Permute the dims of samples
#'
#' Dim `i` of the output is dim `dims[i]` of the input; the samples themselves keep their place.
#'
#' @inheritParams layer_dense
#' @param dims the dims of a sample in their new order, counted from 1.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` unless `dims` are 1 to 4 numbers in some order;
#'   `kestrel_error_shape` when a sample has another number of dims.
#' @source Keras: `keras.layers.Permute`.
#' @family layers
#' @examples
#' x <- array(1:6, c(1, 2, 3))
#' layer_permute(dims = c(2, 1))(x)[1, , ]
#' @export
layer_permute <- function(object, dims, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  compose_layer(object, "permute", list(dims = check_permutation(dims)), options)
}

check_permutation <- function(dims, arg = caller_arg(dims), call = caller_env()) {
  if (missing(dims)) stop_missing(arg, call)
  force(arg)
  given <- dims
  if (is.list(dims) && !is.object(dims)) dims <- unlist(dims)
  n <- length(dims)
  good <- is.numeric(dims) && !is.object(dims) && n %in% 1:4 && setequal(dims, seq_len(n))
  if (good) return(as.integer(dims))
  stop_argument(arg, "the dims of a sample in a new order, such as c(2, 1)", given,
    hint = "1 is the first dim of a sample; the samples themselves stay.", call = call)
}

#' @export
check_fits.kestrel_layer_permute <- function(layer, input, call) {
  dims <- layer_config(layer)$dims
  if (length(dims) == length(input)) return(invisible(layer))
  stop_kestrel("shape", sprintf("`dims` must order the %d dim%s of samples of shape %s, not %d.",
    length(input), if (length(input) == 1) "" else "s", shape_text(input), length(dims)),
    argument = "dims", value = dims, expected = input, call = call)
}

#' @export
layer_nodes.kestrel_layer_permute <- function(layer, input) {
  list(permute_node(layer_config(layer)$dims))
}

permute_node <- function(dims) {
  new_node("permute", stats::setNames(as.list(dims), paste0("axis_", seq_along(dims))))
}
