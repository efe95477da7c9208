# helper-stream.R has the batches.

test_that("dropout and running statistics go on from batch to batch", {
  expect_same_fit(batches_of(c(6, 6, 6, 4), y = feed_y > 0), feed_twins(dropout = TRUE), steps = 4)
})

test_that("evaluate() and predict() take generators", {
  model <- feed_twins()$one
  expect_equal(evaluate(model, batches_of(c(3, 12, 7)), steps = 3), evaluate(model, feed_x, feed_y),
    tolerance = 1e-12)
  gen <- batches_of(c(3, 12, 7), ends = TRUE)
  expect_equal(evaluate(model, gen), evaluate(model, feed_x, feed_y), tolerance = 1e-12)
  expect_equal(evaluate(model, gen, steps = 1), evaluate(model, feed_x[1:3, ], feed_y[1:3]), tolerance = 1e-12)
  gen <- batches_of(c(3, 12, 7), ends = TRUE)
  expect_identical(predict(model, gen), predict(model, feed_x))
  expect_identical(predict(model, function() feed_x, steps = 2), predict(model, rbind(feed_x, feed_x)))
  expect_identical(predict(model, function() list(feed_x), steps = 1), predict(model, feed_x))
})

test_that("running out of data ends training with a warning", {
  few <- function(n) {
    gen <- batches_of(11:10)
    function() if ((n <<- n - 1) >= 0) gen()
  }
  model <- feed_twins()$one
  expect_warning(h <- fit(model, few(3), steps_per_epoch = 2, epochs = 5, verbose = 0),
    class = "kestrel_warning_out_of_data")
  expect_length(h$metrics$loss, 2)
  expect_warning(h <- fit(model, few(4), steps_per_epoch = 2, epochs = 5, verbose = 0),
    class = "kestrel_warning_out_of_data")
  expect_length(h$metrics$loss, 2)
  expect_no_warning(fit(model, few(4), steps_per_epoch = 2, epochs = 2, verbose = 0))
})

test_that("settings of a pass follow the generator", {
  settings <- function(steps, own) {
    given <- list(steps_per_epoch = own, validation_batch_size = NULL, shuffle = TRUE)
    stream <- sample_stream(feed_twins()$one, batches_of(c(11, 11)), "x", environment())
    stream$length <- steps
    generator_settings(given, list(stream = stream, train = list(n = 11L)))
  }
  endless <- settings(NULL, NULL)
  expect_identical(endless$steps, Inf)
  expect_identical(endless$batch_size, 11L)
  expect_false(endless$shuffle)
  expect_identical(settings(NULL, 3L)$steps, 3L)
  expect_identical(settings(NULL, 3L)$steps_per_epoch, 3L)
  expect_identical(endless$validation_batch_size, 32L)
})

test_that("a generator without a batch is refused by all passes", {
  model <- feed_twins()$one
  none <- function() NULL
  for (pass in list(function() fit(model, none, verbose = 0), function() evaluate(model, none, verbose = 0),
    function() predict(model, none))) {
    expect_s3_class(tryCatch(pass(), error = identity), "kestrel_error")
  }
})
