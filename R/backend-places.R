#' Parts and orders of tensors
#'
#' Numbers of a tensor by their places, copies and other orders of them. All of them can be
#' differentiated where they return the numbers of `x`, see [autodiff], and count axes as
#' [backend-operations] says.
#'
#' * `k_gather(reference, indices)`: rows. As in R keras, places in a plain vector count from 1; in
#'   an array, as targets and what other operations return are, from 0.
#' * `op_take()`: along an axis, by default of all numbers by rows; `op_take_along_axis()`: with
#'   places for each fibre along it. Places count from 1. A single place drops the axis.
#' * `k_reverse()`, `op_flip()`: from the last to the first; `op_roll()`: moved on by `shift`, the
#'   last ones to the front
#' * `k_repeat(x, n)`: (samples, d) to (samples, n, d); `k_repeat_elements()`, `op_repeat()`: each
#'   number one after the other; `k_tile()`, `op_tile()`: the whole; `op_broadcast_to()`: to these
#'   dims
#' * `op_split()`: a list of equal parts, or of parts that end after these places; `k_unstack()`,
#'   `op_unstack()`: a list of slices without the axis; [k_stack()] puts them together again
#' * `op_sort()` in rising order, `op_argsort()` its places; `op_top_k()`: list(values, indices) of
#'   the largest along the last axis; `k_in_top_k()`, `op_in_top_k()`: whether the target, a code
#'   from 0, is among the k largest predictions
#' * `op_swapaxes()`, `op_moveaxis()`: the axes in another order
#'
#' @param x,reference an array.
#' @param indices places, see above.
#' @param axis,axes,axis1,axis2,source,destination axes from 1 on, or from the last below 0.
#' @param shift how many places.
#' @param n,rep,repeats how often; for `tile` for each axis.
#' @param shape dims.
#' @param indices_or_sections the number of parts, or the last places of all but the last.
#' @param num accepted, without effect.
#' @param zero_indexed whether places count from 0.
#' @param k how many of the largest.
#' @param sorted accepted: they always are.
#' @param predictions,targets an array with a row for each sample, and codes from 0.
#' @return an array, or a list of arrays.
#' @section Errors: `kestrel_error_argument` for axes and places that there are not;
#'   `kestrel_error_shape` for shapes that do not go together.
#' @source Keras: `keras.ops`, `keras.backend`; R packages 'keras' and 'keras3'.
#' @family training
#' @name backend-places
#' @examples
#' x <- matrix(c(5, 2, 7, 1, 9, 3), 2)
#' op_take(x, c(3, 1), axis = 2)
#' op_top_k(x, 2)
#' op_split(x, 3, axis = 2)
NULL

#' @rdname backend-places
#' @export
k_gather <- operation(function(reference, indices) {
  at <- plain(indices)
  pick_along(reference, if (is.null(dim(at))) at else at + 1, 1, is_scalar(at))
})

#' @rdname backend-places
#' @export
op_take <- operation(function(x, indices, axis = NULL) {
  if (is.null(axis)) x <- reshape_tensor(x, -1)
  pick_along(x, plain(indices), axis %||% 1, is_scalar(plain(indices)))
})

#' @rdname backend-places
#' @export
op_take_along_axis <- operation(function(x, indices, axis = NULL) {
  if (is.null(axis)) x <- reshape_tensor(x, -1)
  indices <- plain(indices)
  pick_each(x, if (is.null(axis)) reshape_tensor(indices, -1) else indices, axis %||% 1)
})

#' @rdname backend-places
#' @export
k_reverse <- operation(function(x, axes) turn_tensor(x, axes))

#' @rdname backend-places
#' @export
op_flip <- operation(function(x, axis = NULL) turn_tensor(x, axis))

#' @rdname backend-places
#' @export
op_roll <- operation(function(x, shift, axis = NULL) {
  if (is.null(axis)) return(reshape_tensor(op_roll(reshape_tensor(x, -1), shift, 1),
    tensor_dims(plain(x))))
  n <- tensor_dims(plain(x))[one_axis(x, axis)]
  shift <- whole_numbers(check_number(shift), "shift")
  pick_along(x, (seq_len(n) - 1 - shift) %% n + 1, axis)
})

