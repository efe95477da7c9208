#' Stop when a value improves no more
#'
#' Training stops after `patience` epochs in a row in which the monitored value was not better
#' than the best so far by more than `min_delta` (patience 0 is as 1). The first epoch never
#' stops.
#'
#' With `restore_best_weights` the model gets the weights of its best epoch back when training
#' ends, for whatever reason. `baseline` is a value to be reached: epochs that do not better
#' it count against the patience even when they are the best so far, but such an epoch itself
#' does not stop. A value of NaN is no improvement. A value that is not in the logs is warned of
#' (`kestrel_warning_monitor`) and never stops.
#'
#' @param monitor name of the value in the logs, such as `"val_loss"`, `"loss"`,
#'   `"val_accuracy"`, `"lr"`.
#' @param min_delta what counts as an improvement, in units of the value; its sign does not
#'   matter.
#' @param patience epochs without improvement to wait for.
#' @param verbose 1 prints what is done, 0 does not.
#' @param mode `"min"`: lower is better; `"max"`: higher is; `"auto"`: higher for accuracies,
#'   AUC, precision, recall and scores, lower for everything else.
#' @param baseline value that has to be bettered, or `NULL`.
#' @param restore_best_weights whether to put back the weights of the best epoch.
#' @param start_from_epoch epochs at the start that are not looked at.
#' @param ... must be empty.
#' @return a callback for [fit()][fit.kestrel_model], with fields to read after it:
#'   `stopped_epoch` (from 0; 0 when it did not stop), `best_epoch` (from 0), `best`, `wait`,
#'   `best_weights`.
#' @section Errors: `kestrel_error_argument` for arguments out of their range.
#' @source Keras: `keras.callbacks.EarlyStopping`.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
#' stopper <- callback_early_stopping("loss", min_delta = 1e-4, patience = 2, verbose = 1)
#' history <- model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 100, verbose = 0,
#'   callbacks = stopper)
#' stopper$stopped_epoch
#' @export
callback_early_stopping <- function(monitor = "val_loss", min_delta = 0, patience = 0,
                                    verbose = 0, mode = c("auto", "min", "max"),
                                    baseline = NULL, restore_best_weights = FALSE,
                                    start_from_epoch = 0, ...) {
  check_dots(list(...), names(formals()))
  settings <- list(
    monitor = check_string(monitor), min_delta = abs(check_number(min_delta)),
    patience = check_count(patience, min = 0L), verbose = check_talk(verbose),
    mode = check_mode(mode), baseline = check_number(baseline, null = TRUE),
    restore_best_weights = check_flag(restore_best_weights),
    start_from_epoch = check_count(start_from_epoch, min = 0L)
  )
  self <- new_callback("early_stopping", settings, list(
    on_train_begin = early_stopping_begin, on_epoch_end = early_stopping_look,
    on_train_end = early_stopping_finish
  ), state = c("wait", "stopped_epoch", "best", "best_epoch", "best_weights"))
  early_stopping_begin(self)
  self
}

early_stopping_begin <- function(self, logs) {
  self$is_max <- monitor_is_max(self)
  self$warned <- FALSE
  self$wait <- 0L
  self$stopped_epoch <- 0L
  self$best <- monitor_worst(self)
  self$best_epoch <- 0L
  self$best_weights <- NULL
}

early_stopping_look <- function(self, epoch, logs) {
  value <- monitor_value(self, logs, "Early stopping conditioned on")
  if (is.null(value) || epoch < self$start_from_epoch) return(invisible())
  if (self$restore_best_weights && is.null(self$best_weights)) keep_best_weights(self, epoch)
  self$wait <- self$wait + 1L
  if (early_stopping_improves(self, value, self$best)) {
    self$best <- value
    keep_best_weights(self, epoch)
    if (early_stopping_improves(self, value, self$baseline)) self$wait <- 0L
  } else if (self$wait >= self$patience && epoch > 0) {
    self$stopped_epoch <- epoch
    stop_training(self$model)
    say_restoring(self)
  }
}

# No reference: an improvement.
early_stopping_improves <- function(self, value, reference) {
  if (is.null(reference)) return(TRUE)
  delta <- self$min_delta
  isTRUE(if (self$is_max) value - delta > reference else value + delta < reference)
}

keep_best_weights <- function(self, epoch) {
  self$best_epoch <- epoch
  if (self$restore_best_weights) self$best_weights <- get_weights(self$model)
}

say_restoring <- function(self) {
  if (self$verbose == 0 || is.null(self$best_weights)) return(invisible())
  cat(sprintf("Restoring model weights from the end of the best epoch: %d.\n",
    as.integer(self$best_epoch + 1)))
}

early_stopping_finish <- function(self, logs) {
  stopped <- self$stopped_epoch > 0
  if (!stopped) say_restoring(self)
  if (!is.null(self$best_weights)) restore_weights(self$model, self$best_weights)
  if (stopped && self$verbose > 0) {
    cat(sprintf("Epoch %d: early stopping\n", as.integer(self$stopped_epoch + 1)))
  }
}

# Weights that were the model's own: also those that set_weights() would refuse, NaN.
restore_weights <- function(model, weights) {
  layers <- leaf_layers(model)
  slots <- unlist(lapply(layers, function(l) layer_state(l)$slots), recursive = FALSE)
  names(weights) <- vapply(slots, `[[`, "", "name")
  put_weights(layers, weights)
  mark_dirty(model)
}
