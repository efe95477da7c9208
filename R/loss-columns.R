# y_true and y_pred, as losses and metrics are called with, to the engine's columns: one for
# each place off the axis, in R's dims `dims`. k predictions and kt targets in each.

# `record`: a row of the table of losses or of metrics; `ignore`: a class that is no code.
compare_columns <- function(record, y_true, y_pred, axis = -1L, ignore = NULL, call) {
  t <- check_compared(y_true, "y_true", call)
  y <- check_compared(y_pred, "y_pred", call)
  if (bitwAnd(record$flags, 1L) > 0) return(code_columns(t, y, axis, ignore, call))
  value_columns(record$name, t, y, axis, call)
}

# Finite numbers in an array; a vector has one dimension.
check_compared <- function(x, arg, call) {
  if (missing(x)) stop_missing(arg, call)
  if (is.data.frame(x)) x <- data_frame_matrix(x, arg, call)
  good <- (is.numeric(x) || is.logical(x)) && !is.object(x) && length(x) > 0 &&
    length(dim(x)) <= 5
  if (!good) {
    stop_argument(arg, "a numeric vector, matrix or array", x, hint = compared_hint(x, arg),
      call = call)
  }
  check_finite(x, arg, call, rows = FALSE)
  array(as.double(check_length(x, arg, call)), tensor_dims(x))
}

compared_hint <- function(x, arg) {
  if (is.factor(x) && arg == "y_true") {
    return("Classes are coded from 0: as.integer(y) - 1, or to_categorical(y).")
  }
  if (is.list(x)) return("Bind its elements to a matrix, for example with do.call(cbind, x).")
  NULL
}

# Targets of the same shape as the predictions, or of one that is repeated to it.
value_columns <- function(name, t, y, axis, call) {
  pair <- same_rank(t, y)
  dims <- common_dims(dim(pair$t), dim(pair$y), grepl("cross", name))
  if (is.null(dims)) stop_compared(dim(t), dim(y), call)
  a <- array_axis(axis, length(dims), call)
  list(
    t = axis_first(repeat_to(pair$t, dims), a), y = axis_first(repeat_to(pair$y, dims), a),
    k = dims[a], kt = dims[a], dims = dims[-a]
  )
}

# Where one has a last dimension of 1 that the other lacks, n numbers become n x 1 and other
# arrays lose it.
same_rank <- function(t, y) {
  if (length(dim(t)) == length(dim(y))) return(list(t = t, y = y))
  if (length(dim(t)) < length(dim(y))) {
    other <- same_rank(y, t)
    return(list(t = other$y, y = other$t))
  }
  dims <- dim(t)
  last <- length(dims)
  if (last == length(dim(y)) + 1 && dims[last] == 1) {
    if (last == 2) dim(y) <- c(length(y), 1L) else dim(t) <- dims[-last]
  }
  list(t = t, y = y)
}

# The dims both can be repeated to; NULL: there are none. `same`: nothing may be repeated.
common_dims <- function(a, b, same) {
  if (length(a) != length(b)) return(NULL)
  if (all(a == b)) return(a)
  if (same || !all(a == b | a == 1 | b == 1)) return(NULL)
  pmax(a, b)
}

repeat_to <- function(x, dims) {
  if (identical(dim(x), dims)) return(x)
  at <- lapply(seq_along(dims), function(i) {
    if (dim(x)[i] == 1) rep(1L, dims[i]) else seq_len(dims[i])
  })
  do.call(`[`, c(list(x), at, list(drop = FALSE)))
}

# Numbers along dimension a next to each other, the first of the others slowest.
axis_first <- function(x, a) as.double(aperm(x, c(a, rev(seq_along(dim(x))[-a]))))

stop_compared <- function(t, y, call) {
  stop_kestrel("shape", sprintf("`y_true` must have the shape of `y_pred`, %s, not %s.",
    shape_list(y), shape_list(t)), argument = "y_true", value = t, expected = y, call = call)
}

# A class code for each column of predictions.
code_columns <- function(t, y, axis, ignore, call) {
  a <- array_axis(axis, length(dim(y)), call)
  k <- dim(y)[a]
  dims <- dim(y)[-a]
  kept <- dim(t)
  if (length(kept) == length(dim(y)) && kept[a] == 1) kept <- kept[-a]
  single <- length(dims) == 0 && length(t) == 1
  if (!single && !identical(kept, dims)) stop_code_shape(dim(t), dims, dim(y), call)
  check_code_range(t, k, ignore, call)
  list(t = to_columns(array(t, c(dims, 1L))), y = axis_first(y, a), k = k, kt = 1L, dims = dims)
}

stop_code_shape <- function(t, dims, y, call) {
  stop_kestrel("shape", sprintf(
    "`y_true` must have shape %s, class codes for `y_pred` of %s, not %s.",
    shape_list(dims), shape_list(y), shape_list(t)),
    hint = if (identical(t, y)) "For one column per class use the function without `sparse_`.",
    argument = "y_true", value = t, expected = dims, call = call)
}

check_code_range <- function(t, k, ignore, call) {
  bad <- which((t != trunc(t) | t < 0 | t >= k) & !t %in% ignore)
  if (!length(bad)) return(invisible(t))
  stop_kestrel("data", sprintf("`y_true` must hold class codes from 0 to %d, not %s (position %d).",
    k - 1L, format(t[bad[1]], digits = 15), bad[1]), hint = "Codes count from 0.",
    argument = "y_true", value = t[bad[1]], where = bad[1], call = call)
}

# A weight for each column from one for each sample, for each column, or for all.
column_weights <- function(w, dims, call, arg = "sample_weight") {
  if (is.null(w)) return(NULL)
  good <- (is.numeric(w) || is.logical(w)) && !is.object(w) && length(w) > 0
  if (!good) stop_argument(arg, "one number for each sample", w, call = call)
  check_finite(w, arg, call, rows = FALSE)
  n <- if (length(dims)) dims[1] else 1L
  if (length(w) == 1) return(rep(as.double(w), prod(dims)))
  if (length(w) == n) return(rep(as.double(w), each = prod(dims[-1])))
  if (identical(setdiff_one(dim(w)), setdiff_one(dims))) return(to_columns(array(w, c(dims, 1L))))
  stop_kestrel("shape", sprintf("`%s` must have one number for each of the %d samples, not %d.",
    arg, n, length(w)), argument = arg, value = length(w), expected = n, call = call)
}

setdiff_one <- function(dims) dims[dims != 1]

# n numbers as n samples of one value.
as_samples <- function(x) if (is.null(dim(x)) && is.atomic(x)) matrix(x, ncol = 1) else x