#' @rdname backend-places
#' @export
k_repeat <- operation(function(x, n) repeat_along(expand_tensor(x, 2), n, 2))

#' @rdname backend-places
#' @export
k_repeat_elements <- operation(function(x, rep, axis) repeat_along(x, rep, axis))

#' @rdname backend-places
#' @export
op_repeat <- operation(function(x, repeats, axis = NULL) {
  if (is.null(axis)) x <- reshape_tensor(x, -1)
  repeat_along(x, repeats, axis %||% 1)
})

#' @rdname backend-places
#' @export
k_tile <- operation(function(x, n) tile_tensor(x, unlist(n)))

#' @rdname backend-places
#' @export
op_tile <- operation(function(x, repeats) tile_tensor(x, unlist(repeats)))

#' @rdname backend-places
#' @export
op_broadcast_to <- operation(function(x, shape) {
  zero <- array(0, as.vector(unlist(shape)))
  y <- operate("+", list(with_dims(x, tensor_dims(plain(x))), zero))
  if (length(y) == length(zero)) return(with_dims(y, dim(zero)))
  stop_argument("shape", "one that the array can be repeated to", as.vector(unlist(shape)),
    kind = "shape")
})

#' @rdname backend-places
#' @export
op_split <- operation(function(x, indices_or_sections, axis = 1) {
  n <- tensor_dims(plain(x))[one_axis(x, axis)]
  ends <- section_ends(unlist(indices_or_sections), n)
  Map(function(from, to) pick_along(x, from + seq_len(to - from), axis), c(0, ends[-length(ends)]),
    ends)
})

#' @rdname backend-places
#' @export
k_unstack <- operation(function(x, axis = 1, num = NULL) unstack_tensor(x, axis))

#' @rdname backend-places
#' @export
op_unstack <- operation(function(x, num = NULL, axis = 1) unstack_tensor(x, axis))

#' @rdname backend-places
#' @export
op_sort <- operation(function(x, axis = -1) {
  pick_each(x, fibre_order(x, axis), axis)
})

#' @rdname backend-places
#' @export
op_argsort <- operation(function(x, axis = -1, zero_indexed = FALSE) {
  fibre_order(x, axis) - zero_indexed
})

#' @rdname backend-places
#' @export
op_top_k <- operation(function(x, k, sorted = TRUE, zero_indexed = FALSE) {
  n <- utils::tail(tensor_dims(plain(x)), 1)
  first <- pick_along(fibre_order(x, -1, TRUE), seq_len(check_count(k, max = n)), -1)
  list(values = pick_each(x, first, -1), indices = first - zero_indexed)
})

#' @rdname backend-places
#' @export
k_in_top_k <- operation(function(predictions, targets, k) {
  check_count(k)
  if (length(dim(predictions)) != 2) {
    stop_argument("predictions", "a matrix, a row for each sample", plain(predictions),
      kind = "shape")
  }
  p <- plain(predictions)
  codes <- as.vector(check_codes(plain(targets), "targets"))
  if (length(codes) != nrow(p)) {
    stop_argument("targets", sprintf("%d codes, one for each row", nrow(p)), codes, kind = "shape")
  }
  check_codes_below(codes, ncol(p), "targets")
  own <- p[cbind(seq_len(nrow(p)), codes + 1)]
  rowSums(p > own) < k
})

#' @rdname backend-places
#' @export
op_in_top_k <- operation(function(targets, predictions, k) k_in_top_k(predictions, targets, k))

#' @rdname backend-places
#' @export
op_swapaxes <- operation(function(x, axis1, axis2) {
  axes <- seq_along(tensor_dims(plain(x)))
  both <- c(one_axis(x, axis1), one_axis(x, axis2))
  aperm(x, replace(axes, both, rev(both)))
})

#' @rdname backend-places
#' @export
op_moveaxis <- operation(function(x, source, destination) {
  axes <- seq_along(tensor_dims(plain(x)))
  from <- one_axis(x, source)
  aperm(x, append(axes[-from], from, one_axis(x, destination) - 1))
})

one_axis <- function(x, axis, call = caller_env()) {
  axes <- tensor_axes(x, axis, call)
  if (length(axes) == 1) return(axes)
  stop_argument("axis", "a single axis", axis, call = call)
}

