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

rounded_columns <- function(n = 12) {
  set.seed(1)
  # With as many digits as there are.
  x <- cbind(1 + sqrt(runif(n)), sqrt(runif(n)) / 2)
  list(own = x, x = cbind(x, x[, 1] + x[, 2], (x[, 1] - x[, 2]) / 3), y = 2 * x[, 1] - x[, 2] + rnorm(n))
}

test_that("a floor that rests on the rounding of sums of columns is not said to be attained", {
  d <- rounded_columns()
  floor <- loss_floor(floor_model(4, c(5, 1)), d$x, d$y)
  expect_identical(attr(floor, "attained"), NA)
  expect_match(attr(floor, "notes"), "sums of others but for rounding")
  line <- mean(lm(d$y ~ d$own)$residuals^2)
  expect_lt(as.vector(floor), line)
  # Without what was rounded it is that of the columns that are there.
  floor <- loss_floor(floor_model(2, c(5, 1)), d$own, d$y)
  expect_true(attr(floor, "attained"))
  expect_equal(as.vector(floor), line)
  expect_output(print(loss_ladder(floor_model(4, 1), d$x, d$y)), "but for rounding")
})

test_that("weights of any size reach what is below the best line without what was rounded", {
  d <- rounded_columns()
  model <- floor_model(4, c(2, 1), bias = c(FALSE, TRUE))
  # Exact steps: column 1 less 3, and 2, in the first layer; their sum times 2^52 in the second.
  rounded <- (d$x[, 1] - d$x[, 3]) + d$x[, 2]
  expect_gt(sum(rounded != 0), 1)
  b <- coef(lm(d$y ~ I(2^52 * rounded)))
  set_weights(model, list(cbind(c(1, 0, -1, 0), c(0, 1, 0, 0)), matrix(c(2^52 * b[[2]], 2^52 * b[[2]])), b[[1]]))
  reached <- data_loss(model, d$x, d$y)
  expect_lt(reached, mean((d$y - mean(d$y))^2) * (1 - 1e-3))
  expect_lte(as.vector(loss_floor(model, d$x, d$y)), reached)
})

test_that("sums without rounding, and small differences that are none, do not count as rounded", {
  set.seed(2)
  x <- matrix(sample(9, 24, TRUE), 12)
  y <- rnorm(12)
  floor <- loss_floor(floor_model(3, c(5, 1)), cbind(x, x[, 1] + x[, 2]), y)
  expect_true(attr(floor, "attained"))
  expect_equal(as.vector(floor), mean(lm(y ~ x)$residuals^2))
  near <- cbind(x, x[, 1] + 1e-10 * rnorm(12))
  floor <- loss_floor(floor_model(3, c(5, 1)), near, y)
  expect_true(attr(floor, "attained"))
  expect_equal(as.vector(floor), mean(lm(y ~ x + I(1e10 * (near[, 3] - x[, 1])))$residuals^2))
  offset <- 1e6 + rnorm(12)
  expect_true(attr(loss_floor(floor_model(1, 1), offset, y), "attained"))
})

test_that("what was rounded is told in the precision of the model, and beside large columns", {
  d <- rounded_columns()
  attained <- function(model, x) attr(loss_floor(model, x, d$y), "attained")
  expect_identical(attained(floor_model(4, c(5, 1), dtype = "float32"), d$x), NA)
  near <- cbind(d$own, d$own[, 1] + 1e-6 * d$own[, 2]^2)
  expect_identical(attained(floor_model(3, 1, dtype = "float32"), near), NA)
  expect_true(attained(floor_model(3, 1), near))
  # A small column beside two large ones, of which it is the difference.
  large <- cbind(d$own[, 1], 1e6 + d$own[, 2], 1e6 + d$own[, 2] + d$own[, 1])
  expect_identical(attained(floor_model(3, 1), large), NA)
})

test_that("floors of classes know what was rounded, too", {
  d <- rounded_columns()
  y <- as.double(d$y > median(d$y))
  for (loss in c("binary_crossentropy", "mae")) {
    end <- if (loss == "mae") "linear" else "sigmoid"
    floor <- loss_floor(floor_model(4, 1, end, loss = loss), d$x, if (loss == "mae") d$y else y)
    expect_identical(attr(floor, "attained"), NA)
    expect_match(attr(floor, "notes"), "rounding")
  }
  three <- rep(0:2, 4)
  floor <- loss_floor(floor_model(4, 3, "softmax", loss = "sparse_categorical_crossentropy"), d$x, three)
  expect_identical(attr(floor, "attained"), NA)
})
