# What a run leaves behind: the values of its epochs, and where they became NaN or infinite.

run_rows <- function(run, logs) {
  rows <- t(logs)
  dimnames(rows) <- list(NULL, run$labels)
  rows
}

# An environment does not copy what it has already, as a growing list would for each epoch.
# Counted last: Ctrl-C may come in between. `norms`: by epoch (columns) of gradient and way.
run_record <- function(run, rows, norms = NULL) {
  n <- run$n_chunks + 1L
  attr(rows, "norms") <- norms
  run$chunks[[as.character(n)]] <- rows
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

run_chunks <- function(run) mget(as.character(seq_len(run$n_chunks)), envir = run$chunks)

run_columns <- function(run) {
  first <- run$chunks[["1"]]
  if (run$n_chunks == 1L &&
    identical(dimnames(first)[[2]], run$labels)) return(matrix_columns(first))
  chunks <- run_chunks(run)
  names <- unique(c(run$labels, unlist(lapply(chunks, colnames))))
  columns <- lapply(names, function(name) {
    as.double(unlist(lapply(chunks, chunk_column, name), use.names = FALSE))
  })
  names(columns) <- names
  columns
}

# 2 x epochs: norms of the last gradient in an epoch, and of how far the weights went in it.
run_norms <- function(run) {
  if (!run$n_chunks) return(NULL)
  all <- if (run$n_chunks == 1) {
    chunk_norms(run$chunks[["1"]])
  } else {
    do.call(cbind, unname(lapply(run_chunks(run), chunk_norms)))
  }
  dimnames(all) <- list(c("gradient", "way"), NULL)
  all
}

chunk_norms <- function(rows) attr(rows, "norms") %||% matrix(NA_real_, 2, nrow(rows))

matrix_columns <- function(x) {
  columns <- vector("list", ncol(x))
  for (i in seq_along(columns)) columns[[i]] <- as.double(x[, i])
  names(columns) <- dimnames(x)[[2]]
  columns
}

chunk_column <- function(chunk, name) {
  if (name %in% colnames(chunk)) chunk[, name] else rep(NA_real_, nrow(chunk))
}

is_nonfinite <- function(run) identical(run$status$nonfinite, 1)

# Told at once when something is printed, and warned of once at the end.
note_nonfinite <- function(run) {
  if (!is_nonfinite(run) || isTRUE(run$noted)) return(invisible())
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
  if (!is_nonfinite(run)) return(invisible())
  warn_kestrel("nonfinite", nonfinite_text(run$status),
    hint = "Lower the learning rate, scale x and y, or set clipnorm in the optimizer.",
    epoch = run$status$nonfinite_epoch + 1, batch = run$status$nonfinite_batch + 1, call = run$call)
}

# What a later diagnosis needs and cannot see in weights and history: how it was trained, how
# far the weights moved, which units did nothing at the end, which data these were.
run_remember <- function(run) {
  settings <- run$settings
  way <- weights_way(run$before, held_weights(model_layout(run$state)))
  list(
    epochs = run$epoch - settings$initial_epoch, steps = min(settings$steps, run$seen),
    batch_size = settings$batch_size, samples = run$data$train$n, shuffle = settings$shuffle,
    validation_split = settings$validation_split, rate = run$rate,
    restored = run$callbacks$any &&
      any(vapply(run$callbacks$callbacks, function(cb) !is.null(cb$best_weights), NA)),
    norm_before = way[1], moved = way[2],
    nonfinite = if (is_nonfinite(run)) {
      c(epoch = run$status$nonfinite_epoch + 1, batch = run$status$nonfinite_batch + 1)
    },
    norms = run_norms(run), idle = idle_units(run),
    data = data_fingerprint(run$data$train$x[[1]]$values, run$data$train$y[[1]]$values)
  )
}

# Of hidden activations, by node: the share of units of the last batch that are 0 in all of it
# (relu), or of values where the slope is below a hundredth of that at 0.
idle_units <- function(run) {
  if (is.null(run$trainer) || is.null(run$status) || !has_settled(run)) return(NULL)
  activations <- vapply(utils::head(run$plan$nodes, -1), node_activation, "")
  at <- which(activations %in% c("relu", names(flat_outputs)))
  if (!length(at)) return(NULL)
  n <- trainer_batch(run$trainer)$n
  stats::setNames(vapply(at, function(i) idle_share(run$trainer, i, activations[i], n), 0), at)
}

# After ten steps at least: one or two leave the units as they were drawn. And with no more than ten
# million numbers at a node.
has_settled <- function(run) {
  if ((run$epoch - run$settings$initial_epoch) * run$settings$steps < 10) return(FALSE)
  x <- run$data$train$x[[1]]$values
  places <- length(x) / max(sample_count(x), 1)
  as.double(run$settings$batch_size) * sum(lengths(unlist(run$before, FALSE))) * places <= 1e7
}

idle_share <- function(trainer, i, activation, n) {
  values <- trainer_look(trainer, i - 1L)
  if (activation == "relu") return(mean(colSums(matrix(values, n) != 0) == 0))
  flat <- flat_outputs[[activation]]
  mean(values <= flat[1] | values >= flat[2])
}

# At saturation_bounds.
flat_outputs <- list(sigmoid = stats::plogis(c(-5.3, 5.3)), tanh = tanh(c(-3, 3)),
  softsign = c(-0.9, 0.9), hard_sigmoid = c(0, 1), hard_tanh = c(-1, 1))

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
  if (!told || length(run$state$layers) < 2 || length(output_names(run$model)) > 1) {
    return(invisible())
  }
  text <- linear_note(run)
  if (!is.null(text)) message(text)
}

linear_note <- function(run) {
  train <- run$data$train
  small <- sum(vapply(train$x, function(x) length(x$values), 0)) <= 5e4
  if (!small) return(NULL)
  d <- tryCatch(diagnose_run(run, "quick", "S1"), error = function(e) NULL)
  at <- match("S1", d$id)
  if (is.na(at) || d$severity[at] != "fault" || is.na(d$explains[at])) return(NULL)
  floor <- attr(d, "findings")[[at]]$certificate$values$floor
  sprintf("Note: this model is linear in x; its loss cannot go below %s (reached: %s). See diagnose(model, x, y).",
    digits(floor, 4), digits(attr(d, "case")$loss, 4))
}
