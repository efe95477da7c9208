# All that a fit leaves behind, R's random numbers included. `crash`: a callback, or NULL.
backed_fit <- function(folder, crash = NULL, optimizer = optimizer_adam(0.01), ..., seed = 1,
                       save_freq = "epoch", others = NULL, epochs = 6, validation_split = 0.2, x = wave_x(),
                       y = wave_y(), batch_size = 7) {
  set.seed(seed)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(8, activation = "tanh") %>%
    layer_dropout(0.3) %>% layer_batch_normalization() %>% layer_dense(2)
  model %>% compile(loss = "mse", optimizer = optimizer, metrics = "mae")
  backup <- if (!is.null(folder)) list(callback_backup_and_restore(folder, save_freq))
  model %>% fit(x, y, epochs = epochs, batch_size = batch_size, verbose = 0, callbacks = c(backup, others, crash),
    validation_split = validation_split, ...)
  list(state = model_state_of(model), seed = .Random.seed)
}

# A callback that throws after so many batches, and counts the epochs and batches that it sees.
crash_after <- function(batches) {
  self <- new.env()
  self$seen <- self$epochs <- 0
  self$callback <- callback_lambda(
    on_epoch_begin = function(epoch, logs) self$epochs <- self$epochs + 1,
    on_train_batch_end = function(batch, logs) {
      self$seen <- self$seen + 1
      if (self$seen == batches) stop("power cut")
    }
  )
  self
}

crash_in <- function(epoch, hook = "on_epoch_end") {
  do.call(callback_lambda, stats::setNames(list(function(at, logs) if (at == epoch) stop("power cut")), hook))
}

expect_resumed <- function(crash, ..., whole = backed_fit(NULL, ...)) {
  folder <- file.path(withr::local_tempdir(), "backup")
  expect_error(backed_fit(folder, crash, ...), class = "kestrel_error_callback")
  counter <- crash_after(Inf)
  expect_identical(backed_fit(folder, counter$callback, ...), whole)
  expect_false(file.exists(folder))
  invisible(counter)
}
