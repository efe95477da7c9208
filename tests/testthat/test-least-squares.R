by_lm <- function(a, y) unname(as.matrix(stats::lm.fit(a, y)$residuals))

test_that("residuals are those of lm.fit()", {
  withr::local_seed(1)
  a <- cbind(1, matrix(stats::rnorm(200), 50), 1e3 + 1:50)
  y <- matrix(stats::rnorm(100), 50)
  fit <- least_squares(a, y)
  expect_equal(unname(fit$residuals), by_lm(a, y), tolerance = 1e-10)
  expect_equal(fit$residuals, y - a %*% fit$coefficients, tolerance = 1e-10)
  expect_identical(fit$rank, 6L)
})

test_that("dependent columns, and more of them than rows, leave coefficients at 0", {
  withr::local_seed(2)
  a <- matrix(stats::rnorm(60), 20)
  y <- stats::rnorm(20)
  twice <- least_squares(cbind(a, 2 * a[, 1], 0), y)
  expect_identical(twice$rank, 3L)
  expect_equal(as.vector(twice$residuals), as.vector(by_lm(a, y)), tolerance = 1e-12)
  wide <- least_squares(t(a), y[1:3])
  expect_lt(max(abs(wide$residuals)), 1e-13)
  expect_identical(sum(wide$coefficients != 0), 3L)
})

test_that("what can be met is met to the last digits", {
  withr::local_seed(3)
  a <- matrix(stats::rnorm(4000), 1000)
  a[, 4] <- a[, 3] + 1e-3 * a[, 4]
  b <- c(1, -2, 3, 4)
  fit <- least_squares(a, a %*% b)
  expect_lt(sum(fit$residuals^2), 1e-25)
  expect_equal(as.vector(fit$coefficients), b, tolerance = 1e-11)
})
