#' Split data in two
#'
#' @param dataset an array, matrix, data frame or vector, samples first, or a list of such of as
#'   many samples each.
#' @param left_size,right_size how much goes to the left and the right part: a number of samples, or
#'   a share between 0 and 1. One may be left out; where both are given they need not take all.
#' @param shuffle whether samples are drawn at random; else the right part follows the left one.
#' @param seed a whole number for [set.seed()], which holds for this call alone, or `NULL`.
#' @param ... must be empty.
#' @return `list(left, right)`, of the kind of `dataset` each.
#' @section Errors: `kestrel_error_argument` for what are no data, no sizes, or both sizes missing;
#'   `kestrel_error_shape` for different numbers of samples; `kestrel_error_data` for parts that are
#'   empty or more than there is.
#' @source Keras: `keras.utils.split_dataset`.
#' @family data
#' @examples
#' c(train, test) %<-% split_dataset(list(as.matrix(cars$speed), cars$dist), left_size = 0.8)
#' dim(train[[1]])
#' @export
split_dataset <- function(dataset, left_size = NULL, right_size = NULL, shuffle = FALSE,
                          seed = NULL, ...) {
  check_dots(list(...), names(formals(split_dataset)))
  check_present("dataset")
  n <- dataset_count(dataset)
  sizes <- split_sizes(left_size, right_size, n)
  rows <- if (!check_flag(shuffle)) seq_len(n) else shuffled(n,
    check_count(seed, null = TRUE, min = 0L))
  list(dataset_rows(dataset, rows[seq_len(sizes[1])]),
    dataset_rows(dataset, rows[sizes[1] + seq_len(sizes[2])]))
}

is_data_list <- function(x) is.list(x) && !is.object(x)

dataset_count <- function(dataset, call = caller_env()) {
  parts <- if (is_data_list(dataset)) dataset else list(dataset)
  for (part in parts) {
    if (is.atomic(part) && !is.null(part) || is.data.frame(part)) next
    stop_argument("dataset", "arrays or data frames, or a list of them", part, call = call)
  }
  if (!length(parts)) stop_argument("dataset", "at least one array", dataset, call = call)
  counts <- vapply(parts, NROW, 0L)
  other <- which(counts != counts[1])
  if (length(other)) {
    stop_count(sprintf("dataset[[%d]]", c(1L, other[1])), counts[c(1, other[1])], call)
  }
  counts[[1]]
}

split_sizes <- function(left, right, n, call = caller_env()) {
  if (is.null(left) && is.null(right)) {
    stop_kestrel("argument", "Give `left_size`, `right_size`, or both.", argument = "left_size",
      call = call)
  }
  left <- split_size(left, n, "left_size", call)
  right <- split_size(right, n, "right_size", call)
  sizes <- c(left %||% (n - right), right %||% (n - left))
  if (all(sizes > 0) && sum(sizes) <= n) return(sizes)
  stop_kestrel("data", sprintf("The parts would have %.0f and %.0f of %d samples.", sizes[1],
    sizes[2], n),
    hint = "Both need at least one sample.",
    argument = if (is.null(left)) "right_size" else "left_size", call = call)
}

# A share is rounded as Keras does it.
split_size <- function(size, n, arg, call) {
  if (is.null(size)) return(NULL)
  size <- check_number(size, min = 0, arg = arg, call = call)
  if (size < 1 || identical(size, 1) && n == 1) return(round(size * n))
  if (size == trunc(size)) return(size)
  stop_argument(arg, "a whole number, or a share between 0 and 1", size, call = call)
}

dataset_rows <- function(x, rows) {
  if (is_data_list(x)) return(lapply(x, dataset_rows, rows))
  if (is.data.frame(x)) return(x[rows, , drop = FALSE])
  if (is.null(dim(x))) return(x[rows])
  do.call(`[`, c(list(x, rows), rep(list(quote(expr = )), length(dim(x)) - 1L), list(drop = FALSE)))
}
