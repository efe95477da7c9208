test_that("steps are taken off and zeros added", {
  x <- counted(2, 5, 3)
  expect_identical(layer_cropping_1d(cropping = c(1, 2))(x), x[, 2:3, ])
  expect_identical(layer_cropping_1d()(x), x[, 2:4, ])
  padded <- layer_zero_padding_1d(padding = c(2, 1))(x)
  expect_identical(dim(padded), c(2L, 8L, 3L))
  expect_identical(padded[, 3:7, ], x)
  expect_true(all(padded[, c(1, 2, 8), ] == 0))
  expect_identical(layer_cropping_1d(cropping = 2)(layer_zero_padding_1d(padding = 2)(x)), x)
})

test_that("bad settings are refused", {
  for (bad in list(-1, 1:3, "a", NA, NULL, 0.5)) {
    expect_refused(layer_cropping_1d(cropping = bad), "argument", "cropping")
    expect_refused(layer_zero_padding_1d(padding = bad), "argument", "padding")
  }
  expect_refused(layer_cropping_1d(cropping = 3)(counted(2, 5, 3)), "shape", "cropping")
  expect_refused(layer_zero_padding_1d()(small_x()), "shape")
  expect_config_round_trip(layer_cropping_1d(cropping = c(1, 0)), counted(2, 5, 3))
  expect_config_round_trip(layer_zero_padding_1d(padding = 2), counted(2, 5, 3))
  expect_snapshot(error = TRUE, layer_cropping_1d(cropping = 3)(counted(2, 5, 3)))
})
