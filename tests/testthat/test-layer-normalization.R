population <- function(v) mean((v - mean(v))^2)

test_that("columns are normalized by their mean and population variance", {
  x <- unname(as.matrix(iris[1:4]))
  layer <- layer_normalization()
  adapt(layer, x)
  expected <- sweep(sweep(x, 2, colMeans(x)), 2, sqrt(apply(x, 2, population)), "/")
  expect_equal(layer(x), expected, tolerance = 1e-12)
  expect_equal(get_weights(layer), list(array(colMeans(x)), array(apply(x, 2, population)), array(150)), tolerance = 1e-14)
  back <- layer_normalization(mean = colMeans(x), variance = apply(x, 2, population), invert = TRUE)
  expect_equal(back(expected), x, tolerance = 1e-12)
})

test_that("axes that are not kept share their mean", {
  x <- counted(5, 3, 4)
  by <- function(axis, margin) {
    layer <- layer_normalization(axis = axis)
    adapt(layer, x)
    means <- if (length(margin)) apply(x, margin, mean) else mean(x)
    spreads <- sqrt(if (length(margin)) apply(x, margin, population) else population(x))
    if (length(margin)) x <- sweep(sweep(x, margin, means), margin, spreads, "/") else x <- (x - means) / spreads
    expect_equal(layer(x = counted(5, 3, 4)), x, tolerance = 1e-12)
  }
  by(-1, 3)
  by(1, 2)
  by(c(1, 2), 2:3)
  by(NULL, integer())
})

test_that("a constant column does not divide by zero, and training changes nothing", {
  layer <- layer_normalization()
  adapt(layer, cbind(rep(2, 4), 1:4))
  expect_equal(layer(cbind(2, 2.5)), cbind(0, 0), tolerance = 1e-15)
  model <- keras_model_sequential(input_shape = 2) %>% layer
  model %>% layer_dense(1)
  before <- get_weights(layer)
  compile(model, loss = "mse")
  fit(model, cbind(1:4, 4:1), 1:4, epochs = 2, verbose = 0)
  expect_identical(get_weights(layer), before)
  expect_length(get_weights(model, trainable = TRUE), 2)
})

test_that("mean and variance that were given are no weights", {
  layer <- layer_normalization(mean = 1, variance = 4)
  expect_identical(layer(cbind(3, 5)), cbind(1, 2))
  expect_identical(get_weights(layer), list())
  expect_identical(count_params(layer), 0)
})

test_that("bad settings are refused", {
  expect_refused(layer_normalization(mean = 1), "argument", "variance")
  expect_refused(layer_normalization(mean = 1, variance = -1), "argument", "variance")
  expect_refused(layer_normalization(mean = 1:3, variance = 1)(small_x()), "shape", "mean")
  expect_refused(layer_normalization(axis = 2)(small_x()), "shape", "axis")
  expect_refused(layer_normalization(axis = "a"), "argument", "axis")
  expect_refused(adapt(layer_normalization(mean = 1, variance = 1), 1:3), "state")
  expect_config_round_trip(layer_normalization(), small_x())
  expect_config_round_trip(layer_normalization(mean = 1, variance = 2), small_x())
})

test_that("a model that begins with an adapted layer knows its input", {
  x <- as.matrix(iris[1:4])
  normalizer_of <- function(x) adapt(layer_normalization(), x)
  normalizer <- layer_normalization()
  normalizer %>% adapt(x)
  model <- keras_model_sequential() %>% normalizer() %>% layer_dense(1)
  expect_true(model$built)
  expect_identical(count_params(model), 14)
  expect_output(summary(model), "(None, 4)", fixed = TRUE)
  listed <- keras_model_sequential(list(normalizer_of(x), layer_dense(units = 1)))
  expect_true(listed$built)
  expect_equal(colMeans(keras_model_sequential(list(normalizer_of(x)))(x)), rep(0, 4), tolerance = 1e-6)
})
