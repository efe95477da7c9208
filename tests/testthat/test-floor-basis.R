test_that("columns that depend on others exactly are left out", {
  set.seed(3)
  f <- factor(sample(4, 50, TRUE))
  dummies <- outer(as.integer(f), 1:4, `==`) + 0
  x <- rnorm(50)
  expect_equal(ncol(span_basis(cbind(1, dummies))), 4)
  expect_equal(ncol(span_basis(cbind(1, dummies[, 1:3], 7))), 4)
  expect_equal(ncol(span_basis(cbind(x, 2 * x, -x / 4))), 1)
  expect_equal(ncol(span_basis(cbind(1, 0, 1e300, 0.1))), 1)
  expect_equal(ncol(span_basis(matrix(rnorm(20), 4))), 4)
})

# Weights of 2^52 reach what lies in the last digit.
test_that("a difference in the last digit stays in the span", {
  x <- c(1, 1, 1, 1 + 2^-52)
  y <- c(0, 0, 0, 8)
  model <- floor_model(1, 1)
  expect_lt(loss_floor(model, x, y), 1e-20)
  set_weights(model, list(matrix(2^55), -2^55))
  expect_equal(data_loss(model, x, y), 0)
})

test_that("large offsets and weights of any size do no harm", {
  set.seed(3)
  x <- 1:20 + 1e9
  y <- rnorm(20)
  model <- floor_model(1, 1)
  expect_equal(as.vector(loss_floor(model, x, y)), mean(lm(y ~ I(1:20))$residuals^2))
  x <- cbind(1e-200 * rnorm(20), 1e200 * rnorm(20))
  scaled <- cbind(1e200 * x[, 1], 1e-200 * x[, 2])
  model <- floor_model(2, 1)
  expect_equal(as.vector(loss_floor(model, x, y)), mean(lm(y ~ scaled)$residuals^2))
  w <- 10^(-6 * runif(20))
  fit <- lm(y ~ scaled, weights = w)
  expect_equal(as.vector(loss_floor(model, scaled, y, sample_weight = w)), mean(w * fit$residuals^2))
})

test_that("pairs of doubles hold twice the digits", {
  r <- list(high = matrix(1 / 3), low = matrix(0))
  rest <- pair_minus(r, 1, 0, 1 / 3)
  expect_identical(as.vector(rest$high), 0)
  p <- two_product(1 + 2^-30, 1 + 2^-30)
  expect_identical(c(p$high, p$low), c(1 + 2^-29, 2^-60))
})

# Of columns that are each other's multiples one must stay.
test_that("the basis spans all columns, whichever of them depend on each other", {
  v <- c(-1, 1, 1)
  expect_equal(ncol(span_basis(cbind(1, v, v, -v))), 2)
  set.seed(12)
  for (i in 1:300) {
    n <- sample(2:9, 1)
    a <- matrix(sample(-1:1, n * 3, TRUE) * 10^sample(-8:8, 1), n)
    a <- cbind(1, a, a[, sample(3, 2, TRUE)] * rep(c(-1, 2^-9), each = n), a[, 1] + a[, 2])
    b <- span_basis(a)
    expect_equal(ncol(b), qr(a[, 1:4] / rep(c(1, rep(max(abs(a[, 2:4]), 1e-9), 3)), each = n))$rank)
    outside <- lm.fit(b, a)$residuals
    expect_lt(max(abs(outside) / rep(pmax(sqrt(colSums(a^2)), 1e-300), each = n)), 1e-12)
  }
})
