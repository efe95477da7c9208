#' Go on after a crash
#'
#' While a model is trained, all that the fit depends on is kept in a folder. When R is killed, and
#' the same script is run again, [fit()][fit.kestrel_model] goes on from there, and ends with the
#' weights, optimizer state and history that it would have had, to the last bit.
#'
#' What is kept: weights, the optimizer's state and learning rate, the number of epochs and batches
#' done, the history, the state of R's random numbers and of the engine's, and that of
#' [callback_early_stopping()], [callback_reduce_lr_on_plateau()], [callback_model_checkpoint()],
#' [callback_tensorboard()] and [callback_diagnose()]. Callbacks that you wrote begin as for a new
#' fit.
#' Generators are called again as often as they had been, so that they give the batches that come
#' next. When there are other samples or another batch size than before, training goes on with the
#' epoch that was under way.
#'
#' The state is written beside the file `latest.rds`, which it replaces when it is complete. When
#' training has ended, the file is deleted, and the folder if there is nothing else in it. After
#' an error in a hook or Ctrl-C the file stays, so that another `fit()` goes on from there, too.
#'
#' @param backup_dir path of a folder for this fit alone, made when it is missing.
#' @param save_freq `"epoch"`, or a number of batches after which to save, counted across epochs.
#' @param double_checkpoint whether to keep the state before the last one, too, in `previous.rds`,
#'   which is used when the last one cannot be read.
#' @param delete_checkpoint whether to delete the files when training has ended. Otherwise the
#'   next fit finds that there is nothing left to do.
#' @return a callback for [fit()][fit.kestrel_model].
#' @section Errors: `kestrel_error_argument` for arguments out of their range, and beside
#'   `restarts`; from [fit()][fit.kestrel_model] `kestrel_error_file` when files cannot be written
#'   or read, and `kestrel_error_state` when they are of another model or optimizer. The model
#'   is then as before.
#' @source Keras: `keras.callbacks.BackupAndRestore`, which keeps no history and no random numbers.
#' @family callbacks
#' @examples
#' folder <- tempfile()
#' train <- function(crash = NULL) {
#'   set.seed(1)
#'   model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#'   model %>% compile(loss = "mse", optimizer = "adam")
#'   model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 5, verbose = 0,
#'     callbacks = c(list(callback_backup_and_restore(folder)), crash))
#'   get_weights(model)
#' }
#' crash <- callback_lambda(on_epoch_begin = function(epoch, logs) if (epoch == 3) stop("!"))
#' try(train(crash))
#' after_crash <- train()
#' identical(after_crash, train())
#' @export
callback_backup_and_restore <- function(backup_dir, save_freq = "epoch", double_checkpoint = FALSE,
                                        delete_checkpoint = TRUE) {
  if (missing(backup_dir)) backup_dir <- NULL
  settings <- list(
    backup_dir = check_string(backup_dir), save_freq = check_save_freq(save_freq),
    double_checkpoint = check_flag(double_checkpoint),
    delete_checkpoint = check_flag(delete_checkpoint)
  )
  by_batch <- !identical(settings$save_freq, "epoch")
  hooks <- if (by_batch) list(on_train_batch_end = backup_batch)
  new_callback("backup_and_restore", settings, hooks, state = "since")
}

# The end of an epoch is no place within it.
backup_batch <- function(self, batch, logs) {
  self$since <- self$since + 1
  run <- run_of(self$model)
  if (self$since >= self$save_freq && batch + 1 < run$settings$steps) backup_write(self, run)
}

backup_epoch <- function(self, run) {
  if (identical(self$save_freq, "epoch") || self$since >= self$save_freq) backup_write(self, run)
}

# The folder, from now on wherever a hook may change to, and what is in it or NULL.
backup_open <- function(self, call) {
  self$since <- 0
  path <- path.expand(self$backup_dir)
  dir.create(path, recursive = TRUE, showWarnings = FALSE)
  if (!dir.exists(path) || file.access(path, 2) != 0) stop_no_backup(path, call)
  self$folder <- normalizePath(path)
  backup_read(self, call)
}

stop_no_backup <- function(path, call) {
  stop_kestrel("file", sprintf("Cannot write to the folder \"%s\".", path),
    hint = "May you write there, and is it a folder?", argument = "backup_dir", value = path,
    call = call)
}

backup_files <- function(self) file.path(self$folder, c("latest.rds", "previous.rds"))

# The newest that can be read.
backup_read <- function(self, call) {
  there <- Filter(file.exists, backup_files(self))
  for (path in there) {
    backup <- tryCatch(suppressWarnings(readRDS(path)), error = function(e) NULL)
    if (is.list(backup) && identical(backup$format, backup_format)) return(backup)
  }
  if (!length(there)) return(NULL)
  stop_kestrel("file", sprintf("\"%s\" is no backup that can be read.", there[1]),
    hint = "Delete it to train from the beginning.", argument = "backup_dir", value = there[1],
    call = call)
}

backup_write <- function(self, run) {
  self$since <- 0
  files <- backup_files(self)
  if (self$double_checkpoint && file.exists(files[1])) file.rename(files[1], files[2])
  with_call(run$call, save_whole(files[1], function(file) {
    saveRDS(backup_of(run), file, compress = FALSE)
  }))
}

backup_done <- function(self) {
  if (!self$delete_checkpoint) return(invisible())
  unlink(backup_files(self))
  if (!length(list.files(self$folder, all.files = TRUE, no.. = TRUE))) {
    unlink(self$folder, recursive = TRUE)
  }
}
