test_that("the precision is that of models made afterwards", {
  on.exit(k_set_floatx("float64"))
  expect_identical(k_floatx(), "float64")
  before <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  expect_identical(k_set_floatx("float32"), "float32")
  expect_invisible(config_set_floatx("float32"))
  expect_identical(config_floatx(), "float32")
  after <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  expect_identical(c(before$precision, after$precision), c("float64", "float32"))
  expect_identical(keras_model_sequential(dtype = "float64")$precision, "float64")
})

test_that("float32 computes in float32", {
  w <- list(matrix(1 / 3), 0)
  predicted <- function(dtype) {
    model <- keras_model_sequential(input_shape = 1, dtype = dtype) %>% layer_dense(1)
    predict(set_weights(model, w), 1)[1]
  }
  expect_identical(predicted("float64"), 1 / 3)
  rounded <- readBin(writeBin(1 / 3, raw(), size = 4), "double", size = 4)
  expect_identical(predicted("float32"), rounded)
})

test_that("epsilon is Keras' own", {
  expect_identical(k_epsilon(), 1e-7)
  expect_identical(config_epsilon(), 1e-7)
})

test_that("other precisions are refused and change nothing", {
  for (bad in list("float16", "double", 32, NULL, NA, c("float32", "float64"))) {
    expect_refused(k_set_floatx(bad), "argument", "floatx")
    expect_refused(config_set_floatx(bad), "argument", "value")
  }
  expect_identical(k_floatx(), "float64")
  expect_snapshot(k_set_floatx("float16"), error = TRUE)
})

test_that("the least constant is what was set", {
  withr::defer(k_set_epsilon(1e-7))
  expect_identical(k_epsilon(), 1e-7)
  k_set_epsilon(0.01)
  expect_identical(config_epsilon(), 0.01)
  expect_equal(k_binary_crossentropy(1, 0), -log(0.01))
  expect_identical(get_config(optimizer_adam(epsilon = NULL))$epsilon, 0.01)
  config_set_epsilon(1e-5)
  expect_identical(k_epsilon(), 1e-5)
  expect_error(k_set_epsilon(-1), class = "kestrel_error_argument")
})
