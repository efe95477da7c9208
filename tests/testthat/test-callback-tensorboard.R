single <- function(x) readBin(writeBin(as.double(x), raw(), size = 4), "double", length(x), size = 4)

board_fit <- function(folder, ..., model = quick_model(metrics = "mae"), epochs = 3, before = NULL) {
  history <- quick_fit(model, epochs = epochs, callbacks = c(before, list(callback_tensorboard(folder, ...))),
    validation_data = list(c(0, 3), c(1, 2)))
  list(model = model, metrics = history$metrics, train = read_board(file.path(folder, "train")),
    validation = read_board(file.path(folder, "validation")))
}

test_that("loss, metrics and rate of each epoch are those of the history", {
  run <- board_fit(withr::local_tempdir())
  train <- run$train[[1]]
  expect_identical(train$tag, rep(c("epoch_loss", "epoch_mae", "epoch_learning_rate"), 3))
  for (name in c("loss", "mae")) {
    tag <- paste0("epoch_", name)
    expect_identical(tag_values(train, tag), c(`0` = 1, `1` = 1, `2` = 1) * single(run$metrics[[name]]))
    expect_identical(unname(tag_values(run$validation[[1]], tag)),
      single(run$metrics[[paste0("val_", name)]]))
  }
  expect_identical(unname(tag_values(train, "epoch_learning_rate")), rep(single(0.01), 3))
})

test_that("an evaluation is written by the steps done", {
  folder <- withr::local_tempdir()
  run <- board_fit(folder)
  inside <- tag_values(run$validation[[1]], "evaluation_mae_vs_iterations")
  expect_identical(inside, stats::setNames(single(run$metrics$val_mae), c(2, 4, 6)))
  score <- evaluate(run$model, c(0, 3), c(1, 2), verbose = 0, callbacks = callback_tensorboard(folder))
  files <- read_board(file.path(folder, "validation"))
  expect_length(files, 2)
  one <- files[lengths(lapply(files, `[[`, "tag")) == 2][[1]]
  expect_identical(one$tag, c("evaluation_loss_vs_iterations", "evaluation_mae_vs_iterations"))
  expect_identical(unlist(one$value), unname(single(score)))
  expect_identical(one$step, c(6, 6))
})

test_that("batches are written by their number in the fit", {
  batches <- function(freq) {
    logs <- list()
    spy <- callback_lambda(on_train_batch_end = function(batch, l) logs[[length(logs) + 1]] <<- l$loss)
    run <- board_fit(withr::local_tempdir(), update_freq = freq, before = list(spy))
    values <- tag_values(run$train[[1]], "batch_loss")
    expect_identical(unname(values), single(unlist(logs)[as.integer(names(values))]))
    as.integer(names(values))
  }
  expect_identical(batches("batch"), 1:6)
  expect_identical(batches(2), c(2L, 4L, 6L))
  expect_identical(batches(4), 4L)
})

test_that("rates are those of the step that comes next", {
  rates <- function(rate, ...) {
    run <- board_fit(withr::local_tempdir(), ..., model = quick_model(optimizer_sgd(rate)))
    unname(tag_values(run$train[[1]], "epoch_learning_rate"))
  }
  expect_equal(rates(learning_rate_schedule_inverse_time_decay(0.1, 1, 1)), 0.1 / c(3, 5, 7), tolerance = 1e-6)
  expect_equal(rates(function(step) 0.1 / (1 + step)), 0.1 / c(2, 4, 6), tolerance = 1e-6)
  schedule <- callback_learning_rate_scheduler(function(epoch) 0.1 / (epoch + 1))
  expect_equal(rates(0.5, before = list(schedule)), 0.1 / 1:3, tolerance = 1e-6)
})

test_that("values of other callbacks are written, and solvers have no rate", {
  schedule <- callback_learning_rate_scheduler(function(epoch) 0.25)
  run <- board_fit(withr::local_tempdir(), before = list(schedule))
  expect_identical(unname(tag_values(run$train[[1]], "epoch_lr")), rep(0.25, 3))
  folder <- withr::local_tempdir()
  model <- quick_model(optimizer_lbfgs())
  fit(model, c(-1, 0, 1, 2), c(1, 0, 2, 1), epochs = 2, verbose = 0, callbacks = callback_tensorboard(folder))
  expect_identical(unique(read_board(file.path(folder, "train"))[[1]]$tag), "epoch_loss")
})

