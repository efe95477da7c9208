# Matrix products of traced values; vectors are rows or columns as base R takes them.

matrix_operations <- function() {
  list(`%*%` = list(value = function(a, b) a %*% b, vjp = function(dy, y, a, b) {
    m <- product_sides(a, b)
    list(shape_like(as.vector(dy %*% t(m$b)), a), shape_like(as.vector(t(m$a) %*% dy), b))
  }))
}

product_sides <- function(a, b) {
  if (is.null(dim(a)) && is.null(dim(b))) {
    return(if (length(a) == length(b)) list(a = t(a), b = matrix(b))
      else if (length(a) == 1) list(a = matrix(a), b = t(b)) else list(a = matrix(a), b = t(b)))
  }
  if (is.null(dim(a))) a <- if (length(a) == nrow(b)) matrix(a, 1) else matrix(a, ncol = 1)
  if (is.null(dim(b))) b <- if (length(b) == ncol(a)) matrix(b, ncol = 1) else matrix(b, 1)
  list(a = a, b = b)
}

#' @export
t.kestrel_traced <- function(x) take(x, t(places(x)))

#' @export
aperm.kestrel_traced <- function(a, perm = NULL, ...) take(a, aperm(places(a), perm, ...))
