# One batch at a time. What fit() makes for a run, train_on_batch() keeps for the next call: a
# trainer for each of the last few models, in the session, not in the model, which holds plain
# values only.

#' Train, test and predict one batch
#'
#' `train_on_batch()` makes one step of the optimizer with all samples as one batch, and
#' returns loss and metrics of this batch, computed before the step. `test_on_batch()` returns
#' those of inference, as [evaluate()] does, and `predict_on_batch()` the output, as
#' [predict()][predict.kestrel_model] does.
#'
#' The optimizer's state goes on from call to call and into [fit()][fit.kestrel_model].
#'
#' @inheritParams fit.kestrel_model
#' @param object a model; it must be compiled, for `predict_on_batch()` built.
#' @return the first two a numeric vector without names, the loss first, then the metrics in
#'   the order of `model$metrics_names`; `predict_on_batch()` an array.
#' @section Errors: as those of [fit()][fit.kestrel_model].
#' @source Keras: `Model.train_on_batch()`; arguments as in R keras 2.x.
#' @family training
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' x <- matrix(cars$speed / 25)
#' y <- cars$dist / 120
#' for (i in 1:3) print(train_on_batch(model, x, y))
#' test_on_batch(model, x, y)
#' predict_on_batch(model, x[1:2, , drop = FALSE])
#' @export
train_on_batch <- function(object, x = NULL, y = NULL, class_weight = NULL, sample_weight = NULL) {
  call <- environment()
  threads <- engine_settings(call = call)
  check_ready(object, call)
  local_compiled_flags(object)
  samples <- if (is.null(sample_weight) && is.null(class_weight)) plain_samples(object, x, y)
  if (is.null(samples)) samples <- batch_samples(object, x, y, sample_weight, class_weight, call)
  suspendInterrupts(step_on_batch(object, samples, threads, call))
}

#' @rdname train_on_batch
#' @export
test_on_batch <- function(object, x = NULL, y = NULL, sample_weight = NULL) {
  call <- environment()
  threads <- engine_settings(call = call)
  check_compiled(object, call)
  local_compiled_flags(object)
  x <- dense_batch(x)
  data <- with_model_restored(object, check_samples(object, x, y, sample_weight, call = call))
  samples <- new_samples(data$x, data$y, data$weight)
  unname(evaluate_samples(object, samples, samples$n, NULL, call, threads = threads))
}

#' @rdname train_on_batch
#' @export
predict_on_batch <- function(object, x) {
  call <- environment()
  threads <- engine_settings(call = call)
  check_model(object, call = call)
  check_layers_present(object, call)
  if (missing(x)) stop_missing("x", call)
  x <- with_model_restored(object, model_input(object, dense_batch(x), "x", call))
  predict_rows(object, x, max(sample_count(x[[1]]), 1L), threads)
}

batch_samples <- function(model, x, y, sample_weight, class_weight, call) {
  if (isS4(x)) x <- dense_batch(x)
  data <- telling_once(model,
    with_model_restored(model, check_samples(model, x, y, sample_weight, class_weight, call)))
  if (length(data$classes)) assign("classes", data$classes, envir = environment(model))
  new_samples(data$x, data$y, data$weight)
}

# Of warnings of one class the first since compile() is enough for a loop.
telling_once <- function(model, code) {
  state <- environment(model)
  withCallingHandlers(code, kestrel_warning = function(w) {
    if (class(w)[1] %in% state$told) invokeRestart("muffleWarning")
    state$told <- c(state$told, class(w)[1])
  })
}