whole_numbers <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.numeric(x) && length(x) && all(is.finite(x)) && all(x == trunc(x) & abs(x) < 2^53)) {
    return(x)
  }
  stop_argument(arg, "whole numbers", x, call = call)
}

check_places <- function(index, n, arg, call = caller_env()) {
  index <- whole_numbers(index, arg, call)
  if (all(index >= 1 & index <= n)) return(index)
  stop_argument(arg, sprintf("places of an axis of %d", n), index, call = call)
}

# A single number has no axis.
is_scalar <- function(index) length(index) == 1 && is.null(dim(index))

# x at places `index` of an axis, in whose place come the dims of the index.
pick_along <- function(x, index, axis, drop = FALSE) {
  x <- with_dims(x, tensor_dims(plain(x)))
  axis <- one_axis(x, axis)
  index <- check_places(index, dim(x)[axis], "indices")
  at <- places(x)
  picked <- from_fibres(fibres(at, axis)[as.vector(index), , drop = FALSE], dim(at), axis)
  dims <- append(dim(at)[-axis], if (!drop) tensor_dims(index), axis - 1)
  take(x, with_dims(picked, if (length(dims)) dims))
}

# At places of each fibre: the index has the other dims of x, or 1.
pick_each <- function(x, index, axis) {
  x <- with_dims(x, tensor_dims(plain(x)))
  axis <- one_axis(x, axis)
  index <- with_dims(index, tensor_dims(index))
  dims <- common_dims(replace(dim(x), axis, 1L), replace(dim(index), axis, 1L), FALSE)
  if (is.null(dims)) stop_unlike(plain(x), index)
  check_places(as.vector(index), dim(x)[axis], "indices")
  from <- fibres(repeat_to(places(x), replace(dims, axis, dim(x)[axis])), axis)
  index <- repeat_to(index, replace(dims, axis, dim(index)[axis]))
  at <- fibres(index, axis)
  at[] <- from[cbind(as.vector(at), as.vector(col(at)))]
  take(x, from_fibres(at, dim(index), axis))
}

fibre_order <- function(x, axis, decreasing = FALSE) {
  x <- with_dims(plain(x), tensor_dims(plain(x)))
  each_fibre(x, one_axis(x, axis), function(v) order(v, decreasing = decreasing))
}

turn_tensor <- function(x, axes) {
  for (axis in tensor_axes(x, axes) %||% seq_along(tensor_dims(plain(x)))) {
    x <- pick_along(x, rev(seq_len(tensor_dims(plain(x))[axis])), axis)
  }
  x
}

repeat_along <- function(x, times, axis) {
  n <- tensor_dims(plain(x))[one_axis(x, axis)]
  times <- whole_numbers(unlist(times), "repeats")
  if (any(times < 0) || !length(times) %in% c(1, n)) {
    stop_argument("repeats", sprintf("a count, or one for each of %d", n), times)
  }
  pick_along(x, rep(seq_len(n), times = rep_len(times, n)), axis)
}

# times: one for each axis, new ones before the first included.
tile_tensor <- function(x, times) {
  times <- whole_numbers(times, "n")
  x <- with_dims(x, tensor_dims(plain(x)))
  rank <- max(length(dim(x)), length(times))
  x <- with_dims(x, padded_dims(plain(x), rank))
  times <- c(rep(1, rank - length(times)), times)
  for (axis in which(times != 1)) x <- pick_along(x, rep(seq_len(dim(x)[axis]), times[axis]), axis)
  x
}

# One number: that many parts; several: the last places of all parts but the last.
section_ends <- function(sections, n) {
  sections <- whole_numbers(sections, "indices_or_sections")
  if (length(sections) > 1) return(c(sections, n))
  if (sections > 0 && n %% sections == 0) return(seq_len(sections) * (n / sections))
  stop_argument("indices_or_sections", sprintf("a divisor of %d", n), sections, kind = "shape")
}

unstack_tensor <- function(x, axis) {
  at <- one_axis(x, axis)
  lapply(seq_len(tensor_dims(plain(x))[at]), function(i) pick_along(x, i, at, TRUE))
}
