test_that("in training the noise is normal with this standard deviation", {
  set.seed(1)
  x <- matrix(2, 300, 100)
  z <- (layer_gaussian_noise(stddev = 0.5)(x, training = TRUE) - x) / 0.5
  expect_gt(suppressWarnings(ks.test(as.vector(z), "pnorm")$p.value), 1e-4)
  expect_lt(abs(cor(as.vector(z[-1, ]), as.vector(z[-300, ]))), 6 / sqrt(29900))
})

test_that("outside of training and at stddev 0 nothing happens", {
  x <- small_x()
  expect_identical(layer_gaussian_noise(stddev = 0.5)(x), x)
  expect_identical(layer_gaussian_noise(stddev = 0)(x, training = TRUE), x)
})

test_that("the noise follows set.seed() or the layer's own seed", {
  x <- small_x()
  noisy <- function(...) layer_gaussian_noise(stddev = 1, ...)(x, training = TRUE)
  set.seed(1)
  a <- noisy()
  set.seed(1)
  expect_identical(noisy(), a)
  expect_false(identical(noisy(), a))
  expect_identical(noisy(seed = 3), noisy(seed = 3))
})

test_that("bad settings are refused", {
  for (bad in list(-0.1, NA, Inf, "a", NULL)) {
    expect_refused(layer_gaussian_noise(stddev = bad), "argument", "stddev")
  }
  expect_refused(layer_gaussian_noise(stddev = 1, seed = -1), "argument", "seed")
  expect_config_round_trip(layer_gaussian_noise(stddev = 2, seed = 3), small_x())
  expect_snapshot(error = TRUE, {
    layer_gaussian_noise()
    layer_gaussian_noise(stddev = -1)
  })
})
