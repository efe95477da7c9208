# Epochs run, stopping and best epoch (from 0) and the epoch of the final weights, as found
# with Keras 3.
test_that("training stops when Keras stops it", {
  expect_stops <- function(values, epochs, stopped, best, bias, ...) {
    stopper <- callback_early_stopping(...)
    run <- script_run(values, stopper)
    found <- c(run$epochs, stopper$stopped_epoch, stopper$best_epoch, run$bias)
    expect_identical(found, c(epochs, stopped, best, bias))
  }
  expect_stops(script_down_up, 4, 3, 2, 3, patience = 0)
  expect_stops(script_down_up, 4, 3, 2, 3, patience = 1)
  expect_stops(script_down_up, 5, 4, 2, 4, patience = 2)
  expect_stops(script_down_up, 6, 5, 2, 2, patience = 3, restore_best_weights = TRUE)
  expect_stops(script_down_up, 9, 8, 6, 8, patience = 2, start_from_epoch = 4)
  expect_stops(script_flat, 3, 2, 0, 2, patience = 2)
  expect_stops(script_flat, 3, 2, 0, 2, patience = 2, baseline = 0.7)
  expect_stops(script_flat, 7, 6, 4, 6, patience = 2, start_from_epoch = 4)
  expect_stops(script_tiny, 12, 0, 11, 11, patience = 2)
  expect_stops(script_tiny, 3, 2, 0, 2, patience = 2, min_delta = 0.05)
  expect_stops(script_tiny, 3, 2, 0, 2, patience = 2, min_delta = -0.05)
  expect_stops(script_jumps, 3, 2, 1, 2, patience = 0)
  expect_stops(script_jumps, 6, 5, 3, 5, patience = 2)
  expect_stops(script_jumps, 3, 2, 1, 2, patience = 2, baseline = 0.7)
  expect_stops(-script_down_up, 5, 4, 2, 4, patience = 2, mode = "max")
})

test_that("accuracies are maximized", {
  stopper <- callback_early_stopping("val_acc", patience = 2)
  run <- script_run(-script_down_up, stopper, monitor = "val_acc")
  expect_identical(c(run$epochs, stopper$best_epoch), c(5L, 2L))
  expect_identical(stopper$best, -0.6)
})

test_that("the best weights come back also when training ends by itself", {
  stopper <- callback_early_stopping(patience = 50, restore_best_weights = TRUE)
  run <- script_run(script_down_up, stopper)
  expect_identical(run$epochs, 12L)
  expect_identical(stopper$stopped_epoch, 0L)
  expect_identical(run$bias, 6)
})

test_that("NaN never is an improvement", {
  stopper <- callback_early_stopping(patience = 2, restore_best_weights = TRUE)
  run <- script_run(c(1, NaN, NaN, NaN, 2), stopper)
  expect_identical(c(run$epochs, run$bias), c(3, 0))
  run <- script_run(c(NaN, 1, NaN, NaN, NaN), stopper)
  expect_identical(c(run$epochs, run$bias), c(4, 1))
  expect_identical(script_run(rep(NaN, 9), stopper)$epochs, 2L)
})

test_that("a callback can be used again", {
  stopper <- callback_early_stopping(patience = 2)
  script_run(script_jumps, stopper)
  run <- script_run(script_jumps + 100, stopper)
  expect_identical(run$epochs, 6L)
  expect_identical(stopper$best, 101.9)
})

test_that("restoring takes back weights that are NaN, and running statistics", {
  model <- keras_model_sequential() %>%
    layer_batch_normalization(input_shape = 1) %>%
    layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  best <- NULL
  keep <- callback_lambda(on_epoch_end = function(epoch,
    logs) if (epoch == 0) best <<- get_weights(model))
  stopper <- callback_early_stopping("loss", min_delta = 100, patience = 3,
    restore_best_weights = TRUE)
  quick_fit(model, epochs = 9, callbacks = list(keep, stopper))
  expect_identical(get_weights(model), best)
  exploding <- quick_model(optimizer_sgd(1e200))
  expect_no_error(suppressWarnings(quick_fit(exploding, epochs = 9, callbacks = stopper)))
})

test_that("it says what it does", {
  run <- function(...) {
    invisible(script_run(script_down_up, callback_early_stopping(verbose = 1, ...)))
  }
  expect_snapshot({
    run(patience = 3)
    run(patience = 3, restore_best_weights = TRUE)
    run(patience = 30, restore_best_weights = TRUE)
  })
})

test_that("arguments are checked", {
  expect_refused(callback_early_stopping(monitor = 1), "argument", "monitor")
  for (bad in list(-1, NA, 1.5, "2", NULL, c(1, 2))) {
    expect_refused(callback_early_stopping(patience = bad), "argument", "patience")
    expect_refused(callback_early_stopping(start_from_epoch = bad), "argument", "start_from_epoch")
  }
  for (bad in list(NA, "a", Inf)) {
    expect_refused(callback_early_stopping(min_delta = bad), "argument", "min_delta")
  }
  for (bad in list(NA, "a", c(1, 2))) {
    expect_refused(callback_early_stopping(baseline = bad), "argument", "baseline")
  }
  for (bad in list(NA, "a", 1)) {
    expect_refused(callback_early_stopping(restore_best_weights = bad), "argument",
      "restore_best_weights")
  }
  expect_refused(callback_early_stopping(mode = "mini"), "argument", "mode", names = "min")
  expect_refused(callback_early_stopping(verbose = "yes"), "argument", "verbose")
  expect_refused(callback_early_stopping(patence = 3), "argument", "patence", names = "patience")
  expect_identical(callback_early_stopping(verbose = TRUE)$verbose, 1L)
})
