# Cumulated sums, norms and products over named axes.

#' @rdname backend
#' @export
k_l2_normalize <- operation(function(x, axis = -1) {
  sums <- reduce_tensor("sum", x^2, axis, TRUE)
  operate("/", list(x, sqrt(operate("pmax", list(sums, 1e-12)))))
})

#' @rdname backend
#' @export
op_normalize <- operation(function(x, axis = -1, order = 2, epsilon = NULL) {
  if (!identical(order, Inf)) order <- check_number(order)
  epsilon <- check_number(epsilon, null = TRUE)
  if (!is.null(epsilon) || order != 2) {
    size <- norm_tensor(x, order, axis, TRUE)
    return(operate("/", list(x, operate("pmax", list(size, epsilon %||% 1e-12)))))
  }
  k_l2_normalize(x, axis)
})

#' @rdname backend
#' @export
op_norm <- operation(function(x, ord = NULL, axis = NULL, keepdims = FALSE) {
  norm_tensor(x, ord %||% 2, axis, keepdims)
})

#' @rdname backend
#' @export
k_cumsum <- operation(function(x, axis = 1) cumulate("cumsum", x, axis))

#' @rdname backend
#' @export
op_cumsum <- operation(function(x, axis = NULL, dtype = NULL) cumulate("cumsum", x, axis))

#' @rdname backend
#' @export
k_cumprod <- operation(function(x, axis = 1) cumulate("cumprod", x, axis))

#' @rdname backend
#' @export
op_cumprod <- operation(function(x, axis = NULL, dtype = NULL) cumulate("cumprod", x, axis))

#' @rdname backend
#' @export
op_count_nonzero <- operation(function(x, axis = NULL) {
  reduce_tensor("sum", 0 + (plain(x) != 0), axis)
})

#' @rdname backend
#' @export
op_average <- operation(function(x, axis = NULL, weights = NULL) {
  if (is.null(weights)) return(k_mean(x, axis))
  check_operand(weights)
  if (is.null(dim(plain(weights))) && length(axis) == 1) weights <- along_axis(weights, x, axis)
  sums <- reduce_tensor("sum", operate("*", list(x, weights)), axis)
  ones <- finite_zero(x) + 1
  operate("/", list(sums, reduce_tensor("sum", operate("*", list(ones, weights)), axis)))
})

#' @rdname backend
#' @export
k_bias_add <- operation(function(x, bias) {
  operate("+", list(x, along_axis(bias, x, -1)))
})

# (sum |x|^p)^(1/p); Inf: the largest.
norm_tensor <- function(x, p, axis, keepdims) {
  if (identical(p, "fro") || identical(p, "euclidean")) p <- 2
  if (!identical(p, Inf)) check_number(p, min = 0, open = "min", arg = "ord")
  if (p == Inf) return(reduce_tensor("max", abs(x), axis, keepdims))
  if (p == 1) return(reduce_tensor("sum", abs(x), axis, keepdims))
  if (p == 2) return(sqrt(reduce_tensor("sum", x^2, axis, keepdims)))
  reduce_tensor("sum", abs(x)^p, axis, keepdims)^(1 / p)
}

cumulate <- function(name, x, axis) {
  x <- if (is.null(axis)) reshape_tensor(x, -1) else with_dims(x, tensor_dims(plain(x)))
  operate(name, list(x), list(axis = one_axis(x, axis %||% 1)))
}

# A vector with the dims of an array that runs along one of x's axes.
along_axis <- function(v, x, axis) {
  dims <- tensor_dims(plain(x))
  with_dims(v, replace(rep(1L, length(dims)), one_axis(x, axis), length(v)))
}
