#' Write events that TensorBoard shows
#'
#' Loss and metrics, and with `histogram_freq` the weights, are written to event files, for
#' the program 'TensorBoard' (`tensorboard --logdir logs`), which reads them while training goes on.
#' Nothing else has to be installed to write them.
#'
#' The files stand in the folders `train` and `validation` of `log_dir`, a new one for each
#' [fit()][fit.kestrel_model] or [evaluate()]. Numbers are stored in single precision, by a tag
#' and a step:
#'
#' | tag | folder | step |
#' |---|---|---|
#' | `epoch_loss`, `epoch_` and each metric | both | epoch, from 0 |
#' | `epoch_learning_rate`, the rate of the step that comes next | `train` | epoch, from 0 |
#' | `batch_loss`, `batch_` and each metric | `train` | batches of the fit, from 1 |
#' | `evaluation_loss_vs_iterations` and so on | `validation` | steps of the optimizer |
#' | `epoch_steps_per_second`, `batch_steps_per_second` | `train` | as above |
#' | layer`/`weight`_0/histogram` | `train` | epoch, from 0 |
#'
#' Values of batches are means since the epoch began; those of an evaluation are written after each,
#' within a fit, too. A histogram has 30 bins of equal width from the smallest to the largest weight
#' that is finite.
#' Values that callbacks before this one add to the logs are written, too, such as `epoch_lr`.
#'
#' @param log_dir path of the folder, made when it is missing.
#' @param histogram_freq write histograms of the weights every so many epochs, beginning with the
#'   first; 0: never.
#' @param write_graph,... accepted as in Keras, without effect: there is no graph of TensorFlow's
#'   operations. Of `...` these are `batch_size`, `write_grads`, `embeddings_layer_names` and
#'   `embeddings_data` of R keras 2.x; anything else is an error.
#' @param write_images,profile_batch,embeddings_freq,embeddings_metadata without effect, too; a
#'   warning of class `kestrel_warning_ignored` says so when they ask for something.
#' @param write_steps_per_second whether to write how many steps there are in a second.
#' @param update_freq `"epoch"`; `"batch"`; or a number of batches after which to write the values
#'   of batches, counted across epochs.
#' @return a callback for [fit()][fit.kestrel_model] and [evaluate()].
#' @section Errors: `kestrel_error_argument` for arguments out of their range;
#'   `kestrel_error_file` from [fit()][fit.kestrel_model] when files cannot be written.
#' @source Keras: `keras.callbacks.TensorBoard`; tags of weights as in TensorFlow 2.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' logs <- tempfile()
#' model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 3, verbose = 0,
#'   validation_split = 0.2, callbacks = callback_tensorboard(logs, histogram_freq = 1))
#' list.files(logs, recursive = TRUE)
#' @export
callback_tensorboard <- function(log_dir = "logs", histogram_freq = 0, write_graph = TRUE,
                                 write_images = FALSE, write_steps_per_second = FALSE,
                                 update_freq = "epoch", profile_batch = 0, embeddings_freq = 0,
                                 embeddings_metadata = NULL, ...) {
  old <- c("batch_size", "write_grads", "embeddings_layer_names", "embeddings_data")
  dots <- list(...)
  check_dots(dots[setdiff(names2(dots), old)], names(formals()))
  settings <- list(
    log_dir = check_string(log_dir, null = TRUE) %||% "logs",
    histogram_freq = check_count(histogram_freq, min = 0L),
    update_freq = check_update_freq(update_freq),
    write_steps_per_second = check_flag(write_steps_per_second)
  )
  check_flag(write_graph)
  warn_ignored(c(write_images = check_flag(write_images),
    profile_batch = is_profiled(profile_batch),
    embeddings_freq = check_count(embeddings_freq, min = 0L) > 0,
    embeddings_metadata = !is.null(embeddings_metadata)))
  by_batch <- is.numeric(settings$update_freq)
  self <- new_callback("tensorboard", settings, c(
    list(on_train_begin = board_begin, on_epoch_begin = board_epoch_begin,
      on_epoch_end = board_epoch, on_test_begin = board_test_begin, on_test_end = board_test),
    if (by_batch) list(on_train_batch_begin = board_batch_begin, on_train_batch_end = board_batch)
  ), state = "step")
  self$folders <- list()
  self
}

# Every so many batches, or "epoch".
check_update_freq <- function(x, arg = "update_freq", call = caller_env()) {
  if (identical(x, "epoch")) return(x)
  if (identical(x, "batch")) return(1)
  if (is_number(x) && x == trunc(x) && x >= 1) return(x)
  stop_argument(arg, "\"epoch\", \"batch\" or a number of batches, from 1 on", x, call = call)
}

