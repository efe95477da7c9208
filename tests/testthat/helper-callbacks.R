# Runs of fit() in which a monitored value follows a script. The bias of the one unit is the
# number of the epoch, so that it tells which epoch's weights the model has.

script_model <- function(rate = 0) {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  model$optimizer$learning_rate <- rate
  model
}

script_callback <- function(values, monitor) {
  new_callback("script", list(values = values, monitor = monitor), list(
    on_epoch_begin = function(self, epoch, logs) {
      set_weights(self$model, list(matrix(0, 1, 1), epoch))
    },
    on_epoch_end = function(self, epoch, logs) {
      self$added <- stats::setNames(list(self$values[epoch + 1]), self$monitor)
    }
  ))
}

script_run <- function(values, callback, monitor = "val_loss", rate = 0) {
  model <- script_model(rate)
  rates <- NULL
  spy <- callback_lambda(on_epoch_end = function(epoch, logs) {
    rates <<- c(rates, model$optimizer$learning_rate)
  })
  history <- suppressWarnings(fit(model, 0, 0, epochs = length(values), verbose = 0,
    callbacks = list(script_callback(values, monitor), callback, spy)))
  list(epochs = length(history$metrics$loss), bias = as.vector(get_weights(model)[[2]]),
    rates = rates, history = history, model = model)
}

script_down_up <- c(1, 0.8, 0.6, 0.61, 0.62, 0.63, 0.5, 0.7, 0.8, 0.9, 1, 1.1)
script_jumps <- c(3, 2, 2.5, 1.9, 2.4, 2.3, 1.8, 1.85, 1.86, 1.87, 1.88, 1.89)
script_tiny <- 1 - (0:11) * 1e-4
script_flat <- rep(0.5, 12)

# A model that learns from four samples in two batches.
quick_model <- function(optimizer = "sgd", metrics = NULL) {
  set.seed(1)
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
  model %>% compile(loss = "mse", optimizer = optimizer, metrics = metrics)
  model
}

quick_fit <- function(model, ..., epochs = 2, verbose = 0) {
  fit(model, c(-1, 0, 1, 2), c(1, 0, 2, 1), batch_size = 2, epochs = epochs, verbose = verbose,
    shuffle = FALSE, ...)
}
