# A run of fit() that goes on where another one was killed. A backup is a list:
#
# format, model      what this is, and of which model: shapes of weights, name of the optimizer
# feed               samples, batch size and steps: for the same ones `mark` is a place
# weights, optimizer packed weights, the optimizer's state
# rate               its constant learning rate, or NULL
# mark               the engine's counts, seed and running values
# epoch, chunks      epochs done, and rows of the history
# logs, stop         of the last epoch; whether training is to stop
# seed               of R's generator
# streams            where the generators are
# callbacks          name and state of each

backup_format <- 1L

backup_callbacks <- function(set) {
  if (!set$any) return(list())
  Filter(function(cb) inherits(cb, "kestrel_callback_backup_and_restore"), set$callbacks)
}

# Before a run begins, so that what is refused changes nothing. The first that is there.
run_find_backup <- function(run) {
  if (!length(run$backups)) return(invisible())
  found <- lapply(run$backups, backup_open, run$call)
  run$backup <- Find(Negate(is.null), found)
  if (!is.null(run$backup)) check_backup(run)
}

check_backup <- function(run) {
  if (identical(run$backup$model, backup_model(run))) return(invisible())
  stop_kestrel("state", "The backup in `backup_dir` is of another model or optimizer.",
    hint = "Delete the folder to train from the beginning, or choose another one for each model.",
    argument = "backup_dir", call = run$call)
}

backup_model <- function(run, now = trainer_get(run$trainer)) {
  slots <- unlist(model_layout(run$state)$slots, recursive = FALSE)
  list(dims = lapply(slots, function(slot) as.integer(slot$dims)),
    optimizer = optimizer_field(run$optimizer, "record"), moments = length(now$moments))
}

backup_feed <- function(run) {
  c(samples = run$data$train$n, batch_size = run$settings$batch_size, steps = run$settings$steps)
}

backup_of <- function(run) {
  list(
    format = backup_format, model = backup_model(run, run$state$optimizer_state),
    feed = backup_feed(run),
    weights = pack_layout(model_layout(run$state)), optimizer = run$state$optimizer_state,
    rate = current_rate(run), mark = trainer_mark(run$trainer), epoch = run$epoch,
    chunks = run_chunks(run),
    logs = run$logs, stop = run$state$stop_training, seed = globalenv()$.Random.seed,
    streams = lapply(run_streams(run), stream_place),
    callbacks = lapply(run$callbacks$callbacks, callback_state)
  )
}

run_streams <- function(run) Filter(Negate(is.null), run$data[c("stream", "test_stream")])

callback_state <- function(callback) {
  if (is_own(callback)) list(name = callback$name, state = mget(callback$state, envir = callback))
}

# After the hooks that begin a fit. Generators first, which may draw random numbers.
run_resume <- function(run) {
  backup <- run$backup
  if (is.null(backup)) return(invisible())
  for (name in names(backup$streams)) {
    stream <- run$data[[name]]
    if (!is.null(stream)) stream_replay(stream, backup$streams[[name]])
  }
  run$epoch <- backup$epoch
  run$n_chunks <- length(backup$chunks)
  list2env(backup$chunks, envir = run$chunks)
  run$logs <- backup$logs
  run$state$stop_training <- backup$stop
  run_put_back(run, backup)
  if (run$status$batch == 0) run$backup <- NULL
}

# Again where an epoch is under way, whose beginning has changed what was put back.
run_resume_within <- function(run) {
  if (is.null(run$backup)) return(invisible())
  run_put_back(run, run$backup)
  run$backup <- NULL
}

run_put_back <- function(run, backup) {
  unpack_layout(model_layout(run$state), backup$weights)
  run$state$optimizer_state <- backup$optimizer
  run$state$dirty <- FALSE
  if (is.numeric(backup$rate) && is.null(optimizer_field(run$optimizer, "schedule"))) {
    list2env(list(rate = backup$rate, schedule_function = NULL), envir = run$optimizer)
  }
  trainer_set(run$trainer, backup$weights, backup$optimizer)
  same <- identical(backup$feed, backup_feed(run)) && trainer_goto(run$trainer, backup$mark)
  if (!same) trainer_start_epoch(run$trainer, backup$epoch)
  run$status <- trainer_progress(run$trainer)
  set <- run$callbacks$callbacks
  Map(resume_callback, set, backup$callbacks[seq_along(set)])
  restore_seed(backup$seed)
}

resume_callback <- function(callback, saved) {
  if (is_own(callback) && identical(callback$name, saved$name)) {
    list2env(saved$state, envir = callback)
  }
}

# A start that a backup brings back would not be the one that was under way.
check_restarts_unbacked <- function(restarts, callbacks, call = caller_env()) {
  if (is.null(restarts) || !length(backup_callbacks(callbacks))) return(invisible())
  stop_kestrel("argument", "`restarts` cannot be used with callback_backup_and_restore().",
    hint = "A backup is of a fit with one start.", argument = "restarts", call = call)
}
