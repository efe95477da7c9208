test_that("sums and the like are those of R over the axes that are meant", {
  expect_operation(k_sum, m, sum(m))
  expect_operation(function(x) k_sum(x, axis = 1), m, array(colSums(m)))
  expect_operation(function(x) k_sum(x, axis = -1, keepdims = TRUE), m, matrix(rowSums(m)))
  expect_operation(function(x) k_mean(x, axis = c(1, 3)), a3, array(apply(a3, 2, mean)))
  expect_operation(function(x) op_mean(x, axis = -1), a3, apply(a3, 1:2, mean))
  expect_operation(function(x) k_sum(x, axis = 1:2, keepdims = TRUE), m, matrix(sum(m)))
  expect_operation(function(x) k_prod(x, 2), p, array(apply(p, 1, prod)))
  expect_operation(function(x) k_max(x, 2), m, array(apply(m, 1, max)))
  expect_operation(k_min, m, min(m))
  expect_operation(function(x) k_var(x, axis = 1), m,
    array(apply(m, 2, function(v) mean((v - mean(v))^2))))
  expect_operation(op_std, m, sqrt(mean((m - mean(m))^2)))
  expect_operation(function(x) k_logsumexp(x, 2), m, array(log(rowSums(exp(m)))))
  expect_operation(function(x) k_logsumexp(1000 * x, 1, TRUE), m, t(apply(1000 * m, 2, max)))
  expect_operation(function(x) k_any(x > 1, 2), m, array(apply(m > 1, 1, any)), FALSE)
  expect_operation(function(x) k_all(x > -1), m, TRUE, FALSE)
})

test_that("axes that there are not are refused", {
  for (axis in list(0, 3, -3, 1.5, "a", NA)) {
    expect_error(k_sum(m, axis = axis), class = "kestrel_error_argument")
  }
})
