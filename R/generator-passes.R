# A pass over the batches of a generator: training within a run, evaluation, prediction.

# Of a model that was checked; like training_samples(): list(classes, train, stream, ...), where
# train is the first batch.
generator_samples <- function(model, x, validation_data, class_weight, call) {
  stream <- sample_stream(model, x, "x", call, class_weight)
  c(list(classes = stream$classes, train = stream$ahead, stream = stream),
    if (!is.null(validation_data)) validation_part(model, validation_data, call))
}

# list(validation) or list(test_stream).
validation_part <- function(model, validation_data, call) {
  if (!is_generator(validation_data)) {
    return(list(validation = validation_samples(model, validation_data, call)))
  }
  list(test_stream = sample_stream(model, validation_data, "validation_data", call))
}

# No end in sight: an epoch ends where the generator says so.
generator_settings <- function(settings, data) {
  steps <- settings$steps_per_epoch %||% stream_steps(data$stream)
  settings$steps_per_epoch <- steps %||% .Machine$integer.max
  settings$steps <- steps %||% Inf
  settings$batch_size <- data$train$n
  settings$validation_batch_size <- settings$validation_batch_size %||% 32L
  settings$shuffle <- settings$shuffle_batches <- FALSE
  settings$import <- "copy"
  settings
}

# Whether there is a batch for another epoch; one that is under way has begun.
run_has_data <- function(run) {
  stream <- run$data$stream
  if (is.null(stream) || !is.null(run$backup)) return(TRUE)
  if (!isTRUE(run$ran_out) && !is.null(stream_begin(stream))) return(TRUE)
  if (!isTRUE(run$ran_out)) warn_out_of_data(stream)
  run$ran_out <- TRUE
  FALSE
}

# FALSE at the end of the generator's batches, which is the end of the epoch.
run_feed <- function(run) {
  stream <- run$data$stream
  if (is.null(stream)) return(TRUE)
  samples <- stream_next(stream)
  if (is.null(samples)) {
    end_epoch_early(run)
    return(FALSE)
  }
  before <- run$trainer
  run$trainer <- feed_trainer(before, samples, -1L, function(samples) {
    settings <- run$settings
    settings$batch_size <- samples$n
    trainer_like(run, samples, settings)
  })
  TRUE
}

# For a larger batch, or one with weights: a trainer with the weights and state of the run's own.
trainer_like <- function(run, samples, settings) {
  now <- trainer_get(run$trainer)
  train <- train_spec(run$model, samples, settings, 0, call = run$call)
  trainer <- trainer_new(training_plan(run$model), train, samples, run$data$validation, now$w,
    run$call)
  trainer_set(trainer, state = now)
  if (!is.null(run$rate)) trainer_set_rate(trainer, run$rate)
  trainer
}

end_epoch_early <- function(run) {
  trainer_start_epoch(run$trainer, run$epoch + 1L)
  if (is.finite(run$settings$steps)) {
    run$ran_out <- TRUE
    warn_out_of_data(run$data$stream)
  }
  run$progress$steps <- run$seen <- as.integer(run$status$batch)
  run$status$batch <- 0
}

# Loss and metrics of a generator's batches, with these packed weights.
evaluate_stream <- function(model, stream, steps, w, hooks = no_callbacks, threads = 1L,
  call = NULL) {
  samples <- stream_begin(stream)
  if (is.null(samples)) stop_no_batch(stream)
  at <- 0L
  trainer <- NULL
  steps <- steps %||% stream_steps(stream) %||% Inf
  parts <- training_parts(model)
  while (at < steps && !is.null(samples <- stream_next(stream))) {
    check_interrupt()
    trainer <- feed_trainer(trainer, samples, at, function(samples) {
      evaluation_trainer(model, samples, samples$n, w, call, threads)
    })
    logs <- evaluate_slice(trainer, 0L, at, Inf, hooks, parts, call)$logs
    at <- at + 1L
  }
  if (!is.null(parts$outside$nodes)) {
    keep_states(model_layout(model_state(model)), trainer_get(trainer)$w)
  }
  structure(stats::setNames(logs, parts$labels), steps = at)
}

# Predictions for a generator's batches, which are x, list(x), list(x, y) or with weights.
predict_stream <- function(model, stream, steps, set, threads) {
  if (is.null(stream_begin(stream))) stop_no_batch(stream)
  steps <- steps %||% stream_steps(stream) %||% Inf
  parts <- within_prediction(model, set, stream_parts(model, stream, steps, set, threads))
  structure(join_outputs(model, parts), steps = length(parts))
}

stream_parts <- function(model, stream, steps, set, threads) {
  parts <- list()
  while (length(parts) < steps && !is.null(x <- stream_next(stream))) {
    check_interrupt()
    part <- within_predict_batch(set, length(parts),
      predict_rows(model, x, max(sample_count(x[[1]]), 1L), threads))
    parts[[length(parts) + 1L]] <- part
  }
  parts
}

input_stream <- function(model, generator, call) {
  read <- function(batch, call) {
    if (is.list(batch) && !is.object(batch)) {
      batch <- check_batch(batch, 1:3, "x, list(x) or list(x, y)", "x", call)[[1]]
    }
    with_model_restored(model, model_input(model, batch, "x", call))
  }
  new_stream(generator, "x", read, call)
}
