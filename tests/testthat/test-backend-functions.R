test_that("activations are the engine's", {
  expect_operation(k_relu, m, activation_relu(m))
  expect_operation(function(x) k_relu(x, 0.1, 1, 0.35), m,
    ifelse(m >= 0.35, pmin(m, 1), 0.1 * (m - 0.35)))
  expect_operation(op_leaky_relu, m, ifelse(m > 0, m, 0.2 * m))
  expect_operation(k_elu, m, activation_elu(m))
  expect_operation(k_sigmoid, m, activation_sigmoid(m))
  expect_operation(k_softplus, m, activation_softplus(m))
  expect_operation(k_softsign, m, activation_softsign(m))
  expect_operation(k_softmax, m, activation_softmax(m))
  expect_operation(k_hard_sigmoid, 4 * m, pmin(pmax(0.8 * m + 0.5, 0), 1))
  expect_operation(op_hard_sigmoid, m, pmin(pmax(m / 6 + 0.5, 0), 1))
  expect_operation(op_selu, m, activation_selu(m))
  expect_operation(op_silu, m, m * plogis(m))
  expect_operation(op_gelu, m, activation_gelu(m, TRUE))
  expect_operation(function(x) op_gelu(x, FALSE), m, m * pnorm(m))
  expect_operation(op_mish, m, m * tanh(log1p(exp(m))))
  expect_operation(op_relu6, 7 * m, pmin(pmax(7 * m, 0), 6))
  expect_operation(op_log_sigmoid, m, log(plogis(m)))
  expect_operation(op_log_softmax, m, log(activation_softmax(m)))
  expect_operation(k_l2_normalize, m, m / sqrt(rowSums(m^2)))
})

test_that("cross-entropies are the engine's, without their mean", {
  y <- diag(3)[1:2, ]
  expect_operation(function(x) k_categorical_crossentropy(y, x), p, -log(c(p[1, 1], p[2, 2]) / rowSums(p)))
  expect_operation(function(x) op_sparse_categorical_crossentropy(c(0, 1), x, from_logits = TRUE), m,
    -log(activation_softmax(m)[cbind(1:2, 1:2)]))
  expect_operation(function(x) k_binary_crossentropy(y, x), p, -(y * log(p) + (1 - y) * log(1 - p)))
  expect_operation(function(x) k_mean(k_binary_crossentropy(y, x, TRUE)), m,
    mean(loss_binary_crossentropy(y, m, from_logits = TRUE)))
})
