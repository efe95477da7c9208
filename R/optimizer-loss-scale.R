#' Scaled losses
#'
#' In Keras the loss is scaled before gradients are taken of it, and these are scaled back, so that
#' half precision keeps small ones. This package computes in single and double precision, where
#' that changes nothing: the optimizer that is given is returned.
#'
#' @param inner_optimizer an optimizer, or its name.
#' @param initial_scale,dynamic_growth_steps numbers, without effect.
#' @param ... accepted from R keras scripts, without effect.
#' @return `inner_optimizer`, as an object.
#' @section Errors: `kestrel_error_argument` for what is no optimizer, and for numbers that are
#'   none.
#' @source Keras: `keras.optimizers.LossScaleOptimizer`.
#' @family optimizers
#' @examples
#' optimizer_loss_scale(optimizer_adam(0.01))
#' @export
optimizer_loss_scale <- function(inner_optimizer, initial_scale = 32768,
                                 dynamic_growth_steps = 2000L, ...) {
  check_present("inner_optimizer")
  check_number(initial_scale, min = 0, open = "min")
  check_count(dynamic_growth_steps)
  as_optimizer(inner_optimizer, "inner_optimizer", call = environment())
}
