# Other names of the same metric, of which one is in the logs.

test_that("a name that is there is itself, others find the one that is the same", {
  known <- c("loss", "mae", "acc", "val_mean_squared_error")
  name_or_alias <- kestrel:::name_or_alias
  expect_identical(name_or_alias("mae", known), "mae")
  expect_identical(name_or_alias("mean_absolute_error", known), "mae")
  expect_identical(name_or_alias("MeanAbsoluteError", known), "mae")
  expect_identical(name_or_alias("accuracy", known), "acc")
  expect_identical(name_or_alias("val_mse", known), "val_mean_squared_error")
  expect_identical(name_or_alias("val_mae", known), "val_mae")
  expect_identical(name_or_alias("mean_absolute_error", c("mae", "MAE")), "mean_absolute_error")
})

test_that("a score is found by every name of its metric, by no other", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1, activation = "sigmoid")
  model %>% compile(loss = "binary_crossentropy", metrics = c("acc", "mae"))
  score <- evaluate(model, wave_x(), rep(0:1, 20), verbose = 0)
  expect_identical(score$accuracy, score[["acc"]])
  expect_identical(score$mean_absolute_error, score[["mae"]])
  expect_identical(score[["mean_absolute_error"]], score[["mae"]])
  expect_error(score$precision, "no field \"precision\".*mae", class = "kestrel_error_argument")
  expect_error(score[["auc"]], class = "kestrel_error_argument")
})

test_that("a callback monitors a metric by any of its names", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
  model %>% compile(loss = "mse", metrics = "mae", optimizer = optimizer_sgd(0))
  stop <- callback_early_stopping(monitor = "val_mean_absolute_error", patience = 1)
  suppressWarnings(history <- fit(model, wave_x(), wave_y(), epochs = 5, verbose = 0,
    validation_split = 0.2, callbacks = stop), classes = "kestrel_warning")
  expect_length(history$metrics$loss, 2)
})
