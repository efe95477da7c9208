#' Lower the learning rate on a plateau
#'
#' When the monitored value has not improved by more than `min_delta` for `patience` epochs,
#' the learning rate `r` becomes `max(r * factor, min_lr)`, and for `cooldown` epochs nothing
#' is counted. The rate of each epoch is recorded in the history as `lr`.
#'
#' @inheritParams callback_early_stopping
#' @param factor below 1: what the rate is multiplied by.
#' @param cooldown epochs after a reduction that do not count.
#' @param min_lr the lowest rate.
#' @return a callback for [fit()][fit.kestrel_model], with fields to read: `best`, `wait`,
#'   `cooldown_counter`.
#' @section Errors: `kestrel_error_argument` for arguments out of their range;
#'   `kestrel_error_state` from [fit()][fit.kestrel_model] when the optimizer's learning rate
#'   is a schedule.
#' @source Keras: `keras.callbacks.ReduceLROnPlateau`.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.5))
#' history <- model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 20, verbose = 0,
#'   callbacks = callback_reduce_lr_on_plateau("loss", factor = 0.5, patience = 2))
#' history$metrics$lr
#' @export
callback_reduce_lr_on_plateau <- function(monitor = "val_loss", factor = 0.1, patience = 10,
                                          verbose = 0, mode = c("auto", "min", "max"),
                                          min_delta = 1e-4, cooldown = 0, min_lr = 0, ...) {
  check_dots(list(...), names(formals()))
  settings <- list(
    monitor = check_string(monitor), factor = check_number(factor, min = 0, max = 1, open = "max"),
    patience = check_count(patience, min = 0L), verbose = check_talk(verbose),
    mode = check_mode(mode), min_delta = check_number(min_delta, min = 0),
    cooldown = check_count(cooldown, min = 0L), min_lr = check_number(min_lr, min = 0)
  )
  self <- new_callback("reduce_lr_on_plateau", settings, list(
    on_train_begin = reduce_lr_begin, on_epoch_end = reduce_lr_look
  ), state = c("best", "wait", "cooldown_counter"))
  reduce_lr_begin(self)
  self
}

reduce_lr_begin <- function(self, logs) {
  self$is_max <- monitor_is_max(self)
  self$warned <- FALSE
  self$wait <- 0L
  self$cooldown_counter <- 0L
  self$best <- monitor_worst(self)
}

reduce_lr_look <- function(self, epoch, logs) {
  rate <- settable_rate(self$model, "callback_reduce_lr_on_plateau()")
  self$added <- list(lr = rate)
  value <- monitor_value(self, c(logs, lr = rate), "Learning rate reduction is conditioned on")
  if (is.null(value)) return(invisible())
  reduce_lr_count(self, value)
  if (self$wait >= max(1L, self$patience)) reduce_lr(self, epoch, rate)
}

# How many epochs without improvement there have been, outside of the cooldown.
reduce_lr_count <- function(self, value) {
  if (self$cooldown_counter > 0) {
    self$cooldown_counter <- self$cooldown_counter - 1L
    self$wait <- 0L
  }
  if (reduce_lr_improves(self, value)) {
    self$best <- value
    self$wait <- 0L
  } else if (self$cooldown_counter == 0) {
    self$wait <- self$wait + 1L
  }
}

reduce_lr_improves <- function(self, value) {
  delta <- self$min_delta
  isTRUE(if (self$is_max) value > self$best + delta else value < self$best - delta)
}

reduce_lr <- function(self, epoch, rate) {
  if (rate <= self$min_lr) return(invisible())
  new <- max(rate * self$factor, self$min_lr)
  set_rate(self$model$optimizer, new, "learning_rate")
  self$cooldown_counter <- self$cooldown
  self$wait <- 0L
  if (self$verbose > 0) {
    cat(sprintf("\nEpoch %d: ReduceLROnPlateau reducing learning rate to %s.\n",
      as.integer(epoch + 1), number_text(new)))
  }
}
