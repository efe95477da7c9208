#' Sequences of different lengths as a matrix
#'
#' @param sequences a list of numeric vectors, such as the codes of the words of texts.
#' @param maxlen columns; `NULL`: the length of the longest.
#' @param dtype `"int32"` and the like: whole numbers; `"float32"`, `"float64"`: doubles.
#' @param padding where shorter ones are filled up: `"pre"`, before them, or `"post"`.
#' @param truncating where longer ones are cut: `"pre"` keeps the last `maxlen` items, `"post"` the
#'   first.
#' @param value what fills up.
#' @return a matrix with a row for each sequence and `maxlen` columns.
#' @section Errors: `kestrel_error_argument` names the sequence that is none.
#' @source Keras: `keras.utils.pad_sequences`.
#' @family data
#' @examples
#' pad_sequences(list(1:2, 1:5, integer()), maxlen = 3)
#' pad_sequences(list(1:2, 1:5), maxlen = 3, padding = "post", truncating = "post")
#' @export
pad_sequences <- function(sequences, maxlen = NULL, dtype = "int32", padding = "pre",
                          truncating = "pre", value = 0) {
  check_present("sequences")
  sequences <- check_sequences(sequences)
  maxlen <- check_count(maxlen, null = TRUE) %||% max(lengths(sequences), 0L)
  padding <- check_choice(padding, c("pre", "post"), "a side")
  truncating <- check_choice(truncating, c("pre", "post"), "a side")
  types <- c("int32", "int64", "int16", "int8", "uint8", "float32", "float64", "float16")
  whole <- grepl("int", check_choice(dtype, types, "a type"))
  value <- check_number(value)
  result <- matrix(value, length(sequences), maxlen)
  for (i in seq_along(sequences)) {
    x <- sequences[[i]]
    x <- if (truncating == "pre") utils::tail(x, maxlen) else utils::head(x, maxlen)
    to <- seq_along(x) + if (padding == "pre") maxlen - length(x) else 0L
    result[i, to] <- x
  }
  if (whole) as_whole_numbers(result) else result
}

as_whole_numbers <- function(x, call = caller_env()) {
  at <- which(!is.na(x) & abs(x) > .Machine$integer.max)[1]
  if (!is.na(at)) {
    stop_kestrel("data", sprintf("%s is no whole number of at most %d.", format(x[at], digits = 15),
      .Machine$integer.max), hint = "dtype = \"float64\" takes any number.", argument = "dtype",
      value = x[at], call = call)
  }
  storage.mode(x) <- "integer"
  x
}

check_sequences <- function(x, arg = "sequences", call = caller_env()) {
  if (!is.list(x) || is.object(x)) {
    stop_argument(arg, "a list of numeric vectors", x,
      hint = if (is.matrix(x)) "The rows of a matrix are as long as each other already.",
      call = call)
  }
  lapply(seq_along(x), function(i) {
    item <- if (is.list(x[[i]]) && all(lengths(x[[i]]) == 1)) unlist(x[[i]]) else x[[i]]
    good <- is.null(item) || ((is.numeric(item) || is.logical(item)) && !is.object(item))
    if (!good) stop_argument(sprintf("%s[[%d]]", arg, i), "a numeric vector", item, call = call)
    as.vector(item)
  })
}
