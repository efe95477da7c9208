history <- function(metrics, epochs = length(metrics[[1]]), samples = 48000, ...) {
  new_history(list(verbose = 0L, epochs = epochs, steps = 2L, samples = samples, batch_size = 128L,
    ...), metrics)
}

test_that("histories print as R keras prints them", {
  expect_snapshot({
    history(list(loss = c(0.2, 0.1), accuracy = c(0.9, 0.9123), val_loss = c(0.3, 0.00003)),
      validation_samples = 12000)
    history(list(loss = 1234.5678, val_loss = 1e-12, mae = NaN, mse = Inf))
    history(list(loss = c(0.2, 0.1)), samples = NULL)
    history(list(loss = numeric()))
  })
})

test_that("print() returns its argument invisibly", {
  h <- history(list(loss = 1))
  capture.output(expect_invisible(print(h)))
})

test_that("as.data.frame() has a row for each metric and epoch", {
  h <- history(list(loss = c(3, 2), acc = c(0.1, 0.2), val_loss = c(4, 5), val_acc = c(0.3, 0.4)))
  expect_identical(as.data.frame(h), data.frame(
    epoch = rep(1:2, 4), value = c(3, 2, 0.1, 0.2, 4, 5, 0.3, 0.4),
    metric = factor(rep(c("loss", "acc", "loss", "acc"), each = 2), c("loss", "acc")),
    data = factor(rep(c("training", "validation"), each = 4))
  ))
})

test_that("epochs that were not run are missing", {
  h <- history(list(loss = c(3, 2)), epochs = 4L)
  expect_identical(as.data.frame(h)$value, c(3, 2, NA, NA))
})

test_that("a fit's history holds what was asked for and what came of it", {
  model <- small_model(metrics = "mae")
  h <- fit(model, small_x(10), small_y(10), epochs = 3, batch_size = 4, verbose = 0,
    validation_split = 0.2)
  expect_s3_class(h, "keras_training_history")
  expect_identical(names(h$metrics), c("loss", "mae", "val_loss", "val_mae"))
  expect_identical(lengths(h$metrics, use.names = FALSE), rep(3L, 4))
  expect_identical(h$params[c("epochs", "steps", "samples", "batch_size", "validation_samples")],
    list(epochs = 3L, steps = 2L, samples = 8L, batch_size = 4L, validation_samples = 2L))
  expect_identical(model$history, h)
})

test_that("validation every second epoch has its epochs in the data frame", {
  model <- small_model()
  h <- fit(model, small_x(10), small_y(10), epochs = 4, verbose = 0, validation_split = 0.2,
    validation_freq = 2)
  d <- as.data.frame(h)
  values <- d$value[d$data == "validation"]
  expect_length(h$metrics$val_loss, 2)
  expect_identical(is.na(values), c(TRUE, FALSE, TRUE, FALSE))
  expect_identical(values[c(2, 4)], h$metrics$val_loss)
})

test_that("epochs are counted on from initial_epoch", {
  model <- small_model()
  h <- fit(model, small_x(10), small_y(10), initial_epoch = 2, epochs = 4, verbose = 0,
    validation_split = 0.2, validation_freq = 2)
  d <- as.data.frame(h)
  expect_identical(d$epoch, c(3:4, 3:4))
  expect_identical(d$value, c(h$metrics$loss, NA, h$metrics$val_loss))
  expect_length(h$metrics$loss, 2)
})

test_that("a fit that trains nothing has a data frame without values", {
  h <- fit(small_model(), small_x(), small_y(), initial_epoch = 2, epochs = 2, verbose = 0)
  expect_true(all(is.na(as.data.frame(h)$value)))
})

test_that("metrics are found by their other names, and listed under their own", {
  model <- small_model(metrics = c("mae", "cosine_similarity"))
  h <- fit(model, small_x(10), small_y(10), epochs = 2, verbose = 0, validation_split = 0.2)
  m <- h$metrics
  expect_identical(names(m), c("loss", "mae", "cosine_similarity", "val_loss", "val_mae", "val_cosine_similarity"))
  expect_identical(m$mean_absolute_error, m$mae)
  expect_identical(m[["val_mean_absolute_error"]], m[[5]])
  expect_identical(m$val_mean_absolute_error, as.list(m)$val_mae)
  expect_identical(h$history$val_mean_absolute_error, m$val_mae)
  expect_null(m$accuracy)
  expect_null(m[["mean_squared_error"]])
  expect_null(m[["val_cosine"]])
})

test_that("metrics are a list for all else", {
  plain <- list(loss = c(3, 2), accuracy = c(0.1, 0.2))
  expect_identical(history(plain)$metrics, plain)
  names(plain)[2] <- "acc"
  m <- history(plain)$metrics
  expect_identical(m$accuracy, plain$acc)
  expect_identical(lapply(m, min), lapply(plain, min))
  expect_identical(as.data.frame(m), as.data.frame(plain))
  expect_identical(do.call(rbind, m), do.call(rbind, plain))
  expect_identical(unlist(m), unlist(plain))
  expect_identical(capture.output(print(m)), capture.output(print(plain)))
  expect_identical(capture.output(str(m)), capture.output(str(plain)))
})
