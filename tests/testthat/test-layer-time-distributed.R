test_that("a dense layer at each step is that of each step by itself", {
  x <- counted(3, 4, 2)
  w <- list(counted(2, 5), array(1:5 / 3))
  y <- run_layer(layer_time_distributed(layer = layer_dense(units = 5, activation = "tanh")), x, w)
  alone <- layer_dense(units = 5, activation = "tanh")
  for (t in 1:4) expect_equal(y[, t, ], run_layer(alone, x[, t, ], w), tolerance = 1e-15)
})

test_that("it joins a model with its weights and settings", {
  model <- keras_model_sequential(input_shape = c(4, 2)) %>%
    layer_time_distributed(layer_dense(units = 3, use_bias = FALSE)) %>%
    layer_flatten() %>%
    layer_dense(1)
  expect_identical(dim(get_weights(model)[[1]]), c(2L, 3L))
  compile(model, loss = "mse")
  before <- get_weights(model)[[1]]
  fit(model, counted(3, 4, 2), 1:3, verbose = 0)
  expect_false(identical(get_weights(model)[[1]], before))
  expect_config_round_trip(layer_time_distributed(layer = layer_dense(units = 2)), counted(3, 4, 2))
})

test_that("other layers and samples without steps are refused", {
  expect_refused(layer_time_distributed(), "argument", "layer")
  expect_refused(layer_time_distributed(layer = "a"), "argument", "layer")
  expect_refused(layer_time_distributed(layer = layer_flatten()), "argument", "layer")
  expect_refused(layer_time_distributed(layer = layer_dense(units = 1))(small_x()), "shape")
})
