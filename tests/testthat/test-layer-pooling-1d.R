# One window after the other, in plain R.
pooled <- function(x, f, size, stride, before, windows) {
  y <- array(0, c(dim(x)[1], windows, dim(x)[3]))
  for (w in seq_len(windows)) {
    steps <- (w - 1) * stride - before + seq_len(size)
    steps <- steps[steps >= 1 & steps <= dim(x)[2]]
    y[, w, ] <- apply(x[, steps, , drop = FALSE], c(1, 3), f)
  }
  y
}

test_that("windows are pooled as in plain R, with both paddings", {
  x <- counted(3, 7, 2)
  for (size in 1:4) for (stride in 1:3) {
    valid <- (7 - size) %/% stride + 1
    same <- ceiling(7 / stride)
    before <- max((same - 1) * stride + size - 7, 0) %/% 2
    for (f in list(mean, max)) {
      layer <- if (identical(f, mean)) layer_average_pooling_1d else layer_max_pooling_1d
      expect_equal(layer(pool_size = size, strides = stride)(x), pooled(x, f, size, stride, 0, valid))
      expect_equal(layer(pool_size = size, strides = stride, padding = "same")(x),
        pooled(x, f, size, stride, before, same))
    }
  }
})

test_that("global pooling takes all steps, in either data format", {
  x <- counted(3, 7, 2)
  expect_equal(layer_global_average_pooling_1d()(x), apply(x, c(1, 3), mean))
  expect_identical(layer_global_max_pooling_1d()(x), apply(x, c(1, 3), max))
  turned <- aperm(x, c(1, 3, 2))
  expect_equal(layer_global_average_pooling_1d(data_format = "channels_first")(turned), apply(x, c(1, 3), mean))
  kept <- layer_global_max_pooling_1d(keepdims = TRUE)(x)
  expect_identical(dim(kept), c(3L, 1L, 2L))
  first <- layer_max_pooling_1d(pool_size = 2, data_format = "channels_first")(turned)
  expect_identical(aperm(first, c(1, 3, 2)), layer_max_pooling_1d(pool_size = 2)(x))
})

test_that("bad settings are refused", {
  for (layer in list(layer_average_pooling_1d, layer_max_pooling_1d)) {
    expect_refused(layer(pool_size = 0), "argument", "pool_size")
    expect_refused(layer(strides = -1), "argument", "strides")
    expect_refused(layer(padding = "sane"), "argument", "padding")
    expect_refused(layer(data_format = "first"), "argument", "data_format")
    expect_refused(layer(pool_size = 8)(counted(3, 7, 2)), "shape", "pool_size")
    expect_config_round_trip(layer(pool_size = 3), counted(3, 7, 2))
  }
  expect_refused(layer_global_average_pooling_1d()(small_x()), "shape")
  expect_refused(layer_global_max_pooling_1d(keepdims = NA), "argument", "keepdims")
  expect_config_round_trip(layer_global_average_pooling_1d(), counted(3, 7, 2))
  expect_snapshot(error = TRUE, {
    layer_global_average_pooling_1d()(small_x())
    layer_max_pooling_1d(pool_size = 8)(counted(3, 7, 2))
  })
})

test_that("features and samples in any number are pooled, whatever the batch", {
  for (k in c(1, 63, 64, 65, 130)) {
    x <- array(rnorm(3 * 5 * k), c(3, 5, k))
    expect_equal(layer_global_average_pooling_1d()(x), matrix(apply(x, c(1, 3), mean), 3))
    expect_equal(layer_global_max_pooling_1d()(x), matrix(apply(x, c(1, 3), max), 3))
    windows <- layer_max_pooling_1d(pool_size = 2, strides = 2)(x)
    expect_equal(windows, pmax(x[, c(1, 3), , drop = FALSE], x[, c(2, 4), , drop = FALSE]))
  }
})
