# Sums and the like over axes.

#' @rdname backend
#' @export
k_sum <- operation(function(x, axis = NULL, keepdims = FALSE) {
  reduce_tensor("sum", x, axis, keepdims)
})

#' @rdname backend
#' @export
op_sum <- k_sum

#' @rdname backend
#' @export
k_mean <- operation(function(x, axis = NULL, keepdims = FALSE) {
  reduce_tensor("sum", x, axis, keepdims) / count_along(x, axis)
})

#' @rdname backend
#' @export
op_mean <- k_mean

#' @rdname backend
#' @export
k_prod <- operation(function(x, axis = NULL, keepdims = FALSE) {
  reduce_tensor("prod", x, axis, keepdims)
})

#' @rdname backend
#' @export
op_prod <- k_prod

#' @rdname backend
#' @export
k_max <- operation(function(x, axis = NULL, keepdims = FALSE) {
  reduce_tensor("max", x, axis, keepdims)
})

#' @rdname backend
#' @export
op_max <- k_max

#' @rdname backend
#' @export
k_min <- operation(function(x, axis = NULL, keepdims = FALSE) {
  reduce_tensor("min", x, axis, keepdims)
})

#' @rdname backend
#' @export
op_min <- k_min

#' @rdname backend
#' @export
k_var <- operation(function(x, axis = NULL, keepdims = FALSE) {
  k_mean(operate("-", list(x, k_mean(x, axis, TRUE)))^2, axis, keepdims)
})

#' @rdname backend
#' @export
op_var <- k_var

#' @rdname backend
#' @export
k_std <- operation(function(x, axis = NULL, keepdims = FALSE) sqrt(k_var(x, axis, keepdims)))

#' @rdname backend
#' @export
op_std <- k_std

#' @rdname backend
#' @export
k_logsumexp <- operation(function(x, axis = NULL, keepdims = FALSE) {
  most <- reduce_tensor("max", plain(x), axis, TRUE)
  most[!is.finite(most)] <- 0
  sums <- reduce_tensor("sum", exp(operate("-", list(x, most))), axis, TRUE)
  y <- operate("+", list(log(sums), most))
  if (keepdims) y else reduce_tensor("sum", y, axis)
})

#' @rdname backend
#' @export
op_logsumexp <- k_logsumexp

#' @rdname backend
#' @export
k_any <- operation(function(x, axis = NULL, keepdims = FALSE) {
  reduce_tensor("max", 0 + (plain(x) != 0), axis, keepdims) > 0
})

#' @rdname backend
#' @export
op_any <- k_any

#' @rdname backend
#' @export
k_all <- operation(function(x, axis = NULL, keepdims = FALSE) {
  reduce_tensor("min", 0 + (plain(x) != 0), axis, keepdims) > 0
})

#' @rdname backend
#' @export
op_all <- k_all
