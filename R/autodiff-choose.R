# Which numbers go where: indexing, binding, other shapes, the larger of two. All that moves
# numbers is one operation, "take": numbers at places `at`, in the shape of `at`.

choosing_operations <- function() {
  list(
    take = list(value = function(x, at) shape_like(x[as.vector(at)], at), vjp = take_vjp),
    join = list(value = function(...) c(..., recursive = TRUE), vjp = join_vjp),
    scatter = list(value = scatter_value,
      vjp = function(dy, y, x, at, dims) list(shape_like(dy[as.vector(at)], x))),
    ifelse = list(value = function(yes, no, test) {
      shape_like(ifelse(as.vector(test), rep_len(yes, length(test)), rep_len(no, length(test))),
        test)
    }, vjp = function(dy, y, yes, no, test) {
      test <- as.vector(test)
      list(recycled_sum(dy * test, yes), recycled_sum(dy * !test, no))
    }),
    pmax = binary(function(a, b) larger(a, b, Re(a) >= Re(b)),
      function(dy, y, a, b) dy * (a >= b), function(dy, y, a, b) dy * !(a >= b)),
    pmin = binary(function(a, b) larger(a, b, Re(a) <= Re(b)),
      function(dy, y, a, b) dy * (a <= b), function(dy, y, a, b) dy * !(a <= b))
  )
}

larger <- function(a, b, first) shape_like(ifelse(as.vector(first), a + 0 * b, b + 0 * a), a + b)

take_vjp <- function(dy, y, x, at) {
  sums <- rowsum(as.vector(dy), as.vector(at), reorder = FALSE)
  dx <- rep(0, length(x))
  dx[as.integer(rownames(sums))] <- sums
  list(shape_like(dx, x))
}

join_vjp <- function(dy, y, ...) {
  ends <- cumsum(lengths(list(...)))
  Map(function(x, end) shape_like(dy[end - length(x) + seq_along(x)], x), list(...), ends)
}

# Of numbers that had been recycled with rep_len().
recycled_sum <- function(dy, x) {
  full <- rep(0, ceiling(length(dy) / length(x)) * length(x))
  full[seq_along(dy)] <- dy
  shape_like(rowSums(matrix(full, nrow = length(x))), x)
}

# Positions in the shape of x.
places <- function(x) shape_like(seq_along(plain(x)), plain(x))

take <- function(x, at) operate("take", list(x), list(at = at))

join <- function(parts) operate("join", parts)

#' @export
`[.kestrel_traced` <- function(x, ..., drop = TRUE) {
  at <- places(x)
  indices <- as.list(substitute(list(...)))[-1]
  whole <- vapply(indices, identical, NA, quote(expr = ))
  if (!drop || length(indices) < 2 || !any(whole)) return(take(x, at[..., drop = drop]))
  take(x, drop_axes(at[..., drop = FALSE], whole))
}

# As R drops dims of 1, but for those that are taken as they are: a batch may be of one sample.
drop_axes <- function(at, whole) {
  dims <- dim(at)[whole | dim(at) != 1]
  dim(at) <- if (length(dims) > 1) dims
  at
}

#' @export
`[[.kestrel_traced` <- function(x, ...) take(x, places(x)[[...]])

#' @export
`[<-.kestrel_traced` <- function(x, ..., value) {
  at <- places(x)
  n <- length(at[...])
  at[...] <- length(at) + rep_len(seq_along(plain(value)), n)
  take(join(list(x, value)), at)
}

#' @export
`dim<-.kestrel_traced` <- function(x, value) {
  at <- places(x)
  dim(at) <- value
  take(x, at)
}

#' @export
c.kestrel_traced <- function(...) joining(...)

#' @export
cbind.kestrel_traced <- function(..., deparse.level = 1) bind(cbind, list(...))

#' @export
rbind.kestrel_traced <- function(..., deparse.level = 1) bind(rbind, list(...))

# The places bound as the numbers would be.
bind <- function(bind, parts) {
  parts <- unname(Filter(Negate(is.null), parts))
  before <- c(0, cumsum(lengths(lapply(parts, plain))))
  take(join(parts),
    do.call(bind, Map(function(x, n) places(x) + n, parts, before[seq_along(parts)])))
}

#' @export
rep.kestrel_traced <- function(x, ...) take(x, rep(seq_along(plain(x)), ...))

#' @export
rev.kestrel_traced <- function(x) take(x, rev(seq_along(plain(x))))

#' @export
as.double.kestrel_traced <- function(x, ...) take(x, seq_along(plain(x)))

#' @export
as.vector.kestrel_traced <- function(x, mode = "any") take(x, seq_along(plain(x)))
