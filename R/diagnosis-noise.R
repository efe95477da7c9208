# What may be noise, or in the nature of the data, and is no fault of a model.

# Whether rows repeat because their columns take few values, as factors and counts do: each column
# at most half as many as there are rows, and pairs of equal rows at least a tenth as often as if
# columns with more than two values had nothing to do with each other. Copies of rows repeat far
# more often than that.
repeats_by_chance <- function(rows) {
  values <- apply(rows, 2, function(v) length(unique(v)))
  if (any(values > nrow(rows) / 2)) return(FALSE)
  expected <- vapply(which(values > 2), function(j) tied_pairs(row_groups(rows[, j, drop = FALSE])),
    0)
  prod(expected) >= tied_pairs(row_groups(rows)) / 10
}

# The share of pairs of rows that are in the same group.
tied_pairs <- function(groups) {
  n <- length(groups)
  (sum(as.double(tabulate(groups))^2) - n) / (n * (n - 1))
}

# The smaller p-value of two tests that targets are linear in x (or their logits), doubled: an F
# test of squares and products of inputs, and a test of residuals beside those of near rows.
# NA where there are too few rows to tell (ten a coefficient), or the loss has no such test.
evidence_bend_p <- function(case) {
  r <- linear_residuals(case)
  x <- scaled_array(case$inputs)
  if (is.null(r) || nrow(x) < 10 * (1 + ncol(x))) return(NA_real_)
  x <- x[, colSums(x^2) > 0, drop = FALSE]
  min(2 * min(curved_p(x, r), neighbour_p(x, r)), 1)
}

# Rows x targets of what the best linear model leaves; NULL where it is not known.
linear_residuals <- function(case) {
  y <- case$targets
  if (is.null(y) || nrow(y) != case$rows || !is.null(case$weight)) return(NULL)
  if (is_squared(case)) return(least_squares(line_design(case$inputs), y)$residuals)
  if (is.na(case$linear_loss)) return(NULL)
  p <- logistic_probabilities(case$inputs, y)
  y - if (ncol(y) > 1 && !case$criterion$record %in% binary_losses) p / rowSums(p) else p
}

# The least mean squared error of validation rows that smooth functions fitted to the training rows
# leave, over that of the best linear model: kernel ridge regression of its residuals, with Gaussian
# kernels of five widths and four penalties. NA where fewer than 20 validation rows are known.
evidence_bend_held <- function(case) {
  held <- held_targets(case)
  if (is.null(held) || is.null(case$targets) || nrow(case$targets) != case$rows) return(NA_real_)
  rows <- spread_rows(length(case$trained_rows), 300)
  inner <- cbind(1, scale(case$inputs[rows, , drop = FALSE]))
  inner[!is.finite(inner)] <- 0
  outer <- cbind(1, scale(held$x, colMeans(case$inputs[rows, , drop = FALSE]),
    apply(case$inputs[rows, , drop = FALSE], 2, stats::sd)))
  outer[!is.finite(outer)] <- 0
  line <- least_squares(inner, case$targets[rows, , drop = FALSE])
  rest <- held$y - outer %*% line$coefficients
  smooth_error(inner, outer, line$residuals, rest) / max(mean(rest^2), .Machine$double.xmin)
}

# list(x, y): matrices of validation rows, y as the targets are.
held_targets <- function(case) {
  if (case$joint || is.null(case$held_out)) return(NULL)
  flat <- function(a) matrix(a, nrow = dim(a)[1])
  y <- flat(case$held_out$y[[1]])
  if (case$codes && ncol(y) == 1) y <- indicators(as.vector(y), case$units)
  x <- do.call(cbind, lapply(case$held_out$x, flat))
  if (nrow(x) >= 20 && ncol(x) == ncol(case$inputs) &&
    identical(ncol(y), ncol(case$targets))) list(x = x, y = y)
}

smooth_error <- function(inner, outer, residuals, rest) {
  near <- squared_distances(inner, inner)
  far <- squared_distances(outer, inner)
  typical <- stats::median(near)
  errors <- vapply(typical * c(0.01, 0.1, 0.3, 1, 3), function(width) {
    parts <- eigen(exp(-near / width), symmetric = TRUE)
    turned <- crossprod(parts$vectors, residuals)
    min(vapply(c(0.01, 0.1, 1, 10), function(penalty) {
      fitted <- exp(-far / width) %*% (parts$vectors %*% (turned /
        (pmax(parts$values, 0) + penalty)))
      mean((rest - fitted)^2)
    }, 0))
  }, 0)
  min(errors, mean(rest^2))
}

squared_distances <- function(a, b) {
  pmax(outer(rowSums(a^2), rowSums(b^2), `+`) - 2 * tcrossprod(a, b), 0)
}

# Of each column of r, times their number.
curved_p <- function(x, r) {
  line <- cbind(1, x)
  bends <- least_squares(line, bent_inputs(x, (nrow(x) - ncol(line)) / 3))$residuals
  fit <- qr(bends)
  free <- nrow(x) - ncol(line) - fit$rank
  if (!fit$rank || free < 1) return(1)
  explained <- colSums(qr.fitted(fit, r)^2)
  left <- pmax(colSums(r^2) - explained, .Machine$double.xmin)
  p <- stats::pf(explained / fit$rank / (left / free), fit$rank, free, lower.tail = FALSE)
  min(1, min(p) * ncol(r))
}

# Squares, then products of pairs, so many at most.
bent_inputs <- function(x, most) {
  pairs <- which(upper.tri(diag(ncol(x))), arr.ind = TRUE)
  pairs <- utils::head(pairs, max(floor(most) - ncol(x), 0))
  cbind(x^2, x[, pairs[, 1], drop = FALSE] * x[, pairs[, 2], drop = FALSE])[,
    seq_len(min(floor(most),
    ncol(x) + nrow(pairs))), drop = FALSE]
}

# Residuals of near rows are alike where a bend is left. By a normal law with the mean and deviation
# of permutations.
neighbour_p <- function(x, r, times = 99) {
  rows <- spread_rows(nrow(x), 400)
  near <- nearest_rows(x[rows, , drop = FALSE], 5L)
  if (is.null(near)) return(1)
  r <- r[rows, , drop = FALSE]
  alike <- function(r) sum(vapply(seq_len(5), function(k) sum(r * r[near[, k], ]), 0))
  found <- alike(r)
  chance <- vapply(seq_len(times), function(i) alike(r[sample.int(nrow(r)), , drop = FALSE]), 0)
  if (!any(chance != chance[1])) return(1)
  stats::pnorm((found - mean(chance)) / stats::sd(chance), lower.tail = FALSE)
}

# The variance that targets of one input have about the lines through their neighbours on both
# sides (Gasser, Sroka and Jennen-Steinmetz 1986): of noise, and a little of what bends quickly.
local_noise <- function(x, y) {
  order <- order(x)
  x <- x[order]
  y <- y[order, , drop = FALSE]
  i <- seq_len(max(length(x) - 2L, 0)) + 1L
  gap <- x[i + 1L] - x[i - 1L]
  a <- ifelse(gap > 0, (x[i + 1L] - x[i]) / gap, 0.5)
  e <- a * y[i - 1L, , drop = FALSE] + (1 - a) * y[i + 1L, , drop = FALSE] - y[i, , drop = FALSE]
  mean(e^2 / (a^2 + (1 - a)^2 + 1))
}
