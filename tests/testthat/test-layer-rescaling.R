test_that("numbers are scaled and shifted", {
  x <- counted(2, 3, 4)
  expect_equal(layer_rescaling(scale = 1 / 3, offset = 2)(x), x / 3 + 2, tolerance = 1e-15)
})

test_that("bad settings are refused", {
  for (bad in list(NA, "a", 1:2, NULL, Inf)) {
    expect_refused(layer_rescaling(scale = bad), "argument", "scale")
    expect_refused(layer_rescaling(scale = 1, offset = bad), "argument", "offset")
  }
  expect_config_round_trip(layer_rescaling(scale = 2, offset = 1), small_x())
})
