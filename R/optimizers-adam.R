# Adam and its relatives.

#' @param beta_1,beta_2 decay of the running means of the gradient and of its square, from 0 to
#'   below 1.
#' @param amsgrad whether to divide by the largest mean square so far.
#' @rdname optimizer_sgd
#' @export
optimizer_adam <- function(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999,
                           epsilon = 1e-7, amsgrad = FALSE, weight_decay = NULL,
                           clipnorm = NULL, clipvalue = NULL, global_clipnorm = NULL,
                           use_ema = FALSE, ema_momentum = 0.99,
                           ema_overwrite_frequency = NULL, name = "adam", ...,
                           loss_scale_factor = NULL, gradient_accumulation_steps = NULL) {
  new_optimizer("adam", list(
    beta_1 = check_beta(beta_1), beta_2 = check_beta(beta_2), epsilon = check_epsilon(epsilon),
    amsgrad = check_flag(amsgrad)
  ), list(...))
}

#' @rdname optimizer_sgd
#' @export
optimizer_adam_w <- function(learning_rate = 0.001, weight_decay = 0.004, beta_1 = 0.9,
                             beta_2 = 0.999, epsilon = 1e-7, amsgrad = FALSE, clipnorm = NULL,
                             clipvalue = NULL, global_clipnorm = NULL, use_ema = FALSE,
                             ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                             name = "adamw", ..., loss_scale_factor = NULL,
                             gradient_accumulation_steps = NULL) {
  check_number(weight_decay, min = 0)
  new_optimizer("adamw", list(
    beta_1 = check_beta(beta_1), beta_2 = check_beta(beta_2), epsilon = check_epsilon(epsilon),
    amsgrad = check_flag(amsgrad)
  ), list(...))
}

#' @rdname optimizer_sgd
#' @export
optimizer_adamw <- optimizer_adam_w

#' @rdname optimizer_sgd
#' @export
optimizer_adamax <- function(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999,
                             epsilon = 1e-7, weight_decay = NULL, clipnorm = NULL,
                             clipvalue = NULL, global_clipnorm = NULL, use_ema = FALSE,
                             ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                             name = "adamax", ..., loss_scale_factor = NULL,
                             gradient_accumulation_steps = NULL) {
  new_optimizer("adamax", list(
    beta_1 = check_beta(beta_1), beta_2 = check_beta(beta_2), epsilon = check_epsilon(epsilon)
  ), list(...))
}

#' @param schedule_decay speed at which Nadam's momentum warms up, at least 0; Keras before
#'   2.11 had 0.004.
#' @rdname optimizer_sgd
#' @export
optimizer_nadam <- function(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999,
                            epsilon = 1e-7, weight_decay = NULL, clipnorm = NULL,
                            clipvalue = NULL, global_clipnorm = NULL, use_ema = FALSE,
                            ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                            name = "nadam", ..., loss_scale_factor = NULL,
                            gradient_accumulation_steps = NULL, schedule_decay = 1) {
  new_optimizer("nadam", list(
    beta_1 = check_beta(beta_1), beta_2 = check_beta(beta_2), epsilon = check_epsilon(epsilon),
    schedule_decay = check_number(schedule_decay, min = 0)
  ), list(...))
}

#' @rdname optimizer_sgd
#' @export
optimizer_lion <- function(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.99,
                           weight_decay = NULL, clipnorm = NULL, clipvalue = NULL,
                           global_clipnorm = NULL, use_ema = FALSE, ema_momentum = 0.99,
                           ema_overwrite_frequency = NULL, name = "lion", ...,
                           loss_scale_factor = NULL, gradient_accumulation_steps = NULL) {
  new_optimizer("lion", list(
    beta_1 = check_number(beta_1, min = 0, max = 1, open = c("min", "max")),
    beta_2 = check_beta(beta_2)
  ), list(...))
}
