# Products, shapes and places.

#' @rdname backend
#' @export
k_dot <- operation(function(x, y) multiply_any(x, y))

#' @rdname backend
#' @export
op_dot <- operation(function(x1, x2) multiply_any(x1, x2))

#' @rdname backend
#' @export
op_matmul <- op_dot

#' @rdname backend
#' @export
k_batch_dot <- operation(function(x, y, axes = NULL) {
  if (is.null(axes) && length(tensor_dims(plain(y))) > 2) return(multiply_tensors(x, y))
  dot_samples(x, y, axes)
})

#' @rdname backend
#' @export
k_reshape <- operation(function(x, shape) reshape_tensor(x, shape))

#' @rdname backend
#' @export
op_reshape <- k_reshape

#' @rdname backend
#' @export
k_transpose <- operation(function(x) t(x))

#' @rdname backend
#' @export
op_transpose <- operation(function(x, axes = NULL) {
  if (is.null(axes)) aperm(x) else aperm(x, unlist(check_operand_dims(axes, null = FALSE)))
})

#' @rdname backend
#' @export
k_permute_dimensions <- operation(function(x, pattern) aperm(x, unlist(pattern)))

#' @rdname backend
#' @export
k_expand_dims <- operation(function(x, axis = -1) expand_tensor(x, axis))

#' @rdname backend
#' @export
op_expand_dims <- k_expand_dims

#' @rdname backend
#' @export
k_squeeze <- operation(function(x, axis = NULL) {
  dims <- tensor_dims(plain(x))
  drop <- tensor_axes(x, axis) %||% which(dims == 1)
  if (any(dims[drop] != 1)) {
    stop_argument("axis", "an axis of size 1", axis, kind = "shape")
  }
  with_dims(x, if (length(drop)) dims[-drop] else dims)
})

#' @rdname backend
#' @export
op_squeeze <- k_squeeze

#' @rdname backend
#' @export
k_flatten <- operation(function(x) reshape_tensor(x, -1))

#' @rdname backend
#' @export
op_ravel <- k_flatten

#' @rdname backend
#' @export
k_batch_flatten <- operation(function(x) reshape_tensor(x, c(tensor_dims(plain(x))[1], -1)))

#' @rdname backend
#' @export
k_concatenate <- operation(function(tensors, axis = -1) bind_tensors(tensors, axis))

#' @rdname backend
#' @export
op_concatenate <- operation(function(xs, axis = -1) bind_tensors(xs, axis))

#' @rdname backend
#' @export
k_stack <- operation(function(x, axis = 1) {
  check_operand_list(x)
  x <- tensor_parts(x)
  if (all(vapply(x, function(one) is_scalar(plain(one)), NA))) return(with_dims(join(x), length(x)))
  bind_tensors(lapply(x, expand_tensor, axis), axis)
}, pass = TRUE)

#' @rdname backend
#' @export
op_stack <- k_stack

#' @rdname backend
#' @export
k_shape <- operation(function(x) structure(tensor_dims(plain(x)), class = "kestrel_dims"),
  pass = TRUE)

#' @rdname backend
#' @export
op_shape <- operation(function(x) tensor_dims(plain(x)), pass = TRUE)

#' @rdname backend
#' @export
k_int_shape <- operation(function(x) as.list(tensor_dims(plain(x))), pass = TRUE)

#' @rdname backend
#' @export
k_ndim <- operation(function(x) length(tensor_dims(plain(x))), pass = TRUE)

#' @rdname backend
#' @export
op_ndim <- k_ndim

#' @rdname backend
#' @export
k_cast <- operation(function(x, dtype) {
  if (dtype %in% c("bool", "logical")) return(plain(x) != 0)
  if (grepl("^u?int|^integer", dtype)) return(trunc(plain(x)))
  if (is_traced(x)) x else 0 + plain(x)
})

#' @rdname backend
#' @export
op_cast <- k_cast

#' @rdname backend
#' @export
k_cast_to_floatx <- operation(function(x) k_cast(x, floatx()))

#' @rdname backend
#' @export
k_argmax <- operation(function(x, axis = -1) as.array(argmax_places(x, axis) - 1))

#' @rdname backend
#' @export
op_argmax <- operation(function(x, axis = NULL, keepdims = FALSE, zero_indexed = FALSE) {
  places_kept(x, argmax_places(x, axis), axis, keepdims) - zero_indexed
})

#' @rdname backend
#' @export
k_argmin <- operation(function(x, axis = -1) as.array(argmin_places(x, axis) - 1))

#' @rdname backend
#' @export
op_argmin <- operation(function(x, axis = NULL, keepdims = FALSE, zero_indexed = FALSE) {
  places_kept(x, argmin_places(x, axis), axis, keepdims) - zero_indexed
})

# With 1 in the place of the axis where it is kept.
places_kept <- function(x, y, axis, keepdims) {
  if (!keepdims) return(y)
  dims <- tensor_dims(plain(x))
  array(y, replace(dims, tensor_axes(x, axis) %||% seq_along(dims), 1L))
}

argmax_places <- function(x, axis) extreme_places(plain(x), axis, which.max)

argmin_places <- function(x, axis) extreme_places(plain(x), axis, which.min)

extreme_places <- function(x, axis, which) {
  x <- with_dims(x, tensor_dims(x))
  axes <- tensor_axes(x, axis)
  if (is.null(axes) || length(dim(x)) == 1) which(flat_tensor(x)) else fold_axes(x, axes, which)
}

#' @rdname backend
#' @export
k_one_hot <- operation(function(indices, num_classes) {
  codes <- plain(indices)
  hot <- outer(as.vector(codes), seq_len(num_classes) - 1, `==`) + 0
  array(hot, c(if (length(codes) > 1 &&
    identical(dim(codes)[-1], 1L)) length(codes) else tensor_dims(codes), num_classes))
})

#' @rdname backend
#' @export
op_one_hot <- operation(function(x, num_classes, axis = -1, dtype = NULL, sparse = FALSE,
                                 zero_indexed = TRUE) {
  check_flag(sparse)
  hot <- k_one_hot(plain(x) - !zero_indexed, num_classes)
  rank <- length(dim(hot))
  at <- one_axis(hot, axis)
  if (at == rank) hot else aperm(hot, append(seq_len(rank - 1), rank, at - 1))
})
