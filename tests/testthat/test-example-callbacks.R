# The guides to callbacks and to training loops of one's own.

script_data <- function(n = 96) {
  x <- matrix(rnorm(n * 4), n)
  list(x = x, y = as.numeric(x[, 1] + x[, 2]^2 > 0.5))
}

script_model <- function() {
  model <- keras_model_sequential()
  model %>%
    layer_dense(units = 8, activation = 'relu', input_shape = c(4)) %>%
    layer_dense(units = 1, activation = 'sigmoid')
  model %>% compile(
    loss = 'binary_crossentropy',
    optimizer = 'rmsprop',
    metrics = c('accuracy')
  )
  model
}

test_that("guide: the loss of each batch", {
  skip_if_not_installed("R6")
  local_script()
  c(X_train, Y_train) %<-% script_data()
  model <- script_model()

  # define custom callback class
  LossHistory <- R6::R6Class("LossHistory",
    inherit = KerasCallback,

    public = list(

      losses = NULL,

      on_batch_end = function(batch, logs = list()) {
        self$losses <- c(self$losses, logs[["loss"]])
      }
    ))

  # create an instance of a callback to record the losses
  history <- LossHistory$new()

  # train the model
  epochs <- model %>% fit(
    X_train, Y_train,
    batch_size = 32, epochs = 3,
    callbacks = list(history)
  )
  # "Returns a list of losses": running means, of which the last of an epoch is the epoch's.
  expect_length(history$losses, 9)
  expect_identical(history$losses[c(3, 6, 9)], epochs$metrics$loss)
})

test_that("guide: stop early, slow down, keep the best", {
  local_script()
  c(x, y) %<-% script_data()
  file <- withr::local_tempfile(fileext = ".rds")
  callbacks_list <- list(
    callback_early_stopping(
      monitor = "val_accuracy",
      patience = 3
    ),
    callback_model_checkpoint(
      filepath = file,
      monitor = "val_loss",
      save_best_only = TRUE
    ),
    callback_reduce_lr_on_plateau(
      monitor = "val_loss",
      factor = 0.1,
      patience = 10
    )
  )
  history <- script_model() %>% fit(
    x, y,
    epochs = 40,
    batch_size = 32,
    callbacks = callbacks_list,
    validation_split = 0.25
  )
  accuracy <- history$metrics$val_accuracy
  expect_identical(which.max(accuracy), min(length(accuracy), 40L) - if (length(accuracy) < 40) 3L else 0L)
  best <- readRDS(file) %>% evaluate(x[73:96, ], y[73:96])
  expect_near(best$loss, min(history$metrics$val_loss), 1e-12)
})

test_that("guide: a rate for each epoch", {
  local_script()
  c(x, y) %<-% script_data()
  schedule <- function(epoch, lr) {
    if (epoch < 3) lr else lr * exp(-0.1)
  }
  model <- script_model()
  history <- model %>% fit(x, y, epochs = 6, callbacks = callback_learning_rate_scheduler(schedule))
  expect_near(model$optimizer$lr, 0.001 * exp(-0.3), 1e-14)
  expect_near(history$metrics$lr, 0.001 * exp(-0.1 * c(0, 0, 0, 1, 2, 3)), 1e-14)
})

test_that("guide: a training loop by batches does what fit() does", {
  local_script()
  c(x_train, y_train) %<-% script_data()
  model <- script_model()
  other <- clone_model(model)
  set_weights(other, get_weights(model))
  batch_size <- 32

  for (epoch in 1:3) {
    for (i in seq(1, nrow(x_train), by = batch_size)) {
      rows <- i:(i + batch_size - 1)
      metrics <- model %>% train_on_batch(x_train[rows, ], y_train[rows])
    }
  }
  expect_length(metrics, 2)
  other %>% fit(x_train, y_train, batch_size = batch_size, epochs = 3, shuffle = FALSE)
  expect_near(get_weights(model), get_weights(other), 1e-12)
})
