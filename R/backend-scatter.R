#' Numbers put in places
#'
#' Operations of keras3 that put numbers in places of an array, and tell places. Places count from
#' 1, as in keras3, and negative ones of `key` from the last. What depends on numbers is
#' differentiated, see [autodiff].
#'
#' * `scatter`: an array of zeros with `values` at `indices`, where the same place comes twice their
#'   sum; `scatter_update`: `inputs` with `updates` there, the last of several. A row of `indices`
#'   is a place, or of fewer columns than there are axes a slice, which takes an array of the other
#'   axes
#' * `slice_update`: `inputs` with the array `updates` from `start_indices` on
#' * `segment_sum` and `segment_max`: sums and largest numbers of the samples of the same segment;
#'   of a segment without samples 0 and `-Inf`
#' * `bincount`: how often 0, 1, 2, ... are in x, or the sum of their `weights`; of a matrix for
#'   each row
#' * `digitize`: in which bin numbers are, 0 below the first bound, 1 from it on
#' * `nonzero`: the places of numbers other than 0, by rows: a list with a vector for each axis
#' * `get_item`: `x[key]`, places of the first axis, or a list of places for each axis, `NULL` for
#'   all
#' * `meshgrid`: a list of an array for each vector, with its numbers along one axis: the second for
#'   the first vector and the first for the second, or with `"ij"` in their order
#' * `empty`: zeros
#'
#' @param indices a matrix of places, a row for each.
#' @param values,updates,inputs,data,x arrays.
#' @param shape dims.
#' @param start_indices a place for each axis.
#' @param segment_ids,num_segments the segment of each sample, from 1, and how many there are: by
#'   default the largest.
#' @param sorted,sparse,dtype accepted, without effect.
#' @param weights a number for each of x.
#' @param minlength how many counts there are at least.
#' @param bins increasing bounds.
#' @param key places, see above.
#' @param ...,indexing vectors, and `"xy"` or `"ij"`.
#' @return an array, or a list of arrays.
#' @section Errors: `kestrel_error_argument` for places that there are not; `kestrel_error_shape`
#'   for shapes that do not go together.
#' @source Keras: `keras.ops`; R package 'keras3'.
#' @family training
#' @name backend-scatter
#' @examples
#' op_scatter(rbind(c(1, 2), c(2, 2)), c(5, 7), shape = c(2, 2))
#' op_segment_sum(c(1, 2, 10, 20), c(1, 1, 2, 2))
#' op_bincount(c(1, 1, 3))
NULL

#' @rdname backend-scatter
#' @export
op_scatter <- operation(function(indices, values, shape) {
  dims <- as.integer(whole_numbers(as.vector(unlist(shape)), "shape"))
  at <- scattered_places(indices, dims)
  if (length(values) != length(at)) stop_scattered("values", values, at)
  operate("scatter", list(values), list(at = at, dims = dims))
})

#' @rdname backend-scatter
#' @export
op_scatter_update <- operation(function(inputs, indices, updates) {
  at <- scattered_places(indices, tensor_dims(plain(inputs)))
  if (length(updates) != length(at)) stop_scattered("updates", updates, at)
  put_tensor(inputs, at, updates)
})

#' @rdname backend-scatter
#' @export
op_slice_update <- operation(function(inputs, start_indices, updates) {
  dims <- tensor_dims(plain(inputs))
  sizes <- tensor_dims(plain(updates))
  starts <- whole_numbers(plain(unlist(start_indices)), "start_indices")
  good <- length(starts) == length(dims) && length(sizes) == length(dims) && all(starts >= 1) &&
    all(starts + sizes - 1 <= dims)
  if (!good) {
    stop_argument("start_indices",
      sprintf("places from which %s fits into %s", shape_list(sizes), shape_list(dims)),
      starts, kind = "shape")
  }
  at <- array(seq_len(prod(dims)), dims)
  block <- Map(function(from, n) from - 1 + seq_len(n), starts, sizes)
  put_tensor(inputs, do.call(`[`, c(list(at), block, list(drop = FALSE))), updates)
})

#' @rdname backend-scatter
#' @export
op_segment_sum <- operation(function(data, segment_ids, num_segments = NULL, sorted = FALSE) {
  segments <- check_segments(segment_ids, num_segments, data)
  dims <- tensor_dims(plain(data))
  to <- replace(dims, 1, segments$n)
  at <- array(seq_len(prod(to)), to)
  at <- plain(pick_along(at, segments$ids, 1))
  operate("scatter", list(data), list(at = at, dims = to))
})

#' @rdname backend-scatter
#' @export
op_segment_max <- operation(function(data, segment_ids, num_segments = NULL, sorted = FALSE) {
  segments <- check_segments(segment_ids, num_segments, data)
  rest <- tensor_dims(plain(data))[-1]
  rows <- lapply(seq_len(segments$n), function(s) {
    own <- which(segments$ids == s)
    if (!length(own)) return(array(-Inf, c(1L, rest)))
    reduce_tensor("max", pick_along(data, own, 1), 1, TRUE)
  })
  bind_tensors(rows, 1)
})

