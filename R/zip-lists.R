#' Arrays and lists under the names of R keras
#'
#' `as_tensor()`, `keras_array()` and `np_array()` are arrays of R here, and `tuple()` is a list.
#' `zip_lists()` turns lists of the same length into one list of lists, of each their first elements
#' first; where they have names, elements meet by name.
#'
#' @param x,data numbers.
#' @param dtype `"int32"` and the like cut numbers to whole ones, `"bool"` makes them 0 or 1, other
#'   types change nothing.
#' @param shape dims to give them, filled by rows as in Keras; `NULL`: as they are.
#' @param name,order accepted from R keras scripts, without effect.
#' @param ... for `tuple()` anything; for `zip_lists()` lists or vectors.
#' @return an array, or a list.
#' @section Errors: `kestrel_error_argument` for what are no numbers, and for lists of other lengths
#'   or names.
#' @source R packages 'keras', 'keras3' and 'reticulate'.
#' @family data
#' @examples
#' as_tensor(1:6, shape = c(2, 3))
#' zip_lists(x = list(1, 2), y = list("a", "b"))
#' @export
as_tensor <- function(x, dtype = NULL, ..., shape = NULL, name = NULL) {
  check_present("x")
  array_of(x, dtype, shape, environment())
}

#' @rdname as_tensor
#' @export
keras_array <- function(x, dtype = NULL) {
  check_present("x")
  array_of(x, dtype, NULL, environment())
}

#' @rdname as_tensor
#' @export
np_array <- function(data, dtype = NULL, order = "C") {
  check_present("data")
  array_of(data, dtype, NULL, environment(), "data")
}

array_of <- function(x, dtype, shape, call, arg = "x") {
  if (is_tensor(x)) return(x)
  check_operand(x, arg = arg, call = call)
  dtype <- check_string(dtype, null = TRUE, arg = "dtype", call = call)
  if (!is.null(dtype)) x <- k_cast(x, dtype)
  if (is.null(shape)) return(as_tensor_array(x))
  dims <- check_shape(unlist(shape), arg = "shape", call = call)
  if (length(x) == 1) array(plain(x), dims) else array_reshape(x, dims)
}

#' @rdname as_tensor
#' @export
tuple <- function(...) list(...)

#' @rdname as_tensor
#' @export
zip_lists <- function(...) {
  lists <- list(...)
  if (length(lists) == 1 && is.list(lists[[1]])) lists <- lists[[1]]
  if (!length(lists)) return(list())
  keys <- names(lists[[1]])
  for (i in seq_along(lists)) {
    alike <- length(lists[[i]]) == length(lists[[1]]) && setequal(names(lists[[i]]), keys)
    if (!alike) {
      stop_argument(sprintf("..%d", i), "of the length and with the names of the first list",
        lists[[i]])
    }
    if (!is.null(keys)) lists[[i]] <- lists[[i]][keys]
  }
  zipped <- lapply(seq_along(lists[[1]]), function(i) lapply(lists, `[[`, i))
  stats::setNames(zipped, keys)
}
