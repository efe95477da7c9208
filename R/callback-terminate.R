#' Stop when the loss is no number
#'
#' Training stops after the first batch whose loss is NaN or infinite; without this callback
#' it goes on, as in Keras, and [fit()][fit.kestrel_model] warns at the end.
#'
#' @return a callback for [fit()][fit.kestrel_model].
#' @source Keras: `keras.callbacks.TerminateOnNaN`; `callback_terminate_on_naan()` is its name
#'   in R keras 2.x.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = optimizer_sgd(1e6))
#' history <- suppressWarnings(fit(model, cars$speed, cars$dist, epochs = 100, verbose = 0,
#'   callbacks = callback_terminate_on_nan()))
#' length(history$metrics$loss)
#' @export
callback_terminate_on_nan <- function() {
  new_callback("terminate_on_nan", list(), list(on_train_batch_end = terminate_look))
}

#' @rdname callback_terminate_on_nan
#' @export
callback_terminate_on_naan <- function() callback_terminate_on_nan()

# The loss of the logs is a running mean: one bad batch shows in it.
terminate_look <- function(self, batch, logs) {
  if (is.null(logs$loss) || is.finite(logs$loss)) return(invisible())
  cat(sprintf("Batch %d: Invalid loss, terminating training\n", as.integer(batch)))
  stop_training(self$model)
}