test_that("histograms are of the weights at the end of their epoch", {
  weights <- list()
  spy <- callback_lambda(on_epoch_end = function(epoch, logs) {
    weights[[epoch + 1]] <<- get_weights(model)[[1]]
  })
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(40, name = "wide") %>%
    layer_batch_normalization(name = "norm") %>% layer_dense(1, name = "last")
  model %>% compile(loss = "mse", optimizer = "sgd")
  run <- board_fit(withr::local_tempdir(), histogram_freq = 2, model = model, before = list(spy))
  train <- run$train[[1]]
  tags <- train$tag[train$plugin == "histograms"]
  weight_tags <- c("wide/kernel", "wide/bias", "norm/gamma", "norm/beta", "norm/moving_mean",
    "norm/moving_variance", "last/kernel", "last/bias")
  expect_identical(tags, rep(paste0(weight_tags, "_0/histogram"), 2))
  kernel <- which(train$tag == "wide/kernel_0/histogram")
  expect_identical(train$step[kernel], c(0, 2))
  for (i in 1:2) {
    bins <- train$value[[kernel[i]]]
    w <- weights[[c(1, 3)[i]]]
    expect_identical(bins[c(1, 60)], range(w))
    expect_equal(bins[, 3], as.numeric(table(cut(w, c(bins[, 1], bins[30, 2]), right = FALSE,
      include.lowest = TRUE))))
  }
})

test_that("weights that are not finite are left out", {
  model <- quick_model()
  model %>% set_weights(list(matrix(1), 0))
  hook <- callback_lambda(on_epoch_end = function(epoch, logs) {
    environment(environment(model)$layers[[1]])$weights[[1]][] <- NaN
  })
  folder <- withr::local_tempdir()
  suppressWarnings(quick_fit(model, epochs = 1, callbacks = list(hook, callback_tensorboard(folder, 1))))
  tags <- read_board(file.path(folder, "train"))[[1]]$tag
  expect_identical(tags[grepl("histogram", tags)], "dense/bias_0/histogram")
})

test_that("speeds are positive", {
  run <- board_fit(withr::local_tempdir(), update_freq = "batch", write_steps_per_second = TRUE)
  speeds <- c(tag_values(run$train[[1]], "epoch_steps_per_second"), tag_values(run$train[[1]], "batch_steps_per_second"))
  expect_length(speeds, 9)
  expect_true(all(speeds > 0))
})

test_that("each fit has a file of its own, and training is as without it", {
  folder <- withr::local_tempdir()
  model <- quick_model()
  callback <- callback_tensorboard(folder, histogram_freq = 1, update_freq = 1)
  quick_fit(model, callbacks = callback)
  quick_fit(model, callbacks = callback)
  expect_length(list.files(file.path(folder, "train")), 2)
  expect_identical(list.files(folder), "train")
  other <- quick_model()
  quick_fit(other, epochs = 4)
  expect_identical(get_weights(model), get_weights(other))
})

test_that("a hook may change the working directory", {
  withr::local_dir(withr::local_tempdir())
  folder <- getwd()
  quick_fit(quick_model(), callbacks = list(
    callback_tensorboard(), list(on_epoch_begin = function(epoch, logs) setwd(tempdir()))
  ))
  expect_length(read_board(file.path(folder, "logs", "train"))[[1]]$tag, 4)
})

test_that("what cannot be written is refused before training", {
  model <- quick_model()
  before <- get_weights(model)
  file <- withr::local_tempfile(lines = "a file is no folder")
  expect_error(quick_fit(model, callbacks = callback_tensorboard(file)), class = "kestrel_error_file")
  expect_identical(get_weights(model), before)
})

test_that("arguments are checked, and what has no effect is told", {
  expect_refused(callback_tensorboard(1), "argument", "log_dir")
  for (bad in list(0, -1, 1.5, NA, "batches", NULL)) {
    expect_refused(callback_tensorboard(update_freq = bad), "argument", "update_freq")
  }
  for (bad in list(-1, 1.5, NA, "a")) {
    expect_refused(callback_tensorboard(histogram_freq = bad), "argument", "histogram_freq")
    expect_refused(callback_tensorboard(embeddings_freq = bad), "argument", "embeddings_freq")
  }
  for (name in c("write_graph", "write_images", "write_steps_per_second")) {
    expect_refused(do.call(callback_tensorboard, stats::setNames(list(NA), name)), "argument", name)
  }
  expect_refused(callback_tensorboard(histogram_frek = 1), "argument", "histogram_frek")
  expect_no_warning(callback_tensorboard("a", batch_size = 32, write_grads = FALSE, write_graph = FALSE))
  for (asked in list(list(write_images = TRUE), list(profile_batch = 2), list(profile_batch = c(2, 4)),
    list(embeddings_freq = 1), list(embeddings_metadata = "a.tsv"))) {
    expect_warning(do.call(callback_tensorboard, asked), names(asked), class = "kestrel_warning_ignored")
  }
})
