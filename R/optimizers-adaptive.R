# Optimizers with a rate for each weight, by the sum of its squared gradients or by their signs.

#' @param initial_accumulator_value what the sum of squared gradients starts from, at least 0.
#' @rdname optimizer_sgd
#' @export
optimizer_adagrad <- function(learning_rate = 0.001, initial_accumulator_value = 0.1,
                              epsilon = 1e-7, weight_decay = NULL, clipnorm = NULL,
                              clipvalue = NULL, global_clipnorm = NULL, use_ema = FALSE,
                              ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                              name = "adagrad", ..., loss_scale_factor = NULL,
                              gradient_accumulation_steps = NULL) {
  new_optimizer("adagrad", list(
    initial_accumulator_value = check_number(initial_accumulator_value, min = 0),
    epsilon = check_epsilon(epsilon)
  ), list(...))
}

#' @rdname optimizer_sgd
#' @export
optimizer_adadelta <- function(learning_rate = 0.001, rho = 0.95, epsilon = 1e-7,
                               weight_decay = NULL, clipnorm = NULL, clipvalue = NULL,
                               global_clipnorm = NULL, use_ema = FALSE, ema_momentum = 0.99,
                               ema_overwrite_frequency = NULL, name = "adadelta", ...,
                               loss_scale_factor = NULL, gradient_accumulation_steps = NULL) {
  new_optimizer("adadelta", list(
    rho = check_number(rho, min = 0, max = 1), epsilon = check_epsilon(epsilon)
  ), list(...))
}

#' @param learning_rate_power how the rate falls with the sum of squares, at most 0; 0 is a
#'   constant rate.
#' @param l1_regularization_strength,l2_regularization_strength,l2_shrinkage_regularization_strength
#'   strengths of Ftrl's penalties, at least 0.
#' @param beta added to Ftrl's second penalty as `beta / (2 * lr)`; at least 0.
#' @rdname optimizer_sgd
#' @export
optimizer_ftrl <- function(learning_rate = 0.001, learning_rate_power = -0.5,
                           initial_accumulator_value = 0.1, l1_regularization_strength = 0,
                           l2_regularization_strength = 0,
                           l2_shrinkage_regularization_strength = 0, beta = 0,
                           weight_decay = NULL, clipnorm = NULL, clipvalue = NULL,
                           global_clipnorm = NULL, use_ema = FALSE, ema_momentum = 0.99,
                           ema_overwrite_frequency = NULL, name = "ftrl", ...,
                           loss_scale_factor = NULL, gradient_accumulation_steps = NULL) {
  new_optimizer("ftrl", list(
    learning_rate_power = check_number(learning_rate_power, max = 0),
    initial_accumulator_value = check_number(initial_accumulator_value, min = 0),
    l1_regularization_strength = check_number(l1_regularization_strength, min = 0),
    l2_regularization_strength = check_number(l2_regularization_strength, min = 0),
    l2_shrinkage_regularization_strength =
      check_number(l2_shrinkage_regularization_strength, min = 0),
    beta = check_number(beta, min = 0)
  ), list(...))
}

#' @param eta_minus,eta_plus factors of a step size when the sign of the gradient turns, between 0
#'   and 1, and when it stays, at least 1.
#' @param step_min,step_max bounds of the step sizes, above 0.
#' @rdname optimizer_sgd
#' @export
optimizer_rprop <- function(learning_rate = 0.01, eta_minus = 0.5, eta_plus = 1.2,
                            step_min = 1e-6, step_max = 50, weight_decay = NULL, clipnorm = NULL,
                            clipvalue = NULL, global_clipnorm = NULL, use_ema = FALSE,
                            ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                            name = "rprop", ..., loss_scale_factor = NULL,
                            gradient_accumulation_steps = NULL) {
  step_min <- check_number(step_min, min = 0, open = "min")
  new_optimizer("rprop", list(
    eta_minus = check_number(eta_minus, min = 0, max = 1, open = c("min", "max")),
    eta_plus = check_number(eta_plus, min = 1), step_min = step_min,
    step_max = check_number(step_max, min = step_min)
  ), list(...))
}
