# The values of epochs, and where they became NaN or infinite.

test_that("a loss that is not finite is told once, with its place, and training goes on", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(1e150))
  x <- c(1, 2, 3, 4)
  caught <- list()
  history <- withCallingHandlers(
    fit(model, x, x, epochs = 5, batch_size = 2, verbose = 0),
    warning = function(w) {
      caught[[length(caught) + 1]] <<- w
      invokeRestart("muffleWarning")
    }
  )
  expect_length(caught, 1)
  expect_s3_class(caught[[1]], "kestrel_warning_nonfinite")
  expect_length(history$metrics$loss, 5)
  first <- which(!is.finite(history$metrics$loss))[1]
  expect_equal(caught[[1]]$epoch, first)
  expect_true(caught[[1]]$batch %in% 1:2)
})

test_that("it is told at once where something is printed, in the words of the place", {
  status <- list(nonfinite = 1, nonfinite_epoch = 2, nonfinite_batch = 4)
  expect_identical(nonfinite_text(status),
    "The loss became NaN or infinite in epoch 3, batch 5.")
  run <- list2env(list(status = status, settings = list(verbose = 2)))
  expect_message(note_nonfinite(run), "Epoch 3, batch 5")
  expect_silent(note_nonfinite(run))
  quiet <- list2env(list(status = status, settings = list(verbose = 0)))
  expect_silent(note_nonfinite(quiet))
})

# Values of the epochs as hooks log them: rows are labels, columns epochs.
recorded <- function(..., initial_epoch = 0) {
  run <- list2env(list(labels = c("loss", "mae"), chunks = new.env(), n_chunks = 0L,
    settings = list(initial_epoch = initial_epoch), params = list(epochs = 9)))
  for (chunk in list(...)) run_record(run, chunk)
  run_history(run)
}

test_that("chunks of epochs are put together in their order", {
  first <- cbind(loss = c(3, 2), mae = c(1, 0.9))
  history <- recorded(first, cbind(loss = 1, mae = 0.8))
  expect_identical(unclass(history$metrics), list(loss = c(3, 2, 1), mae = c(1, 0.9, 0.8)))
  many <- lapply(1:12, function(i) cbind(loss = i, mae = -i))
  expect_identical(do.call(recorded, many)$metrics$loss, as.double(1:12))
})

test_that("what was measured now and then keeps its epochs, and NaN is a value", {
  history <- recorded(cbind(loss = 3, mae = 1), cbind(loss = NaN, mae = 2, val_loss = 5),
    cbind(loss = 1, mae = 3))
  expect_identical(history$metrics$val_loss, 5)
  expect_identical(history$metrics$loss, c(3, NaN, 1))
  frame <- as.data.frame(history)
  validation <- frame[frame$data == "validation" & !is.na(frame$value), ]
  expect_identical(validation$epoch, 2L)
})

test_that("epochs count on from initial_epoch", {
  history <- recorded(cbind(loss = 3, mae = 1), cbind(loss = 2, mae = 1), initial_epoch = 4)
  frame <- as.data.frame(history)
  expect_identical(frame$epoch[!is.na(frame$value) & frame$metric == "loss"], 5:6)
})

test_that("rows have the labels of the run, one for each epoch", {
  rows <- run_rows(list(labels = c("loss", "mae")), rbind(c(3, 2, 1), c(6, 5, 4)))
  expect_identical(rows, cbind(loss = c(3, 2, 1), mae = c(6, 5, 4)))
})

test_that("what a later diagnosis needs is remembered", {
  model <- small_model()
  x <- small_x()
  before <- unlist(get_weights(model))
  model %>% fit(x, small_y(), epochs = 3, batch_size = 2, verbose = 0, shuffle = FALSE)
  kept <- model$last_fit
  expect_equal(kept$moved, sqrt(sum((unlist(get_weights(model)) - before)^2)))
  expect_equal(kept$norm_before, sqrt(sum(before^2)))
  expect_identical(kept[c("epochs", "steps", "batch_size", "samples", "shuffle", "validation_split", "nonfinite")],
    list(epochs = 3L, steps = 3L, batch_size = 2L, samples = 6L, shuffle = FALSE, validation_split = 0, nonfinite = NULL))
  expect_equal(kept$rate, 0.01)
  expect_identical(kept$data$dims, c(6L, 4L, 6L, 1L))
  expect_lt(as.numeric(object.size(kept)), 5000)
})

test_that("a line tells of a model that is linear, when something is printed", {
  fitted <- function(...) {
    withr::local_seed(1)
    model <- keras_model_sequential(input_shape = 2) %>% layer_dense(3) %>% layer_dense(1)
    model %>% compile(loss = "mse", optimizer = optimizer_adam(0.1))
    utils::capture.output(said <- capture_messages(model %>% fit(plane$x, plane$curved, view_metrics = FALSE, ...)))
    said
  }
  expect_match(fitted(epochs = 12, verbose = 2), "cannot go below [0-9.]+ \\(reached", all = FALSE)
  expect_length(fitted(epochs = 12, verbose = 0), 0)
  expect_length(fitted(epochs = 5, verbose = 2), 0)
  withr::local_options(kestrel.diagnose = FALSE)
  expect_length(fitted(epochs = 12, verbose = 2), 0)
})

test_that("norms of gradient and way are recorded for each epoch, with hooks and without", {
  fitted <- function(...) {
    withr::local_seed(3)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "tanh") %>% layer_dense(1)
    model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
    w <- list(unlist(get_weights(model)))
    keep <- callback_lambda(on_epoch_end = function(epoch, logs) w <<- c(w, list(unlist(get_weights(model)))))
    model %>% fit(small_x(), small_y(), epochs = 4, batch_size = 6, verbose = 0, callbacks = keep, ...)
    list(norms = model$last_fit$norms, ways = vapply(1:4, function(i) sqrt(sum((w[[i + 1]] - w[[i]])^2)), 0))
  }
  a <- fitted()
  expect_equal(a$norms["way", ], a$ways, tolerance = 1e-5)
  expect_equal(a$norms["way", ], 0.1 * a$norms["gradient", ], tolerance = 1e-4)
  free <- keras_model_sequential(input_shape = 4) %>% layer_dense(1)
  free %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  free %>% fit(small_x(), small_y(), epochs = 5, batch_size = 6, verbose = 0)
  expect_equal(free$last_fit$norms["way", ], 0.1 * free$last_fit$norms["gradient", ], tolerance = 1e-4)
  expect_identical(dim(free$last_fit$norms), c(2L, 5L))
})

test_that("units that did nothing on the last batch are counted", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "relu") %>%
    layer_dense(2, "tanh") %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(1e-12))
  w <- get_weights(model)
  w[[2]] <- c(-100, 0, -100)
  w[[4]] <- c(50, 0)
  set_weights(model, w)
  model %>% fit(small_x(), small_y(), epochs = 1, verbose = 0)
  expect_null(model$last_fit$idle)
  model %>% fit(small_x(), small_y(), epochs = 10, batch_size = 6, verbose = 0)
  hidden <- keras_model(model$input, model$layers[[1]]$output)
  off <- mean(colSums(predict(hidden, small_x())) == 0)
  expect_equal(unname(model$last_fit$idle), c(off, 0.5))
  expect_gte(off, 2 / 3)
})
