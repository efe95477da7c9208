test_that("gradients of sums and extremes are slopes", {
  expect_slopes(reducing_operations())
})

test_that("sums, means and extremes of rows and columns have their gradients", {
  expect_gradients(
    function(x) mean(rowSums(x^2)) + sum(colMeans(x) * c(1, 2, 3)),
    function(x) sum(rowMeans(exp(x)) / colSums(abs(x))[1:2]),
    function(x) max(x) - min(x[1, ]) + range(1:3)[1],
    function(x) max(-9, x) + min(c(7, 8), x[2, ]) * sum(1, x) + prod(2, x[1, ])
  )
})

test_that("extremes that are equal share the slope", {
  expect_equal(gradient(function(x) max(x), c(3, 1, 3))[[1]], c(0.5, 0, 0.5))
  expect_equal(gradient(function(x) min(x), c(1, 1, 3))[[1]], c(0.5, 0.5, 0))
})

test_that("products are right for zeros", {
  expect_equal(gradient(function(x) prod(x), c(0, 2, 3))[[1]], c(6, 0, 0))
  expect_equal(gradient(function(x) prod(x), c(0, 0, 3))[[1]], c(0, 0, 0))
})
