#' Reshape an array in row-major order
#'
#' R lays out arrays by columns: the first dim runs fastest. Keras and NumPy lay them out by
#' rows: the last dim runs fastest. `array_reshape(x, dim)` reads the numbers of `x` by rows
#' and fills an array of dims `dim` by rows, as [layer_flatten()] and [layer_reshape()] do with
#' samples; `dim(x) <- dim` does both by columns. For images of 28 x 28 pixels,
#' `array_reshape(images, c(n, 784))` keeps each image in a row of its own.
#'
#' @param x a vector, matrix or array of numbers, logicals, strings or complex numbers.
#' @param dim the dims of the result; one of them may be -1 or `NA`, which is then what makes
#'   the numbers come out right.
#' @param order `"C"`: both by rows; `"F"`: both by columns, as R does.
#' @return an array of dims `dim`, of the type of `x`, without dimnames.
#' @section Errors: `kestrel_error_argument` for what is no array, no dims or no order;
#'   `kestrel_error_shape` when the numbers do not come out right.
#' @source R packages 'keras' and 'reticulate'; `numpy.reshape`.
#' @family data
#' @examples
#' array_reshape(1:6, c(2, 3))
#' x <- matrix(1:6, 2)
#' array_reshape(x, c(3, -1))
#' array_reshape(x, c(3, -1), order = "F")
#' @export
array_reshape <- function(x, dim, order = c("C", "F")) {
  x <- check_array(if (missing(x)) NULL else x)
  dim <- check_dims(if (missing(dim)) NULL else dim)
  if (identical(order, c("C", "F"))) order <- "C"
  order <- check_choice(order, c("C", "F"), "an order")
  dim <- complete_dims(dim, base::dim(x) %||% length(x))
  if (order == "C") by_rows(x, dim) else array(x, dim)
}

check_array <- function(x, arg = "x", call = caller_env()) {
  if (is.atomic(x) && !is.null(x) && !is.object(x)) return(x)
  stop_argument(arg, "a vector, matrix or array", x,
    hint = if (is.data.frame(x)) "Use as.matrix() first.", call = call)
}

# The one dim that follows from the others is -1.
check_dims <- function(x, arg = "dim", call = caller_env()) {
  dims <- if (is.list(x) && !is.object(x) && all(lengths(x) == 1)) unlist(x) else x
  if (is.logical(dims) && all(is.na(dims))) dims <- as.double(dims)
  good <- is.numeric(dims) && !is.object(dims) && length(dims) > 0 && !any(is.nan(dims))
  if (good) {
    dims <- as.double(dims)
    dims[is.na(dims)] <- -1
    good <- sum(dims == -1) < 2 && all(dims == trunc(dims)) && all(dims >= -1) &&
      all(dims <= .Machine$integer.max)
  }
  if (good) return(dims)
  stop_argument(arg, "whole numbers from 0 on, one of which may be -1 or NA", x,
    hint = "For example c(10, 28, 28), or c(10, -1).", call = call)
}

complete_dims <- function(dims, from, call = caller_env()) {
  n <- prod(from)
  known <- prod(dims[dims != -1])
  whole <- dims
  whole[dims == -1] <- if (known > 0) n / known else -1
  if (prod(whole) == n && all(whole >= 0) && all(whole == trunc(whole))) return(whole)
  text <- function(x) paste(format(x, trim = TRUE, scientific = FALSE), collapse = " x ")
  stop_kestrel("shape", sprintf(
    "`dim` must be the dims of %.0f element%s (`x` is %s), not %s.", n, if (n == 1) "" else "s",
    text(from), text(dims)
  ), argument = "dim", value = shorten(dims), expected = from, call = call)
}

# Reversed dims turn row-major order into R's.
by_rows <- function(x, dim) {
  if (length(base::dim(x)) > 1) x <- aperm(x)
  aperm(array(x, rev(dim)))
}
