#' Callbacks from functions
#'
#' Functions to be called while a model is trained, evaluated or used. A plain named list of
#' such functions does as well: `callbacks = list(on_epoch_end = function(epoch, logs) ...)`.
#'
#' Epochs and batches are counted from 0. `logs` is a named list: at the end of an epoch the
#' values of loss and metrics, with `val_` those of validation; at the end of a batch their
#' means since the epoch began. What the functions return is ignored. They may stop training
#' by `model$stop_training <- TRUE` (after a batch, if set by a hook of batches), change
#' weights by [set_weights()] (from the next batch on) and `model$optimizer$learning_rate`.
#'
#' Callbacks with hooks of batches cost some ten microseconds a batch.
#'
#' @param on_epoch_begin,on_epoch_end functions of `(epoch, logs)`.
#' @param on_batch_begin,on_batch_end old names of `on_train_batch_*`.
#' @param
#'   on_train_batch_begin,on_train_batch_end,on_test_batch_begin,on_test_batch_end,on_predict_batch_begin,on_predict_batch_end functions of `(batch, logs)`.
#' @param on_train_begin,on_train_end,on_test_begin,on_test_end,on_predict_begin,on_predict_end
#'   functions of `(logs)`.
#' @param ... must be empty.
#' @return a callback for [fit()][fit.kestrel_model], [evaluate()] and
#'   [predict()][predict.kestrel_model].
#' @section Errors: `kestrel_error_argument` for what is no function of these arguments. An
#'   error in one of the functions ends training with `kestrel_error_callback`; the error
#'   itself is its `parent`. The model stays as trained so far.
#' @source Keras: `keras.callbacks.LambdaCallback`; R package 'keras'.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' dots <- callback_lambda(on_epoch_end = function(epoch, logs) if (epoch %% 10 == 0) cat("."))
#' model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 50, verbose = 0, callbacks = dots)
#' @export
callback_lambda <- function(on_epoch_begin = NULL, on_epoch_end = NULL, on_batch_begin = NULL,
                            on_batch_end = NULL, on_train_batch_begin = NULL,
                            on_train_batch_end = NULL, on_train_begin = NULL,
                            on_train_end = NULL, on_predict_batch_begin = NULL,
                            on_predict_batch_end = NULL, on_predict_begin = NULL,
                            on_predict_end = NULL, on_test_batch_begin = NULL,
                            on_test_batch_end = NULL, on_test_begin = NULL,
                            on_test_end = NULL, ...) {
  check_dots(list(...), names(hook_arguments))
  hooks <- mget(names(hook_arguments))
  new_lambda(check_hooks(Filter(Negate(is.null), hooks), "", environment()))
}

#' @rdname callback_lambda
#' @param count_mode,stateful_metrics accepted from R keras scripts, without effect:
#'   `callback_progbar_logger()` does nothing, as `verbose` of [fit()][fit.kestrel_model] prints
#'   what there is to see.
#' @export
callback_progbar_logger <- function(count_mode = "samples", stateful_metrics = NULL) {
  check_choice(count_mode, c("samples", "steps"), "a way to count")
  new_lambda(list())
}

new_lambda <- function(hooks) {
  self <- list2env(c(hooks, list(name = "lambda", settings = character())), parent = emptyenv())
  class(self) <- c("kestrel_callback_lambda", "kestrel_callback")
  self
}

#' @export
format.kestrel_callback_lambda <- function(x, ...) {
  sprintf("<kestrel_callback %s(%s)>", x$name, toString(intersect(names(hook_arguments), ls(x))))
}
