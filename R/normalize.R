#' Scale an array to norm one
#'
#' Divides by \eqn{(\sum |x|^p)^{1/p}}{sum(abs(x)^p)^(1/p)}, p = `order`, taken along an axis; where
#' that is zero, by 1.
#'
#' @param x a numeric vector, matrix, array or data frame.
#' @param axis the axis to sum over, from 0; -1 is the last one: each row of a matrix gets norm 1.
#' @param order p, at least 1; `Inf`: the greatest absolute value.
#' @return an array of the dims of `x`; of a vector, which is one sample, a matrix of one row.
#' @section Errors: `kestrel_error_argument`.
#' @source Keras: `keras.utils.normalize`.
#' @family data
#' @examples
#' normalize(rbind(c(3, 4), c(0, 0)))
#' @export
normalize <- function(x, axis = -1, order = 2) {
  check_present("x")
  if (is.numeric(x) && is.null(dim(x))) x <- matrix(x, 1)
  x <- check_data(x, "x")
  rank <- length(dim(x))
  good <- is_number(axis) && axis == trunc(axis) && axis >= -rank && axis < rank
  if (!good) stop_argument("axis", sprintf("a whole number from %d to %d", -rank, rank - 1L), axis)
  if (!(is_number(order) || identical(order, Inf)) || order < 1) {
    stop_argument("order", "a number of at least 1", order)
  }
  at <- if (axis < 0) rank + axis + 1 else axis + 1
  others <- seq_len(rank)[-at]
  norms <- apply(abs(x), others, function(v) vector_norm(v, order))
  norms[norms == 0] <- 1
  sweep(x, others, norms, `/`)
}

# Scaled, so that powers of large and small numbers stay finite.
vector_norm <- function(v, p) {
  most <- max(v)
  if (is.na(most) || is.infinite(p) || most == 0) most else most * sum((v / most)^p)^(1 / p)
}
