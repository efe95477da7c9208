#' Class codes to indicator columns
#'
#' Row `i` has a 1 in the column of its class and 0 elsewhere. Codes count from 0, as in
#' Keras: code 0 is the first column. The levels of a factor are the columns in their order.
#'
#' @param x class codes: whole numbers from 0 on, or a factor. An array keeps its dims (a last
#'   one of size 1 is dropped) and gets one more.
#' @param num_classes number of columns; by default the largest code plus 1, or the number of
#'   levels.
#' @param ... `y`, the name of `x` in R keras 2.x; `dtype`, without effect.
#' @return a matrix of `length(x)` rows and `num_classes` columns.
#' @section Errors: `kestrel_error_data` for codes that are missing, negative, not whole or not
#'   below `num_classes`.
#' @source Keras: `keras.utils.to_categorical`.
#' @family data
#' @examples
#' to_categorical(c(0, 2, 1))
#' to_categorical(iris$Species[c(1, 51, 101)])
#' @export
to_categorical <- function(x, num_classes = NULL, ...) {
  dots <- list(...)
  check_dots(dots[setdiff(names2(dots), c("y", "dtype"))], c("x", "y", "num_classes", "dtype"))
  if (missing(x)) x <- dots$y
  if (is.factor(x)) {
    num_classes <- num_classes %||% nlevels(x)
    x <- as.integer(x) - 1L
  }
  codes <- check_codes(x)
  k <- check_count(num_classes %||% (max(codes, -1) + 1), arg = "num_classes")
  check_codes_below(codes, k)
  check_memory(8 * length(codes) * as.double(k), "The indicator matrix")
  dims <- dim(x) %||% length(x)
  if (length(dims) > 1 && dims[length(dims)] == 1) dims <- dims[-length(dims)]
  array(indicators(codes, k), c(dims, k))
}

check_codes <- function(x, arg = "x", call = caller_env()) {
  if (!(is.numeric(x) || is.logical(x)) || is.object(x) || !length(x)) {
    stop_argument(arg, "class codes, whole numbers from 0 on, or a factor", x,
      hint = if (is.character(x)) "Use factor(x).", call = call)
  }
  codes <- as.double(check_length(x, arg, call))
  bad <- which(!is.finite(codes) | codes != trunc(codes) | codes < 0)
  if (!length(bad)) return(codes)
  stop_kestrel("data",
    sprintf("`%s` must hold class codes, whole numbers from 0 on, not %s (position %d).",
    arg, format(codes[bad[1]]),
    bad[1]), argument = arg, value = codes[bad[1]], where = bad[1], call = call)
}

check_codes_below <- function(codes, k, arg = "x", call = caller_env()) {
  bad <- which(codes >= k)
  if (!length(bad)) return(invisible(codes))
  stop_kestrel("data", sprintf("`%s` must hold class codes from 0 to %d, not %s (position %d).",
    arg, k - 1L,
    format(codes[bad[1]]),
    bad[1]), hint = if (min(codes) >= 1) sprintf("Codes count from 0: use %s - 1, or a factor.",
    arg),
    argument = arg, value = codes[bad[1]], where = bad[1], call = call)
}
