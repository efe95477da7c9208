#' Matrices and pieces of tensors
#'
#' More operations of keras3 on matrices, and such as put tensors together and take them apart.
#' Those of the numbers of `x` are differentiated, see [autodiff]; axes count as
#' [backend-operations] says.
#'
#' * `outer`: the products of all numbers of `x1` with all of `x2`; `inner`: sums of products over
#'   the last axis of both; `vdot`: the sum of all products; `tensordot`: over the last `axes` axes
#'   of `x1` and the first of `x2`, or over the axes named in a list of two
#' * `diag`: of a vector the matrix with it, of a matrix its diagonal; `diagonal` and `trace`: the
#'   diagonal of two axes, and its sum; `offset` and `k` count diagonals above it
#' * `tri`: 1 up to a diagonal, else 0; `tril` and `triu`: what is below and above of `x`;
#'   `identity`: the unit matrix
#' * `append`, `hstack`, `vstack`: one after the other, by default of all numbers by rows, along the
#'   second axis (of vectors the first), and along the first (vectors are rows)
#' * `pad`: with `constant_values` around it, `pad_width` a row of two counts for each axis;
#'   `k_temporal_padding()` pads the second axis
#' * `diff`: differences along an axis, `n` times; `slice`: `shape` numbers from `start_indices`,
#'   which count from 1
#' * `linspace`, `logspace`: `num` numbers from `start` to `stop`, or powers of `base` with such
#' * `multi_hot`: 1 for each code in the last axis, which count from 0
#'
#' @param x,x1,x2,a,inputs arrays.
#' @param xs a list of arrays.
#' @param axes how many axes, or a list of those of `x1` and those of `x2`.
#' @param axis,axis1,axis2 axes.
#' @param k,offset a diagonal: 0 is the main one.
#' @param N,M,n rows, columns, and how often.
#' @param pad_width,padding counts before and after: a matrix with a row for each axis, a list of
#'   such pairs, a pair for all axes, or one count.
#' @param constant_values,mode the number to pad with, and `"constant"`.
#' @param start_indices,shape places from 1 on, and how many numbers, for each axis.
#' @param start,stop,num,endpoint,base the ends, how many numbers, whether `stop` is one of them.
#' @param num_classes how many codes there are.
#' @param dtype accepted, without effect.
#' @return an array.
#' @section Errors: `kestrel_error_argument` for axes, places and counts that there are not;
#'   `kestrel_error_shape` for shapes that do not go together.
#' @source Keras: `keras.ops`, `keras.backend`; R packages 'keras' and 'keras3'.
#' @family training
#' @name backend-matrices
#' @examples
#' op_outer(1:3, 1:2)
#' op_tril(matrix(1:9, 3))
#' op_pad(matrix(1:4, 2), list(c(1, 0), c(0, 2)))
NULL

#' @rdname backend-matrices
#' @export
op_outer <- operation(function(x1, x2) {
  operate("*", list(with_dims(flat_tensor(x1), c(length(x1), 1L)),
    with_dims(flat_tensor(x2), c(1L, length(x2)))))
})

#' @rdname backend-matrices
#' @export
op_inner <- operation(function(x1, x2) {
  rank <- function(x) length(tensor_dims(plain(x)))
  tensordot_axes(x1, x2, list(rank(x1), rank(x2)))
})

#' @rdname backend-matrices
#' @export
op_vdot <- operation(function(x1, x2) {
  sum(operate("*", list(flat_tensor(x1), flat_tensor(x2))))
})

#' @rdname backend-matrices
#' @export
op_tensordot <- operation(function(x1, x2, axes = 2) {
  rank <- length(tensor_dims(plain(x1)))
  if (!is.list(axes) && length(axes) == 1) {
    n <- check_count(axes, min = 0L, max = min(rank, length(tensor_dims(plain(x2)))))
    axes <- list(rank - n + seq_len(n), seq_len(n))
  }
  if (length(axes) != 2) stop_argument("axes", "a count, or a list of the axes of both", axes)
  tensordot_axes(x1, x2, as.list(axes))
})

#' @rdname backend-matrices
#' @export
op_diag <- operation(function(x, k = 0) {
  k <- check_diagonal(k)
  x <- with_dims(x, tensor_dims(plain(x)))
  if (length(dim(x)) == 2) return(diagonal_tensor(x, k, 1, 2))
  if (length(dim(x)) != 1) stop_argument("x", "a vector or a matrix", plain(x), kind = "shape")
  n <- length(x) + abs(k)
  at <- matrix(0, n, n)
  on <- col(at) - row(at) == k
  at[on] <- seq_along(plain(x))
  operate("*", list(take(x, pmax(at, 1)), on + 0))
})

