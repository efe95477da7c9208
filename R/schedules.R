# Learning rates as functions of the step.

#' Learning-rate schedules
#'
#' A schedule gives the learning rate of each step of an optimizer. A step is a batch, counted
#' from 0 and on through all calls of `fit()` since `compile()`. With step `s`, initial rate
#' `lr` and `d <- decay_steps`:
#'
#' * exponential: `lr * decay_rate^(s / d)`
#' * inverse time: `lr / (1 + decay_rate * s / d)`; with `staircase = TRUE` both take
#'   `floor(s / d)`
#' * polynomial: `(lr - end) * (1 - min(s, d) / d)^power + end`; with `cycle = TRUE` the rate
#'   starts again from `lr` instead of staying at `end`, `d` growing to the next multiple of
#'   `decay_steps` that is not below `s`
#' * cosine: `lr * ((1 - alpha) * (1 + cos(pi * min(s, d) / d)) / 2 + alpha)`. With a
#'   `warmup_target` the rate first goes in a straight line from `lr` to the target, in
#'   `warmup_steps` steps, and from there along the cosine
#' * cosine with restarts: the same within periods, the first of `first_decay_steps` steps and
#'   each one `t_mul` times as long and `m_mul` times as high as the one before. Where
#'   `t_mul < 1` the periods come to an end, and the rate stays at `alpha * lr`
#' * piecewise constant: `values[1]` up to and with step `boundaries[1]`, then `values[2]`, and
#'   so on
#'
#' @param initial_learning_rate the rate at step 0, at least 0.
#' @param decay_steps,first_decay_steps number of steps `d`, above 0.
#' @param decay_rate factor of the decay, at least 0.
#' @param staircase whether the rate changes only every `decay_steps` steps.
#' @param end_learning_rate the last rate, at least 0.
#' @param power exponent, above 0.
#' @param cycle whether to start again after `decay_steps`.
#' @param alpha the lowest rate, as a share of the highest.
#' @param warmup_target the rate where warming up ends; `NULL`: no warming up.
#' @param warmup_steps number of steps of warming up.
#' @param t_mul,m_mul factors of the length and of the height of the periods.
#' @param boundaries increasing steps, one less than `values`.
#' @param values learning rates, at least 0.
#' @param name a name, for the settings.
#' @param ... must be empty.
#' @return an object of class `kestrel_schedule` for `learning_rate` of an optimizer: a function
#'   of steps (a vector, counted from 0) that returns their rates, with readable fields `name`
#'   and `config`.
#' @section Errors: `kestrel_error_argument` for arguments out of their range.
#' @source Keras: `keras.optimizers.schedules`.
#' @family optimizers
#' @examples
#' rate <- learning_rate_schedule_exponential_decay(0.1, decay_steps = 10, decay_rate = 0.5)
#' rate(c(0, 5, 10, 20))
#' optimizer_sgd(learning_rate = rate)
#' steps <- learning_rate_schedule_piecewise_constant_decay(c(5, 10), c(0.1, 0.05, 0.01))
#' steps(c(5, 6, 11))
#' @export
learning_rate_schedule_exponential_decay <- function(initial_learning_rate, decay_steps,
                                                     decay_rate, staircase = FALSE, ...,
                                                     name = NULL) {
  check_dots(list(...), names(formals()))
  new_schedule("exponential_decay", "ExponentialDecay", name, list(
    initial_learning_rate = check_number(initial_learning_rate, min = 0),
    decay_steps = check_positive(decay_steps), decay_rate = check_number(decay_rate, min = 0),
    staircase = check_flag(staircase)
  ))
}

#' @rdname learning_rate_schedule_exponential_decay
#' @export
learning_rate_schedule_inverse_time_decay <- function(initial_learning_rate, decay_steps,
                                                      decay_rate, staircase = FALSE, ...,
                                                      name = NULL) {
  check_dots(list(...), names(formals()))
  new_schedule("inverse_time_decay", "InverseTimeDecay", name, list(
    initial_learning_rate = check_number(initial_learning_rate, min = 0),
    decay_steps = check_positive(decay_steps), decay_rate = check_number(decay_rate, min = 0),
    staircase = check_flag(staircase)
  ))
}

#' @rdname learning_rate_schedule_exponential_decay
#' @export
learning_rate_schedule_polynomial_decay <- function(initial_learning_rate, decay_steps,
                                                    end_learning_rate = 0.0001, power = 1,
                                                    cycle = FALSE, ..., name = NULL) {
  check_dots(list(...), names(formals()))
  new_schedule("polynomial_decay", "PolynomialDecay", name, list(
    initial_learning_rate = check_number(initial_learning_rate, min = 0),
    decay_steps = check_positive(decay_steps),
    end_learning_rate = check_number(end_learning_rate, min = 0),
    power = check_positive(power), cycle = check_flag(cycle)
  ))
}

