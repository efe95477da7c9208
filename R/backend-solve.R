#' Linear systems, determinants and cross products
#'
#' Operations of keras3 on matrices, or on arrays of several with the last two axes for each. All
#' are differentiated, see [autodiff].
#'
#' * `solve`: x of `a x = b`, of several columns, or one; `inv`: the inverse
#' * `slogdet`: list(sign, log(abs(det))); `det`: the determinant
#' * `cross`: the cross product of vectors of three along an axis; of two it is their third number
#' * `arctan2`: the angle of the point (`x2`, `x1`)
#'
#' @param a,b,x,x1,x2 arrays.
#' @param axisa,axisb,axisc,axis the axes of the vectors of `x1`, of `x2` and of the result, or all
#'   of them.
#' @return an array; of `op_slogdet()` a list of two.
#' @section Errors: `kestrel_error_shape` for matrices that are not square, singular ones, and
#'   shapes that do not go together.
#' @source Keras: `keras.ops`; R package 'keras3'.
#' @family training
#' @name backend-solve
#' @examples
#' a <- rbind(c(2, 1), c(1, 3))
#' op_solve(a, c(3, 5))
#' op_slogdet(a)
#' op_cross(c(1, 0, 0), c(0, 1, 0))
NULL

#' @rdname backend-solve
#' @export
op_solve <- operation(function(a, b) {
  m <- square_slices(a, "a")
  dims <- tensor_dims(plain(b))
  rank <- length(tensor_dims(plain(a)))
  column <- length(dims) == rank - 1
  own <- if (column) dims else dims[-length(dims)]
  fits <- (column || length(dims) == rank) && identical(own, tensor_dims(plain(a))[-rank])
  if (!fits) stop_unlike(plain(a), plain(b))
  n <- dim(m)[1]
  y <- operate("solve", list(m, with_dims(b, c(n, dim(m)[2], length(b) / n / dim(m)[2]))))
  with_dims(y, dims)
})

#' @rdname backend-solve
#' @export
op_inv <- operation(function(x) {
  m <- square_slices(x, "x")
  unit <- array(rep(diag(dim(m)[2]), each = dim(m)[1]), dim(m))
  with_dims(operate("solve", list(m, unit)), tensor_dims(plain(x)))
})

#' @rdname backend-solve
#' @export
op_slogdet <- operation(function(x) {
  m <- square_slices(x, "x")
  dims <- utils::head(tensor_dims(plain(x)), -2)
  sign <- each_square(plain(m), function(s) determinant(s)$sign)
  list(sign = with_dims(sign, if (length(dims)) dims),
    logabsdet = with_dims(operate("logdet", list(m)), if (length(dims)) dims))
})

#' @rdname backend-solve
#' @export
op_det <- operation(function(x) {
  dims <- utils::head(tensor_dims(plain(x)), -2)
  with_dims(operate("det", list(square_slices(x, "x"))), if (length(dims)) dims)
})

#' @rdname backend-solve
#' @export
op_cross <- operation(function(x1, x2, axisa = -1, axisb = -1, axisc = -1, axis = NULL) {
  if (!is.null(axis)) axisa <- axisb <- axisc <- axis
  a <- vector_parts(x1, axisa, "x1")
  b <- vector_parts(x2, axisb, "x2")
  minor <- function(i, j) {
    product <- function(p, q) if (length(p) && length(q)) operate("*", list(p[[1]], q[[1]])) else 0
    operate("-", list(product(a[i], b[j]), product(a[j], b[i])))
  }
  if (length(a) == 2 && length(b) == 2) return(minor(1, 2))
  a <- c(a, list(0))[1:3]
  b <- c(b, list(0))[1:3]
  parts <- list(minor(2, 3), minor(3, 1), minor(1, 2))
  k_stack(parts, axis = axisc)
})

#' @rdname backend-solve
#' @export
op_arctan2 <- operation(function(x1, x2) operate("atan2", list(x1, x2)))

# Rows of the operations, of arrays (n, i, i) and (n, i, j).
linear_operations <- function() {
  list(
    solve = list(value = solve_slices, vjp = function(dy, y, a, b) {
      db <- solve_slices(aperm(a, c(1, 3, 2)), dy)
      list(-multiply_slices(db, aperm(y, c(1, 3, 2))), db)
    }),
    logdet = list(value = function(a) each_square(a, function(s) as.double(determinant(s)$modulus)),
      vjp = function(dy, y, a) list(dy * turned_inverses(a))),
    det = list(value = function(a) each_square(a, det),
      vjp = function(dy, y, a) list(dy * cofactors(a))),
    atan2 = binary(atan2, function(dy, y, a, b) dy * b / (a^2 + b^2),
      function(dy, y, a, b) -dy * a / (a^2 + b^2))
  )
}

# (n, i, i), and what is not square is refused.
square_slices <- function(x, arg, call = caller_env()) {
  dims <- tensor_dims(plain(x))
  ends <- utils::tail(dims, 2)
  if (length(dims) < 2 || ends[1] != ends[2] || !ends[1]) {
    stop_argument(arg, "square matrices along its last two axes", plain(x), kind = "shape",
      call = call)
  }
  with_dims(x, c(prod(dims) / prod(ends), ends))
}

square_slice <- function(x, i) matrix(x[i, , ], dim(x)[2], dim(x)[3])

solve_slices <- function(a, b) {
  y <- array(a[0] * b[0], dim(b))
  for (i in seq_len(dim(b)[1])) y[i, , ] <- solve(square_slice(a, i), square_slice(b, i))
  y
}

each_square <- function(x, fn) vapply(seq_len(dim(x)[1]), function(i) fn(square_slice(x, i)), 0)

turned_inverses <- function(a) {
  for (i in seq_len(dim(a)[1])) a[i, , ] <- t(solve(square_slice(a, i)))
  a
}

# d det / d a, of singular matrices, too.
cofactors <- function(a) {
  k <- dim(a)[2]
  for (s in seq_len(dim(a)[1])) {
    m <- square_slice(a, s)
    for (i in seq_len(k)) for (j in seq_len(k)) {
      a[s, i, j] <- (-1)^(i + j) * if (k > 1) det(m[-i, -j, drop = FALSE]) else 1
    }
  }
  a
}

# A list of two or three arrays.
vector_parts <- function(x, axis, arg, call = caller_env()) {
  at <- one_axis(x, axis, call)
  n <- tensor_dims(plain(x))[at]
  if (!n %in% 2:3) stop_argument(arg, "vectors of 2 or 3 numbers", plain(x), kind = "shape",
    call = call)
  lapply(seq_len(n), function(i) pick_along(x, i, at, TRUE))
}
