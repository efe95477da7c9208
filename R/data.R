# x and y as the engine wants them: a double, integer or logical array with the sample as its
# first dimension, never copied when it is one already.

#' @noRd
check_data <- function(x, arg, call = caller_env()) {
  if (is_plain_matrix(x)) return(x)
  x <- only_element(x)
  if (is.null(x)) stop_argument(arg, "a numeric vector, matrix, array or data frame", x,
    call = call)
  if (is.data.frame(x)) return(data_frame_matrix(x, arg, call))
  if (is.factor(x) || is.character(x)) return(stop_text(x, arg, call))
  if (is.object(x) && !inherits(x, c("ts", "AsIs", "table", "matrix", "array"))) {
    stop_data_class(x, arg, call)
  }
  # Without class, so that no method of the user's class runs.
  if (is.object(x)) x <- unclass(x)
  if (!is.numeric(x) && !is.logical(x)) stop_data_class(x, arg, call)
  dims <- dim(x)
  if (is.null(dims)) dims <- c(length(x), 1L)
  if (length(dims) == 1) dims <- c(dims, 1L)
  plain_array(x, dims, arg, call)
}

# A matrix of numbers as R makes it, which needs no more looks.
is_plain_matrix <- function(x) plain_width(x) > 0L

# A vector of numbers and nothing else, as a matrix of one column.
plain_column <- function(x) {
  if (!is.double(x) || !is.null(attributes(x))) return(x)
  if (length(x) && length(x) <= .Machine$integer.max) dim(x) <- c(length(x), 1L)
  x
}

# list(x): the data of a model with one input, as R keras takes it, too.
only_element <- function(x) {
  if (is.list(x) && !is.object(x) && length(x) == 1 && !is.list(x[[1]])) x[[1]] else x
}

# Without names.
plain_array <- function(x, dims, arg, call) {
  check_length(x, arg, call, dims)
  if (length(dims) > 5) {
    stop_kestrel("shape",
      sprintf("`%s` must have at most 5 dims, samples first, not %d.", arg, length(dims)),
      argument = arg, call = call)
  }
  if (any(dims[-1] < 1)) {
    stop_kestrel("shape",
      sprintf("`%s` must have at least one column, not dims %s.", arg, shape_list(dims)),
      argument = arg, call = call)
  }
  if (identical(dim(x), as.integer(dims))) return(x)
  x <- as.vector(x)
  dim(x) <- dims
  x
}

# Dims that say how many numbers there are.
check_length <- function(x, arg, call, dims = dim(x) %||% length(x)) {
  most <- .Machine$integer.max
  if (max(0, dims) > most) {
    stop_kestrel("memory", sprintf("`%s` has %.0f numbers in a row; R's arrays have at most %d.",
      arg, max(dims), most), hint = "Take them in parts.", argument = arg, call = call)
  }
  if (prod(dims) == length(x)) return(x)
  stop_kestrel("shape", sprintf("`%s` has dims %s but %d number%s.", arg, shape_list(dims),
    length(x), if (length(x) == 1) "" else "s"), argument = arg, call = call)
}

shape_list <- function(dims) sprintf("(%s)", paste(dims, collapse = ", "))

stop_data_class <- function(x, arg, call) {
  stop_argument(arg, "a numeric vector, matrix, array or data frame", x,
    hint = data_hint(x), call = call)
}

data_hint <- function(x) {
  if (inherits(x, c("Date", "POSIXct",
    "difftime"))) return("Turn it into numbers with as.numeric().")
  if (inherits(x, "Matrix")) return("Make it dense with as.matrix().")
  if (inherits(x, "haven_labelled")) return("Turn it into a factor or into numbers with as.double().")
  if (inherits(x, "integer64")) return("Turn it into doubles with as.double().")
  if (is.list(x)) return("Bind its elements to a matrix, for example with do.call(cbind, x).")
  if (is.complex(x)) return("Give real and imaginary part as two columns.")
  NULL
}

stop_text <- function(x, arg, call) {
  hint <- if (arg == "y" || endsWith(arg, "(y)")) {
    "Classes are given as a factor: factor(y)."
  } else {
    "Make indicator columns, for example with model.matrix()."
  }
  stop_argument(arg, "numeric", x, hint = hint, call = call)
}

data_frame_matrix <- function(x, arg, call) {
  if (!length(x)) {
    stop_kestrel("shape", sprintf("`%s` must have at least one column, not none.", arg),
      argument = arg, call = call)
  }
  check_columns(x, arg, call)
  good <- vapply(x, function(column) {
    (is.numeric(column) || is.logical(column)) &&
      (!is.object(column) || inherits(column, c("AsIs", "ts"))) && length(dim(column)) < 3
  }, NA)
  if (all(good)) return(unname_matrix(do.call(cbind, lapply(x, unclass))))
  first <- which(!good)[1]
  stop_kestrel(
    "argument", sprintf("`%s` must have numeric columns: column \"%s\" is %s.", arg,
      names(x)[first], describe(x[[first]])),
    hint = "Make indicator columns, for example with model.matrix().",
    argument = arg, where = names(x)[first], call = call
  )
}

