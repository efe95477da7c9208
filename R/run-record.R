# What a run leaves behind: the values of its epochs, and where they became NaN or infinite.

run_rows <- function(run, logs) {
  rows <- t(logs)
  colnames(rows) <- run$labels
  rows
}

# An environment does not copy what it has already, as a growing list would for each epoch.
# Counted last: Ctrl-C may come in between.
run_record <- function(run, rows) {
  n <- run$n_chunks + 1L
  assign(as.character(n), rows, envir = run$chunks)
  run$n_chunks <- n
}

run_history <- function(run) {
  columns <- run_columns(run)
  first <- run$settings$initial_epoch
  if (first == 0 && !anyNA(columns, recursive = TRUE)) return(new_history(run$params, columns))
  # NaN is a value, NA an epoch in which there was none.
  measured <- lapply(columns, function(column) which(!is.na(column) | is.nan(column)))
  told <- lengths(measured) < lengths(columns) | first > 0
  epochs <- lapply(measured[told], `+`, first)
  new_history(run$params, Map(`[`, columns, measured), if (any(told)) epochs)
}

run_columns <- function(run) {
  chunks <- mget(as.character(seq_len(run$n_chunks)), envir = run$chunks)
  if (length(chunks) == 1 && identical(colnames(chunks[[1]]), run$labels)) return(matrix_columns(chunks[[1]]))
  names <- unique(c(run$labels, unlist(lapply(chunks, colnames))))
  columns <- lapply(names, function(name) {
    as.double(unlist(lapply(chunks, chunk_column, name), use.names = FALSE))
  })
  names(columns) <- names
  columns
}

matrix_columns <- function(x) {
  columns <- lapply(seq_len(ncol(x)), function(i) as.double(x[, i]))
  names(columns) <- colnames(x)
  columns
}

chunk_column <- function(chunk, name) {
  if (name %in% colnames(chunk)) chunk[, name] else rep(NA_real_, nrow(chunk))
}

# Told at once when something is printed, and warned of once at the end.
note_nonfinite <- function(run) {
  if (!isTRUE(run$status$nonfinite == 1) || isTRUE(run$noted)) return(invisible())
  run$noted <- TRUE
  if (run$settings$verbose > 0) cli::cli_alert_warning(nonfinite_note(run$status))
}

nonfinite_note <- function(status) {
  sprintf("Epoch %d, batch %d: from here on the loss is NaN or infinite.",
    as.integer(status$nonfinite_epoch + 1), as.integer(status$nonfinite_batch + 1))
}

nonfinite_text <- function(status) {
  sprintf("The loss became NaN or infinite in epoch %d, batch %d.",
    as.integer(status$nonfinite_epoch + 1), as.integer(status$nonfinite_batch + 1))
}

warn_nonfinite <- function(run) {
  if (!isTRUE(run$status$nonfinite == 1)) return(invisible())
  warn_kestrel("nonfinite", nonfinite_text(run$status),
    hint = "Lower the learning rate, scale x and y, or set clipnorm in the optimizer.",
    epoch = run$status$nonfinite_epoch + 1, batch = run$status$nonfinite_batch + 1, call = run$call)
}

# What a later diagnosis needs and cannot see in weights and history: how it was trained, how
# far the weights moved, which data these were.
run_remember <- function(run) {
  settings <- run$settings
  after <- pack_layout(model_layout(run$state))
  list(
    epochs = run$epoch - settings$initial_epoch, steps = min(settings$steps, run$seen),
    batch_size = settings$batch_size, samples = run$data$train$n, shuffle = settings$shuffle,
    validation_split = settings$validation_split, rate = run$rate,
    restored = any(vapply(run$callbacks$callbacks, function(cb) !is.null(cb$best_weights), NA)),
    norm_before = sqrt(sum(run$before^2)), moved = sqrt(sum((after - run$before)^2)),
    nonfinite = if (isTRUE(run$status$nonfinite == 1)) {
      c(epoch = run$status$nonfinite_epoch + 1, batch = run$status$nonfinite_batch + 1)
    },
    data = data_fingerprint(run$data$train$x[[1]]$values, run$data$train$y[[1]]$values)
  )
}

# Sizes, and numbers at sixteen places.
data_fingerprint <- function(x, y) {
  list(dims = c(dim(x), dim(y)), x = some_places(x), y = some_places(y))
}

some_places <- function(v) {
  if (length(v) <= 16) return(as.double(v))
  as.double(v[round(seq.int(1, length(v), length.out = 16))])
}

# One line after a longer fit that printed, for what is certain at a glance: layers that are
# one straight line together, at its floor.
note_linear <- function(run) {
  told <- run$settings$verbose > 0 && run$epoch - run$settings$initial_epoch >= 10 &&
    isTRUE(getOption("kestrel.diagnose", TRUE))
  if (!told || length(run$state$layers) < 2 || input_count(run$model) > 1 || length(output_names(run$model)) > 1) return(invisible())
  text <- linear_note(run)
  if (!is.null(text)) message(text)
}

linear_note <- function(run) {
  train <- run$data$train
  small <- prod(dim(train$x[[1]]$values)) <= 1e5
  if (!small) return(NULL)
  d <- tryCatch(diagnose_run(run, "quick", "S1"), error = function(e) NULL)
  at <- match("S1", d$id)
  if (is.na(at) || d$severity[at] != "fault" || is.na(d$explains[at])) return(NULL)
  floor <- attr(d, "findings")[[at]]$certificate$values$floor
  sprintf("Note: this model is linear in x; its loss cannot go below %s (reached: %s). See diagnose(model, x, y).",
    digits(floor, 4), digits(attr(d, "case")$loss, 4))
}
