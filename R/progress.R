# What fit(), evaluate() and predict() print. `verbose` 2 is a line for each epoch, 1 the bar
# of Keras: while an epoch runs, on terminals that can, cli redraws it; its last state is a
# line. Numbers are written as Keras writes them.

# 0, 1 or 2. "auto": 2 in knitted documents, 0 in tests, else 1.
resolve_verbose <- function(verbose, arg = "verbose", call = caller_env()) {
  if (identical(verbose, "auto")) verbose <- getOption("keras.verbose", "auto")
  if (is_number(verbose) && (verbose == 0 || verbose == 1 || verbose == 2)) {
    return(as.integer(verbose))
  }
  if (identical(verbose, "auto")) return(automatic_verbose())
  if (is_flag(verbose)) return(as.integer(verbose))
  stop_argument(arg, "0 (silent), 1 (a bar), 2 (a line for each epoch) or \"auto\"", verbose,
    call = call)
}

automatic_verbose <- function() {
  if (isTRUE(getOption("knitr.in.progress"))) return(2L)
  if (identical(Sys.getenv("TESTTHAT"), "true")) 0L else 1L
}

# `steps`: batches of an epoch, Inf where they are not known; `samples`, `validation`: how many, or
# NULL.
progress_new <- function(verbose, epochs, steps, samples, validation = NULL) {
  if (verbose > 0 && !is.null(validation) && !is.null(samples)) {
    say(sprintf("Train on %d samples, validate on %d samples\n", as.integer(samples),
      as.integer(validation)))
  }
  list2env(list(verbose = verbose, epochs = epochs, steps = steps, headed = -1L, bar = NULL),
    parent = emptyenv())
}

say <- function(text) {
  cat(text)
  utils::flush.console()
}

# Epochs are counted from 0 here and printed from 1. The heading comes once.
progress_epoch_begin <- function(progress, epoch, begun = seconds_now()) {
  if (progress$verbose == 0 || progress$headed == epoch) return(invisible())
  progress$begun <- begun
  progress$headed <- epoch
  say(epoch_heading(progress, epoch))
}

epoch_heading <- function(progress, epoch) {
  sprintf("Epoch %d/%d\n", as.integer(epoch + 1), progress$epochs)
}

# The line of an epoch that has come to its end.
progress_epoch_end <- function(progress, epoch, logs, seconds) {
  bar_remove(progress)
  if (progress$verbose == 1) say(bar_line(progress$steps, seconds, logs))
  if (progress$verbose == 2) say(epoch_lines(t(unlist(logs)), seconds))
}

# Many epochs at once, from 0-based epoch `first` on: a row of `rows` for each; `seconds` is
# how long all of them took.
progress_epochs <- function(progress, first, rows, seconds) {
  if (progress$verbose == 0) return(invisible())
  bar_remove(progress)
  epochs <- first + seq_len(nrow(rows)) - 1L
  headings <- epoch_heading(progress, epochs)
  headings[epochs == progress$headed] <- ""
  each <- seconds / nrow(rows)
  bars <- progress$verbose == 1
  lines <- if (bars) bar_lines(progress$steps, each, rows) else epoch_lines(rows, each)
  say(paste0(headings, lines, collapse = ""))
}

# " - 0s - loss: 0.0084", a line for each row of a matrix with named columns.
epoch_lines <- function(rows, seconds) {
  paste0(sprintf(" - %.0fs", seconds), value_texts(rows, rows > 1e-3), "\n")
}

bar_lines <- function(steps, seconds, rows) {
  paste0(bar_text(steps, steps), sprintf(" - %.0fs %s", seconds, per_step(seconds / steps)),
    value_texts(rows, abs(rows) > 1e-3), "\n")
}

bar_line <- function(steps, seconds, logs) bar_lines(steps, seconds, t(unlist(logs)))

# Four places, or four digits of a small number. Lines of epochs write negative numbers as
# small ones, as Keras does.
value_texts <- function(rows, large) {
  columns <- lapply(seq_len(ncol(rows)), function(i) {
    value <- rows[, i]
    large <- large[, i] %in% TRUE
    text <- sprintf("%.4e", value)
    text[large] <- sprintf("%.4f", value[large])
    paste0(" - ", colnames(rows)[i], ": ", python_nonfinite(value, text))
  })
  do.call(paste0, columns)
}

