# The last dim runs fastest.
row_major <- function(x) {
  d <- dim(x)
  t(vapply(seq_len(d[1]), function(i) as.vector(aperm(array(x[slice.index(x, 1) == i], d[-1]))),
    numeric(prod(d[-1]))))
}

test_that("samples are flattened with the last dim running fastest", {
  x <- array(1:12, c(2, 2, 3))
  expect_identical(layer_flatten()(x)[1, ],
    c(x[1, 1, 1], x[1, 1, 2], x[1, 1, 3], x[1, 2, 1], x[1, 2, 2], x[1, 2, 3]) + 0)
  for (dims in list(c(4, 2), c(4, 2, 3), c(4, 2, 3, 2), c(2, 2, 3, 2, 2))) {
    x <- counted(dims)
    expect_identical(layer_flatten()(x), row_major(x))
  }
})

test_that("rows of a matrix of images keep their places", {
  images <- counted(3, 4, 5)
  model <- keras_model_sequential() %>% layer_flatten(input_shape = c(4, 5))
  expect_identical(predict(model, images)[2, 5 * 2 + 4], images[2, 3, 4])
  expect_identical(count_params(model), 0)
  expect_identical(model$output_shape, list(NULL, 20L))
})

test_that("other formats are refused", {
  expect_config_round_trip(layer_flatten(data_format = "channels_last"), counted(2, 3, 2))
  for (bad in list("channels_first", 1, NA)) {
    expect_refused(layer_flatten(data_format = bad), "argument", "data_format")
  }
  expect_snapshot(layer_flatten(data_format = "channels_first"), error = TRUE)
})
