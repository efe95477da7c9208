test_that("numbers are divided by their root mean square, over one axis or several", {
  x <- counted(3, 2, 4)
  last <- run_layer(layer_rms_normalization(epsilon = 0.01), x, list(array(1:4)))
  expect_equal(last, sweep(x / array(sqrt(apply(x^2, 1:2, mean) + 0.01), dim(x)), 3, 1:4, "*"), tolerance = 1e-14)
  both <- run_layer(layer_rms_normalization(axis = c(1, 2), epsilon = 0.01), x, list(matrix(1, 2, 4)))
  expect_equal(both, x / sqrt(apply(x^2, 1, mean) + 0.01), tolerance = 1e-14)
})

test_that("unit normalization gives length 1", {
  x <- counted(3, 2, 4)
  expect_equal(apply(layer_unit_normalization()(x)^2, 1:2, sum), matrix(1, 3, 2), tolerance = 1e-14)
  expect_equal(apply(layer_unit_normalization(axis = 1)(x)^2, c(1, 3), sum), matrix(1, 3, 4), tolerance = 1e-14)
  expect_identical(layer_unit_normalization()(matrix(0, 1, 3)), matrix(0, 1, 3))
})

test_that("bad settings are refused", {
  expect_refused(layer_rms_normalization(epsilon = -1), "argument", "epsilon")
  expect_refused(layer_rms_normalization(axis = 0), "argument", "axis")
  expect_refused(layer_rms_normalization(axis = 3)(small_x()), "shape")
  expect_refused(layer_unit_normalization(axis = "a"), "argument", "axis")
  expect_config_round_trip(layer_rms_normalization(), small_x())
  expect_config_round_trip(layer_unit_normalization(), small_x())
})