#' @rdname backend-matrices
#' @export
op_diagonal <- operation(function(x, offset = 0, axis1 = 1, axis2 = 2) {
  diagonal_tensor(x, check_diagonal(offset, "offset"), one_axis(x, axis1), one_axis(x, axis2))
})

#' @rdname backend-matrices
#' @export
op_trace <- operation(function(x, offset = 0, axis1 = 1, axis2 = 2) {
  y <- diagonal_tensor(x, check_diagonal(offset, "offset"), one_axis(x, axis1), one_axis(x, axis2))
  reduce_tensor("sum", y, -1)
})

#' @rdname backend-matrices
#' @export
op_tri <- operation(function(N, M = NULL, k = 0, dtype = NULL) {
  y <- matrix(0, check_count(N), check_count(M, null = TRUE) %||% N)
  (col(y) - row(y) <= check_diagonal(k)) + 0
})

#' @rdname backend-matrices
#' @export
op_tril <- operation(function(x, k = 0) kept_triangle(x, `<=`, check_diagonal(k)))

#' @rdname backend-matrices
#' @export
op_triu <- operation(function(x, k = 0) kept_triangle(x, `>=`, check_diagonal(k)))

#' @rdname backend-matrices
#' @export
op_identity <- operation(function(n, dtype = NULL) diag(check_count(n)))

#' @rdname backend-matrices
#' @export
op_append <- operation(function(x1, x2, axis = NULL) {
  if (is.null(axis)) return(bind_tensors(list(flat_tensor(x1), flat_tensor(x2)), 1))
  bind_tensors(list(x1, x2), axis)
})

#' @rdname backend-matrices
#' @export
op_hstack <- operation(function(xs) {
  bind_tensors(xs, min(2L, length(tensor_dims(plain(xs[[1]])))))
})

#' @rdname backend-matrices
#' @export
op_vstack <- operation(function(xs) {
  rows <- lapply(xs, function(x) if (length(tensor_dims(plain(x))) == 1) expand_tensor(x, 1) else x)
  bind_tensors(rows, 1)
})

#' @rdname backend-matrices
#' @export
op_pad <- operation(function(x, pad_width, mode = "constant", constant_values = 0) {
  check_choice(mode, "constant", "a way to pad")
  pad_tensor(x, check_pads(pad_width, length(tensor_dims(plain(x)))), check_number(constant_values))
})

#' @rdname backend-matrices
#' @export
k_temporal_padding <- operation(function(x, padding = c(1, 1)) {
  rank <- length(tensor_dims(plain(x)))
  if (rank != 3) stop_argument("x", "an array of three axes", plain(x), kind = "shape")
  pads <- check_pads(padding, 1L, "padding")
  pad_tensor(x, rbind(0, pads, 0), 0)
})

#' @rdname backend-matrices
#' @export
op_diff <- operation(function(a, n = 1, axis = -1) {
  for (i in seq_len(check_count(n, min = 0L))) {
    size <- tensor_dims(plain(a))[one_axis(a, axis)]
    if (size < 2) stop_argument("n", "less than the numbers along the axis", n, kind = "shape")
    a <- pick_along(a, seq_len(size - 1) + 1, axis) - pick_along(a, seq_len(size - 1), axis)
  }
  a
})

#' @rdname backend-matrices
#' @export
op_slice <- operation(function(x, start_indices, shape) {
  starts <- whole_numbers(unlist(start_indices), "start_indices")
  sizes <- whole_numbers(unlist(shape), "shape")
  rank <- length(tensor_dims(plain(x)))
  if (length(starts) != rank || length(sizes) != rank) {
    stop_argument("start_indices", sprintf("%d places, one for each axis", rank), starts,
      kind = "shape")
  }
  for (axis in seq_len(rank)) x <- pick_along(x, starts[axis] - 1 + seq_len(max(0, sizes[axis])),
    axis)
  x
})

#' @rdname backend-matrices
#' @export
op_linspace <- operation(function(start, stop, num = 50, endpoint = TRUE, dtype = NULL) {
  array(spaced(check_number(start), check_number(stop), check_count(num), check_flag(endpoint)),
    num)
})

