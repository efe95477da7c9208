# Activations and losses.

#' @rdname backend
#' @export
k_relu <- operation(function(x, alpha = 0, max_value = NULL, threshold = 0) {
  y <- choose_tensor(plain_operator(">=", plain(x), threshold), x,
    operate("*", list(alpha, operate("-", list(x, threshold)))))
  if (is.null(max_value)) y else operate("pmin", list(y, max_value))
})

#' @rdname backend
#' @export
op_relu <- operation(function(x) operate("pmax", list(x, 0)))

#' @rdname backend
#' @export
op_leaky_relu <- operation(function(x, negative_slope = 0.2) k_relu(x, negative_slope))

#' @rdname backend
#' @export
k_elu <- operation(function(x, alpha = 1) {
  choose_tensor(plain(x) > 0, x, operate("*", list(alpha, expm1(operate("pmin", list(x, 0))))))
})

#' @rdname backend
#' @export
op_elu <- k_elu

#' @rdname backend
#' @export
k_sigmoid <- operation(function(x) operate("plogis", list(x)))

#' @rdname backend
#' @export
op_sigmoid <- k_sigmoid

#' @rdname backend
#' @export
k_softplus <- operation(function(x) operate("softplus", list(x)))

#' @rdname backend
#' @export
op_softplus <- k_softplus

#' @rdname backend
#' @export
k_softsign <- operation(function(x) x / (1 + abs(x)))

#' @rdname backend
#' @export
op_softsign <- k_softsign

#' @rdname backend
#' @export
k_softmax <- operation(function(x, axis = -1) {
  exp(operate("-", list(x, k_logsumexp(x, axis, TRUE))))
})

#' @rdname backend
#' @export
op_softmax <- k_softmax

#' @rdname backend
#' @export
op_log_softmax <- operation(function(x, axis = -1) {
  operate("-", list(x, k_logsumexp(x, axis, TRUE)))
})

#' @rdname backend
#' @export
k_hard_sigmoid <- operation(function(x) {
  k_clip(0.2 * x + 0.5, 0, 1)
})

#' @rdname backend
#' @export
op_hard_sigmoid <- operation(function(x) activation_hard_sigmoid(x))

#' @rdname backend
#' @export
op_selu <- operation(function(x) activation_selu(x))

#' @rdname backend
#' @export
op_silu <- operation(function(x) activation_silu(x))

#' @rdname backend
#' @export
op_swish <- op_silu

#' @rdname backend
#' @export
op_gelu <- operation(function(x, approximate = TRUE) activation_gelu(x, approximate))

#' @rdname backend
#' @export
op_mish <- operation(function(x) activation_mish(x))

#' @rdname backend
#' @export
op_relu6 <- operation(function(x) activation_relu6(x))

#' @rdname backend
#' @export
op_log_sigmoid <- operation(function(x) -k_softplus(-x))

#' @rdname backend
#' @export
k_binary_crossentropy <- operation(function(target, output, from_logits = FALSE) {
  p <- k_clip(if (from_logits) k_sigmoid(output) else output, k_epsilon(), 1 - k_epsilon())
  one <- operate("*", list(target, log(p)))
  -operate("+", list(one, operate("*", list(1 - target, log(1 - p)))))
})

#' @rdname backend
#' @export
op_binary_crossentropy <- k_binary_crossentropy

#' @rdname backend
#' @export
k_categorical_crossentropy <- operation(function(target, output, from_logits = FALSE, axis = -1) {
  loss <- loss_categorical_crossentropy(from_logits = from_logits, axis = axis)
  operate("loss", list(output), list(loss = loss, y_true = plain(target)))
})

#' @rdname backend
#' @export
op_categorical_crossentropy <- k_categorical_crossentropy

#' @rdname backend
#' @export
k_sparse_categorical_crossentropy <- operation(function(target, output, from_logits = FALSE) {
  loss <- loss_sparse_categorical_crossentropy(from_logits = from_logits)
  operate("loss", list(output), list(loss = loss, y_true = plain(target)))
})

#' @rdname backend
#' @export
op_sparse_categorical_crossentropy <- k_sparse_categorical_crossentropy
