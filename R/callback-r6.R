#' Callbacks as R6 classes
#'
#' The class that callbacks of R keras 2.x inherit from:
#' `R6::R6Class("Mine", inherit = KerasCallback, public = list(on_epoch_end = ...))`. It needs
#' the package 'R6'. In methods `self$model` is the model and `self$params` a list with
#' `epochs`, `steps`, `samples`, `batch_size`, `verbose` and `metrics`. The hooks, their
#' arguments and what they may do are those of [callback_lambda()]: epochs and batches are
#' counted from 0, what a hook returns is ignored.
#'
#' @format An R6 class generator with fields `params` and `model`, and a method without effect
#'   for each hook.
#' @section Errors: `kestrel_error_state` when 'R6' is not installed.
#' @source R package 'keras' 2.x.
#' @family callbacks
#' @name KerasCallback
#' @export KerasCallback
#' @examplesIf requireNamespace("R6", quietly = TRUE)
#' LossHistory <- R6::R6Class("LossHistory", inherit = KerasCallback, public = list(
#'   losses = NULL,
#'   on_train_batch_end = function(batch, logs = list()) {
#'     self$losses <- c(self$losses, logs[["loss"]])
#'   }
#' ))
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' kept <- LossHistory$new()
#' model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 2, verbose = 0, callbacks = kept)
#' kept$losses
NULL

# R6 is not imported: classes are made when somebody asks for it.
.onLoad <- function(libname, pkgname) {
  makeActiveBinding("KerasCallback", keras_callback_class, topenv(environment()))
  makeActiveBinding("KerasLayer", keras_layer_class, topenv(environment()))
  makeActiveBinding("KerasConstraint", keras_constraint_class, topenv(environment()))
}

keras_callback_class <- function() {
  if (is.null(the$keras_callback)) the$keras_callback <- new_keras_callback_class()
  the$keras_callback
}

new_keras_callback_class <- function(installed = requireNamespace("R6", quietly = TRUE)) {
  if (!installed) return(list(new = stop_no_r6))
  R6::R6Class("KerasCallback", public = c(list(params = NULL, model = NULL), empty_hooks()))
}

# Looking at the class must not fail: R looks at all that a namespace holds.
stop_no_r6 <- function(...) {
  stop_kestrel("state", "R6 classes need the package 'R6', which is not installed.",
    hint = "Install it, or use Callback() or Layer().")
}

# A function of its arguments with an empty body for each hook.
empty_hooks <- function() {
  lapply(hook_arguments, function(arguments) {
    formals <- stats::setNames(rep(list(quote(expr = )), length(arguments)), arguments)
    formals["logs"] <- list(NULL)
    as.function(c(formals, quote({})))
  })
}
