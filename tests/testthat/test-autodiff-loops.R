# Functions over columns and elements, and what is made of such, against base R and differences.

x <- matrix(c(0.3, -0.7, 1.2, 0.8, 0.1, -0.4, 0.9, 0.5), 4)
w <- matrix(cos(1:8), 4)

expect_same <- function(f, x) {
  expect_equal(plain_value(f, x), f(x), ignore_attr = TRUE)
  weighted <- function(x) {
    y <- f(x)
    sum(y * cos(seq_along(y)))
  }
  expect_equal(as.vector(gradient(weighted, x)[[1]]), as.vector(by_differences(weighted, x)), tolerance = 1e-6)
}

# The value that a function has on a traced argument.
plain_value <- function(f, x) {
  plain(masked(f)(trace_value(x, new_tape())))
}

test_that("loops over columns and elements are differentiated", {
  expect_same(function(x) sapply(1:2, function(j) sum(x[, j]^2)), x)
  expect_same(function(x) vapply(1:2, function(j) mean(x[, j]) * j, 0), x)
  expect_same(function(x) apply(x, 2, function(v) sum(v^3)), x)
  expect_same(function(x) apply(x, 1, prod), x)
  expect_same(function(x) apply(x, 2, function(v) v / sum(v^2)), x)
  expect_same(function(x) sapply(x, function(v) v^2), c(1, 2, 3))
  expect_same(function(x) Reduce(`+`, lapply(1:2, function(j) x[, j] * j)), x)
  f <- masked(function(x) c(sapply(c(a = 1, b = 2), sqrt), vapply(1:2, function(i) i / 2, 0)))
  expect_identical(f(x), c(a = 1, b = sqrt(2), 0.5, 1))
  expect_identical(masked(function(x) sapply(c("u", "v"), nchar))(x), c(u = 1L, v = 1L))
  expect_identical(masked(function(x) vapply(c("u", "v"), nchar, 0L))(x), c(u = 1L, v = 1L))
})

test_that("differences, scaled columns and correlations are differentiated", {
  expect_same(function(x) diff(x), c(1, 4, 9, 16))
  expect_same(function(x) diff(x, lag = 2), c(1, 4, 9, 16))
  expect_same(function(x) diff(x, differences = 2), x)
  expect_same(function(x) scale(x), x)
  expect_same(function(x) scale(x, scale = FALSE), x)
  expect_same(function(x) scale(x, center = FALSE, scale = c(2, 4)), x)
  expect_same(function(x) cor(x[, 1], x[, 2]), x)
  expect_same(function(x) cor(x, w), x)
  expect_same(function(x) cov(x), x)
  expect_same(function(x) cov(x[, 1], w[, 1]), x)
})

test_that("functions that cannot be differentiated are named", {
  for (name in c("quantile", "fft", "rowsum", "chol", "tapply")) {
    f <- eval(bquote(function(x) sum(.(as.name(name))(x[, 1], x[, 2]))))
    expect_error(gradient(f, x), sprintf("`%s()` cannot be differentiated", name), fixed = TRUE)
  }
  expect_identical(masked(function(x) quantile(c(1, 2, 3), 0.5))(x), quantile(c(1, 2, 3), 0.5))
})
