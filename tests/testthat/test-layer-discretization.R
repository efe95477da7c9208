test_that("bins are those of findInterval()", {
  x <- rbind(c(1, 2, 3, 6), c(-1, 0, 4, 2))
  expect_identical(layer_discretization(bin_boundaries = c(0, 2, 4))(x), rbind(c(1, 2, 2, 3), c(0, 1, 3, 2)))
  set.seed(1)
  x <- matrix(rnorm(200), 50)
  b <- sort(rnorm(9))
  y <- layer_discretization(bin_boundaries = b)(x)
  expect_identical(as.vector(y), as.double(findInterval(x, b)))
  hot <- layer_discretization(bin_boundaries = b, output_mode = "one_hot")(x[, 1, drop = FALSE])
  expect_identical(hot, to_categorical(y[, 1], 10))
})

test_that("Keras' sketch of the quantiles comes out", {
  layer <- layer_discretization(num_bins = 4)
  adapt(layer, 1:100)
  expect_equal(layer$bin_boundaries, c(25.75, 50.5, 75.25), tolerance = 1e-14)
  adapt(layer, c(3, 1, 2, 10, 7, 4, 8, 8))
  expect_identical(layer$bin_boundaries, c(2, 4, 8))
  expect_identical(layer(cbind(c(0, 5, 9))), cbind(c(0, 2, 3)))
  adapt(layer, 1:100)
  expect_identical(layer(cbind(c(0, 60, 99))), cbind(c(0, 2, 3)))
})

test_that("boundaries are settings, no weights", {
  model <- keras_model_sequential(input_shape = 2) %>%
    layer_discretization(bin_boundaries = 1:3) %>%
    layer_dense(1)
  expect_length(get_weights(model), 2)
  expect_identical(count_params(model), 3)
  set_weights(model, list(matrix(1:2), 0))
  expect_identical(predict(model, rbind(c(2.5, 9))), matrix(2 + 2 * 3))
  copy <- clone_model(model)
  set_weights(copy, get_weights(model))
  expect_identical(predict(copy, rbind(c(2.5, 9))), matrix(8))
})

test_that("bad settings are refused", {
  expect_refused(layer_discretization(), "argument", "bin_boundaries")
  expect_refused(layer_discretization(bin_boundaries = 1, num_bins = 2), "argument")
  for (bad in list(2:1, c(1, NA), "a", numeric())) {
    expect_refused(layer_discretization(bin_boundaries = bad), "argument", "bin_boundaries")
  }
  expect_refused(layer_discretization(num_bins = 1), "argument", "num_bins")
  expect_refused(layer_discretization(num_bins = 3)(small_x()), "state")
  expect_refused(adapt(layer_discretization(bin_boundaries = 1), 1:3), "state")
  expect_config_round_trip(layer_discretization(bin_boundaries = 1:2), small_x())
  expect_snapshot(error = TRUE, layer_discretization(num_bins = 3, name = "bins")(small_x()))
})
