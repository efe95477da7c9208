test_that("dims of a sample change their order as with aperm()", {
  x <- counted(2, 3, 4, 5)
  for (dims in list(c(2, 1, 3), c(3, 1, 2), c(2, 3, 1), 1:3)) {
    expect_identical(layer_permute(dims = dims)(x), aperm(x, c(1, dims + 1)))
  }
  expect_identical(layer_permute(dims = 1)(small_x()), small_x())
})

test_that("bad orders are refused", {
  for (bad in list(0:1, c(1, 3), c(1, 1), "a", NULL, NA, 1:5)) {
    expect_refused(layer_permute(dims = bad), "argument", "dims")
  }
  expect_refused(layer_permute(dims = c(2, 1))(small_x()), "shape", "dims")
  expect_config_round_trip(layer_permute(dims = c(2, 1)), counted(2, 3, 4))
  expect_snapshot(error = TRUE, {
    layer_permute()
    layer_permute(dims = c(2, 1))(small_x())
  })
})
