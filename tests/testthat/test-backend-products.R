test_that("sums and products cumulate along an axis", {
  expect_operation(k_cumsum, m, apply(m, 2, cumsum))
  expect_operation(function(x) op_cumsum(x, axis = 2), m, t(apply(m, 1, cumsum)))
  expect_operation(op_cumsum, m, array(cumsum(c(t(m)))))
  expect_operation(function(x) k_cumsum(x, axis = -1), a3, aperm(apply(a3, 1:2, cumsum), c(2, 3, 1)))
  expect_operation(function(x) k_cumprod(x, axis = 2), m, t(apply(m, 1, cumprod)))
  expect_operation(function(x) op_cumprod(x), c(2, 0, 3), array(c(2, 0, 0)))
})

test_that("norms, means with weights and counts", {
  expect_operation(op_norm, m, sqrt(sum(m^2)))
  expect_operation(function(x) op_norm(x, axis = 2, keepdims = TRUE), m, matrix(sqrt(rowSums(m^2))))
  expect_operation(function(x) op_norm(x, ord = 1, axis = 1), m, array(colSums(abs(m))))
  expect_operation(function(x) op_norm(x, ord = 3, axis = 1), m, array(colSums(abs(m)^3)^(1 / 3)))
  expect_operation(function(x) op_norm(x, ord = Inf, axis = -1), m, array(apply(abs(m), 1, max)))
  expect_operation(function(x) op_normalize(x, axis = 1), m, sweep(m, 2, sqrt(colSums(m^2)), `/`))
  expect_operation(function(x) op_normalize(x, order = 1), m, m / rowSums(abs(m)))
  expect_operation(function(x) op_average(x, axis = 2), m, array(rowMeans(m)))
  expect_operation(function(x) op_average(x, axis = 2, weights = c(1, 2, 5)), m,
    array(m %*% c(1, 2, 5) / 8, 2))
  expect_operation(function(x) op_average(m, weights = x), p, sum(m * p) / sum(p))
  expect_equal(op_count_nonzero(cbind(c(0, 1), c(0, 3)), axis = 2), array(c(0, 2)))
  expect_operation(function(x) k_bias_add(m, x), 1:3 / 2, sweep(m, 2, 1:3 / 2, `+`))
})

test_that("products of samples over the axes named are those of layer_dot()", {
  expect_operation(function(x) k_batch_dot(x, q, axes = 2), m, matrix(rowSums(m * q)))
  expect_operation(function(x) k_batch_dot(x, q), m, matrix(rowSums(m * q)))
  b <- array(cos(1:24), c(2, 4, 3))
  by_hand <- array(0, c(2, 3, 3))
  for (n in 1:2) by_hand[n, , ] <- a3[n, , ] %*% b[n, , ]
  expect_operation(function(x) k_batch_dot(x, b), a3, by_hand)
  expect_operation(function(x) k_batch_dot(x, b, axes = c(3, 2)), a3, by_hand)
  expect_operation(function(x) k_batch_dot(x, m, axes = c(2, 2)), a3, rbind(m[1, ] %*% a3[1, , ], m[2, ] %*% a3[2, , ]))
})

test_that("axes and orders that there are not are refused", {
  expect_error(k_batch_dot(m, t(m), axes = 2), class = "kestrel_error_shape")
  expect_error(op_norm(m, ord = -1), class = "kestrel_error_argument")
})
