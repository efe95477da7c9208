# One run of fit(): an environment that lives as long as the call. The engine trains until
# somebody in R wants to look: nobody (then about 50 times a second, for Ctrl-C), after so many
# epochs (callbacks that can wait), at the end of epochs (validation, callbacks, plots), or after
# each batch (batch callbacks, a learning rate that is an R function).

new_run <- function(model, data, settings, callbacks, call) {
  state <- model_state(model)
  parts <- training_parts(model)
  run <- list2env(list(
    model = model, state = state, data = data, settings = settings, callbacks = callbacks,
    call = call, optimizer = state$compiled$optimizer, epoch = settings$initial_epoch,
    chunks = new.env(), n_chunks = 0L, labels = parts$labels,
    custom = parts$custom, outside = parts$outside, plan = parts$plan,
    backups = backup_callbacks(callbacks)
  ), parent = emptyenv())
  forget_trainer(state)
  settings$gather <- gathers(settings$import, data[c("train", "validation")], state$precision)
  run$before <- held_weights(model_layout(state))
  with_seed_kept({
    train <- train_spec(model, data$train, settings, draw_seed(), call = call)
    run$trainer <- trainer_new(run$plan, train, data$train, data$validation,
      pack_layout(model_layout(state)), call, hint = memory_hint(run$optimizer))
    run_find_backup(run)
  })
  state$dirty <- FALSE
  if (!is.null(state$optimizer_state)) trainer_set(run$trainer, state = state$optimizer_state)
  trainer_start_epoch(run$trainer, settings$initial_epoch)
  run$rate <- current_rate(run)
  run
}

# Ctrl-C is heard between batches and in hooks, nowhere else: what was trained is always
# recorded and put back into the model.
run_training <- function(run) {
  withCallingHandlers(suspendInterrupts(run_epochs(run)),
    interrupt = function(condition) run$interrupted <- TRUE)
}

run_epochs <- function(run) {
  state <- run$state
  on.exit(run_close(run))
  assign("fitting", c(the$fitting, run), envir = the)
  state$dirty <- state$stop_training <- FALSE
  run_open(run)
  if (run_is_free(run)) run_freely(run)
  while (run_goes_on(run)) run_epoch(run)
  push_weights(run)
  trainer_finalize(run$trainer)
  run_pull(run)
  note_stop(run)
  state$history <- run_history(run)
  run$finished <- TRUE
  run_hooks(run, "on_train_end", logs = run$logs %||% list())
  for (callback in run$backups) backup_done(callback)
  viewer_end(run$viewer, state$history)
  warn_nonfinite(run)
  note_linear(run)
  state$history
}

run_goes_on <- function(run) {
  run$epoch < run$settings$epochs && !run$state$stop_training && !run_has_stopped(run) &&
    run_has_data(run)
}

run_open <- function(run) {
  settings <- run$settings
  if (!is.null(run$data$classes)) run$state$classes <- run$data$classes
  validation <- run$data$validation$n %||% stream_samples(run$data$test_stream)
  samples <- if (is.null(run$data$stream)) run$data$train$n else stream_samples(run$data$stream)
  params <- list(
    verbose = settings$verbose, epochs = settings$epochs,
    steps = if (is.finite(settings$steps)) settings$steps,
    samples = samples, batch_size = if (!is.null(samples)) settings$batch_size,
    metrics = c(run$labels, if (validates(run)) paste0("val_", run$labels))
  )
  run$params <- params[lengths(params) > 0]
  if (!is.null(validation)) run$params$validation_samples <- validation
  run$progress <- progress_new(settings$verbose, settings$epochs, settings$steps,
    samples, validation)
  run$viewer <- viewer_new(settings$view_metrics, settings$verbose, settings$epochs)
  callbacks_attach(run$callbacks, run$model, run$params)
  run_hooks(run, "on_train_begin", logs = list())
  run_resume(run)
}

# Always, after an error or Ctrl-C, too: what was reached goes back into the model. An epoch
# that was trained when a hook at its end failed is `due`: weights and history go together.
run_close <- function(run) {
  state <- run$state
  progress_end(run$progress)
  if (!isTRUE(run$finished)) run_pull(run)
  if (!is.null(run$due)) run_record(run, t(unlist(run$due)), run$norms)
  assign("fitting", Filter(function(other) !identical(other, run), the$fitting), envir = the)
  state$dirty <- FALSE
  state$last_fit <- run_remember(run)
  if (!isTRUE(run$finished)) state$history <- run_history(run)
  run$trainer <- NULL
  if (isTRUE(run$interrupted)) say_interrupted(run)
}

say_interrupted <- function(run) {
  message(sprintf("Stopped in epoch %d of %d; the weights are kept, see model$history.",
    min(as.integer(run$epoch) + 1L, run$settings$epochs), run$settings$epochs))
}

