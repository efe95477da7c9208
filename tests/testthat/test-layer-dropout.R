test_that("in training the right share is dropped and the rest scaled", {
  set.seed(1)
  for (rate in c(0.1, 0.5, 0.9)) {
    n <- 40000
    y <- layer_dropout(rate = rate)(matrix(1, 400, 100), training = TRUE)
    expect_setequal(round(unique(as.vector(y)), 12), round(c(0, 1 / (1 - rate)), 12))
    # Six standard errors of a share.
    expect_lt(abs(mean(y == 0) - rate), 6 * sqrt(rate * (1 - rate) / n))
  }
})

test_that("numbers are dropped independently of their neighbours", {
  set.seed(2)
  y <- layer_dropout(rate = 0.5)(matrix(1, 2000, 20), training = TRUE) > 0
  off <- cor(y)[upper.tri(diag(20))]
  expect_lt(max(abs(off)), 6 / sqrt(2000))
  expect_lt(abs(cor(as.vector(y[-1, ]), as.vector(y[-2000, ]))), 6 / sqrt(38000))
})

test_that("outside of training and at rate 0 nothing happens", {
  x <- small_x()
  expect_identical(layer_dropout(rate = 0.5)(x), x)
  expect_identical(layer_dropout(rate = 0)(x, training = TRUE), x)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dropout(0.9)
  expect_identical(predict(model, x), x)
  compile(model, loss = "mse")
  expect_identical(evaluate(model, x, x, verbose = 0)[["loss"]], 0)
})

test_that("noise_shape shares the mask along axes of size 1", {
  set.seed(3)
  x <- array(1, c(50, 6, 7))
  kept <- function(shape) layer_dropout(rate = 0.5, noise_shape = shape)(x, training = TRUE) > 0
  same_along <- function(y, axis) {
    all(apply(y, setdiff(1:3, axis), function(v) length(unique(v)) == 1))
  }
  for (shape in list(c(NA, 1, 7), list(NULL, 1, 7), list(NULL, 1L, NULL), c(50, 1, 7))) {
    y <- kept(shape)
    expect_true(same_along(y, 2))
    expect_false(same_along(y, 3))
    expect_false(same_along(y, 1))
  }
  expect_true(same_along(kept(c(NA, 6, 1)), 3))
  expect_true(same_along(kept(c(1, 6, 7)), 1))
  y <- kept(c(NA, 1, 1))
  expect_true(same_along(y, 2) && same_along(y, 3) && !same_along(y, 1))
})

test_that("the mask follows set.seed() or the layer's own seed", {
  x <- matrix(1, 20, 5)
  mask <- function(...) layer_dropout(rate = 0.5, ...)(x, training = TRUE)
  set.seed(1)
  a <- mask()
  b <- mask()
  set.seed(1)
  expect_identical(mask(), a)
  expect_false(identical(a, b))
  set.seed(1)
  c <- mask(seed = 7)
  set.seed(2)
  expect_identical(mask(seed = 7), c)
  expect_false(identical(mask(seed = 8), c))
})

test_that("two layers of a model have different masks, two epochs too", {
  set.seed(1)
  model <- keras_model_sequential(input_shape = 50) %>% layer_dropout(0.5) %>% layer_dropout(0.5)
  y <- model(matrix(1, 200, 50), training = TRUE)
  # With one mask a half would be left, with two a quarter.
  expect_lt(abs(mean(y > 0) - 0.25), 6 * sqrt(0.25 * 0.75 / 10000))
})

test_that("bad settings are refused", {
  for (bad in list(-0.1, 1, 1.5, NA, "a", NULL, c(0.1, 0.2))) {
    expect_refused(layer_dropout(rate = bad), "argument", "rate")
  }
  for (bad in list(-1, 2.5, NA, "a")) {
    expect_refused(layer_dropout(rate = 0.5, seed = bad), "argument", "seed")
  }
  for (bad in list("a", c(1.5, 2), 3, list(), c(0, 1), function() 1)) {
    expect_refused(layer_dropout(rate = 0.5, noise_shape = bad), "argument", "noise_shape")
  }
  model <- keras_model_sequential(input_shape = 4)
  expect_refused(layer_dropout(model, 0.5, noise_shape = c(NA, 3)), "shape", "noise_shape", model)
  expect_config_round_trip(layer_dropout(rate = 0.5, noise_shape = c(NA, 1), seed = 3), small_x())
  expect_snapshot(error = TRUE, {
    layer_dropout()
    layer_dropout(rate = 1)
    layer_dropout(model, 0.5, noise_shape = c(NA, 3))
  })
})
