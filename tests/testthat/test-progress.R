test_that("verbose 2 is a heading and a line for each epoch", {
  progress <- progress_new(2, 10000, 1, 6)
  expect_snapshot({
    progress_epoch_begin(progress, 0)
    progress_epoch_end(progress, 0, list(loss = 0.00841), 0.4)
    progress_epochs(progress, 1, cbind(loss = c(0.5, 1e-4, NaN), acc = c(1, 0, -Inf)), 4.5)
  })
})

test_that("the script with which the package began prints what Keras printed in 2019", {
  model <- keras_model_sequential() %>%
    layer_dense(10, input_shape = c(1)) %>%
    layer_dense(activation = "linear", units = 1)
  set_weights(model, list(matrix(0.1, 1, 10), rep(0, 10), matrix(0.2, 10, 1), 0))
  model %>% compile(loss = "mean_squared_error", optimizer = optimizer_adam(lr = 1e-5))
  x <- c(0.1, 0.2, 0.3)
  expect_snapshot(model %>% fit(x, x / 2, batch_size = 32, epochs = 2, verbose = 2))
})

test_that("one text comes out for epochs at once and one by one", {
  rows <- cbind(loss = c(0.25, 5e-4, 123456789), mae = c(1e-3, 0, -2.5))
  at_once <- capture.output(progress_epochs(progress_new(2, 3, 1, 6), 0, rows, 3))
  by_epoch <- capture.output({
    progress <- progress_new(2, 3, 1, 6)
    for (i in 1:3) {
      progress_epoch_begin(progress, i - 1)
      progress_epoch_end(progress, i - 1, as.list(rows[i, ]), 1)
    }
  })
  expect_identical(at_once, by_epoch)
})

test_that("a heading that is out is not printed again", {
  out <- capture.output({
    progress <- progress_new(2, 3, 1, 6)
    progress_epoch_begin(progress, 0)
    progress_epoch_begin(progress, 0)
    progress_epochs(progress, 0, cbind(loss = 1:2), 0)
  })
  expect_identical(out, c("Epoch 1/3", " - 0s - loss: 1.0000", "Epoch 2/3", " - 0s - loss: 2.0000"))
})

# Python's "%.4f" and "%.4e", and what Keras does with them.
test_that("numbers are those of Keras", {
  values <- c(1, 0.00101, 1e-3, 5.12e-4, 0, 123456789, NaN, Inf, -Inf, -2.5)
  texts <- c("1.0000", "0.0010", "1.0000e-03", "5.1200e-04", "0.0000e+00", "123456789.0000",
    "nan", "inf", "-inf", "-2.5000e+00")
  rows <- cbind(a = values)
  expect_identical(value_texts(rows, rows > 1e-3), paste0(" - a: ", texts))
  expect_identical(value_texts(rows, abs(rows) > 1e-3)[10], " - a: -2.5000")
})

test_that("verbose 1 ends each epoch with a full bar", {
  expect_snapshot({
    progress <- progress_new(1, 2, 5, 160, 40)
    progress_epoch_begin(progress, 0)
    progress_epoch_end(progress, 0, list(loss = 0.8835, val_loss = 0.8253), 0.07)
    progress_epochs(progress, 1, cbind(loss = -0.5), 3e-4)
  })
})

test_that("bars, times and remaining times", {
  expect_identical(bar_text(1, 5), "1/5 [=====>........................]")
  expect_identical(bar_text(1, 2), "1/2 [==============>...............]")
  expect_identical(bar_text(1, 938), "  1/938 [..............................]")
  expect_identical(bar_text(7, 7), "7/7 [==============================]")
  expect_identical(nchar(bar_text(400, 938)), nchar(bar_text(938, 938)))
  expect_identical(sapply(c(2.4, 0.0144, 999e-6, 27.4e-6, 0), per_step),
    c("2s/step", "14ms/step", "999us/step", "27us/step", "0s/step"))
  expect_identical(sapply(c(0.9, 59, 61, 3599, 3661), eta_text), c("0s", "59s", "1:01", "59:59",
    "1:01:01"))
})

test_that("a terminal gets a moving bar, which is gone at the end", {
  withr::local_options(cli.dynamic = TRUE)
  progress <- progress_new(1, 1, 10, 10)
  progress$begun <- seconds_now() - 5
  moving <- capture.output(progress_batches(progress, 5, list(loss = 0.25)), type = "message")
  expect_match(paste(moving, collapse = ""),
    " 5/10 [==============>...............] - ETA: 5s - loss: 0.2500", fixed = TRUE)
  expect_false(is.null(progress$bar))
  capture.output(progress_end(progress), type = "message")
  expect_null(progress$bar)
})