# "3/5 [=================>............]"
bar_text <- function(done, steps, length = 30) {
  width <- as.integer(length * done / steps)
  head <- if (width > 0) paste0(strrep("=", width - 1), if (done < steps) ">" else "=")
  sprintf("%*d/%d [%s%s]", nchar(steps), as.integer(done), as.integer(steps), paste0("", head),
    strrep(".", length - width))
}

per_step <- function(seconds) {
  if (seconds >= 1 || seconds == 0) return(sprintf("%.0fs/step", seconds))
  if (seconds >= 1e-3) return(sprintf("%.0fms/step", seconds * 1e3))
  sprintf("%.0fus/step", seconds * 1e6)
}

# "1:02:03", "2:03", "3s"
eta_text <- function(seconds) {
  s <- as.integer(seconds)
  if (s > 3600) return(sprintf("%d:%02d:%02d", s %/% 3600L, s %% 3600L %/% 60L, s %% 60L))
  if (s > 60) sprintf("%d:%02d", s %/% 60L, s %% 60L) else sprintf("%ds", s)
}

# While an epoch runs: `done` batches of it. Epochs too short to be watched get no bar.
progress_batches <- function(progress, done, logs) {
  if (progress$verbose != 1 || done >= progress$steps || !cli::is_dynamic_tty()) return(invisible())
  if (is.infinite(progress$steps)) return(invisible())
  seconds <- seconds_now() - progress$begun
  if (is.null(progress$bar) && seconds < bar_after_seconds) return(invisible())
  eta <- eta_text(seconds / max(done, 1) * (progress$steps - done))
  values <- vapply(names(logs), function(name) {
    value_texts(t(unlist(logs[name])), t(abs(unlist(logs[name])) > 1e-3))
  }, "")
  bar_draw(progress, bar_frame(done, progress$steps, eta, values, cli::console_width() - 1L))
}

# What fits into `columns`: the bar gets shorter, then goes, then the time left, then values
# from the last on.
bar_frame <- function(done, steps, eta, values, columns) {
  tail <- paste0(" - ETA: ", eta, paste(values, collapse = ""))
  room <- columns - nchar(bar_text(done, steps, 0)) - nchar(tail)
  if (room >= 5) return(paste0(bar_text(done, steps, min(30, room)), tail))
  count <- sprintf("%*d/%d", nchar(steps), as.integer(done), as.integer(steps))
  frames <- c(paste0(count, tail), vapply(rev(seq_along(values)), function(n) {
    paste0(count, paste(values[seq_len(n)], collapse = ""))
  }, ""), count)
  frames[which(nchar(frames) <= columns)[1]]
}

bar_after_seconds <- 0.2

bar_draw <- function(progress, text) {
  if (is.null(progress$bar)) {
    old <- options(cli.progress_show_after = 0)
    on.exit(options(old))
    progress$frame <- new.env()
    progress$bar <- cli::cli_progress_bar(
      type = "custom", total = NA, format = "{cli::pb_extra$text}", extra = list(text = text),
      clear = TRUE, auto_terminate = FALSE, .auto_close = FALSE, .envir = progress$frame
    )
  }
  cli::cli_progress_update(extra = list(text = text), id = progress$bar, .envir = progress$frame)
}

bar_remove <- function(progress) {
  if (is.null(progress$bar)) return(invisible())
  cli::cli_progress_done(id = progress$bar, .envir = progress$frame)
  progress$bar <- NULL
}

# Also after an error: nothing stays on the terminal's line.
progress_end <- function(progress) if (!is.null(progress)) bar_remove(progress)

# The one line of evaluate() and predict(); predict() has no values.
progress_evaluated <- function(verbose, steps, logs, seconds) {
  if (verbose == 0) return(invisible())
  values <- if (length(logs)) t(unlist(logs)) else matrix(0, 1, 0)
  say(if (verbose == 1) bar_lines(steps, seconds, values) else epoch_lines(values, seconds))
}
