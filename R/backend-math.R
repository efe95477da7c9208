#' Mathematics and statistics of tensors
#'
#' More operations of keras3, number by number and over axes, which count as [backend-operations]
#' says. All are differentiated where they have a slope, see [autodiff].
#'
#' * `tan`, `sinh`, `cosh`, `arcsin`, `arccos`, `arctan`, `arcsinh`, `arccosh`, `arctanh`; `exp2` is
#'   `2^x`; `ceil` and `trunc` are steps
#' * `floor_divide` is `floor(x1 / x2)`, `mod` what is left then; `true_divide` is `x1 / x2`,
#'   `divide_no_nan` the same and 0 where `x2` is 0
#' * `isinf`; `isclose`: whether `abs(x1 - x2) <= atol + rtol * abs(x2)`; `logical_xor`: one of two;
#'   `nan_to_num` puts numbers in the place of NaN and of infinite ones
#' * the activations `celu`, `glu`, `hard_shrink`, `hard_silu`, `hard_tanh`, `soft_shrink`,
#'   `sparse_plus`, `sparsemax`, `squareplus`, `tanh_shrink` and `threshold` are those of this
#'   package
#' * `amax` and `amin` are `max` and `min`; `median`; `quantile` between the two nearest numbers, as
#'   [stats::quantile()] by default, with the axis of several `q` first; `moments` is list(mean,
#'   variance)
#' * `size` is how many numbers there are
#'
#' @param x,x1,x2 arrays, or numbers.
#' @param axis,axes axes, see [backend-operations]; `NULL` is all of them.
#' @param keepdims whether these axes stay, with size 1.
#' @param q one or more numbers from 0 to 1.
#' @param method `"linear"`.
#' @param rtol,atol,equal_nan how far apart numbers may be, and whether NaN is close to NaN.
#' @param nan,posinf,neginf numbers; by default 0 and the largest numbers that there are.
#' @param alpha,threshold,default_value,b settings of the activations, see [activation_celu()].
#' @return an array; of `op_moments()` a list of two.
#' @section Errors: `kestrel_error_argument` for axes and settings that there are not;
#'   `kestrel_error_shape` for shapes that do not go together.
#' @source Keras: `keras.ops`; R package 'keras3'.
#' @family training
#' @name backend-math
#' @examples
#' x <- matrix(c(1, 5, 2, 9, 4, 3), 2)
#' op_median(x, axis = 2)
#' op_quantile(x, c(0.25, 0.75), axis = 2)
#' op_mod(x, 3)
NULL

#' @rdname backend-math
#' @export
op_tan <- operation(function(x) tan(x))

#' @rdname backend-math
#' @export
op_sinh <- operation(function(x) sinh(x))

#' @rdname backend-math
#' @export
op_cosh <- operation(function(x) cosh(x))

#' @rdname backend-math
#' @export
op_arcsin <- operation(function(x) asin(x))

#' @rdname backend-math
#' @export
op_arccos <- operation(function(x) acos(x))

#' @rdname backend-math
#' @export
op_arctan <- operation(function(x) atan(x))

#' @rdname backend-math
#' @export
op_arcsinh <- operation(function(x) asinh(x))

#' @rdname backend-math
#' @export
op_arccosh <- operation(function(x) acosh(x))

#' @rdname backend-math
#' @export
op_arctanh <- operation(function(x) atanh(x))

#' @rdname backend-math
#' @export
op_exp2 <- operation(function(x) exp(x * log(2)))

#' @rdname backend-math
#' @export
op_ceil <- operation(function(x) ceiling(x))

#' @rdname backend-math
#' @export
op_trunc <- operation(function(x) trunc(x))

#' @rdname backend-math
#' @export
op_floor_divide <- operation(function(x1, x2) floor(operate("/", list(x1, x2))))

#' @rdname backend-math
#' @export
op_mod <- operation(function(x1, x2) {
  whole <- floor(plain_operator("/", plain(x1), plain(x2)))
  operate("-", list(x1, operate("*", list(whole, x2))))
})

#' @rdname backend-math
#' @export
op_true_divide <- operation(function(x1, x2) operate("/", list(x1, x2)))

#' @rdname backend-math
#' @export
op_divide_no_nan <- operation(function(x1, x2) {
  none <- plain(x2) == 0
  y <- operate("/", list(x1, choose_tensor(none, 1, x2)))
  choose_tensor(none & !is.nan(plain(y)), 0, y)
})

#' @rdname backend-math
#' @export
op_isinf <- operation(function(x) is.infinite(plain(x)))

#' @rdname backend-math
#' @export
op_isclose <- operation(function(x1, x2, rtol = 1e-5, atol = 1e-8, equal_nan = FALSE) {
  x1 <- plain(x1)
  x2 <- plain(x2)
  allowed <- check_number(atol, min = 0) + check_number(rtol, min = 0) * abs(x2)
  near <- plain_operator("<=", abs(plain_operator("-", x1, x2)), allowed)
  same <- plain_operator("==", x1, x2)
  close <- replace(near & is.finite(near + 0), is.na(near), FALSE) | replace(same, is.na(same),
    FALSE)
  if (check_flag(equal_nan)) close | plain_operator("&", is.nan(x1), is.nan(x2)) else close
})