#' @rdname learning_rate_schedule_exponential_decay
#' @export
learning_rate_schedule_cosine_decay <- function(initial_learning_rate, decay_steps, alpha = 0,
                                                ..., name = NULL, warmup_target = NULL,
                                                warmup_steps = 0) {
  check_dots(list(...), names(formals()))
  new_schedule("cosine_decay", "CosineDecay", name, list(
    initial_learning_rate = check_number(initial_learning_rate, min = 0),
    decay_steps = check_positive(decay_steps), alpha = check_number(alpha, min = 0),
    warmup_target = check_number(warmup_target, min = 0, null = TRUE),
    warmup_steps = check_number(warmup_steps, min = 0)
  ))
}

#' @rdname learning_rate_schedule_exponential_decay
#' @export
learning_rate_schedule_cosine_decay_restarts <- function(initial_learning_rate,
                                                         first_decay_steps, t_mul = 2,
                                                         m_mul = 1, alpha = 0, ...,
                                                         name = NULL) {
  check_dots(list(...), names(formals()))
  new_schedule("cosine_decay_restarts", "CosineDecayRestarts", name, list(
    initial_learning_rate = check_number(initial_learning_rate, min = 0),
    first_decay_steps = check_positive(first_decay_steps), t_mul = check_positive(t_mul),
    m_mul = check_number(m_mul, min = 0), alpha = check_number(alpha, min = 0)
  ))
}

#' @rdname learning_rate_schedule_exponential_decay
#' @export
learning_rate_schedule_piecewise_constant_decay <- function(boundaries, values, ...,
                                                            name = NULL) {
  check_dots(list(...), names(formals()))
  config <- list(boundaries = check_boundaries(boundaries), values = check_rates(values))
  if (length(config$values) != length(config$boundaries) + 1) {
    stop_kestrel("argument", sprintf(
      "`values` must have one number more than `boundaries`, %d, not %d.",
      length(config$boundaries) + 1, length(config$values)), argument = "values")
  }
  h <- c(config$boundaries, config$values)
  new_schedule("piecewise_constant_decay", "PiecewiseConstantDecay", name, config,
    list(name = "piecewise_constant_decay", h = h))
}

check_positive <- function(x, arg = caller_arg(x), call = caller_env()) {
  check_number(x, min = 0, open = "min", arg = arg, call = call)
}

# Numbers in a vector or a list, finite and at least `min`.
check_numbers <- function(x, min, must, arg, call) {
  if (missing(x)) stop_missing(arg, call)
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && length(x) > 0 && all(is.finite(x)) && all(x >= min)
  if (good) return(as.double(x))
  stop_argument(arg, must, x, call = call)
}

check_boundaries <- function(x, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  x <- check_numbers(x, 0, "increasing finite numbers of at least 0", arg, call)
  if (is.unsorted(x, strictly = TRUE)) {
    stop_argument(arg, "increasing finite numbers of at least 0", x, call = call)
  }
  x
}

check_rates <- function(x, arg = caller_arg(x), call = caller_env()) {
  check_numbers(x, 0, "finite numbers of at least 0", arg, call)
}

check_steps <- function(step, arg = caller_arg(step), call = caller_env()) {
  check_numbers(step, 0, "steps, finite numbers of at least 0", arg, call)
}

new_schedule <- function(record, class_name, name, config,
                         chosen = choice("schedules", record, config), call = caller_env()) {
  force(chosen)
  rate <- function(step) {
    self <- fields_of_self()
    engine_schedule(self$choice, check_steps(step))
  }
  config$name <- check_name(name, arg = "name", call = call) %||% class_name
  fields <- list(name = record, class_name = class_name, config = config, choice = chosen)
  new_object(rate, fields, "kestrel_schedule")
}

#' @export
format.kestrel_schedule <- function(x, ...) sprintf("<kestrel_schedule %s>", schedule_text(x))

# Without the name that it has by itself.
schedule_text <- function(schedule) {
  config <- schedule$config
  if (identical(config$name, schedule$class_name)) config$name <- NULL
  settings_text(schedule$name, config)
}

# By the engine's names.
schedule_makers <- function() {
  names <- registry("schedules")$name
  makers <- lapply(names, function(name) get(paste0("learning_rate_schedule_", name), topenv()))
  stats::setNames(makers, names)
}