# Columns that were put together without data.frame() may differ in length.
check_columns <- function(x, arg, call) {
  rows <- vapply(x, NROW, 0L)
  bad <- which(rows != nrow(x))
  if (!length(bad)) return(invisible(x))
  stop_kestrel("shape", sprintf("`%s` has %d rows, but its column \"%s\" has %d.", arg, nrow(x),
    names(x)[bad[1]], rows[bad[1]]), argument = arg, where = names(x)[bad[1]], call = call)
}

unname_matrix <- function(x) {
  dimnames(x) <- NULL
  x
}

sample_count <- function(x) dim(x)[1]

sample_dims <- function(x) dim(x)[-1]

# What C reads of an array: samples from + 1 .. from + n. dims: integers.
data_array <- function(x, dims, from = 0L, n = sample_count(x)) {
  list(values = x, dims = dims, from = from, n = n)
}

# The same of each array of a list; written out, as it is on the way of each batch.
data_arrays <- function(arrays, from = 0L, n = sample_count(arrays[[1]])) {
  for (i in seq_along(arrays)) {
    x <- arrays[[i]]
    arrays[[i]] <- list(values = x, dims = dim(x)[-1], from = from, n = n)
  }
  arrays
}

# Numbers that are missing or infinite: count and first position, as an error. `rows`:
# whether they are data, of which rows can be left out.
check_finite <- function(x, arg, call = caller_env(), rows = TRUE) {
  if (is.character(x)) return(check_no_missing(x, arg, call))
  counts <- count_missing(x)
  if (counts[4] == 0) return(x)
  at <- arrayInd(counts[4], dim(x) %||% length(x))
  stop_not_finite(arg, sum(counts[1:3]), x[counts[4]], at, rows && counts[1] + counts[2] > 0, call)
}

# `n` numbers, the first of which, `first`, is at `at`; `missing`: whether there are any in rows.
stop_not_finite <- function(arg, n, first, at, missing, call) {
  what <- if (is.nan(first)) "NaN" else if (is.na(first)) "NA" else "infinite"
  stop_kestrel(
    "data", sprintf("`%s` must be finite: %.0f %s missing or infinite, the first (%s) at %s.", arg,
      n, if (n == 1) "number is" else "numbers are", what, position_text(at)),
    hint = if (missing) "Remove such rows, for example with complete.cases().",
    argument = arg, where = as.vector(at), call = call
  )
}

position_text <- function(at) {
  if (length(at) == 1) return(sprintf("position %d", at[1]))
  if (length(at) == 2) return(sprintf("row %d, column %d", at[1], at[2]))
  sprintf("[%s]", paste(at, collapse = ", "))
}

# A matrix that fits a built model of one input as it is. FALSE, too, as long as nobody has asked
# for the layout.
is_plain_input <- function(model, x) {
  layout <- environment(model)$layout
  !is.null(layout) && !layout$codes && identical(plain_width(x), layout$columns)
}

check_input_dims <- function(got, expected, what, call, arg = "x", hint = NULL) {
  if (identical(got, expected) ||
    identical(dims_list(got), dims_list(expected))) return(invisible(got))
  message <- if (length(got) == 1 && length(expected) == 1 && !is.list(expected)) {
    sprintf("`%s` must have %d %s, the input of %s, not %d.", arg, expected,
      if (expected == 1) "column" else "columns", what, got)
  } else {
    sprintf("`%s` must have shape %s, the input of %s, not %s.", arg, shape_text(expected), what,
      shape_text(got))
  }
  stop_kestrel("shape", message, hint = hint, argument = arg, value = got, expected = expected,
    call = call)
}

# A row of a matrix, x[1, ], is a vector, and so looks like samples of one column.
row_hint <- function(x, expected, arg) {
  one_row <- !is.list(expected) && length(expected) == 1 && expected > 1 &&
    identical(dim(x), c(expected, 1L))
  if (one_row) sprintf("Is `%s` a row of a matrix? x[1, , drop = FALSE] keeps it one.", arg)
}

# R's order (samples first) to columns (row-major samples, one after the other), and back.
to_columns <- function(x) {
  if (is.null(dim(x))) return(as.double(x))
  as.double(aperm(x))
}

from_columns <- function(v, dims) {
  if (length(dims) < 2) return(v)
  aperm(array(v, rev(dims)))
}
