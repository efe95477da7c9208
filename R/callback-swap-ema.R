#' Evaluate with the average of weights
#'
#' An optimizer with `use_ema = TRUE` averages the weights while it trains, and puts the average
#' into the model at the end of [fit()][fit.kestrel_model]. With this callback evaluation and
#' prediction use the average before that, too: validation within `fit()`, and [evaluate()] and
#' [predict()][predict.kestrel_model] that get it. Training goes on from its own weights.
#'
#' @param swap_on_epoch whether the average is in the model at the end of each epoch, too, for
#'   callbacks that come after this one, such as [callback_model_checkpoint()].
#' @return a callback for [fit()][fit.kestrel_model].
#' @section Errors: `kestrel_error_argument` for a bad `swap_on_epoch`; [fit()][fit.kestrel_model]
#'   throws `kestrel_error_state` where the optimizer averages no weights.
#' @source Keras: `keras.callbacks.SwapEMAWeights`.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' averaging <- optimizer_sgd(0.1, use_ema = TRUE, ema_momentum = 0.9)
#' model %>% compile(loss = "mse", optimizer = averaging)
#' model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 5, validation_split = 0.2, verbose = 0,
#'   callbacks = callback_swap_ema_weights())
#' @export
callback_swap_ema_weights <- function(swap_on_epoch = FALSE) {
  settings <- list(swap_on_epoch = check_flag(swap_on_epoch))
  put <- function(self, ...) put_average(self)
  back <- function(self, ...) put_own(self)
  forget <- function(self, ...) forget_own(self)
  hooks <- list(on_train_begin = forget, on_train_end = forget, on_test_begin = put,
    on_test_end = back,
    on_predict_begin = put, on_predict_end = back)
  if (swap_on_epoch) hooks <- c(hooks, list(on_epoch_begin = back, on_epoch_end = put))
  new_callback("swap_ema_weights", settings, hooks)
}

# fit() has put the average into the model, or has not begun.
forget_own <- function(self) {
  check_averages(self$model)
  self$own <- self$average <- NULL
}

check_averages <- function(model) {
  if (optimizer_field(model$optimizer, "common")$use_ema) return(invisible(model))
  stop_kestrel("state", "callback_swap_ema_weights() needs an optimizer that averages weights.",
    hint = "For example optimizer_adam(use_ema = TRUE).", argument = "use_ema", call = NULL)
}

put_average <- function(self) {
  check_averages(self$model)
  if (holds_average(self)) return(invisible())
  average <- average_weights(self$model)
  if (is.null(average)) return(invisible())
  self$own <- trained_weights(self$model)
  self$average <- average
  put_trained(self$model, average)
}

put_own <- function(self) {
  if (holds_average(self)) put_trained(self$model, self$own)
  self$own <- self$average <- NULL
}

# Not after weights were changed otherwise.
holds_average <- function(self) {
  !is.null(self$average) && identical(self$average, trained_weights(self$model))
}

# All trained weights, end to end.
trained_weights <- function(model) {
  layout <- model_layout(model_state(model))
  pack_layout(layout)[which(trained_places(layout))]
}

put_trained <- function(model, values) {
  layout <- model_layout(model_state(model))
  w <- pack_layout(layout)
  w[which(trained_places(layout))] <- values
  unpack_layout(layout, w)
  mark_dirty(model)
}

# The optimizer's: the last of the numbers it keeps for each weight, but for the sum of gradients
# that are accumulated. NULL before the first step.
average_weights <- function(model) {
  moments <- model_state(model)$optimizer_state$moments
  if (!length(moments)) return(NULL)
  trained <- trained_places(model_layout(model_state(model)))
  sums <- !is.null(optimizer_field(model$optimizer, "common")$gradient_accumulation_steps)
  end <- length(moments) - sums * length(trained)
  moments[end - length(trained) + which(trained)]
}
