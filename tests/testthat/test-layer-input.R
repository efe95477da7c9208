test_that("an input is a tensor of its shape, however that is said", {
  for (x in list(layer_input(4), layer_input(shape = list(4)), layer_input(batch_shape = c(32, 4)),
    keras_input(4), layer_input(batch_shape = list(NULL, 4)), layer_input(4, batch_size = 8))) {
    expect_identical(x$shape, c(NA, 4L))
  }
  expect_identical(layer_input(c(5, 4))$shape, c(NA, 5L, 4L))
})

test_that("numbers of samples and lengths need not be known", {
  for (shape in list(shape(NULL, 10, 3), list(NULL, 10, 3), c(NA, 10, 3), shape(NA, 10, 3))) {
    expect_identical(layer_input(batch_shape = shape)$shape, c(NA, 10L, 3L))
    model <- keras_model_sequential() %>% layer_dense(1, batch_input_shape = shape)
    expect_identical(model$input_shape, list(NULL, 10L, 3L))
  }
  for (shape in list(shape(NULL, 3), list(NULL, 3), c(NA, 3))) {
    expect_identical(layer_input(shape = shape)$shape, c(NA, NA, 3L))
    expect_null(layer_dense(units = 1, input_shape = shape)$input_shape)
  }
  layer <- layer_dense(units = 2)
  layer$build(shape(NULL, 4))
  expect_identical(dim(layer$kernel), c(4L, 2L))
})

test_that("it has a name and a type of numbers", {
  expect_identical(layer_input(4, name = "a")$name, "a")
  model <- function(dtype) {
    x <- layer_input(4, dtype = dtype)
    keras_model(x, layer_dense(x, 1))
  }
  expect_identical(model("float32")$dtype, "float32")
  expect_identical(model("float64")$dtype, "float64")
  for (type in c("int32", "bool", "uint8")) expect_identical(model(type)$dtype, k_floatx())
})

test_that("what cannot be meant is refused", {
  expect_refused(layer_input(), "argument", "shape")
  for (bad in list(0, -1, 2.5, "a", NA_character_, c(NA, 2.5), c(1, 1, 1, 1, 1), rep(NA, 5))) {
    expect_refused(layer_input(bad), "argument", "shape")
  }
  expect_refused(layer_input(4, name = ""), "argument", "name")
  expect_refused(layer_input(4, dtype = "strings"), "argument", "dtype")
  expect_refused(layer_input(4, sparse = TRUE), "argument", "sparse")
  expect_refused(layer_input(4, ragged = TRUE), "argument", "ragged")
  expect_refused(layer_input(4, tensor = 1), "argument", "tensor")
  expect_refused(layer_input(4, colour = 3), "argument", "colour")
})
