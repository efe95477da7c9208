test_that("products go over the last axis and the first", {
  expect_operation(function(x) k_dot(x, t(q)), m, m %*% t(q))
  expect_operation(function(x) op_matmul(t(q), x), m, t(q) %*% m)
  w <- matrix(1:8 / 9, 4)
  expect_operation(function(x) op_matmul(x, w), a3, array(matrix(a3, 6) %*% w, c(2, 3, 2)))
  b3 <- aperm(a3, c(1, 3, 2))
  each <- array(0, c(2, 3, 3))
  for (i in 1:2) each[i, , ] <- a3[i, , ] %*% b3[i, , ]
  expect_operation(function(x) k_batch_dot(x, b3), a3, each)
})

test_that("places count from 0 or from 1", {
  expect_equal(k_argmax(m), array(apply(m, 1, which.max) - 1))
  expect_equal(op_argmax(m, axis = -1), array(apply(m, 1, which.max)))
  expect_equal(op_argmin(m, 1, zero_indexed = TRUE), array(apply(m, 2, which.min) - 1))
  expect_equal(k_one_hot(c(0, 2), 3), diag(3)[c(1, 3), ])
  expect_equal(op_one_hot(matrix(c(0, 2)), 3), diag(3)[c(1, 3), ])
})

test_that("products of vectors are numbers, and with matrices vectors", {
  expect_identical(op_dot(c(1, 2), c(3, 4)), 11)
  expect_operation(function(x) k_dot(x, c(1, -2)), c(0.5, 3), 0.5 - 6)
  expect_operation(function(x) op_matmul(x, c(1, 2, -1)), m, array(m %*% c(1, 2, -1), 2))
  expect_operation(function(x) op_dot(m, x), c(1, 2, -1), array(m %*% c(1, 2, -1), 2))
  expect_operation(function(x) op_matmul(x, m), c(3, 4), array(c(3, 4) %*% m, 3))
  expect_operation(function(x) op_matmul(c(3, 4), x), m, array(c(3, 4) %*% m, 3))
  expect_error(op_dot(1:2, 1:3), "2 and 3", class = "kestrel_error_shape")
})