# Nobody wants to look at each epoch.
run_is_free <- function(run) {
  can_wait(run$callbacks) && !validates(run) && is.null(run$data$stream) && is.null(run$viewer) &&
    is.null(rate_function(run$optimizer)) && !length(run$custom) && !length(run$outside)
}

run_freely <- function(run) {
  run$begun <- seconds_now()
  while (run_goes_on(run)) {
    check_interrupt()
    result <- trainer_run(run$trainer, next_look(run$callbacks, run$epoch, run$settings$epochs))
    run$status <- result$progress
    if (ncol(result$logs)) run_rows_done(run, run_rows(run, result$logs), result$norms)
    if (run$status$batch > 0) show_batches(run)
    note_nonfinite(run)
    if (ncol(result$logs)) wake_callbacks(run, result$logs[1, ])
  }
}

wake_callbacks <- function(run, losses) {
  if (!run$callbacks$any) return(invisible())
  run_pull(run)
  for (callback in run$callbacks$callbacks) {
    run_hook(run$callbacks, callback, "wakes", run$epoch - 1L, losses)
  }
}

run_rows_done <- function(run, rows, norms) {
  now <- seconds_now()
  run_record(run, rows, norms)
  progress_epochs(run$progress, run$epoch, rows, now - run$begun)
  run$epoch <- run$epoch + nrow(rows)
  run$begun <- now
}

show_batches <- function(run) {
  progress_epoch_begin(run$progress, run$epoch, run$begun)
  logs <- as.list(stats::setNames(trainer_logs(run$trainer), run$labels))
  progress_batches(run$progress, run$status$batch, logs)
}

run_epoch <- function(run) {
  begun <- seconds_now()
  progress_epoch_begin(run$progress, run$epoch)
  run_hooks(run, "on_epoch_begin", run$epoch, logs = list())
  run_resume_within(run)
  values <- run_batches(run)
  logs <- run$due <- as.list(stats::setNames(values, run$labels))
  run_pull_for_hooks(run)
  if (validates_now(run)) logs <- run$due <- c(logs, run_validation(run))
  logs <- run_hooks(run, "on_epoch_end", run$epoch, logs = logs)
  run$logs <- logs
  run_record(run, t(unlist(logs)), run$norms)
  run$due <- NULL
  progress_epoch_end(run$progress, run$epoch, logs, seconds_now() - begun)
  note_nonfinite(run)
  run$epoch <- run$epoch + 1L
  for (callback in run$backups) backup_epoch(callback, run)
  viewer_update(run$viewer, run_history(run))
}

# The values of the epoch. As in Keras training stops after a batch, so there is one at least.
run_batches <- function(run) {
  by_batch <- run$callbacks$wants_batches || !is.null(rate_function(run$optimizer)) ||
    run$state$stop_training || length(run$custom) > 0 || length(run$outside) > 0 ||
    !is.null(run$data$stream)
  repeat {
    check_interrupt()
    values <- if (by_batch) run_batch(run) else run_slice(run)
    if (!is.null(values)) return(values)
    if (by_batch && run$state$stop_training) {
      if (is.infinite(run$progress$steps)) run$progress$steps <- as.integer(run$status$batch)
      return(trainer_logs(run$trainer))
    }
  }
}

run_slice <- function(run) {
  push_changes(run)
  result <- trainer_run(run$trainer, run$epoch + 1L)
  run$status <- result$progress
  done <- ncol(result$logs) > 0
  run$norms <- if (done) result$norms
  logs <- if (done) result$logs[, 1] else trainer_logs(run$trainer)
  progress_batches(run$progress, if (done) run$settings$steps else run$status$batch,
    as.list(stats::setNames(logs, run$labels)))
  if (done) logs
}

run_batch <- function(run) {
  batch <- as.integer(run$status$batch %||% 0)
  if (!is.null(run$status) && run$status$epoch > run$epoch) batch <- 0L
  if (!run_feed(run)) return(trainer_logs(run$trainer))
  run_hooks(run, "on_train_batch_begin", batch, logs = list())
  push_changes(run)
  at_batch(run, batch, pass_outside(run$trainer, run$outside, run$call))
  last <- batch + 1L == run$settings$steps
  result <- trainer_run(run$trainer, run$epoch + last, if (last) 0L else batch + 1L, budget = Inf)
  at_batch(run, batch, apply_constraints(run$trainer, run$outside$constraints, run$call))
  run$status <- result$progress
  run$norms <- if (last) result$norms
  if (last) run$status$batch <- 0
  at_batch(run, batch, add_custom_metrics(run$trainer, run$custom, run$call, batch == 0))
  values <- trainer_logs(run$trainer)
  logs <- as.list(stats::setNames(values, run$labels))
  run_pull_for_hooks(run)
  run_hooks(run, "on_train_batch_end", batch, logs = logs)
  progress_batches(run$progress, batch + 1L, logs)
  if (last) values
}