#' @rdname backend-matrices
#' @export
op_logspace <- operation(function(start, stop, num = 50, endpoint = TRUE, base = 10, dtype = NULL) {
  powers <- spaced(check_number(start), check_number(stop), check_count(num), check_flag(endpoint))
  array(check_number(base)^powers, num)
})

#' @rdname backend-matrices
#' @export
op_multi_hot <- operation(function(inputs, num_classes, dtype = NULL) {
  hot <- k_one_hot(inputs, num_classes)
  rank <- length(tensor_dims(hot))
  reduce_tensor("max", hot, max(1, rank - 1))
})

flat_tensor <- function(x) reshape_tensor(with_dims(x, tensor_dims(plain(x))), -1)

# Sums of products over axes of both, as a sum by letters.
tensordot_axes <- function(x1, x2, axes) {
  axes <- Map(function(x, a) if (length(a)) tensor_axes(x, unlist(a)) else integer(), list(x1, x2),
    axes)
  own <- list(letters[seq_along(tensor_dims(plain(x1)))],
    LETTERS[seq_along(tensor_dims(plain(x2)))])
  if (length(axes[[1]]) != length(axes[[2]])) stop_unlike(plain(x1), plain(x2))
  own[[2]][axes[[2]]] <- own[[1]][axes[[1]]]
  left <- c(setdiff(own[[1]], own[[2]]), setdiff(own[[2]], own[[1]]))
  y <- contract_tensors(Map(tensor_by_letters, list(x1, x2), own), left)
  if (length(left)) y else as.vector(y)
}

check_diagonal <- function(k, arg = "k", call = caller_env()) {
  if (is_number(k) && k == trunc(k) && abs(k) <= 1e6) return(as.integer(k))
  stop_argument(arg, "a whole number", k, call = call)
}

# The diagonal of two axes, as the last axis.
diagonal_tensor <- function(x, k, first, second, call = caller_env()) {
  dims <- tensor_dims(plain(x))
  if (length(dims) < 2 || first == second) {
    stop_argument("x", "an array with two different axes for the diagonal", plain(x),
      kind = "shape", call = call)
  }
  rest <- setdiff(seq_along(dims), c(first, second))
  flat <- with_dims(aperm(with_dims(x, dims), c(first, second, rest)),
    c(prod(dims[c(first, second)]), prod(dims[rest])))
  on <- matrix(FALSE, dims[first], dims[second])
  on <- which(col(on) - row(on) == k)
  y <- pick_along(flat, on, 1)
  with_dims(aperm(y), c(dims[rest], length(on)))
}

kept_triangle <- function(x, keep, k, call = caller_env()) {
  dims <- tensor_dims(plain(x))
  if (length(dims) < 2) stop_argument("x", "a matrix, or an array of such", plain(x),
    kind = "shape", call = call)
  ends <- utils::tail(dims, 2)
  y <- matrix(0, ends[1], ends[2])
  mask <- keep(col(y) - row(y), k) + 0
  operate("*", list(with_dims(x, dims), array(rep(mask, each = prod(dims) / prod(ends)), dims)))
}

# A row of two counts for each axis.
check_pads <- function(x, rank, arg = "pad_width", call = caller_env()) {
  pads <- if (is.list(x)) unlist(lapply(x,
    function(p) rep_len(unlist(p), 2))) else if (is.matrix(x)) c(t(x)) else x
  good <- is.numeric(pads) && !anyNA(pads) && all(pads == trunc(pads) & pads >= 0 & pads < 1e6) &&
    length(pads) %in% c(1, 2, 2 * rank)
  if (good) return(matrix(rep_len(pads, 2 * rank), rank, byrow = TRUE))
  stop_argument(arg, sprintf("counts before and after each of %d axes", rank), x, kind = "shape",
    call = call)
}

pad_tensor <- function(x, pads, value) {
  dims <- tensor_dims(plain(x))
  at <- array(0, dims + rowSums(pads))
  inner <- lapply(seq_along(dims), function(a) pads[a, 1] + seq_len(dims[a]))
  at <- do.call(`[<-`, c(list(at), inner, list(value = seq_along(plain(x)))))
  choose_tensor(at > 0, take(x, replace(at, at == 0, 1)), value)
}

spaced <- function(start, stop, n, endpoint) {
  start + (stop - start) * (seq_len(n) - 1) / max(1, n - endpoint)
}
