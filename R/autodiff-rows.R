# Which way a vector lies beside an array. One of k numbers is an array of one dim, as in Keras: it
# goes with the last dim of an n x k array. But what R's own functions make of the rows of an array,
# such as rowSums(x) and x[, 1], has a number for each row. R has the same vectors for both, so
# these carry an attribute `lies`: "rows". What t() has turned carries "turned": its rows were the
# last dim.

by_row <- function(x) marked_as(x, "rows")

is_by_row <- function(x) is.null(dim(x)) && identical(attr(x, "lies", exact = TRUE), "rows")

is_turned <- function(x) identical(attr(x, "lies", exact = TRUE), "turned")

# The mark is on the numbers of a traced value.
marked_as <- function(x, how) {
  if (is.null(x)) return(x)
  if (!is_traced(x)) {
    attr(x, "lies") <- how
    return(x)
  }
  traced <- unclass(current(x))
  attr(traced$value, "lies") <- how
  structure(traced, class = class(current(x)))
}

# What a user's function returns.
unmarked <- function(x) {
  if (is.list(x) && !is.object(x)) {
    x[] <- lapply(x, unmarked)
    return(x)
  }
  if (is.null(attr(x, "lies", exact = TRUE))) x else marked_as(x, NULL)
}

# Comparisons lose attributes.
keep_lie <- function(y, m) {
  if (is.null(dim(y))) return(if (is_by_row(m$a) || is_by_row(m$b)) by_row(y) else y)
  if (is_turned(m$a) || is_turned(m$b)) marked_as(y, "turned") else y
}

# Whether the vector x goes down the rows of the array, as R recycles it: where it has a number for
# each number, or each row, and not one for each place of the last dim.
is_down <- function(x, array) {
  if (!is.null(dim(x)) || length(x) < 2) return(FALSE)
  if (length(x) == length(array)) return(TRUE)
  dims <- dim(array)
  first <- is_by_row(x) != is_turned(array)
  length(dims) > 1 && length(x) %in% cumprod(dims) && (first || length(x) != dims[length(dims)])
}

# An array of n rows and nothing else, or a vector of such.
is_column <- function(x) is_by_row(plain(x)) || length(dim(x)) > 1 && dim(x)[1] == length(x)

# In the place of base R's functions, see base_masks().
row_masks <- function() {
  flat <- c("as.vector", "as.numeric", "as.double", "as.integer", "as.logical", "drop")
  c(stats::setNames(lapply(flat, flattening), flat), list(
    `[` = function(x, ...) {
      y <- x[...]
      if (is_row_slice(plain(x), plain(y), substitute(list(...)))) by_row(y) else y
    },
    t = marked_turn,
    max.col = function(m, ...) by_row(base::max.col(plain(m), ...)),
    rowSums = row_mask(base::rowSums, function(x, na.rm = FALSE, dims = 1) {
      traced_sums(x, row_axes(x, dims))
    }),
    rowMeans = row_mask(base::rowMeans, function(x, na.rm = FALSE, dims = 1) {
      traced_means(x, row_axes(x, dims))
    }),
    apply = function(X, MARGIN, FUN, ...) {
      y <- if (is_traced(X)) traced_apply(X, MARGIN, FUN, ...) else base::apply(plain(X), MARGIN,
        FUN, ...)
      if (identical(as.double(MARGIN), 1)) as_rows(y) else y
    }
  ))
}

row_mask <- function(base, own) {
  either <- mask(base, own)
  function(...) as_rows(either(...))
}

# A matrix or array of several for each row is none.
as_rows <- function(y) {
  if (length(dim(y)) > 1 || !is_traced(y) && !is.atomic(y)) return(y)
  by_row(as_vector(y))
}

# Of an array of one dim.
as_vector <- function(y) {
  if (length(dim(y)) > 1) return(y)
  if (!is_traced(y)) return(with_dims(y, NULL))
  traced <- unclass(current(y))
  dim(traced$value) <- NULL
  structure(traced, class = class(current(y)))
}

flattening <- function(name) {
  base <- get(name, baseenv())
  function(x, ...) {
    y <- if (name == "drop" && is_traced(x)) take(x, drop(places(x))) else base(x, ...)
    if (length(y) > 1 && is.null(dim(y)) && is_column(x)) by_row(y) else y
  }
}

marked_turn <- function(x) {
  if (length(dim(x)) != 2 || !is.numeric(plain(x))) return(t(x))
  marked_as(t(x), if (!is_turned(plain(x))) "turned")
}

# x[, j]; x[m] with a row of m for each number.
is_row_slice <- function(x, y, indices) {
  if (is.object(x) || !is.null(dim(y)) || length(dim(x)) < 2 ||
    length(y) != dim(x)[1]) return(FALSE)
  indices <- as.list(indices)[-1]
  indices <- indices[names2(indices) != "drop"]
  if (length(indices) == 1) return(length(x) != length(y))
  identical(indices[[1]], quote(expr = )) && length(y) > 1
}
