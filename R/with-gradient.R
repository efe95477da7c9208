# Training loops of one's own: the gradient of the loss, and a step by a gradient.

#' Loss and gradients, for training loops of one's own
#'
#' `with_gradient()` gives the loss of all samples as one batch and its gradient by each weight that
#' is trained; `apply_gradients()` makes one step of the model's optimizer by such gradients, or by
#' any others of the same shapes. Together they do what [train_on_batch()] does.
#'
#' The loss is that of [compile()][compile.kestrel_model], penalties, sample weights and R functions
#' included, see [autodiff]. With `training = TRUE` dropout and noise draw, and a batch
#' normalization takes the statistics of the batch and moves its own towards them, as in Keras;
#' weights stay as they are. The optimizer's state, schedule, clipping and constraints on weights
#' are those of [fit()][fit.kestrel_model], and go on into it.
#'
#' @inheritParams fit.kestrel_model
#' @param model,object a compiled model; `apply_gradients()` needs it built.
#' @param sample_weight a weight for each sample.
#' @param training whether it is a pass of training.
#' @param gradients a list of arrays, as `get_weights(model, trainable = TRUE)` is one; or what
#'   `with_gradient()` returns, of which the gradients are taken.
#' @return `with_gradient()` a list of `loss`, a number, and `gradients`, arrays in the order and of
#'   the shapes of `get_weights(model, trainable = TRUE)`; `apply_gradients()` the model, invisibly.
#' @section Errors: as those of [fit()][fit.kestrel_model]; `kestrel_error_shape` and
#'   `kestrel_error_data` for gradients that do not fit or are not finite; `kestrel_error_state` for
#'   optimizers such as [optimizer_lbfgs()], which make no step from a gradient alone.
#' @source Keras: `tf.GradientTape.gradient()`, `Optimizer.apply_gradients()`.
#' @family training
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = function(y_true, y_pred) rowMeans(abs(y_true - y_pred)^1.5),
#'   optimizer = optimizer_sgd(0.1))
#' x <- cars$speed / 25
#' y <- cars$dist / 120
#' for (i in 1:5) {
#'   now <- with_gradient(model, x, y)
#'   print(now$loss)
#'   apply_gradients(model, lapply(now$gradients, function(g) 0.5 * g))
#' }
#' @export
with_gradient <- function(model, x, y = NULL, sample_weight = NULL, training = TRUE) {
  call <- environment()
  check_ready(model, call)
  training <- check_flag(training)
  data <- with_model_restored(model,
    check_samples(model, all_dense(x, "x", call), y, sample_weight, call = call))
  samples <- new_samples(data$x, data$y, data$weight)
  layout <- model_layout(model_state(model))
  trainer <- gradient_trainer(model, samples, layout, if (training) draw_seed() else 0, call)
  parts <- training_parts(model)$outside %||% list()
  # An empty list: the way back is gone here too, where the next step would do it.
  parts["nodes"] <- list(parts$nodes %||% list())
  pass_outside(trainer, parts, call, if (training) -1L else -2L)
  places <- trained_places(layout)
  g <- trainer_read(trainer, 0, length(places), gradient = TRUE)
  keep_states(layout, trainer_get(trainer)$w)
  list(loss = trainer_logs(trainer)[1],
    gradients = apart(g[places], get_weights(model, trainable = TRUE)))
}

# All samples are one batch; its optimizer makes no step.
gradient_trainer <- function(model, samples, layout, seed, call) {
  settings <- list(batch_size = samples$n, validation_batch_size = samples$n)
  train <- train_spec(model, samples, settings, seed, training = FALSE, call = call)
  train$metrics <- list()
  train$optimizer <- optimizer_spec(optimizer_sgd(), call, layout)
  trainer_new(training_plan(model), train, samples, NULL, pack_layout(layout), call)
}

# Which of all parameters are trained, in the packed order.
trained_places <- function(layout) {
  parts <- Map(function(state, slots) {
    own <- Filter(function(s) !s$is_state, slots)
    rep(isTRUE(state$trainable), sum(vapply(own, function(s) prod(s$dims), 0)))
  }, layout$states, layout$slots)
  unlist(parts, use.names = FALSE)
}