#' @rdname backend-scatter
#' @export
op_bincount <- operation(function(x, weights = NULL, minlength = 0, sparse = FALSE) {
  codes <- whole_numbers(plain(x), "x")
  if (any(codes < 0)) stop_argument("x", "whole numbers from 0", codes)
  dims <- tensor_dims(codes)
  if (length(dims) > 2) stop_argument("x", "a vector or a matrix", codes, kind = "shape")
  weights <- weights %||% rep(1, length(codes))
  if (length(weights) != length(codes)) {
    stop_argument("weights", "a number for each of x", plain(weights), kind = "shape")
  }
  n <- max(codes + 1, check_count(minlength, min = 0L))
  check_memory(8 * n * length(codes) / dims[length(dims)], "The counts")
  if (length(dims) == 1) return(operate("scatter", list(weights),
    list(at = codes + 1, dims = as.integer(n))))
  operate("scatter", list(weights),
    list(at = row(codes) + dims[1] * codes, dims = as.integer(c(dims[1], n))))
})

#' @rdname backend-scatter
#' @export
op_digitize <- operation(function(x, bins) {
  bins <- plain(unlist(bins))
  if (!is.numeric(bins) || !length(bins) || anyNA(bins) || is.unsorted(bins)) {
    stop_argument("bins", "increasing numbers", bins)
  }
  shape_like(findInterval(as.vector(plain(x)), bins), plain(x))
})

#' @rdname backend-scatter
#' @export
op_nonzero <- operation(function(x) {
  x <- plain(x)
  dims <- tensor_dims(x)
  at <- which(aperm(array(x, dims)) != 0)
  places <- arrayInd(at, rev(dims))
  lapply(rev(seq_along(dims)), function(axis) array(places[, axis], nrow(places)))
})

#' @rdname backend-scatter
#' @export
op_get_item <- operation(function(x, key) {
  if (!is.list(key)) key <- list(key)
  rank <- length(tensor_dims(plain(x)))
  if (length(key) > rank) stop_argument("key", sprintf("places for at most %d axes", rank), key,
    kind = "shape")
  for (axis in rev(seq_along(key))) {
    at <- plain(key[[axis]])
    n <- tensor_dims(plain(x))[axis]
    if (!is.null(at)) x <- pick_along(x, ifelse(at < 0, n + 1 + at, at), axis, is_scalar(at))
  }
  x
})

#' @rdname backend-scatter
#' @export
op_meshgrid <- operation(function(..., indexing = "xy") {
  check_choice(indexing, c("xy", "ij"), "an order of axes")
  vectors <- list(...)
  for (i in seq_along(vectors)) check_operand(vectors[[i]], arg = sprintf("..%d", i))
  sizes <- lengths(lapply(vectors, plain))
  order <- seq_along(vectors)
  if (indexing == "xy" && length(order) > 1) order[1:2] <- 2:1
  dims <- sizes[order]
  check_memory(8 * prod(dims) * length(dims), "The grid")
  lapply(seq_along(vectors), function(i) {
    take(vectors[[i]], array(slice.index(array(0, dims), match(i, order)), dims))
  })
})

#' @rdname backend-scatter
#' @export
op_empty <- operation(function(shape, dtype = NULL) array(0, as.vector(unlist(shape))))

# Row "scatter" of the operations: x[i] is added at place at[i] of zeros; what take does, backwards.
scatter_value <- function(x, at, dims) {
  sums <- rowsum(as.vector(x), as.vector(at), reorder = FALSE)
  y <- array(0, dims)
  y[as.integer(rownames(sums))] <- sums
  y
}

# A place for each number, in the order of the numbers: a row of the indices after the other, slices
# as the arrays lie that they take.
scattered_places <- function(indices, dims, call = caller_env()) {
  index <- plain(indices)
  if (is.list(index)) index <- do.call(rbind, lapply(index, unlist))
  if (is.null(dim(index))) index <- matrix(index, ncol = 1)
  k <- ncol(index)
  if (length(dim(index)) != 2 || k > length(dims)) {
    stop_argument("indices",
      sprintf("a matrix with at most %d columns, a row for each place", length(dims)), index,
      kind = "shape", call = call)
  }
  for (axis in seq_len(k)) check_places(index[, axis], dims[axis], "indices", call)
  steps <- cumprod(c(1, dims))
  first <- 1 + as.vector((index - 1) %*% steps[seq_len(k)])
  if (k == length(dims)) return(first)
  inner <- array(seq_len(prod(dims[-seq_len(k)])) - 1, dims[-seq_len(k)]) * steps[k + 1]
  outer(first, inner, `+`)
}

stop_scattered <- function(arg, x, at, call = caller_env()) {
  stop_argument(arg, sprintf("%d numbers, those of the places", length(at)), plain(x),
    kind = "shape", call = call)
}

# The numbers of x, but for those at places, which get the new ones.
put_tensor <- function(x, at, new) {
  x <- with_dims(x, tensor_dims(plain(x)))
  from <- places(x)
  from[as.vector(at)] <- length(from) + seq_along(at)
  take(join(list(x, new)), from)
}

check_segments <- function(ids, n, data, call = caller_env()) {
  ids <- as.vector(whole_numbers(plain(ids), "segment_ids", call))
  if (length(ids) != tensor_dims(plain(data))[1]) {
    stop_argument("segment_ids", "a segment for each sample", ids, kind = "shape", call = call)
  }
  n <- check_count(n, null = TRUE, arg = "num_segments", call = call) %||% max(ids)
  list(ids = check_places(ids, n, "segment_ids", call), n = as.integer(n))
}
