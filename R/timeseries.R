# Windows of a series, by batches.

#' Windows of a time series
#'
#' Both make generators for [fit()][fit.kestrel_model], [evaluate()] and `predict()`: functions
#' that return the next batch. `length()` is how many batches there are, `[[` gives one of them.
#'
#' `timeseries_generator()`: sample r is the rows r - length, r - length + sampling_rate, ... before
#' r of `data`, and its target row r of `targets`, for r from `start_index` + `length` by `stride`
#' to `end_index`; rows count from 0.
#'
#' `timeseries_dataset_from_array()`: sample p is the `sequence_length` rows from p on, every
#' `sampling_rate`-th, and its target row p of `targets`, that of the start of the window: shift
#' `targets` to predict what follows.
#'
#' @param data a numeric vector, matrix or array, time first.
#' @param targets as `data`, as many rows; for `timeseries_dataset_from_array()` there may be fewer,
#'   or `NULL`: then the batches are windows alone, for `predict()`.
#' @param length rows that a window spans.
#' @param sampling_rate every so many rows are taken; `length / sampling_rate` are in a window,
#'   rounded up.
#' @param stride,sequence_stride rows between the starts of windows.
#' @param start_index,end_index the part of the series to take, from 0. `end_index` is the last row
#'   for `timeseries_generator()`, and one past it for `timeseries_dataset_from_array()`.
#' @param shuffle draw the samples of a batch at random (`timeseries_generator()`), or put all
#'   windows in a random order, drawn once.
#' @param reverse turn the windows around.
#' @param batch_size windows in a batch; the last may have fewer.
#' @param sequence_length rows in a window.
#' @param ... not used; anything here is an error that names the nearest argument.
#' @param seed of `shuffle`; `NULL`: R's generator as it stands.
#' @return a function of class `kestrel_batches`. Windows have dims (batch, rows, columns); those
#'   of a vector (batch, rows).
#' @section Errors: `kestrel_error_argument`, with its kinds `kestrel_error_shape` and
#'   `kestrel_error_data` when there is no window.
#' @source Keras: `keras.preprocessing.sequence.TimeseriesGenerator`,
#'   `keras.utils.timeseries_dataset_from_array`.
#' @family data
#' @examples
#' series <- matrix(1:10)
#' windows <- timeseries_generator(series, series, length = 3, batch_size = 4)
#' length(windows)
#' windows[[1]]
#' @export
timeseries_generator <- function(data, targets, length, sampling_rate = 1, stride = 1,
                                 start_index = 0, end_index = NULL, shuffle = FALSE,
                                 reverse = FALSE, batch_size = 128) {
  check_present("data", "targets", "length")
  data <- check_series(data)
  targets <- check_series(targets)
  length <- check_count(length)
  by <- check_count(sampling_rate)
  stride <- check_count(stride)
  first <- check_count(start_index, min = 0L) + length
  last <- check_count(end_index, min = 0L, null = TRUE) %||% (sample_count(data) - 1L)
  shuffle <- check_flag(shuffle)
  reverse <- check_flag(reverse)
  size <- check_count(batch_size)
  check_same_count(sample_count(data), targets, c("data", "targets"), environment())
  if (last >= sample_count(data)) {
    stop_argument("end_index", sprintf("a row from 0 to %d", sample_count(data) - 1L), last)
  }
  if (first > last) stop_no_window("length", first, last)
  offsets <- seq(-length, -1, by = by)
  if (reverse) offsets <- rev(offsets)
  all <- seq(first, last, by = stride)
  new_batches(batches_in(base::length(all), size), function(i) {
    rows <- if (shuffle) {
      first - 1 + sample.int(last - first + 1, size, replace = TRUE)
    } else {
      part_of(all, i, size)
    }
    list(windows_at(data, rows, offsets), some_samples(targets, rows + 1))
  }, class = "timeseries_generator")
}

#' @rdname timeseries_generator
#' @export
timeseries_dataset_from_array <- function(data, targets, sequence_length, sequence_stride = 1,
                                          sampling_rate = 1, batch_size = 128, shuffle = FALSE,
                                          ..., seed = NULL, start_index = NULL, end_index = NULL) {
  check_present("data", "targets", "sequence_length")
  check_dots(list(...), names(formals(timeseries_dataset_from_array)))
  data <- check_series(data)
  if (!is.null(targets)) targets <- check_series(targets)
  rows <- check_count(sequence_length)
  stride <- check_count(sequence_stride)
  by <- check_count(sampling_rate)
  size <- check_count(batch_size)
  shuffle <- check_flag(shuffle)
  start <- check_count(start_index, min = 0L, null = TRUE) %||% 0L
  end <- check_count(end_index, null = TRUE) %||% sample_count(data)
  if (end > sample_count(data)) {
    stop_argument("end_index", sprintf("at most the %d rows of `data`", sample_count(data)), end)
  }
  most <- end - start - (rows - 1) * by
  if (!is.null(targets)) most <- min(most, sample_count(targets))
  if (most < 1) stop_no_window("sequence_length", rows, end - start)
  all <- seq(0, most - 1, by = stride)
  if (shuffle) all <- all[shuffled(base::length(all), seed)]
  offsets <- (seq_len(rows) - 1) * by
  new_batches(batches_in(base::length(all), size), function(i) {
    rows <- start + part_of(all, i, size)
    x <- windows_at(data, rows, offsets)
    if (is.null(targets)) list(x) else list(x, some_samples(targets, rows + 1))
  }, class = "timeseries_dataset")
}

# A vector stays a series of numbers, as an array of one dim.
check_series <- function(x, arg = caller_arg(x), call = caller_env()) {
  flat <- is.null(dim(x)) || length(dim(x)) == 1
  x <- check_data(x, arg, call)
  if (!flat || is.data.frame(x)) x else array(x, length(x))
}

batches_in <- function(n, size) as.integer(ceiling(n / size))

part_of <- function(all, i, size) all[seq((i - 1) * size + 1, min(i * size, length(all)))]

# Rows at + offsets of x, from 0: dims (windows, offsets, dims of a row).
windows_at <- function(x, at, offsets) {
  rows <- as.vector(outer(at, offsets, `+`)) + 1
  y <- some_samples(x, rows)
  dim(y) <- c(length(at), length(offsets), dim(x)[-1])
  y
}

shuffled <- function(n, seed) {
  if (is.null(seed)) return(sample.int(n))
  old <- globalenv()$.Random.seed
  on.exit(restore_seed(old))
  set.seed(check_count(seed, "seed", min = 0L))
  sample.int(n)
}

stop_no_window <- function(arg, length, rows, call = caller_env()) {
  stop_kestrel("data", sprintf("`%s` leaves no window: %s rows are asked of %s.", arg,
    format(length), format(rows)), argument = arg, value = length, call = call)
}
