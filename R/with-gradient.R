# Training loops of one's own: the gradient of the loss, and a step by a gradient.

#' Loss and gradients, for training loops of one's own
#'
#' `with_gradient()` gives the loss of all samples as one batch and its gradient by each weight that
#' is trained; `apply_gradients()` makes one step of the model's optimizer by such gradients, or by
#' any others of the same shapes. Together they do what [train_on_batch()] does.
#'
#' The loss is that of [compile()][compile.kestrel_model], penalties, sample weights and R functions
#' included, see [autodiff]. With `training = TRUE` dropout and noise draw, and a batch normalization
#' takes the statistics of the batch and moves its own towards them, as in Keras; weights stay as they
#' are. The optimizer's state, schedule, clipping and constraints on weights are those of
#' [fit()][fit.kestrel_model], and go on into it.
#'
#' @inheritParams fit.kestrel_model
#' @param model,object a compiled model; `apply_gradients()` needs it built.
#' @param sample_weight a weight for each sample.
#' @param training whether it is a pass of training.
#' @param gradients a list of arrays, as `get_weights(model, trainable = TRUE)` is one.
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
with_gradient <- function(model, x, y, sample_weight = NULL, training = TRUE) {
  call <- environment()
  check_ready(model, call)
  training <- check_flag(training)
  data <- with_model_restored(model, check_samples(model, x, y, sample_weight, call = call))
  seed <- if (training) draw_seed() else 0
  precision <- model_state(model)$precision
  f <- new_objective(model, x, y, sample_weight, training = training, seed = seed,
    precision = precision, call = call, own = TRUE)
  loss <- objective_value(f)
  g <- objective_gradient(f)
  passed <- custom_pass(model, data, training, seed, call)
  shapes <- get_weights(model, trainable = TRUE)
  if (training) keep_statistics(model, passed$w)
  list(loss = loss + passed$loss, gradients = apart(g + passed$g, shapes))
}

# list(loss, g, w): the part of the losses that are R functions, by the weights that are trained;
# the packed weights after the pass, NULL: as they were.
custom_pass <- function(model, data, training, seed, call) {
  layout <- model_layout(model_state(model))
  losses <- outside_losses(model)
  if (!length(losses) && (is.null(layout$is_state) || !training)) return(list(loss = 0, g = 0))
  spec <- training_plan(model)
  w <- pack_layout(layout)
  x <- lapply(data$x, function(x) data_array(x, sample_dims(x), 0L, sample_count(x)))
  n <- sample_count(data$x[[1]])
  y <- engine_predict(spec, w, x, n, training, seed)
  given <- custom_seeds(model, losses, y, data, call)
  pass <- engine_gradient(spec, w, x, given$seeds, training, seed)
  list(loss = given$loss, g = pass$dw[trained_places(layout)], w = pass$w)
}

# The loss, and its gradient by each output: zero where the engine has the loss.
custom_seeds <- function(model, losses, y, data, call) {
  weights <- model_state(model)$compiled$loss_weights
  seeds <- lapply(y, function(y) 0 * y)
  loss <- 0
  for (own in losses) {
    o <- own$output + 1L
    batch <- list(y_true = data$y[[o]], y_pred = y[[o]], weight = as.vector(data$weight[[o]]),
      n = nrow(y[[o]]))
    given <- custom_loss_gradient(own$fn, own$label, batch, TRUE, call)
    loss <- loss + weights[o] * given$value
    seeds[[o]] <- array(weights[o] * given$slope, dim(y[[o]]))
  }
  list(loss = loss, seeds = lapply(seeds, function(s) data_array(s, sample_dims(s), 0L, nrow(s))))
}

# Which of all parameters are trained, in the packed order.
trained_places <- function(layout) {
  parts <- Map(function(state, slots) {
    own <- Filter(function(s) !s$is_state, slots)
    rep(isTRUE(state$trainable), sum(vapply(own, function(s) prod(s$dims), 0)))
  }, layout$states, layout$slots)
  unlist(parts, use.names = FALSE)
}

keep_statistics <- function(model, w) {
  if (!is.null(w)) unpack_layout(model_layout(model_state(model)), w)
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
    stop_kestrel("state", sprintf("Optimizer \"%s\" makes no step from a gradient alone.", optimizer$name),
      hint = "Compile the model with optimizer_adam(), for example.", call = call)
  }
  layout <- model_layout(state)
  g <- as.double(trained_places(layout))
  g[g > 0] <- unlist(check_gradient_list(gradients, get_weights(object, trainable = TRUE), call))
  trainer <- step_trainer(object, layout, call)
  trainer_apply(trainer, g)
  now <- trainer_get(trainer)
  unpack_layout(layout, now$w)
  state$optimizer_state <- now[c("moments", "scalars", "iterations")]
  invisible(object)
}

check_gradient_list <- function(x, shapes, call) {
  if (missing(x)) stop_missing("gradients", call)
  if (!is.list(x) || is.object(x)) {
    stop_argument("gradients", "a list of arrays", x, kind = "shape", call = call)
  }
  if (length(x) != length(shapes)) {
    stop_kestrel("shape", sprintf("`gradients` must be a list of %d arrays, not of %d.",
      length(shapes), length(x)), argument = "gradients", value = length(x),
      expected = length(shapes), call = call)
  }
  for (i in seq_along(x)) check_step_array(x[[i]], dim(shapes[[i]]), i, call)
  x
}

check_step_array <- function(g, dims, i, call) {
  arg <- sprintf("gradients[[%d]]", i)
  if (!is.numeric(g) || is.object(g)) stop_argument(arg, "a numeric array", g, call = call)
  if (!identical(tensor_dims(g), as.integer(dims))) {
    stop_kestrel("shape", sprintf("`%s` must have dims %s, not %s.", arg, shape_list(dims),
      shape_list(tensor_dims(g))), argument = arg, value = tensor_dims(g), expected = dims, call = call)
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
  samples <- new_samples(lapply(model_inputs(model), blank), targets, rep(list(NULL), length(targets)))
  settings <- list(batch_size = 1L, validation_batch_size = 1L)
  train <- train_spec(model, samples, settings, 0, call = call)
  train$metrics <- list()
  trainer <- trainer_new(training_plan(model), train, samples, NULL, pack_layout(layout))
  if (!is.null(state$optimizer_state)) trainer_set(trainer, state = state$optimizer_state)
  rate <- batch_rate(list(trainer = trainer), state$compiled$optimizer, call)
  if (!is.null(rate)) trainer_set_rate(trainer, rate)
  trainer
}
