test_that("the penalty of what passes is added to the loss", {
  x <- small_x()
  model <- keras_model_sequential(input_shape = ncol(x)) %>%
    layer_activity_regularization(l1 = 0.1, l2 = 0.2)
  compile(model, loss = "mse")
  expect_identical(predict(model, x), x)
  penalty <- (0.1 * sum(abs(x)) + 0.2 * sum(x^2)) / nrow(x)
  expect_equal(evaluate(model, x, x, batch_size = nrow(x), verbose = 0)[["loss"]], penalty, tolerance = 1e-14)
})

test_that("without factors it does nothing, and bad ones are refused", {
  expect_identical(layer_activity_regularization()(small_x()), small_x())
  expect_refused(layer_activity_regularization(l1 = -1), "argument", "l1")
  expect_refused(layer_activity_regularization(l2 = NA), "argument", "l2")
  expect_config_round_trip(layer_activity_regularization(l1 = 1), small_x())
})
