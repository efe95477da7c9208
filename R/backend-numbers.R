# Number by number.

#' @rdname backend
#' @export
k_abs <- operation(function(x) abs(x))

#' @rdname backend
#' @export
op_abs <- k_abs

#' @rdname backend
#' @export
op_absolute <- k_abs

#' @rdname backend
#' @export
k_sqrt <- operation(function(x) sqrt(x))

#' @rdname backend
#' @export
op_sqrt <- k_sqrt

#' @rdname backend
#' @export
k_exp <- operation(function(x) exp(x))

#' @rdname backend
#' @export
op_exp <- k_exp

#' @rdname backend
#' @export
k_log <- operation(function(x) log(x))

#' @rdname backend
#' @export
op_log <- k_log

#' @rdname backend
#' @export
k_sin <- operation(function(x) sin(x))

#' @rdname backend
#' @export
op_sin <- k_sin

#' @rdname backend
#' @export
k_cos <- operation(function(x) cos(x))

#' @rdname backend
#' @export
op_cos <- k_cos

#' @rdname backend
#' @export
k_tanh <- operation(function(x) tanh(x))

#' @rdname backend
#' @export
op_tanh <- k_tanh

#' @rdname backend
#' @export
k_sign <- operation(function(x) sign(x))

#' @rdname backend
#' @export
op_sign <- k_sign

#' @rdname backend
#' @export
k_round <- operation(function(x) round(x))

#' @rdname backend
#' @export
op_round <- operation(function(x, decimals = 0) round(x, check_number(decimals)))

#' @rdname backend
#' @export
k_floor <- operation(function(x) floor(x))

#' @rdname backend
#' @export
op_floor <- k_floor

#' @rdname backend
#' @export
k_log1p <- operation(function(x) log1p(x))

#' @rdname backend
#' @export
op_log1p <- k_log1p

#' @rdname backend
#' @export
k_expm1 <- operation(function(x) expm1(x))

#' @rdname backend
#' @export
op_expm1 <- k_expm1

#' @rdname backend
#' @export
op_log2 <- operation(function(x) log2(x))

#' @rdname backend
#' @export
op_log10 <- operation(function(x) log10(x))

#' @rdname backend
#' @export
op_erf <- operation(function(x) 2 * operate("pnorm", list(x * sqrt(2))) - 1)

#' @rdname backend
#' @export
op_rsqrt <- operation(function(x) 1 / sqrt(x))

#' @rdname backend
#' @export
op_reciprocal <- operation(function(x) 1 / x)

#' @rdname backend
#' @export
op_logaddexp <- operation(function(x1, x2) {
  operate("+", list(x1, k_softplus(operate("-", list(x2, x1)))))
})

#' @rdname backend
#' @export
op_isnan <- operation(function(x) is.nan(plain(x)))

#' @rdname backend
#' @export
op_isfinite <- operation(function(x) is.finite(plain(x)))

#' @rdname backend
#' @export
k_square <- operation(function(x) x^2)

#' @rdname backend
#' @export
op_square <- k_square

#' @rdname backend
#' @export
k_pow <- operation(function(x, a) operate("^", list(x, a)))

#' @rdname backend
#' @export
op_add <- operation(function(x1, x2) operate("+", list(x1, x2)))

#' @rdname backend
#' @export
op_subtract <- operation(function(x1, x2) operate("-", list(x1, x2)))

#' @rdname backend
#' @export
op_multiply <- operation(function(x1, x2) operate("*", list(x1, x2)))

#' @rdname backend
#' @export
op_divide <- operation(function(x1, x2) operate("/", list(x1, x2)))

#' @rdname backend
#' @export
op_power <- operation(function(x1, x2) operate("^", list(x1, x2)))

#' @rdname backend
#' @export
op_negative <- operation(function(x) -x)

#' @rdname backend
#' @export
k_maximum <- operation(function(x, y) operate("pmax", list(x, y)))

#' @rdname backend
#' @export
op_maximum <- operation(function(x1, x2) operate("pmax", list(x1, x2)))

#' @rdname backend
#' @export
k_minimum <- operation(function(x, y) operate("pmin", list(x, y)))

#' @rdname backend
#' @export
op_minimum <- operation(function(x1, x2) operate("pmin", list(x1, x2)))

#' @rdname backend
#' @export
k_clip <- operation(function(x, min_value = NULL, max_value = NULL) {
  if (!is.null(min_value)) x <- operate("pmax", list(x, min_value))
  if (!is.null(max_value)) operate("pmin", list(x, max_value)) else x
})

#' @rdname backend
#' @export
op_clip <- operation(function(x, x_min, x_max) k_clip(x, x_min, x_max))

#' @rdname backend
#' @export
k_equal <- comparison("==")

#' @rdname backend
#' @export
op_equal <- comparison("==", two = TRUE)

#' @rdname backend
#' @export
k_not_equal <- comparison("!=")

#' @rdname backend
#' @export
op_not_equal <- comparison("!=", two = TRUE)

#' @rdname backend
#' @export
k_greater <- comparison(">")

#' @rdname backend
#' @export
op_greater <- comparison(">", two = TRUE)

#' @rdname backend
#' @export
k_greater_equal <- comparison(">=")

#' @rdname backend
#' @export
op_greater_equal <- comparison(">=", two = TRUE)

#' @rdname backend
#' @export
k_less <- comparison("<")

#' @rdname backend
#' @export
op_less <- comparison("<", two = TRUE)

#' @rdname backend
#' @export
k_less_equal <- comparison("<=")

#' @rdname backend
#' @export
op_less_equal <- comparison("<=", two = TRUE)

#' @rdname backend
#' @export
op_logical_and <- operation(function(x1, x2) plain_operator("&", plain(x1) != 0, plain(x2) != 0))

#' @rdname backend
#' @export
op_logical_or <- operation(function(x1, x2) plain_operator("|", plain(x1) != 0, plain(x2) != 0))

#' @rdname backend
#' @export
op_logical_not <- operation(function(x) plain(x) == 0)

#' @rdname backend
#' @export
k_switch <- operation(function(condition, then_expression, else_expression) {
  value <- function(x, arg) check_operand(if (is.function(x)) x() else x, arg = arg)
  choose_tensor(condition, value(then_expression, "then_expression"),
    value(else_expression, "else_expression"))
})

#' @rdname backend
#' @export
op_where <- operation(function(condition, x1, x2) choose_tensor(condition, x1, x2))
