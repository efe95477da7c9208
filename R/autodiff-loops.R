# What stands for functions of base R that go over columns or elements, or are made of such, and for
# those that cannot be differentiated, which say so.

loop_masks <- function() {
  c(list(
    sapply = function(X, FUN, ..., simplify = TRUE, USE.NAMES = TRUE) {
      values <- element_values(X, FUN, ...)
      if (has_traced(values) && isTRUE(simplify)) return(joined_values(values))
      if (has_traced(values) || isFALSE(simplify)) return(values)
      if (USE.NAMES && is.character(X) && is.null(names(values))) names(values) <- X
      simplify2array(values)
    },
    vapply = function(X, FUN, FUN.VALUE, ..., USE.NAMES = TRUE) {
      if (is_traced(X)) return(joined_values(element_values(X, FUN, ...)))
      values <- lapply(X, FUN, ...)
      if (has_traced(values)) return(joined_values(values))
      if (USE.NAMES && is.character(X) && is.null(names(values))) names(values) <- X
      base::vapply(values, identity, FUN.VALUE)
    },
    lapply = function(X, FUN, ...) element_values(X, FUN, ...),
    diff = mask(base::diff, traced_diff),
    scale = mask(base::scale, traced_scale),
    cov = mask(stats::cov, function(x, y = x, ...) traced_covariance(x, y, FALSE)),
    cor = mask(stats::cor, function(x, y = x, ...) traced_covariance(x, y, TRUE))
  ), refusing_masks())
}

refusing_masks <- function() {
  stats <- c("quantile", "fft", "mad", "IQR", "approx", "spline", "convolve", "ecdf", "lm.fit",
    "dist",
    "filter", "cor.test")
  base <- c("rowsum", "svd", "qr", "chol", "eigen", "tabulate", "table", "cut", "tapply",
    "outer")
  masks <- lapply(c(stats, base), function(name) {
    mask(get(name, envir = asNamespace(if (name %in% stats) "stats" else "base")),
      function(...) stop_not_differentiable(name))
  })
  stats::setNames(masks, c(stats, base))
}

has_traced <- function(values) any(vapply(values, is_traced, NA))

# A function of each element of a traced value, or of others.
element_values <- function(X, FUN, ...) {
  FUN <- match.fun(FUN)
  if (!is_traced(X)) return(base::lapply(X, FUN, ...))
  base::lapply(seq_along(plain(X)), function(i) FUN(X[[i]], ...))
}

# A vector of single numbers, or a matrix with a column for each of several.
joined_values <- function(values) {
  sizes <- lengths(lapply(values, plain))
  if (all(sizes == 1)) return(join(unname(values)))
  if (length(unique(sizes)) > 1) return(values)
  bind(cbind, lapply(values, as.vector))
}

traced_apply <- function(X, MARGIN, FUN, ...) {
  FUN <- match.fun(FUN)
  if (length(dim(X)) != 2 || !identical(as.double(MARGIN), 1) && !identical(as.double(MARGIN), 2)) {
    stop_not_differentiable("apply")
  }
  slice <- function(i) if (MARGIN == 1) X[i, ] else X[, i]
  joined_values(base::lapply(seq_len(dim(X)[MARGIN]), function(i) FUN(slice(i), ...)))
}

traced_diff <- function(x, lag = 1L, differences = 1L, ...) {
  for (k in seq_len(differences)) {
    n <- if (is.null(dim(x))) length(x) else dim(x)[1]
    later <- seq_len(max(0, n - lag)) + lag
    x <- if (is.null(dim(x))) x[later] - x[later - lag] else {
      x[later, , drop = FALSE] - x[later - lag, , drop = FALSE]
    }
  }
  x
}

as_columns <- function(x) if (length(dim(x)) == 2) x else with_dims(x, c(length(x), 1L))

# As scale(): columns less their means, divided by the root of what they vary by.
traced_scale <- function(x, center = TRUE, scale = TRUE) {
  x <- as_columns(x)
  n <- dim(x)[1]
  each <- function(v) with_dims(v, c(1L, length(v)))
  if (isTRUE(center)) center <- traced_means(x, 1L)
  if (!isFALSE(center)) x <- operate("-", list(x, each(center)))
  if (isTRUE(scale)) scale <- sqrt(traced_sums(x^2, 1L) / max(1, n - 1))
  if (isFALSE(scale)) x else operate("/", list(x, each(scale)))
}

# Of all columns of x with all of y; of two vectors one number.
traced_covariance <- function(x, y, scaled) {
  parts <- base::lapply(list(x, y %||% x), traced_scale, scale = scaled)
  v <- operate("%*%", list(t(parts[[1]]), parts[[2]])) / (dim(parts[[1]])[1] - 1)
  if (length(dim(x)) == 2 || length(dim(y)) == 2) v else as.vector(v)
}