test_that("elsewhere, and in short epochs, nothing moves", {
  progress <- progress_new(1, 1, 10, 10)
  progress$begun <- seconds_now() - 5
  withr::with_options(list(cli.dynamic = FALSE), {
    expect_silent(progress_batches(progress, 5, list(loss = 0.25)))
  })
  progress$begun <- seconds_now()
  withr::with_options(list(cli.dynamic = TRUE), {
    expect_silent(progress_batches(progress, 5, list(loss = 0.25)))
  })
})

test_that("silence is silent", {
  model <- quick_model()
  expect_silent({
    quick_fit(model, verbose = 0, validation_data = list(1, 1))
    quick_fit(model, verbose = FALSE, callbacks = list(on_epoch_end = function(epoch, logs) 1))
    evaluate(model, 1, 1, verbose = 0)
    predict(model, 1)
  })
})

test_that("values of callbacks and validation end the line", {
  out <- capture.output(quick_fit(quick_model(), epochs = 1, verbose = 2, validation_data = list(1,
    1),
    callbacks = callback_learning_rate_scheduler(function(epoch) 0.25)))
  expect_identical(out[1:2], c("Train on 4 samples, validate on 1 samples", "Epoch 1/1"))
  expect_match(out[3], "^ - 0s - loss: [0-9.]+ - val_loss: [0-9.e-]+ - lr: 0.2500$")
})

test_that("evaluate() and predict() print a line when asked", {
  model <- quick_model(metrics = "mae")
  mask <- function(lines) gsub("[0-9.]+(us|ms|s)/step|[0-9]+\\.[0-9]+(e-[0-9]+)?", "#", lines)
  expect_identical(mask(capture.output(score <- evaluate(model, 1:4, 1:4, batch_size = 2,
    verbose = 1))),
    "2/2 [==============================] - 0s # - loss: # - mae: #")
  expect_identical(mask(capture.output(score <- evaluate(model, 1:4, 1:4, verbose = 2))),
    " - 0s - loss: # - mae: #")
  expect_identical(mask(capture.output(y <- predict(model, 1:4, verbose = 1))),
    "1/1 [==============================] - 0s #")
})

test_that("verbose is 0, 1, 2 or automatic", {
  expect_identical(resolve_verbose(2), 2L)
  expect_identical(resolve_verbose(TRUE), 1L)
  withr::with_envvar(c(TESTTHAT = "true"), expect_identical(resolve_verbose("auto"), 0L))
  withr::local_envvar(TESTTHAT = "")
  expect_identical(resolve_verbose("auto"), 1L)
  withr::with_options(list(knitr.in.progress = TRUE), expect_identical(resolve_verbose("auto"), 2L))
  withr::with_options(list(keras.verbose = 2), expect_identical(resolve_verbose("auto"), 2L))
  for (bad in list(3, -1, NA, "yes", c(1, 2), NULL, 1.5)) {
    expect_refused(resolve_verbose(bad), "argument", "verbose")
  }
})

test_that("ten thousand epochs are formatted in a moment", {
  rows <- cbind(loss = runif(10000), mae = runif(10000))
  out <- withr::local_tempfile()
  time <- system.time(capture.output(progress_epochs(progress_new(2, 10000, 1, 6), 0, rows, 1),
    file = out))
  expect_lt(time[["elapsed"]], 1)
  expect_length(readLines(out), 20000)
})

test_that("frames of the bar fit into the terminal's line", {
  values <- c(" - loss: 0.1234", " - mae: 0.2345", " - mse: 0.3456", " - mape: 45.6789")
  frame <- function(columns) bar_frame(7, 20, "12s", values, columns)
  for (columns in 5:120) expect_lte(nchar(frame(columns)), columns)
  whole <- " 7/20 [=========>....................] - ETA: 12s"
  expect_identical(frame(120), paste0(whole, paste(values, collapse = "")))
  expect_match(frame(80), "mape: 45.6789")
  expect_match(frame(60), "loss: 0.1234 - mae: 0.2345 - mse: 0.3456$")
  expect_identical(frame(25), " 7/20 - loss: 0.1234")
})
