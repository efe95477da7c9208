# Batches from functions. A stream is what fit(), evaluate() and predict() know of one: how many
# batches it gave, one that was looked at ahead, and what was warned of already.

# Models, layers and settings are functions, too.
is_generator <- function(x) {
  is.function(x) && (inherits(x, "kestrel_batches") || !any(startsWith(class(x), "kestrel")))
}

# `read(batch, call)`: what a batch becomes; throws where it is none.
new_stream <- function(generator, arg, read, call) {
  needed <- vapply(formals(args(generator)), function(x) is.symbol(x) && !nzchar(x), NA)
  if (any(needed[names(needed) != "..."])) {
    stop_argument(arg, "a function without arguments that returns a batch", generator,
      hint = "For example function() list(x, y).", call = call)
  }
  list2env(list(generator = generator, arg = arg, read = read, call = call, taken = 0L,
    calls = 0L, ahead = NULL, told = character()), parent = emptyenv())
}

# Batches in a pass, where it is known.
stream_steps <- function(stream) {
  if (inherits(stream$generator, "kestrel_batches")) length(stream$generator)
}

# Samples of a pass, where they are known.
stream_samples <- function(stream) {
  if (inherits(stream$generator, "kestrel_batches")) environment(stream$generator)$samples
}

# The next batch as `read` makes it; NULL at the end.
stream_next <- function(stream) {
  value <- stream_peek(stream)
  stream$ahead <- NULL
  value
}

# The same, and it stays the next one.
stream_peek <- function(stream) {
  if (is.null(stream$ahead)) {
    batch <- call_generator(stream)
    if (is_end(batch)) return(NULL)
    stream$taken <- stream$taken + 1L
    stream$ahead <- in_batch(stream, stream$read(batch, stream$call))
  }
  stream$ahead
}

# At the start of a pass: what says that the last one is over is no batch of this one.
stream_begin <- function(stream) {
  value <- stream_peek(stream)
  if (is.null(value)) stream_peek(stream) else value
}

# Where a stream is, and to there for another one of the same generator made anew.
stream_place <- function(stream) {
  list(calls = stream$calls, taken = stream$taken, ahead = !is.null(stream$ahead))
}

stream_replay <- function(stream, place) {
  while (stream$calls < place$calls - place$ahead) call_generator(stream)
  if (!place$ahead || stream$calls < place$calls) stream$ahead <- NULL
  if (place$ahead) stream_peek(stream)
  stream$taken <- place$taken
}

# Package 'coro' marks the end by a symbol.
is_end <- function(batch) is.null(batch) || identical(batch, as.symbol(".__exhausted__."))

call_generator <- function(stream) {
  stream$calls <- stream$calls + 1L
  tryCatch(allowInterrupts(stream$generator()), error = function(e) {
    stop_kestrel("callback", sprintf("Generator `%s` failed at batch %d: %s", stream$arg,
      stream$taken + 1L,
      conditionMessage(e)), argument = stream$arg, call = stream$call, parent = e)
  })
}

# Errors say which batch; warnings of a kind are given once.
in_batch <- function(stream, code) {
  tell <- function(w) {
    if (class(w)[1] %in% stream$told) invokeRestart("muffleWarning")
    stream$told <- c(stream$told, class(w)[1])
  }
  refuse <- function(e) {
    e$message <- paste0(batch_text(stream, e), e$message)
    e$batch <- stream$taken
    rlang::cnd_signal(e)
  }
  tryCatch(withCallingHandlers(code, kestrel_warning = tell), kestrel_error = refuse)
}

# Users of a sparse matrix have no generator, and its columns are wrong in any batch.
batch_text <- function(stream, e) {
  sparse <- inherits(stream$generator, "sparse_batches")
  if (sparse && inherits(e, "kestrel_error_shape")) return("")
  sprintf(if (sparse) "Batch %d of sparse `%s`: " else "Batch %d of generator `%s`: ", stream$taken,
    stream$arg)
}

# A stream of what new_samples() makes of list(x, y) or list(x, y, sample_weight); its `classes`
# and `targets` are those of the first batch.
sample_stream <- function(model, generator, arg, call, class_weight = NULL) {
  stream <- new_stream(generator, arg, function(batch, call) {
    batch <- check_batch(batch, 2:3, "list(x, y) or list(x, y, sample_weight)", arg, call)
    weight <- if (length(batch) == 3) batch[[3]]
    data <- check_samples(model, batch[[1]], batch[[2]], weight, class_weight, call)
    samples <- new_samples(data$x, data$y, data$weight)
    check_like_first(stream, samples, data$classes, call)
    samples
  }, call)
  if (is.null(stream_begin(stream))) stop_no_batch(stream)
  stream
}

check_batch <- function(batch, lengths, must, arg, call) {
  if (is.list(batch) && !is.object(batch) && length(batch) %in% lengths) return(batch)
  stop_argument(arg, sprintf("a generator of %s", must), batch, kind = "data", call = call)
}

# Metrics are chosen by the dims of y, and codes go by levels.
check_like_first <- function(stream, samples, classes, call) {
  targets <- lapply(samples$y, `[[`, "dims")
  if (stream$taken == 1) {
    stream$targets <- targets
    stream$classes <- classes
  }
  if (!identical(targets, stream$targets)) {
    stop_kestrel("shape", "`y` has another shape than in the first batch.", argument = "y",
      call = call)
  }
  if (!identical(classes, stream$classes)) {
    stop_kestrel("data", "`y` has other levels than in the first batch.", argument = "y",
      hint = "Give each factor the levels of all data: factor(y, levels = ).", call = call)
  }
}

stop_no_batch <- function(stream) {
  stop_kestrel("data",
    sprintf("Generator `%s` must give at least one batch, not none.", stream$arg),
    hint = "It returns NULL, which is the end.", argument = stream$arg, call = stream$call)
}

# What makes no sense beside a generator.
check_no_array_settings <- function(given, arg, call) {
  given <- names(Filter(Negate(is.null), given))
  if (!length(given)) return(invisible())
  stop_kestrel("argument", sprintf("`%s` is for arrays, and `%s` is a generator.", given[1], arg),
    hint = "Each batch is list(x, y) or list(x, y, sample_weight).", argument = given[1],
    call = call)
}

warn_out_of_data <- function(stream) {
  warn_kestrel("out_of_data", sprintf(
    "Generator `%s` ran out of data after %d batch%s: training ends.", stream$arg, stream$taken,
    if (stream$taken == 1) "" else "es"
  ), hint = "It must give `steps_per_epoch` batches in each epoch.", call = stream$call)
}

# Puts samples into a trainer as its next batch, or as batch `at` of an evaluation. `make(samples)`
# makes a new one where they do not fit in. Returns the trainer.
feed_trainer <- function(trainer, samples, at, make) {
  if (!is.null(trainer) && trainer_feed(trainer, samples, at)) return(trainer)
  new <- make(samples)
  if (!is.null(trainer)) trainer_follow(new, trainer)
  trainer_feed(new, samples, at)
  new
}
