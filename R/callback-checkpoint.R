#' Save the model while it is trained
#'
#' After each epoch, or only after those that are the best so far, the model or its weights
#' are written to a file by [saveRDS()]; `readRDS()` gives the model back with its optimizer's
#' state, or the list for [set_weights()]. A file is replaced when the new one is complete.
#'
#' `filepath` may have fields in braces that are filled for each file: `{epoch}` (counted from
#' 1), `{batch}`, and the names of the logs, with the format specifications of Python:
#' `"model-{epoch:02d}-{val_loss:.2f}.rds"`. Folders are made when they are missing.
#'
#' @inheritParams callback_early_stopping
#' @param filepath path of the files. They are in R's own format also when the name ends in
#'   `.h5`, `.hdf5` or `.keras`; a warning of class `kestrel_warning_format` says so.
#' @param save_best_only whether to save only when the monitored value is better than in all
#'   epochs before. When there is no such value, it is warned of and the model saved.
#' @param save_weights_only whether to save `get_weights(model)` instead of the model.
#' @param mode `"min"`, `"max"` or `"auto"`, as for [callback_early_stopping()].
#' @param period save every so many epochs.
#' @param save_freq `"epoch"`, or a number of batches after which to save, counted across
#'   epochs.
#' @param initial_value_threshold the best value so far, for `save_best_only`.
#' @return a callback for [fit()][fit.kestrel_model], with a field `best` to read.
#' @section Errors: `kestrel_error_argument` for arguments out of their range and for fields
#'   of `filepath` that are not in the logs; `kestrel_error_file` from
#'   [fit()][fit.kestrel_model] when a file cannot be written.
#' @source Keras: `keras.callbacks.ModelCheckpoint`.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' file <- tempfile(fileext = ".rds")
#' model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 3, verbose = 0,
#'   callbacks = callback_model_checkpoint(file, monitor = "loss", save_best_only = TRUE))
#' readRDS(file)
#' @export
callback_model_checkpoint <- function(filepath, monitor = "val_loss", verbose = 0,
                                      save_best_only = FALSE, save_weights_only = FALSE,
                                      mode = c("auto", "min", "max"), period = NULL,
                                      save_freq = "epoch", initial_value_threshold = NULL, ...) {
  check_dots(list(...), names(formals()))
  if (missing(filepath)) filepath <- NULL
  settings <- list(
    filepath = check_string(filepath), monitor = check_string(monitor),
    verbose = check_talk(verbose), save_best_only = check_flag(save_best_only),
    save_weights_only = check_flag(save_weights_only), mode = check_mode(mode),
    period = check_count(period, null = TRUE) %||% 1L, save_freq = check_save_freq(save_freq),
    initial_value_threshold = check_number(initial_value_threshold, null = TRUE)
  )
  warn_foreign_format(filepath)
  hooks <- if (identical(settings$save_freq, "epoch")) {
    list(on_epoch_end = checkpoint_epoch)
  } else {
    list(on_epoch_begin = checkpoint_note, on_train_batch_end = checkpoint_batch)
  }
  hooks$on_train_begin <- checkpoint_begin
  self <- new_callback("model_checkpoint", settings, hooks, state = c("best", "since", "epoch"))
  checkpoint_begin(self)
  self
}

check_save_freq <- function(x, arg = "save_freq", call = caller_env()) {
  if (identical(x, "epoch")) return(x)
  if (is_number(x) && x == trunc(x) && x >= 1) return(x)
  stop_argument(arg, "\"epoch\" or a number of batches, from 1 on", x, call = call)
}

warn_foreign_format <- function(filepath, call = caller_env()) {
  if (!grepl("\\.(h5|hdf5|keras)$", filepath, ignore.case = TRUE)) return(invisible())
  warn_kestrel("format", sprintf("Checkpoints are written by saveRDS(), \"%s\" as well.", filepath),
    hint = "Let the name end in .rds.", call = call)
}

checkpoint_begin <- function(self, logs) {
  self$is_max <- monitor_is_max(self)
  self$best <- self$initial_value_threshold %||% monitor_worst(self)
  self$since <- 0
  self$epoch <- 0L
}

checkpoint_epoch <- function(self, epoch, logs) {
  self$since <- self$since + 1
  if (self$since < self$period) return(invisible())
  self$since <- 0
  checkpoint(self, list(epoch = as.integer(epoch + 1)), logs)
}

checkpoint_note <- function(self, epoch, logs) self$epoch <- epoch

checkpoint_batch <- function(self, batch, logs) {
  self$since <- self$since + 1
  if (self$since < self$save_freq) return(invisible())
  self$since <- 0
  checkpoint(self, list(epoch = as.integer(self$epoch + 1), batch = as.integer(batch + 1)), logs)
}

# `at`: epoch and batch from 1.
checkpoint <- function(self, at, logs) {
  value <- if (self$save_best_only) checkpoint_value(self, logs)
  path <- checkpoint_path(self$filepath, c(at, logs))
  improved <- is.null(value) || isTRUE(if (self$is_max) value > self$best else value < self$best)
  if (self$verbose > 0) say_checkpoint(self, at$epoch, value, improved, path)
  if (!improved) return(invisible())
  if (!is.null(value)) self$best <- value
  save_whole(path, function(file) checkpoint_write(self, file))
}

checkpoint_value <- function(self, logs) {
  value <- logs[[monitor_name(self$monitor, names(logs))]]
  if (is.null(value)) {
    warn_kestrel("monitor", sprintf("Can save best model only with %s available.", self$monitor),
      monitor = self$monitor, available = names(logs), call = NULL)
  }
  value
}

checkpoint_path <- function(template, values) {
  path.expand(fill_template(template, values, function(name) {
    stop_kestrel("argument",
      sprintf("`filepath` has a field \"{%s}\" that cannot be filled.", name),
      hint = paste("There are:", quote_names(names(values))), argument = "filepath", call = NULL)
  }))
}

say_checkpoint <- function(self, epoch, value, improved, path) {
  text <- if (is.null(value)) {
    sprintf("saving model to %s", path)
  } else if (improved) {
    sprintf("%s improved from %s to %s, saving model to %s", self$monitor, five_places(self$best),
      five_places(value), path)
  } else {
    sprintf("%s did not improve from %s", self$monitor, five_places(self$best))
  }
  cat(sprintf("\nEpoch %d: %s\n", epoch, text))
}

five_places <- function(x) python_nonfinite(x, sprintf("%.5f", x))

checkpoint_write <- function(self, file) {
  if (self$save_weights_only) return(saveRDS(get_weights(self$model), file))
  saveRDS(self$model, file)
}

# Writes beside the file and moves, so that a file is whole or as it was.
save_whole <- function(path, write) {
  part <- paste0(path, ".part")
  tryCatch({
    dir.create(dirname(path), recursive = TRUE, showWarnings = FALSE)
    if (dir.exists(path)) stop("It is a folder.")
    suppressWarnings(write(part))
    if (!file.rename(part, path)) stop("It cannot be replaced.")
  }, error = function(e) {
    unlink(part)
    stop_kestrel("file", sprintf("Cannot write to \"%s\".", path),
      hint = "May you write in its folder, and is there room?", value = path, call = NULL,
      parent = e)
  })
}