# Errors of the user's functions say where they came up.
at_batch <- function(run, batch, code) {
  withCallingHandlers(code, kestrel_error_callback = function(e) {
    where <- c(epoch = run$epoch + 1L, batch = batch + 1L)
    e$message <- sprintf("Epoch %d, batch %d: %s", where[[1]], where[[2]], e$message)
    e$where <- where
    stop(e)
  })
}

# Learning rate and weights that were changed from R since the last batch.
push_changes <- function(run) {
  schedule <- rate_function(run$optimizer)
  if (!is.null(schedule)) {
    step <- trainer_progress(run$trainer)$iterations
    rate <- check_rate(allowInterrupts(schedule(step)), run$call)
  } else {
    rate <- current_rate(run)
  }
  if (!is.null(rate) && !identical(rate, run$rate)) trainer_set_rate(run$trainer, rate)
  run$rate <- rate
  push_weights(run)
}

push_weights <- function(run) {
  if (run$state$dirty) trainer_set(run$trainer, w = pack_layout(model_layout(run$state)))
  run$state$dirty <- FALSE
}

# The constant rate; NULL when it follows a schedule.
current_rate <- function(run) {
  rate <- optimizer_rate(run$optimizer)
  if (is.numeric(rate)) rate
}

# The learning rate where it is an R function of the step, or NULL.
rate_function <- function(optimizer) optimizer_field(optimizer, "schedule_function")

check_rate <- function(rate, call) {
  if (is_number(rate) && rate >= 0) return(as.double(rate))
  stop_kestrel("callback", sprintf(
    "The learning rate function must return a number of at least 0, not %s.", describe(rate)
  ), call = call)
}

validates <- function(run) !is.null(run$data$validation) || !is.null(run$data$test_stream)

validates_now <- function(run) {
  if (!validates(run)) return(FALSE)
  freq <- run$settings$validation_freq
  if (length(freq) == 1) (run$epoch + 1L) %% freq == 0 else (run$epoch + 1L) %in% freq
}

run_validation <- function(run) {
  run_hooks(run, "on_test_begin", logs = list())
  push_weights(run)
  values <- validation_values(run)
  run_hooks(run, "on_test_end", logs = as.list(stats::setNames(values, run$labels)))
  as.list(stats::setNames(values, paste0("val_", run$labels)))
}

validation_values <- function(run) {
  steps <- run$settings$validation_steps
  stream <- run$data$test_stream
  if (is.null(stream)) {
    return(evaluate_all(run$trainer, steps, run$callbacks, run$labels, run$custom, run$call,
      run$outside))
  }
  w <- trainer_get(run$trainer)$w
  as.vector(evaluate_stream(run$model, stream, steps, w, run$callbacks, run$settings$threads,
    run$call))
}

# `set`: callbacks; those that have hooks of test batches get each of them.
evaluate_all <- function(trainer, steps = NULL, set = NULL, labels = NULL, custom = list(),
                         call = NULL, outside = list()) {
  by_batch <- isTRUE(set$wants_test_batches) || length(custom) > 0 || length(outside) > 0
  parts <- list(labels = labels, custom = custom, outside = outside)
  at <- 0L
  repeat {
    check_interrupt()
    budget <- if (by_batch) 0 else slice_seconds
    result <- evaluate_slice(trainer, steps %||% 0L, at, budget, set, parts, call)
    if (result$done) return(result$logs)
    at <- result$at
  }
}

# One batch where the budget is 0.
evaluate_slice <- function(trainer, steps, at, budget, set, parts, call) {
  hooked <- isTRUE(set$wants_test_batches)
  if (hooked) callbacks_run(set, "on_test_batch_begin", at)
  pass_outside(trainer, parts$outside, call, at)
  result <- trainer_evaluate(trainer, steps, at, budget)
  add_custom_metrics(trainer, parts$custom, call, at == 0)
  if (length(parts$custom)) result$logs <- trainer_logs(trainer)
  if (hooked) {
    logs <- as.list(stats::setNames(result$logs, parts$labels))
    callbacks_run(set, "on_test_batch_end", at, logs)
  }
  result
}

run_hooks <- function(run, hook, ..., logs) {
  if (!run$callbacks$any) return(logs)
  callbacks_run(run$callbacks, hook, ..., logs = logs)
}

run_pull_for_hooks <- function(run) if (run$callbacks$any) run_pull(run)

# Weights and optimizer state from the engine into the model. Weights that a hook has set
# since are newer than the engine's.
run_pull <- function(run) {
  if (is.null(run$trainer)) return(invisible())
  now <- trainer_get(run$trainer)
  if (!run$state$dirty) unpack_layout(model_layout(run$state), now$w)
  run$state$optimizer_state <- optimizer_part(now, run$state$compiled$optimizer)
}
