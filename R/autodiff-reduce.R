# Sums, products and extremes of traced values, over all numbers or over dimensions `axes` of an
# array. An extreme's slope is shared by the numbers that reach it, as in Keras.

reducing_operations <- function() {
  list(
    sum = list(value = function(x, axes = NULL) sum_axes(x, axes),
      vjp = function(dy, y, x, axes = NULL) list(spread_axes(dy, x, axes))),
    prod = list(value = function(x, axes = NULL) fold_axes(x, axes, prod), vjp = prod_vjp),
    max = list(value = function(x, axes = NULL) fold_axes(x, axes, max), vjp = extreme_vjp),
    min = list(value = function(x, axes = NULL) fold_axes(x, axes, min), vjp = extreme_vjp)
  )
}

sum_axes <- function(x, axes = NULL) {
  if (is.null(axes)) return(sum(x))
  from_rows(rowSums(rows_off(x, axes)), x, axes)
}

fold_axes <- function(x, axes, fold) {
  if (is.null(axes)) return(fold(x))
  from_rows(apply(rows_off(x, axes), 1, fold), x, axes)
}

# A matrix with a row for each place off the axes.
rows_off <- function(x, axes) {
  kept <- setdiff(seq_along(dim(x)), axes)
  matrix(aperm(x, c(kept, axes)), nrow = prod(dim(x)[kept]))
}

# One number for each such row.
from_rows <- function(values, x, axes) {
  kept <- dim(x)[-axes]
  if (length(kept)) array(values, kept) else as.vector(values)
}

# dy, a number for each place off the axes, at each number of x.
spread_axes <- function(dy, x, axes) {
  if (is.null(axes)) return(shape_like(rep(dy, length(x)), x))
  order <- c(setdiff(seq_along(dim(x)), axes), axes)
  wide <- array(rep(as.vector(dy), length.out = length(x)), dim(x)[order])
  aperm(wide, order(order))
}

extreme_vjp <- function(dy, y, x, axes = NULL) {
  hit <- shape_like(as.double(x == spread_axes(y, x, axes)), x)
  list(spread_axes(dy, x, axes) * hit / spread_axes(sum_axes(hit, axes), x, axes))
}

# The product of the others, by leaving each out: right for zeros, too.
prod_vjp <- function(dy, y, x, axes = NULL) {
  others <- function(v) vapply(seq_along(v), function(i) prod(v[-i]), v[1])
  if (is.null(axes)) return(list(shape_like(dy * others(x), x)))
  rows <- rows_off(x, axes)
  rows[] <- t(apply(rows, 1, others))
  order <- c(setdiff(seq_along(dim(x)), axes), axes)
  list(spread_axes(dy, x, axes) * aperm(array(rows, dim(x)[order]), order(order)))
}

#' @export
Summary.kestrel_traced <- function(..., na.rm = FALSE) {
  if (.Generic %in% c("any", "all")) return(get(.Generic, baseenv())(..., na.rm = na.rm))
  summarized(.Generic, list(...))
}

summarized <- function(name, given) {
  operate(name, list(if (length(given) == 1) given[[1]] else join(given)))
}

# Methods look at the first argument only.
summary_masks <- function() {
  names <- c("max", "min", "sum", "prod")
  stats::setNames(lapply(names, function(name) {
    mask(get(name, baseenv()), function(..., na.rm = FALSE) summarized(name, list(...)))
  }), names)
}

#' @export
mean.kestrel_traced <- function(x, ...) operate("sum", list(x)) / length(x)

traced_sums <- function(x, axes) operate("sum", list(x), list(axes = axes))

traced_means <- function(x, axes) traced_sums(x, axes) / prod(dim(x)[axes])

# As rowSums() and colSums(): the first `dims` dimensions are rows.
row_axes <- function(x, dims) seq_along(dim(x))[-seq_len(dims)]

traced_variance <- function(x) sum((x - mean(x))^2) / (length(x) - 1)