# Numbers laid end to end as arrays of these shapes.
apart <- function(g, shapes) {
  ends <- cumsum(lengths(shapes))
  Map(function(s, end) shape_like(g[end - length(s) + seq_along(s)], s), shapes, ends)
}

#' @rdname with_gradient
#' @export
apply_gradients <- function(object, gradients) {
  call <- environment()
  check_ready(object, call)
  check_built(object, call)
  state <- model_state(object)
  optimizer <- state$compiled$optimizer
  if (is_solver(optimizer)) {
    stop_kestrel("state",
      sprintf("Optimizer \"%s\" makes no step from a gradient alone.", optimizer$name),
      hint = "Compile the model with optimizer_adam(), for example.", call = call)
  }
  layout <- model_layout(state)
  g <- as.double(trained_places(layout))
  g[g > 0] <- unlist(check_gradient_list(gradients, get_weights(object, trainable = TRUE), call))
  trainer <- step_trainer(object, layout, call)
  trainer_apply(trainer, g)
  apply_constraints(trainer, training_parts(object)$outside$constraints, call)
  now <- trainer_get(trainer)
  unpack_layout(layout, now$w)
  state$optimizer_state <- optimizer_part(now, state$compiled$optimizer)
  invisible(object)
}

check_gradient_list <- function(x, shapes, call) {
  if (missing(x)) stop_missing("gradients", call)
  if (is.list(x) && identical(names(x), c("loss", "gradients"))) x <- x$gradients
  if (!is.list(x) || is.object(x)) {
    stop_argument("gradients", "a list of arrays", x, kind = "shape", hint = gradients_hint,
      call = call)
  }
  if (length(x) != length(shapes)) {
    stop_kestrel("shape", sprintf("`gradients` must be a list of %d arrays, not of %d.",
      length(shapes), length(x)), hint = gradients_hint, argument = "gradients", value = length(x),
      expected = length(shapes), call = call)
  }
  for (i in seq_along(x)) check_step_array(x[[i]], dim(shapes[[i]]), i, call)
  x
}

gradients_hint <- "with_gradient(model, x, y)$gradients is such a list."

check_step_array <- function(g, dims, i, call) {
  arg <- sprintf("gradients[[%d]]", i)
  if (!is.numeric(g) || is.object(g)) stop_argument(arg, "a numeric array", g, call = call)
  if (!identical(tensor_dims(g), as.integer(dims))) {
    stop_kestrel("shape", sprintf("`%s` must have dims %s, not %s.", arg, shape_list(dims),
      shape_list(tensor_dims(g))), argument = arg, value = tensor_dims(g), expected = dims,
      call = call)
  }
  check_finite(g, arg, call, rows = FALSE)
}

# A trainer that has the optimizer's state; its one sample is never looked at.
step_trainer <- function(model, layout, call) {
  state <- model_state(model)
  blank <- function(dims) array(0, c(1L, dims))
  targets <- Map(function(loss, dims) {
    blank(if (takes_codes(loss)) c(dims[-length(dims)], 1L) else dims)
  }, state$compiled$losses, model_outputs(model)[state$compiled$trained])
  samples <- new_samples(lapply(model_plan(model)$inputs, blank), targets,
    rep(list(NULL), length(targets)))
  settings <- list(batch_size = 1L, validation_batch_size = 1L)
  train <- train_spec(model, samples, settings, 0, call = call)
  train$metrics <- list()
  trainer <- trainer_new(training_plan(model), train, samples, NULL, pack_layout(layout))
  if (!is.null(state$optimizer_state)) trainer_set(trainer, state = state$optimizer_state)
  optimizer <- state$compiled$optimizer
  rate <- .subset2(optimizer, "rate")
  if (!is.numeric(rate)) rate <- rate_of_step(trainer, optimizer, call)
  if (!is.null(rate)) trainer_set_rate(trainer, rate)
  trainer
}
