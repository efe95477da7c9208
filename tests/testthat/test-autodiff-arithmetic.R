test_that("gradients of arithmetic and mathematics are slopes", {
  expect_slopes(c(arithmetic_operations(), math_operations()))
})

test_that("logarithms of any base, logistic curves and rounding are as R has them", {
  expect_gradients(
    function(x) sd(x) + var(x[1, ]) + log(sum(exp(x)), 10),
    function(x) -sum(plogis(x) * !(x > 5)) + sum(round(x) * x) + sum(x %*% t(x))
  )
})

test_that("a vector of the last dim's length goes along it, of the rows' length down them", {
  same <- function(a, b) expect_equal(operate("*", list(a, b)), a * b)
  same(2, m)
  same(m, c(2, 3))
  expect_equal(operate("*", list(m, 1:3)), m * rep(1:3, each = 2))
  expect_equal(operate("-", list(m[, 1:2], c(5, 7))), m[, 1:2] - rep(c(5, 7), each = 2))
  expect_equal(operate("+", list(a3, 1:4)), a3 + rep(1:4, each = 6))
  expect_equal(gradient(function(b) sum(m * b), c(1, 2, 3))[[1]], colSums(m))
  expect_equal(gradient(function(b) sum(m * b), c(1, 2))[[1]], rowSums(m))
  expect_equal(gradient(function(b) sum(a3 * b), 1:4 + 0)[[1]], apply(a3, 3, sum))
})

test_that("arrays line up at their last dims and are repeated along dims of one", {
  expect_equal(operate("+", list(m, t(1:3))), m + rep(1:3, each = 2))
  expect_equal(operate("-", list(array(m, c(2, 3, 1)), array(1:2, c(1, 2)))), array(m, c(2, 3, 2)) - rep(1:2, each = 6))
  expect_equal(operate("*", list(matrix(1:4), c(0.1, 0.5, 0.9))), 1:4 %o% c(0.1, 0.5, 0.9))
  expect_equal(operate("*", list(matrix(3), c(0.1, 0.5))), t(3 * c(0.1, 0.5)))
  expect_equal(gradient(function(x) sum(x * t(1:3)), m)[[1]], rbind(1:3, 1:3) + 0)
  expect_equal(gradient(function(b) sum(m * b), t(1:3))[[1]], t(colSums(m)))
  expect_equal(gradient(function(b) sum(m * b), array(1:3 + 0))[[1]], array(colSums(m)))
  square <- matrix(1:4 + 0, 2)
  expect_equal(operate("*", list(square, array(c(2, 5)))), square * rep(c(2, 5), each = 2))
})

test_that("shapes that do not go together are named", {
  expect_error(operate("+", list(m, matrix(1, 5, 5))), "2 x 3 and 5 x 5", class = "kestrel_error_shape")
  expect_error(operate("+", list(m, 1:4)), "2 x 3 and 4", class = "kestrel_error_shape")
  expect_error(operate("/", list(m, k_sum(m, axis = 2))), "keepdims = TRUE", class = "kestrel_error_shape")
})

test_that("comparisons and steps are constants", {
  expect_equal(gradient(function(x) sum(x * (x > 0.35)), m)[[1]], (m > 0.35) + 0)
  expect_equal(gradient(function(x) sum(x + floor(x) + sign(x)), m)[[1]], m * 0 + 1)
})

test_that("the slope of a power is that of its base where the exponent is 0", {
  expect_identical(gradient(function(x) sum(x^0), c(0, 2))[[1]], c(0, 0))
  expect_identical(gradient(function(x) sum(x^1), c(0, 2))[[1]], c(1, 1))
  expect_identical(gradient(function(k) sum(c(0, 2)^k), 2)[[1]], 4 * log(2))
})
