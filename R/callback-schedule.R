#' Set the learning rate of each epoch
#'
#' `schedule` is called at the beginning of each epoch, and what it returns is the learning
#' rate of that epoch, recorded in the history as `lr`.
#'
#' @param schedule a function of the epoch, counted from 0, or of the epoch and the present
#'   learning rate; it returns a single number of at least 0.
#' @param verbose 1 prints the rates, 0 does not.
#' @param ... must be empty.
#' @return a callback for [fit()][fit.kestrel_model].
#' @section Errors: `kestrel_error_argument` when `schedule` is no such function.
#'   [fit()][fit.kestrel_model] throws `kestrel_error_callback` when it fails or returns
#'   anything else, and `kestrel_error_state` when the optimizer's learning rate is a schedule.
#' @source Keras: `keras.callbacks.LearningRateScheduler`.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
#' halve <- callback_learning_rate_scheduler(function(epoch, lr) if (epoch < 2) lr else lr / 2)
#' history <- model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 5, verbose = 0,
#'   callbacks = halve)
#' history$metrics$lr
#' @export
callback_learning_rate_scheduler <- function(schedule = NULL, verbose = 0, ...) {
  check_dots(list(...), names(formals()))
  settings <- list(schedule = check_schedule(schedule), verbose = check_talk(verbose))
  new_callback("learning_rate_scheduler", settings, list(
    on_epoch_begin = scheduler_set, on_epoch_end = scheduler_record
  ))
}

check_schedule <- function(x, arg = "schedule", call = caller_env()) {
  must <- "a function of (epoch) or of (epoch, lr)"
  if (!is.function(x)) stop_argument(arg, must, x, call = call)
  if (takes_arguments(x, 1) || takes_arguments(x, 2)) return(x)
  stop_kestrel("argument", sprintf("`%s` must be %s, not of (%s).", arg, must,
    toString(names(formals(args(x))))), argument = arg, call = call)
}

scheduler_set <- function(self, epoch, logs) {
  old <- settable_rate(self$model, "callback_learning_rate_scheduler()")
  new <- check_scheduled(scheduled_rate(self$schedule, epoch, old), epoch)
  set_rate(self$model$optimizer, new, "learning_rate")
  if (self$verbose > 0) {
    cat(sprintf("\nEpoch %d: LearningRateScheduler setting learning rate to %s.\n",
      as.integer(epoch + 1), number_text(new)))
  }
}

scheduled_rate <- function(schedule, epoch, rate) {
  withCallingHandlers(
    if (takes_arguments(schedule, 2)) schedule(epoch, rate) else schedule(epoch),
    error = function(e) {
      stop_kestrel("callback", sprintf("`schedule` failed in epoch %d.", as.integer(epoch + 1)),
        argument = "schedule", where = list(epoch = epoch + 1), call = NULL, parent = e)
    }
  )
}

check_scheduled <- function(rate, epoch) {
  if (is_number(rate) && rate >= 0) return(as.double(rate))
  stop_kestrel("callback", sprintf(
    "`schedule` must return a single finite number of at least 0, not %s in epoch %d.",
    describe(rate), as.integer(epoch + 1)
  ), argument = "schedule", value = shorten(rate), where = list(epoch = epoch + 1), call = NULL)
}

scheduler_record <- function(self, epoch, logs) {
  self$added <- list(lr = settable_rate(self$model, "callback_learning_rate_scheduler()"))
}

# The learning rate of the model's optimizer, where callbacks may change it.
settable_rate <- function(model, who) {
  rate <- model$optimizer$learning_rate
  if (is.numeric(rate)) return(rate)
  stop_kestrel("state", sprintf(
    "%s needs an optimizer with a number as its `learning_rate`, not %s.", who,
    if (is.function(rate) && !inherits(rate, "kestrel_schedule")) "a function" else "a schedule"
  ), argument = "learning_rate", call = NULL)
}