# `asked`: by argument, whether it asks for something.
warn_ignored <- function(asked, call = caller_env()) {
  names <- names(asked)[asked]
  if (!length(names)) return(invisible())
  warn_kestrel("ignored", sprintf("%s of callback_tensorboard() %s no effect.",
    paste0("`", names, "`", collapse = ", "), if (length(names) == 1) "has" else "have"),
    call = call)
}

# A batch, or the first and last of some; 0 is none.
is_profiled <- function(x, call = caller_env()) {
  if (is.numeric(x) && length(x) %in% 1:2 && !is.object(x) && !anyNA(x)) return(any(x != 0))
  stop_argument("profile_batch", "one or two numbers of batches", x, call = call)
}

# The file of training is made at once: one that cannot be written is known before training.
board_begin <- function(self, logs) {
  self$step <- 0
  board_folders(self)
  board_file(self, "train")
}

# Wherever a hook may change to, and new files in them.
board_folders <- function(self) {
  self$files <- list()
  dir.create(self$log_dir, recursive = TRUE, showWarnings = FALSE)
  self$folder <- normalizePath(self$log_dir, mustWork = FALSE)
}

board_file <- function(self, part) {
  if (is.null(self$files[[part]])) {
    self$files[[part]] <- event_file_new(file.path(self$folder, part))
  }
  self$files[[part]]
}

# `values`: a named list of numbers.
board_write <- function(self, part, values, step) {
  if (!length(values)) return(invisible())
  event_file_add(board_file(self, part), Map(event_scalar, names(values), values, step))
}

board_epoch_begin <- function(self, epoch, logs) {
  self$epoch_step <- board_iterations(self)
  self$epoch_begun <- seconds_now()
}

board_epoch <- function(self, epoch, logs) {
  val <- startsWith(names(logs), "val_")
  train <- c(logs[!val], learning_rate = board_rate(self), steps_per_second = board_speed(self))
  board_write(self, "train", board_tags("epoch_%s", train), epoch)
  validation <- logs[val]
  names(validation) <- sub("^val_", "", names(validation))
  board_write(self, "validation", board_tags("epoch_%s", validation), epoch)
  if (self$histogram_freq > 0 && epoch %% self$histogram_freq == 0) board_weights(self, epoch)
}

# Steps of the epoch by seconds.
board_speed <- function(self) {
  if (!self$write_steps_per_second) return(NULL)
  (board_iterations(self) - self$epoch_step) / (seconds_now() - self$epoch_begun)
}

board_tags <- function(format, values) {
  stats::setNames(values, sprintf(format, names(values)))
}

# Of the next step, whatever decides it; solvers have none.
board_rate <- function(self) {
  run <- run_of(self$model)
  if (!is_solver(run$optimizer)) current_rate(run) %||% trainer_progress(run$trainer)$lr
}

board_iterations <- function(self) model_state(self$model)$optimizer_state$iterations %||% 0

board_weights <- function(self, epoch) {
  weights <- board_named_weights(self$model)
  weights <- Filter(length, lapply(weights, function(w) w[is.finite(w)]))
  bins <- lapply(weights, histogram_bins)
  events <- Map(event_histogram, names(bins), bins, epoch)
  if (length(events)) event_file_add(board_file(self, "train"), events)
}

# By layer and weight, as TensorFlow names variables.
board_named_weights <- function(model) {
  weights <- lapply(with_weights(leaf_layers(model)), function(layer) {
    names <- vapply(layer_state(layer)$slots, `[[`, "", "name")
    stats::setNames(get_weights(layer), sprintf("%s/%s_0/histogram", layer$name, names))
  })
  weights <- unlist(unname(weights), recursive = FALSE)
  stats::setNames(weights, make.unique(names(weights) %||% character(), sep = "_"))
}

board_batch_begin <- function(self, batch, logs) {
  self$step <- self$step + 1
  self$batch_begun <- seconds_now()
}

board_batch <- function(self, batch, logs) {
  if (self$step %% self$update_freq != 0) return(invisible())
  speed <- if (self$write_steps_per_second) 1 / (seconds_now() - self$batch_begun)
  values <- c(logs, steps_per_second = speed)
  board_write(self, "train", board_tags("batch_%s", values), self$step)
}

board_test_begin <- function(self, logs) {
  if (!is_fitting(self$model)) board_folders(self)
}

board_test <- function(self, logs) {
  values <- board_tags("evaluation_%s_vs_iterations", logs)
  board_write(self, "validation", values, board_iterations(self))
}