step_on_batch <- function(model, samples, threads, call) {
  state <- environment(model)
  optimizer <- state$compiled$optimizer
  held <- batch_trainer(model, samples, threads, call)
  trainer <- held$trainer
  rate <- .subset2(optimizer, "rate")
  if (!is.numeric(rate)) rate <- rate_of_step(trainer, optimizer, call)
  if (!is.null(rate)) trainer_set_rate(trainer, rate)
  held$weights <- held$optimizer_state <- NULL
  own <- held$outside
  if (length(own)) pass_outside(trainer, own, call)
  logs <- trainer_step(trainer)
  if (length(own)) apply_constraints(trainer, own$constraints, call)
  if (length(held$custom)) {
    add_custom_metrics(trainer, held$custom, call, TRUE)
    logs <- trainer_logs(trainer)
  }
  now <- trainer_get(trainer)
  state$optimizer_state <- held$optimizer_state <- optimizer_part(now, optimizer)
  held$weights <- unpack_layout(model_layout(state), now$w)
  if (!length(the$on_batch) || !identical(the$on_batch[[1]], held)) hold_trainer(held)
  logs
}

# NULL where the engine knows the schedule.
rate_of_step <- function(trainer, optimizer, call) {
  if (!is.null(optimizer_field(optimizer, "schedule"))) return(NULL)
  rate <- optimizer_field(optimizer, "schedule_function")
  check_rate(rate(trainer_progress(trainer)$iterations), call)
}

# An environment of model (its state), made_for, trainer, custom, outside, weights, optimizer_state:
# the last two are what the trainer holds, NULL where that is not known, as after an error. It
# serves again while all that it was made from is the same; weights that were set since are handed
# over.
batch_trainer <- function(model, samples, threads, call) {
  state <- environment(model)
  held <- held_trainer(state)
  needs <- batch_needs(model, samples, threads)
  if (is.null(state$optimizer_state) || !identical(held$made_for, needs)) {
    return(new_batch_trainer(model, samples, needs, call))
  }
  trainer_refill(held$trainer, samples, draw_seed())
  if (!holds_weights(model_layout(state)$states, held$weights)) {
    trainer_set(held$trainer, w = pack_layout(model_layout(state)))
  }
  if (!same_numbers(held$optimizer_state, state$optimizer_state)) {
    trainer_set(held$trainer, state = state$optimizer_state)
  }
  held
}

# To the bit. The same vector is the same without a look at its numbers.
same_numbers <- function(a, b) identical(a, b, num.eq = FALSE, single.NA = FALSE)

# What a trainer of a batch is made for. Most is the same object from call to call, so that a
# comparison takes no look at what is in it.
batch_needs <- function(model, samples, threads) {
  compiled <- environment(model)$compiled
  list(plan = model_plan(model), compiled = compiled, n = samples$n, y = target_shapes(samples),
    schedule = .subset2(compiled$optimizer, "schedule"), kernel = getOption("kestrel.kernel"),
    threads = threads)
}

# By output: dims, and whether there are weights. Written out, as it is on the way of each batch.
target_shapes <- function(samples) {
  shapes <- samples$y
  for (o in seq_along(shapes)) shapes[[o]] <- list(shapes[[o]]$dims, is.null(samples$weight[[o]]))
  shapes
}

new_batch_trainer <- function(model, samples, needs, call) {
  state <- model_state(model)
  settings <- list(batch_size = samples$n, validation_batch_size = samples$n,
    threads = needs$threads)
  train <- train_spec(model, samples, settings, draw_seed(), call = call)
  parts <- training_parts(model)
  trainer <- trainer_new(parts$plan, train, samples, NULL, pack_layout(model_layout(state)), call)
  if (!is.null(state$optimizer_state)) trainer_set(trainer, state = state$optimizer_state)
  list2env(list(model = state, made_for = needs, trainer = trainer,
    custom = parts$custom, outside = parts$outside), parent = emptyenv())
}

# The last model trained comes first; few, since each holds a copy of its weights.
held_trainers <- 4L

held_trainer <- function(state) {
  for (held in the$on_batch) if (identical(held$model, state)) return(held)
}

hold_trainer <- function(held) {
  kept <- other_trainers(held$model)
  assign("on_batch", c(list(held), kept[seq_len(min(length(kept), held_trainers - 1L))]),
    envir = the)
}

other_trainers <- function(state) {
  Filter(function(held) !identical(held$model, state), the$on_batch)
}

# fit() has a trainer of its own, and leaves weights that this one does not know.
forget_trainer <- function(state) {
  if (length(the$on_batch)) assign("on_batch", other_trainers(state), envir = the)
}
