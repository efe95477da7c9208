relatives <- list(
  gaussian = layer_gaussian_dropout, alpha = layer_alpha_dropout, spatial = layer_spatial_dropout_1d
)

test_that("outside of training and at rate 0 nothing happens", {
  x <- counted(2, 3, 4)
  for (relative in relatives) {
    expect_identical(relative(rate = 0.5)(x), x)
    expect_identical(relative(rate = 0)(x, training = TRUE), x)
  }
})

test_that("gaussian dropout multiplies by normal numbers of mean 1", {
  set.seed(1)
  z <- layer_gaussian_dropout(rate = 0.2)(matrix(1, 300, 100), training = TRUE)
  expect_gt(suppressWarnings(ks.test(as.vector(z - 1) / sqrt(0.25), "pnorm")$p.value), 1e-4)
})

test_that("alpha dropout keeps mean 0 and variance 1", {
  set.seed(2)
  x <- matrix(rnorm(4e5), 1000)
  y <- layer_alpha_dropout(rate = 0.3)(x, training = TRUE)
  expect_lt(abs(mean(y)), 6 / sqrt(4e5))
  expect_lt(abs(var(as.vector(y)) - 1), 0.02)
  A <- -1.7580993408473766
  a <- (0.7 * (1 + 0.3 * A^2))^-0.5
  b <- -a * A * 0.3
  dropped <- abs(y - (a * A + b)) < 1e-12
  expect_equal(y[!dropped], a * x[!dropped] + b, tolerance = 1e-14)
  expect_lt(abs(mean(dropped) - 0.3), 6 * sqrt(0.21 / 4e5))
})

test_that("spatial dropout drops features at all steps", {
  set.seed(3)
  y <- layer_spatial_dropout_1d(rate = 0.5)(array(1, c(200, 5, 8)), training = TRUE)
  expect_setequal(unique(as.vector(y)), c(0, 2))
  expect_true(all(apply(y, c(1, 3), function(v) length(unique(v)) == 1)))
  expect_lt(abs(mean(y[, 1, ] == 0) - 0.5), 6 * sqrt(0.25 / 1600))
})

test_that("they follow set.seed() or their own seed, and refuse bad settings", {
  x <- counted(2, 3, 4)
  for (relative in relatives) {
    noisy <- function(...) relative(rate = 0.5, ...)(x, training = TRUE)
    set.seed(1)
    a <- noisy()
    set.seed(1)
    expect_identical(noisy(), a)
    expect_identical(noisy(seed = 3), noisy(seed = 3))
    for (bad in list(-0.1, 1, NA, "a", NULL)) expect_refused(relative(rate = bad), "argument", "rate")
    expect_refused(relative(rate = 0.1, seed = -1), "argument", "seed")
    expect_config_round_trip(relative(rate = 0.5, seed = 3), x)
  }
  expect_refused(layer_spatial_dropout_1d(rate = 0.5)(small_x()), "shape")
  expect_refused(layer_alpha_dropout(rate = 0.5, noise_shape = c(1, 9))(small_x()), "shape", "noise_shape")
})
