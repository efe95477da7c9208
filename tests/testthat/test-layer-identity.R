test_that("an identity gives what it gets, masks too", {
  x <- wave_x()
  expect_identical(layer_identity()(x), x)
  model <- keras_model_sequential(input_shape = 4) %>% layer_identity() %>% layer_dense(1)
  expect_identical(predict(model, x), predict(keras_model_sequential(list(model$layers[[2]])), x))
  expect_identical(model$layers[[1]]$name, "identity")
  expect_identical(count_params(model), 5)
})
