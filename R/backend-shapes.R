# Shapes of tensors, traced or not: axes as users of R keras count them, from 1, and from the last
# when below 0. Keras reshapes by rows.

# The axes of x that are meant; NULL: all.
tensor_axes <- function(x, axis, call = caller_env()) {
  if (is.null(axis)) return(NULL)
  axis <- unlist(axis)
  rank <- length(tensor_dims(plain(x)))
  good <- is.numeric(axis) && length(axis) > 0 && !anyNA(axis) && all(axis == trunc(axis)) &&
    all(abs(axis) >= 1 & abs(axis) <= rank)
  if (good) return(unique(as.integer(ifelse(axis < 0, rank + 1 + axis, axis))))
  stop_argument("axis", sprintf("a whole number from -%d to -1 or from 1 to %d", rank, rank), axis,
    hint = "1 is the axis of the samples, -1 the last.", call = call)
}

with_dims <- function(x, dims) {
  dim(x) <- dims
  x
}

# By rows; one of `shape` may be -1, NA or NULL: what is left.
reshape_tensor <- function(x, shape, call = caller_env()) {
  if (is.list(shape)) shape <- vapply(shape, function(d) as.double(d %||% -1), 0)
  shape[is.na(shape)] <- -1
  n <- length(x)
  free <- which(shape == -1)
  if (length(free) == 1) shape[free] <- n / prod(shape[-free])
  if (length(free) > 1 || !all(shape == trunc(shape)) || prod(shape) != n) {
    stop_kestrel("shape", sprintf("%d numbers cannot be reshaped to %s.", n, shape_list(shape)),
      argument = "shape", value = shape, call = call)
  }
  x <- with_dims(x, tensor_dims(plain(x)))
  aperm(with_dims(c(aperm(x)), rev(shape)))
}

# A new axis of size 1 at place `axis`.
expand_tensor <- function(x, axis = -1, call = caller_env()) {
  dims <- tensor_dims(plain(x))
  at <- if (is_number(axis)) if (axis < 0) length(dims) + 2 + axis else axis else 0
  if (at != trunc(at) || at < 1 || at > length(dims) + 1) {
    stop_argument("axis",
      sprintf("a whole number from 1 to %d, or from -%d to -1", length(dims) + 1,
      length(dims) + 1), axis, call = call)
  }
  with_dims(x, append(dims, 1L, at - 1))
}

# As `along` the axis one after the other; the other dims are the same.
bind_tensors <- function(tensors, axis = -1, call = caller_env()) {
  tensors <- tensor_parts(tensors)
  if (!is.list(tensors) || !length(tensors)) {
    stop_argument("tensors", "a list of tensors", tensors, call = call)
  }
  tensors <- lapply(tensors, function(x) with_dims(x, tensor_dims(plain(x))))
  at <- tensor_axes(tensors[[1]], axis, call)
  dims <- lapply(tensors, dim)
  if (length(unique(lapply(dims, function(d) d[-at]))) > 1 || length(unique(lengths(dims))) > 1) {
    stop_kestrel("shape", sprintf("Tensors of %s cannot be put together along axis %d.",
      paste(vapply(dims, shape_list, ""), collapse = ", "), at), argument = "axis", call = call)
  }
  last <- c(setdiff(seq_along(dims[[1]]), at), at)
  before <- c(0, cumsum(lengths(lapply(tensors, plain))))[seq_along(tensors)]
  places <- Map(function(x, n) as.vector(aperm(places(x) + n, last)), tensors, before)
  all <- replace(dims[[1]], at, sum(vapply(dims, function(d) d[at], 0L)))
  take(join(tensors), aperm(array(unlist(places), all[last]), order(last)))
}

# Sum, mean and the like over axes, which stay as 1 with keepdims.
reduce_tensor <- function(name, x, axis = NULL, keepdims = FALSE, call = caller_env()) {
  axes <- tensor_axes(x, axis, call)
  dims <- tensor_dims(plain(x))
  if (length(axes) == length(dims)) axes <- NULL
  y <- operate(name, list(x), if (!is.null(axes)) list(axes = axes) else list())
  if (!keepdims) return(y)
  with_dims(y, replace(dims, axes %||% seq_along(dims), 1L))
}

