test_that("training stops after the batch", {
  model <- quick_model(optimizer_sgd(1e200))
  batches <- 0
  count <- callback_lambda(on_train_batch_end = function(batch, logs) batches <<- batches + 1)
  expect_output(
    suppressWarnings(quick_fit(model, epochs = 9, callbacks = list(callback_terminate_on_nan(),
      count))),
    "Batch 1: Invalid loss, terminating training"
  )
  expect_identical(batches, 2)
  expect_length(model$history$metrics$loss, 1)
  expect_false(is.finite(model$history$metrics$loss))
})

test_that("without it training goes on", {
  model <- quick_model(optimizer_sgd(1e200))
  expect_warning(history <- quick_fit(model, epochs = 3), class = "kestrel_warning_nonfinite")
  expect_length(history$metrics$loss, 3)
})

test_that("a good training is left alone, under the old name as well", {
  expect_silent(history <- quick_fit(quick_model(), callbacks = callback_terminate_on_naan()))
  expect_length(history$metrics$loss, 2)
})
