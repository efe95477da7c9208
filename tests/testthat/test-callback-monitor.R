test_that("the direction goes by the metric", {
  is_max <- function(monitor, mode = "auto", model = NULL) {
    monitor_is_max(list(monitor = monitor, mode = mode, model = model))
  }
  high <- c("val_accuracy", "acc", "val_auc", "binary_accuracy", "precision", "val_recall",
    "f1_score", "r2_score", "mean_io_u", "sparse_top_k_categorical_accuracy")
  low <- c("loss", "val_loss", "mse", "val_mae", "hinge", "kl_divergence", "lr", "false_positives")
  for (name in high) expect_true(is_max(name), label = name)
  for (name in low) expect_false(is_max(name), label = name)
  expect_true(is_max("loss", "max"))
  expect_false(is_max("acc", "min"))
})

test_that("a metric under a name of the user's is known by what it is", {
  model <- keras_model_sequential() %>% layer_dense(1, "sigmoid", input_shape = 1)
  model %>% compile(loss = "binary_crossentropy", metrics = metric_binary_accuracy(name = "hits"))
  self <- list(monitor = "val_hits", mode = "auto", model = model)
  expect_true(monitor_is_max(self))
  model %>% compile(loss = "binary_crossentropy",
    metrics = metric_mean_absolute_error(name = "acc"))
  self <- list(monitor = "val_acc", mode = "auto", model = model)
  expect_false(monitor_is_max(self))
  for (name in c("accuracy", "acc")) {
    model %>% compile(loss = "binary_crossentropy", metrics = name)
    expect_true(monitor_is_max(list(monitor = paste0("val_", name), mode = "auto", model = model)))
  }
})

test_that("both spellings of accuracies and rates are found", {
  expect_identical(monitor_name("val_acc", c("loss", "val_accuracy")), "val_accuracy")
  expect_identical(monitor_name("accuracy", "acc"), "acc")
  expect_identical(monitor_name("learning_rate", "lr"), "lr")
  expect_identical(monitor_name("acc", c("acc", "accuracy")), "acc")
  expect_identical(monitor_name("foo", "loss"), "foo")
})

test_that("a missing value is warned of once, and what there is is named", {
  model <- quick_model(metrics = "mae")
  warnings <- list()
  withCallingHandlers(
    quick_fit(model, epochs = 3, callbacks = callback_early_stopping("val_loss")),
    warning = function(w) {
      warnings[[length(warnings) + 1]] <<- w
      invokeRestart("muffleWarning")
    }
  )
  expect_length(warnings, 1)
  expect_s3_class(warnings[[1]], "kestrel_warning_monitor")
  expect_identical(conditionMessage(warnings[[1]]), paste(
    "Early stopping conditioned on metric `val_loss` which is not available.",
    "Available metrics are: loss,mae"
  ))
  expect_length(model$history$metrics$loss, 3)
})

test_that("epochs without validation are no reason to warn", {
  expect_no_warning(quick_fit(quick_model(), epochs = 3, validation_data = list(1, 1),
    validation_freq = 2, callbacks = callback_early_stopping("val_loss")))
})