#' @rdname backend-math
#' @export
op_logical_xor <- operation(function(x1, x2) plain_operator("!=", plain(x1) != 0, plain(x2) != 0))

#' @rdname backend-math
#' @export
op_nan_to_num <- operation(function(x, nan = 0, posinf = NULL, neginf = NULL) {
  most <- .Machine$double.xmax
  v <- plain(x)
  x <- choose_tensor(is.nan(v), check_number(nan), x)
  x <- choose_tensor(is.infinite(v) & v > 0, check_number(posinf, null = TRUE) %||% most, x)
  choose_tensor(is.infinite(v) & v < 0, check_number(neginf, null = TRUE) %||% -most, x)
})

#' @rdname backend-math
#' @export
op_celu <- operation(function(x, alpha = 1) activation_celu(x, alpha))

#' @rdname backend-math
#' @export
op_glu <- operation(function(x, axis = -1) activation_glu(x, one_axis(x, axis) - 1L))

#' @rdname backend-math
#' @export
op_hard_shrink <- operation(function(x, threshold = 0.5) activation_hard_shrink(x, threshold))

#' @rdname backend-math
#' @export
op_hard_silu <- operation(function(x) activation_hard_silu(x))

#' @rdname backend-math
#' @export
op_hard_tanh <- operation(function(x) activation_hard_tanh(x))

#' @rdname backend-math
#' @export
op_soft_shrink <- operation(function(x, threshold = 0.5) activation_soft_shrink(x, threshold))

#' @rdname backend-math
#' @export
op_sparse_plus <- operation(function(x) activation_sparse_plus(x))

#' @rdname backend-math
#' @export
op_sparsemax <- operation(function(x, axis = -1) activation_sparsemax(x, one_axis(x, axis) - 1L))

#' @rdname backend-math
#' @export
op_squareplus <- operation(function(x, b = 4) activation_squareplus(x, b))

#' @rdname backend-math
#' @export
op_tanh_shrink <- operation(function(x) activation_tanh_shrink(x))

#' @rdname backend-math
#' @export
op_threshold <- operation(function(x, threshold, default_value) {
  activation_threshold(x, threshold, default_value)
})

#' @rdname backend-math
#' @export
op_amax <- operation(function(x, axis = NULL, keepdims = FALSE) reduce_tensor("max", x, axis,
  keepdims))

#' @rdname backend-math
#' @export
op_amin <- operation(function(x, axis = NULL, keepdims = FALSE) reduce_tensor("min", x, axis,
  keepdims))

#' @rdname backend-math
#' @export
op_median <- operation(function(x, axis = NULL, keepdims = FALSE) quantile_tensor(x, 0.5, axis,
  keepdims))

#' @rdname backend-math
#' @export
op_quantile <- operation(function(x, q, axis = NULL, method = "linear", keepdims = FALSE) {
  check_choice(method, "linear", "a method")
  q <- plain(q)
  good <- is.numeric(q) && length(q) && !anyNA(q) && all(q >= 0 & q <= 1)
  if (!good) stop_argument("q", "numbers from 0 to 1", q)
  parts <- lapply(as.vector(q), function(one) quantile_tensor(x, one, axis, keepdims))
  if (length(parts) == 1) return(parts[[1]])
  bind_tensors(lapply(parts, function(part) expand_tensor(part, 1)), 1)
})

#' @rdname backend-math
#' @export
op_moments <- operation(function(x, axes, keepdims = FALSE) {
  list(mean = k_mean(x, axes, keepdims), variance = k_var(x, axes, keepdims))
})

#' @rdname backend-math
#' @export
op_size <- operation(function(x) length(plain(x)), pass = TRUE)

# Between the two numbers in rising order that are nearest to the place 1 + (n - 1) q.
quantile_tensor <- function(x, q, axis, keepdims) {
  dims <- tensor_dims(plain(x))
  axes <- tensor_axes(x, axis) %||% seq_along(dims)
  rest <- setdiff(seq_along(dims), axes)
  n <- prod(dims[axes])
  rows <- with_dims(aperm(with_dims(x, dims), c(axes, rest)), c(n, prod(dims[rest])))
  at <- 1 + (n - 1) * q
  low <- floor(at)
  sorted <- pick_each(rows, fibre_order(rows, 1), 1)
  y <- pick_along(sorted, low, 1, TRUE)
  if (at > low) y <- y + (at - low) * (pick_along(sorted, low + 1, 1, TRUE) - y)
  left <- if (keepdims) replace(dims, axes, 1L) else dims[rest]
  with_dims(y, if (length(left)) left)
}
