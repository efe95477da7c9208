# An optimizer is an environment: what `compile()` is given and callbacks change is one and
# the same. It holds plain values:
#
# name, record       the user's name and the engine's
# rate               the constant learning rate, or NULL
# schedule           a kestrel_schedule, or NULL
# schedule_function  an R function of the step, or NULL
# decay              legacy: the rate is divided by 1 + decay * step; 0: none
# common             list of the arguments that all optimizers have, by name
# hparams            list of the optimizer's own arguments, by name
# extra              list of those that the engine is not told, or NULL
# choice             record and hparams, as the engine is told them
# solver             TRUE for those of solvers.R, which have no learning rate
# iterations         steps that the model last trained has made, once there are some
#
# Its state (moments, number of steps) belongs to the model.

# The end of each constructor: `hparams` are its own arguments, checked; the common ones are
# read from its frame. `dots`: old spellings; those in `ignored` have no effect.
new_optimizer <- function(record, hparams, dots, ignored = character(),
                          frame = caller_env()) {
  force(hparams)
  old <- c("lr", "decay", "jit_compile", ignored)
  check_dots(dots[setdiff(names2(dots), old)], names(formals(sys.function(sys.parent()))),
    call = frame
  )
  rate <- constructor_rate(dots, frame)
  common <- check_common(mget(common_arguments, envir = frame), frame)
  decay <- check_decay(dots$decay, rate, frame)
  name <- check_name(get("name", frame), arg = "name", call = frame) %||% record
  fields <- list(name = name, record = record, decay = decay, common = common,
    hparams = hparams, choice = choice("optimizers", record, hparams))
  optimizer <- list2env(c(fields, rate), parent = emptyenv())
  class(optimizer) <- "kestrel_optimizer"
  optimizer
}

# `learning_rate`, or `lr` among the dots.
constructor_rate <- function(dots, frame) {
  if (!"lr" %in% names2(dots)) {
    return(as_learning_rate(get("learning_rate", frame), "learning_rate", frame))
  }
  if (!eval(quote(missing(learning_rate)), frame)) stop_given_twice("learning_rate", "lr", frame)
  as_learning_rate(dots$lr, "lr", frame)
}

as_learning_rate <- function(x, arg, call) {
  empty <- list(rate = NULL, schedule = NULL, schedule_function = NULL)
  if (inherits(x, "kestrel_schedule")) {
    empty$schedule <- x
  } else if (is.function(x)) {
    empty$schedule_function <- as_rate_function(x)
  } else {
    empty$rate <- check_rate_number(x, arg, call)
  }
  empty
}

# A function of the step, also where the user's takes no argument.
as_rate_function <- function(f) {
  if (is.primitive(f) || length(formals(f))) f else function(step) f()
}

check_rate_number <- function(x, arg, call) {
  if (is_number(x) && x >= 0) return(as.double(x))
  stop_argument(
    arg,
    "a single finite number of at least 0, a learning_rate_schedule_*() or a function of the step",
    x, hint = if (is.character(x)) "Numbers are written without quotes.", call = call
  )
}

check_decay <- function(decay, rate, call) {
  decay <- check_number(decay, min = 0, null = TRUE, arg = "decay", call = call) %||% 0
  if (decay == 0 || !is.null(rate$rate)) return(decay)
  stop_kestrel("argument", "`decay` needs a constant `learning_rate`, not a schedule.",
    argument = "decay", call = call)
}

common_arguments <- c(
  "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum",
  "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps"
)

check_common <- function(x, call) {
  number <- function(name, ...) check_number(x[[name]], ..., arg = name, call = call)
  count <- function(name, min) {
    check_count(x[[name]], min = min, null = TRUE, arg = name, call = call)
  }
  positive <- function(name) number(name, min = 0, open = "min", null = TRUE)
  checked <- list(
    weight_decay = number("weight_decay", min = 0, null = TRUE),
    clipnorm = positive("clipnorm"), global_clipnorm = positive("global_clipnorm"),
    clipvalue = positive("clipvalue"),
    use_ema = check_flag(x$use_ema, arg = "use_ema", call = call),
    ema_momentum = number("ema_momentum", min = 0, max = 1),
    ema_overwrite_frequency = count("ema_overwrite_frequency", 1L),
    loss_scale_factor = positive("loss_scale_factor"),
    gradient_accumulation_steps = count("gradient_accumulation_steps", 2L)
  )
  check_one_clip(checked, call)
}

check_one_clip <- function(x, call) {
  clips <- Filter(Negate(is.null), x[c("clipnorm", "clipvalue", "global_clipnorm")])
  if (length(clips) < 2) return(x)
  given <- paste(sprintf("%s = %s", names(clips), format(unlist(clips))), collapse = ", ")
  stop_kestrel("argument", paste0(
    "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set, not ", given, "."
  ), argument = names(clips)[2], call = call)
}

# NULL is Keras' default.
check_epsilon <- function(epsilon, call = caller_env()) {
  check_number(epsilon %||% k_epsilon(), min = 0, open = "min", arg = "epsilon", call = call)
}

check_beta <- function(beta, arg = caller_arg(beta), call = caller_env()) {
  check_number(beta, min = 0, max = 1, open = "max", arg = arg, call = call)
}

optimizer_field <- function(optimizer, name) {
  .subset2(optimizer, name)
}

