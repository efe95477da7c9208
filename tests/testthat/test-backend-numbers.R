test_that("numbers go one by one", {
  expect_operation(k_abs, m, abs(m))
  expect_operation(k_square, m, m^2)
  expect_operation(k_sqrt, p, sqrt(p))
  expect_operation(k_exp, m, exp(m))
  expect_operation(k_log, p, log(p))
  expect_operation(op_log1p, m, log1p(m))
  expect_operation(k_sin, m, sin(m))
  expect_operation(k_cos, m, cos(m))
  expect_operation(k_tanh, m, tanh(m))
  expect_operation(function(x) k_pow(x, 3), m, m^3)
  expect_operation(function(x) op_power(2, x), m, 2^m)
  expect_operation(function(x) op_divide(x, q), m, m / q)
  expect_operation(function(x) op_subtract(1, op_multiply(x, op_add(x, 2))), m, 1 - m * (m + 2))
  expect_operation(op_negative, m, -m)
  expect_operation(function(x) k_maximum(x, 0.35), m, pmax(m, 0.35))
  expect_operation(function(x) op_minimum(q, x), m, pmin(q, m))
  expect_operation(function(x) k_clip(x, 0, 1), m, pmin(pmax(m, 0), 1))
  expect_operation(function(x) op_clip(x, -0.5, 0.5), m, pmin(pmax(m, -0.5), 0.5))
  expect_operation(function(x) op_add(x, matrix(1:2)), m, m + c(1, 2))
  expect_operation(k_sign, m, sign(m), FALSE)
  expect_operation(k_round, m, round(m), FALSE)
  expect_operation(op_floor, m, floor(m), FALSE)
})

test_that("comparisons are R's, and choose", {
  expect_operation(function(x) k_greater(x, 0.3), m, m > 0.3, FALSE)
  expect_operation(function(x) k_less_equal(x, q), m, m <= q, FALSE)
  expect_operation(function(x) k_equal(x, matrix(c(0.3, 0.9))), m, m == c(0.3, 0.9), FALSE)
  expect_operation(function(x) k_cast(k_greater_equal(x, 0), "float32"), m, (m >= 0) + 0, FALSE)
  expect_operation(function(x) op_logical_and(x > 0, x < 1), m, m > 0 & m < 1, FALSE)
  expect_operation(function(x) op_where(x > 0.35, x^2, 0), m, ifelse(m > 0.35, m^2, 0))
  expect_operation(function(x) k_switch(x > 0, function() x, matrix(1:2)), m,
    ifelse(m > 0, m, matrix(c(1, 2), 2, 3)))
})

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
