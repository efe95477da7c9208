#' Write the logs of each epoch to a file
#'
#' A line for each epoch: its number, counted from 0, and the values of the logs, their names
#' in alphabetical order. As in Keras the columns are those of the first epoch; when there is
#' no validation in it, there is a column `val_` for each of the others, filled with NA.
#' Numbers are written in full, NaN as `nan`; lines end with carriage return and line feed.
#'
#' @param filename path of the file. Folders are made when they are missing.
#' @param separator string between two values.
#' @param append whether to go on in a file that exists; its header is not repeated.
#' @return a callback for [fit()][fit.kestrel_model].
#' @section Errors: `kestrel_error_argument` for arguments out of their range;
#'   `kestrel_error_file` from [fit()][fit.kestrel_model] when the file cannot be written.
#' @source Keras: `keras.callbacks.CSVLogger`.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' file <- tempfile(fileext = ".csv")
#' model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 3, verbose = 0,
#'   callbacks = callback_csv_logger(file))
#' read.csv(file)
#' @export
callback_csv_logger <- function(filename, separator = ",", append = FALSE) {
  if (missing(filename)) filename <- NULL
  settings <- list(
    filename = check_string(filename), separator = check_string(separator),
    append = check_flag(append)
  )
  new_callback("csv_logger", settings, list(
    on_train_begin = csv_begin, on_epoch_end = csv_write
  ))
}

# Touches the file, so that one that cannot be written is known before training; from then on
# it is found whatever a hook does to the working directory.
csv_begin <- function(self, logs) {
  goes_on <- self$append && file.exists(self$filename) && file.size(self$filename) > 0
  self$columns <- NULL
  dir.create(dirname(self$filename), recursive = TRUE, showWarnings = FALSE)
  self$header <- !goes_on
  write_text(self$filename, "", append = self$append)
  self$path <- normalizePath(self$filename)
}

csv_write <- function(self, epoch, logs) {
  if (is.null(self$columns)) self$columns <- csv_columns(names(logs))
  values <- vapply(self$columns, function(name) csv_value(logs[[name]]), "")
  lines <- c(if (self$header) csv_line(self, c("epoch", self$columns)),
    csv_line(self, c(sprintf("%d", as.integer(epoch)), values)))
  self$header <- FALSE
  write_text(self$path, paste(lines, collapse = ""), append = TRUE)
}

csv_columns <- function(names) {
  names <- sort(names, method = "radix")
  if (any(startsWith(names, "val_"))) names else c(names, paste0("val_", names))
}

csv_value <- function(x) if (is.null(x)) "NA" else number_text(x)

csv_line <- function(self, cells) paste0(paste(cells, collapse = self$separator), "\r\n")

# Bytes as they are, on all systems.
write_text <- function(path, text, append) {
  tryCatch({
    con <- suppressWarnings(file(path, if (append) "ab" else "wb"))
    on.exit(close(con))
    cat(text, file = con)
  }, error = function(e) {
    stop_kestrel("file", sprintf("Cannot write to \"%s\".", path),
      hint = "May you write in its folder, and is there room?", value = path, call = NULL,
      parent = e)
  })
}