#' @export
`$.kestrel_optimizer` <- function(x, name) {
  switch(name,
    learning_rate = ,
    lr = if (is_solver(x)) stop_no_rate(x, name) else optimizer_rate(x),
    config = optimizer_config(x),
    choice = ,
    name = ,
    decay = ,
    schedule = ,
    schedule_function = optimizer_field(x, name),
    record = optimizer_field(x, name),
    get_config = function() optimizer_config(x),
    iterations = get0(name, envir = x, inherits = FALSE) %||% 0,
    variables = , weights = optimizer_variables(x),
    apply = , apply_gradients = stop_no_apply(name),
    optimizer_setting(x, name)
  )
}

optimizer_setting <- function(optimizer, name) {
  settings <- c(optimizer_field(optimizer, "hparams"), optimizer_field(optimizer, "extra"),
    optimizer_field(optimizer, "common"))
  if (name %in% names(settings)) return(settings[[name]])
  stop_unknown_field("optimizer", name, c("learning_rate", "name", "config", "decay",
    names(settings)), "optimizer")
}

# Moments belong to the model, so the step is a function of it.
stop_no_apply <- function(name) {
  stop_kestrel("argument",
    sprintf("The optimizer has no `%s`: its state belongs to the model.", name),
    hint = "apply_gradients(model, gradients) makes a step; with_gradient() gives the gradients.",
    argument = name, call = call("$", quote(optimizer), as.name(name)))
}

#' @export
`[[.kestrel_optimizer` <- function(x, i) `$.kestrel_optimizer`(x, field_name(x, i))

# Of Keras' variables those that do not belong to the weights of a model, which keeps the others.
optimizer_variables <- function(optimizer) {
  rate <- if (!is_solver(optimizer)) optimizer_rate(optimizer)
  values <- Filter(is.numeric, list(iteration = optimizer$iterations, learning_rate = rate))
  unname(Map(function(value, name) weight_view(array(value, 1L), "optimizer", name, FALSE), values,
    names(values)))
}

# A number, a schedule or an R function.
optimizer_rate <- function(optimizer) {
  rate <- .subset2(optimizer, "rate")
  if (!is.null(rate)) return(rate)
  .subset2(optimizer, "schedule") %||% .subset2(optimizer, "schedule_function")
}

#' @export
`$<-.kestrel_optimizer` <- function(x, name, value) {
  if (!name %in% c("learning_rate", "lr")) {
    stop_kestrel("argument", sprintf("`%s` of an optimizer cannot be changed.", name),
      hint = "The learning rate can; make a new optimizer for the rest.", argument = name,
      call = assignment_call("optimizer", name)
    )
  }
  set_rate(x, value, name)
  invisible(x)
}

#' @export
`[[<-.kestrel_optimizer` <- function(x, i, value) `$<-.kestrel_optimizer`(x, i, value)

set_rate <- function(optimizer, value, arg, call = caller_env()) {
  if (is_solver(optimizer)) stop_no_rate(optimizer, arg, call)
  rate <- as_learning_rate(value, arg, call)
  if (!is.null(rate$rate) && !is.null(optimizer_field(optimizer, "schedule"))) {
    stop_kestrel("state", paste(
      "This optimizer was created with a learning-rate schedule as its `learning_rate`, hence",
      "its learning rate is not settable."
    ), hint = "Create the optimizer with a number as its `learning_rate`.", argument = arg,
    call = call)
  }
  list2env(rate, envir = optimizer)
  invisible(optimizer)
}

stop_no_rate <- function(optimizer, arg, call = caller_env()) {
  stop_kestrel("state", sprintf(
    "Optimizer \"%s\" has no learning rate: it searches for the length of each step.",
    optimizer_field(optimizer, "name")
  ), argument = arg, call = call)
}

# Keras' get_config().
optimizer_config <- function(optimizer) {
  if (is_solver(optimizer)) return(c(list(name = optimizer$name),
    optimizer_field(optimizer, "hparams")))
  rate <- optimizer_rate(optimizer)
  if (inherits(rate, "kestrel_schedule")) rate <- get_config(rate)
  decay <- optimizer_field(optimizer, "decay")
  c(
    list(name = optimizer_field(optimizer, "name"), learning_rate = rate),
    optimizer_field(optimizer, "common"), optimizer_field(optimizer, "hparams"),
    optimizer_field(optimizer, "extra"),
    if (decay > 0) list(decay = decay)
  )
}

#' @export
names.kestrel_optimizer <- function(x) names(optimizer_config(x))

# The rule with its settings, but for those that are 0, FALSE or not set.
#' @export
format.kestrel_optimizer <- function(x, ...) {
  common <- optimizer_field(x, "common")
  if (!common$use_ema) common[c("use_ema", "ema_momentum")] <- NULL
  settings <- c(optimizer_field(x, "hparams"), common, list(decay = optimizer_field(x, "decay")))
  settings <- Filter(function(v) !is.null(v) && !identical(v, 0) && !isFALSE(v), settings)
  if (!is_solver(x)) settings <- c(list(learning_rate = rate_text(optimizer_rate(x))), settings)
  sprintf("<kestrel_optimizer %s>", settings_text(optimizer_field(x, "record"), settings))
}

rate_text <- function(rate) {
  if (is.numeric(rate)) return(rate)
  if (inherits(rate, "kestrel_schedule")) schedule_text(rate) else "a function of the step"
}

#' @export
print.kestrel_optimizer <- function(x, ...) {
  cat(wrap_settings(format(x)), sep = "\n")
  invisible(x)
}
