# Along one dimension of an array: cumulated sums and products, products of matrices sample by
# sample, places.
#
# A fibre is what one runs through along a dimension while the other indices stay: fibres() has
# them as columns.

fibre_operations <- function() {
  list(
    cumsum = list(value = function(x, axis = NULL) each_fibre(x, axis, cumsum),
      vjp = function(dy, y, x, axis = NULL) {
        list(shape_like(each_fibre(shape_like(dy, x), axis, function(v) rev(cumsum(rev(v)))), x))
      }),
    cumprod = list(value = function(x, axis = NULL) each_fibre(x, axis, cumprod),
      vjp = cumprod_vjp),
    matmul = list(value = multiply_slices, vjp = function(dy, y, a, b) {
      swap <- c(1, 3, 2)
      list(multiply_slices(dy, aperm(b, swap)), multiply_slices(aperm(a, swap), dy))
    })
  )
}

fibres <- function(x, axis) {
  matrix(aperm(x, c(axis, seq_along(dim(x))[-axis])), nrow = dim(x)[axis])
}

from_fibres <- function(columns, dims, axis) {
  order <- c(axis, seq_along(dims)[-axis])
  aperm(array(columns, replace(dims, axis, nrow(columns))[order]), order(order))
}

each_fibre <- function(x, axis, fn) {
  if (is.null(axis)) return(fn(x))
  columns <- fibres(x, axis)
  columns[] <- apply(columns, 2, fn)
  from_fibres(columns, dim(x), axis)
}

# By x[j]: the sum of dy[i] times the product up to i without x[j], for all i from j on; right for
# zeros, too.
cumprod_vjp <- function(dy, y, x, axis = NULL) {
  slope <- function(dy, v) vapply(seq_along(v), function(j) {
    sum(dy * cumprod(replace(v, j, 1)) * (seq_along(v) >= j))
  }, v[1])
  if (is.null(axis)) return(list(shape_like(slope(dy, x), x)))
  from <- fibres(shape_like(dy, x), axis)
  to <- fibres(x, axis)
  for (j in seq_len(ncol(to))) to[, j] <- slope(from[, j], to[, j])
  list(from_fibres(to, dim(x), axis))
}

# (n, i, k) and (n, k, j) give (n, i, j).
multiply_slices <- function(a, b) {
  y <- array(a[0] * b[0], c(dim(a)[1:2], dim(b)[3]))
  slice <- function(x, i) matrix(x[i, , ], dim(x)[2], dim(x)[3])
  for (i in seq_len(dim(a)[1])) y[i, , ] <- slice(a, i) %*% slice(b, i)
  y
}

#' @export
sort.kestrel_traced <- function(x, decreasing = FALSE, ...) {
  take(x, order(as.vector(plain(x)), decreasing = decreasing))
}