count_along <- function(x, axis, call = caller_env()) {
  axes <- tensor_axes(x, axis, call)
  if (is.null(axes)) length(x) else prod(tensor_dims(plain(x))[axes])
}

# As multiply_tensors(), where a vector's axis goes: of two vectors a number.
multiply_any <- function(x, y) {
  dx <- tensor_dims(plain(x))
  dy <- tensor_dims(plain(y))
  if (length(dx) > 1 && length(dy) > 1) return(multiply_tensors(x, y))
  if (dx[length(dx)] != dy[1] || length(dy) > 2) stop_unlike(plain(x), plain(y))
  if (length(dx) == 1 &&
    length(dy) == 1) return(sum(operate("*", list(with_dims(x, dx), with_dims(y, dy)))))
  product <- multiply_tensors(with_dims(x, if (length(dx) == 1) c(1L, dx) else dx),
    with_dims(y, if (length(dy) == 1) c(dy, 1L) else dy))
  with_dims(product, c(dx[-length(dx)], dy[-1]))
}

# x[.., k] %*% y[k, ..] over the last axis of x and the first of a matrix y; sample by sample where
# y has as many axes as x.
multiply_tensors <- function(x, y, call = caller_env()) {
  dx <- tensor_dims(plain(x))
  dy <- tensor_dims(plain(y))
  if (length(dy) > 2) return(multiply_samples(x, y))
  if (length(dx) <= 2) return(operate("%*%", list(x, y)))
  flat <- operate("%*%", list(with_dims(x, c(prod(dx[-length(dx)]), dx[length(dx)])), y))
  with_dims(flat, c(dx[-length(dx)], if (length(dy) == 2) dy[2] else 1L))
}

# (n, .., i, k) by (n, .., k, j), for each sample.
multiply_samples <- function(x, y) {
  dx <- tensor_dims(plain(x))
  dy <- tensor_dims(plain(y))
  apart <- seq_len(length(dy) - 2)
  outer <- dx[seq_len(length(dx) - 2)]
  if (length(dx) != length(dy) || !all(outer == dy[apart]) ||
    dx[length(dx)] != dy[length(dy) - 1]) {
    stop_unlike(plain(x), plain(y))
  }
  slices <- function(x, d) with_dims(x, c(prod(outer), d[-apart]))
  y <- operate("matmul", list(slices(x, dx), slices(y, dy)))
  with_dims(y, c(outer, dim(plain(y))[-1]))
}

# Over the axes named, of each sample, as Keras does: (n, a..) by (n, b..); (n, 1) where nothing is
# left.
dot_samples <- function(x, y, axes) {
  rank <- function(x) length(tensor_dims(plain(x)))
  axes <- rep_len(unlist(axes) %||% c(rank(x), max(2, rank(y) - 1)), 2)
  at <- c(one_axis(x, axes[1]), one_axis(y, axes[2]))
  own <- list(letters[seq_len(rank(x))], c("a", LETTERS[seq_len(rank(y) - 1)]))
  own[[2]][at[2]] <- own[[1]][at[1]]
  parts <- Map(tensor_by_letters, list(x, y), own)
  product <- contract_tensors(parts, c("a", own[[1]][-c(1, at[1])], own[[2]][-c(1, at[2])]))
  if (length(dim(plain(product))) > 1) {
    product
  } else {
    with_dims(product, c(length(plain(product)), 1L))
  }
}

# The numbers of a and b where test is so, arrays repeated as everywhere.
choose_tensor <- function(test, a, b) {
  test <- plain(test)
  zero <- 0 * plain_operator("+", plain_operator("+", finite_zero(a), finite_zero(b)),
    finite_zero(test))
  test <- plain_operator("+", zero, test) != 0
  operate("ifelse", list(operate("+", list(a, zero)), operate("+", list(b, zero))),
    list(test = test))
}

finite_zero <- function(x) shape_like(numeric(length(x)), plain(x))
