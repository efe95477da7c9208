# One input, piecewise linear activations, mean squared error: outputs are piecewise linear in
# x, with at most prod_l (c_l m_l + 1) pieces for layers of m_l units whose activation has c_l
# kinks. So the loss is at least that of the best such number of lines, each for a stretch of
# neighbouring x, whether they meet or not (Bellman 1961):
#
#   best(p, j) = min_i best(p - 1, i - 1) + squares of the line through points i .. j

pieces_floors <- function(problem) {
  pieces <- piece_count(problem)
  x <- as.vector(problem$inputs)
  points <- length(unique(x[problem$s > 0]))
  if (is.na(pieces) || 2 * pieces >= points || points > pieces_most) return(list())
  value <- pieces_value(problem, x, pieces)
  list(new_candidate(value, "piecewise", NA, list(kind = "pieces", value = value, pieces = pieces)))
}

# Above so many different x there is no search.
pieces_most <- 500

kinks <- c(
  relu = 1, leaky_relu = 1, thresholded_relu = 1, threshold = 1, relu6 = 2, hard_sigmoid = 2,
  hard_tanh = 2, hard_shrink = 2, soft_shrink = 2, sparse_sigmoid = 2
)

# NA: outputs are not piecewise linear in one number.
piece_count <- function(problem) {
  network <- problem$network
  known <- problem$loss$record == "mean_squared_error" && network$chain && !network$mixed &&
    ncol(problem$inputs) == 1 && !network$affine
  if (!known) return(NA)
  bent <- Filter(function(node) node$kind == "nonlinear", network$nodes)
  each <- vapply(bent, function(node) {
    kinks[node$activation %||% "none"] * node$output[length(node$output)]
  }, 0)
  limited <- vapply(bent, function(node) is.finite(node$h["max_value"] %||% NaN), NA)
  prod(each * (1 + limited) + 1)
}

pieces_value <- function(problem, x, pieces) {
  kept <- problem$s > 0
  group <- match(x, sort(unique(x[kept])))[kept]
  w <- problem$s[kept] / problem$k
  y <- problem$t[kept, , drop = FALSE]
  total <- as.vector(rowsum(w, group))
  mean <- rowsum(w * y, group) / total
  within <- sum(w * (y - mean[group, , drop = FALSE])^2)
  costs <- line_costs(sort(unique(x[kept])), mean, total)
  best_pieces(costs, pieces) + within * (1 - 1e-12)
}

# costs[i, j]: sum of weighed squares off the best line through points i .. j, lowered for
# rounding; sums of deviations are updated point by point (Welford 1962), for all i at once.
line_costs <- function(x, y, w) {
  n <- length(x)
  x <- x - x[(n + 1) %/% 2]
  costs <- matrix(0, n, n)
  for (column in seq_len(ncol(y))) costs <- costs + column_costs(x, y[, column], w)
  costs
}

column_costs <- function(x, y, w) {
  n <- length(x)
  costs <- matrix(Inf, n, n)
  sum <- mean_x <- mean_y <- xx <- xy <- yy <- numeric(n)
  for (j in seq_len(n)) {
    i <- seq_len(j)
    sum[i] <- sum[i] + w[j]
    dx <- x[j] - mean_x[i]
    dy <- y[j] - mean_y[i]
    mean_x[i] <- mean_x[i] + dx * w[j] / sum[i]
    mean_y[i] <- mean_y[i] + dy * w[j] / sum[i]
    xx[i] <- xx[i] + w[j] * dx * (x[j] - mean_x[i])
    xy[i] <- xy[i] + w[j] * dx * (y[j] - mean_y[i])
    yy[i] <- yy[i] + w[j] * dy * (y[j] - mean_y[i])
    left <- yy[i] - ifelse(xx[i] > 0, xy[i]^2 / xx[i], 0)
    # A spread that rounding took away bounds nothing: then the cost counts as 0.
    loss <- 1e-12 + 64 * .Machine$double.eps * max(abs(x)) * sqrt(sum[i] / pmax(xx[i], 0))
    costs[i, j] <- pmax(left - loss * yy[i], 0, na.rm = TRUE)
    costs[j, j] <- 0
  }
  costs
}

best_pieces <- function(costs, pieces) {
  n <- ncol(costs)
  best <- costs[1, ]
  for (piece in seq_len(pieces - 1)) {
    start <- c(0, best[-n])
    best <- pmin(best, apply(costs + start, 2, min))
  }
  best[n]
}
