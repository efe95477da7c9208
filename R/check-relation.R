# D9, D10 and traps of R that break the link of x and y: shuffled, shifted or refilled rows.

relation_checks <- function() {
  list(
    new_check("D9", "rows of x and y that do not belong together", "floor", find_misaligned),
    new_check("R3", "arrays filled in another order", "floor", find_refilled),
    new_check("R10", "one of x and y shuffled", "floor", find_one_shuffled),
    new_check("D10", "labels that disagree with their neighbours", "floor", find_label_errors)
  )
}

# Up to 400 rows in a row, their five nearest neighbours by scaled inputs, and y as columns.
evidence_neighbours <- function(case) {
  y <- case$targets
  if (is.null(y) || nrow(y) != case$rows || case$rows < 30) return(NULL)
  rows <- seq_len(min(case$rows, 400L))
  x <- case$inputs[rows, , drop = FALSE]
  list(rows = rows, nearest = nearest_rows(x, 5L), y = y)
}

nearest_rows <- function(x, k) {
  sd <- apply(x, 2, stats::sd)
  x <- x[, sd > 0, drop = FALSE]
  if (!ncol(x)) return(NULL)
  d <- as.matrix(stats::dist(scale(x)))
  diag(d) <- Inf
  t(apply(d, 1, function(v) order(v)[seq_len(k)]))
}

# Mean squared distance of y to the mean of its neighbours, over the variance of y: about 1.2
# for five neighbours that say nothing, towards 0 for those that say everything.
unlikeness <- function(y, nearest) {
  total <- sum(apply(y, 2, stats::var))
  if (total == 0) return(NA_real_)
  guess <- vapply(seq_len(ncol(y)), function(j) rowMeans(matrix(y[nearest, j], nrow(nearest))),
    numeric(nrow(y)))
  sum((y - guess)^2) / nrow(y) / total
}

evidence_unlikeness <- function(case) {
  n <- case$neighbours
  if (is.null(n$nearest)) return(NA_real_)
  unlikeness(n$y[n$rows, , drop = FALSE], n$nearest)
}

# y moved by -10 to 10 rows, or backwards: far better than as it is?
evidence_realigned <- function(case) {
  n <- case$neighbours
  if (is.na(case$unlikeness)) return(NULL)
  all <- nrow(n$y)
  shifts <- setdiff(-10:10, 0)
  orders <- c(lapply(shifts, function(s) (n$rows + s - 1) %% all + 1),
    list(rev(seq_len(all))[n$rows]))
  names(orders) <- c(sprintf("%+d rows", shifts), "in reverse")
  scores <- vapply(orders, function(o) unlikeness(n$y[o, , drop = FALSE], n$nearest), 0)
  best <- which.min(scores)
  list(name = names(orders)[best], score = scores[[best]],
    order = (seq_len(all) + c(shifts, 0)[best] - 1) %% all + 1,
    reverse = best == length(orders))
}

find_misaligned <- function(case) {
  if (is.na(case$unlikeness)) return(NULL)
  moved <- case$realigned
  if (isTRUE(moved$score < 0.5 * case$unlikeness) &&
    case$unlikeness > 0.7) return(shifted_found(case, moved))
  if (case$level != "full" || case$unlikeness < 0.7) return(NULL)
  p <- permutation_test(case)
  if (p <= 0.05 || linear_p(case) <= 0.05) return(NULL)
  found(
    "No relation of x and y", "STRONG",
    "Rows with near inputs have targets no more alike than rows taken at random.",
    sprintf("Permutation test of five nearest neighbours: p = %.2f; of a straight line: p = %.2f",
      p, linear_p(case)),
    "check that rows of x and y belong together, and that x says anything of y.",
    explains = 1
  )
}

shifted_found <- function(case, moved) {
  found(
    "Rows of x and y are shifted", "STRONG",
    sprintf("y %s fits x far better than as it is.",
      if (moved$reverse) moved$name else paste("moved by", moved$name)),
    sprintf(paste("Targets' squared distance to those of near rows, over their",
      "variance: %s as given, %s moved"),
      digits(case$unlikeness, 3), digits(moved$score, 3)),
    "look where rows of one of them were lost, added or turned round.",
    explains = 1, fix = list(what = "realign")
  )
}

permutation_test <- function(case, times = 199) {
  n <- case$neighbours
  y <- n$y[n$rows, , drop = FALSE]
  scores <- vapply(seq_len(times),
    function(i) unlikeness(y[sample.int(nrow(y)), , drop = FALSE], n$nearest), 0)
  (1 + sum(scores <= case$unlikeness)) / (times + 1)
}

# The smallest p-value of the F tests of straight lines, times their number.
linear_p <- function(case) {
  x <- cbind(1, case$inputs)
  fit <- qr(x)
  df <- c(fit$rank - 1, nrow(x) - fit$rank)
  if (any(df < 1)) return(1)
  p <- apply(case$targets, 2, function(v) {
    rest <- sum(qr.resid(fit, v)^2)
    total <- sum((v - mean(v))^2)
    if (total == 0) {
      1
    } else {
      stats::pf((total - rest) / df[1] / (rest / df[2]), df[1], df[2], lower.tail = FALSE)
    }
  })
  min(1, min(p) * length(p))
}

# An array that was filled row by row where R fills column by column: x as n x d from numbers
# that came sample by sample.
find_refilled <- function(case) {
  x <- case$inputs
  if (is.na(case$unlikeness) || case$unlikeness < 0.7 || ncol(x) < 2) return(NULL)
  turned <- matrix(as.vector(x), nrow(x), byrow = TRUE)[case$neighbours$rows, , drop = FALSE]
  nearest <- nearest_rows(turned, 5L)
  if (is.null(nearest)) return(NULL)
  score <- unlikeness(case$neighbours$y[case$neighbours$rows, , drop = FALSE], nearest)
  if (!isTRUE(score < 0.5 * case$unlikeness)) return(NULL)
  found(
    "x was filled column by column", "STRONG",
    "Taken row by row, the same numbers fit y far better: array() and matrix() fill columns first.",
    sprintf(paste("Targets' squared distance to those of near rows, over their",
      "variance: %s as given, %s row by row"),
      digits(case$unlikeness, 3), digits(score, 3)),
    "array_reshape(), or matrix(..., byrow = TRUE).", explains = 1, fix = list(what = "refill")
  )
}

# Sorted targets beside inputs in no order: somebody shuffled x alone.
find_one_shuffled <- function(case) {
  y <- case$labels
  if (is.na(case$unlikeness) || case$unlikeness < 0.9 || is.null(y) ||
    length(y) != case$rows) return(NULL)
  if (length(unique(y)) < 2 || !is_ordered(y) || permutation_test(case) <= 0.01 ||
    linear_p(case) <= 0.01) return(NULL)
  along <- apply(case$inputs, 2, function(v) if (stats::var(v) == 0) 0 else abs(lag_correlation(v)))
  if (max(along) > 0.3) return(NULL)
  found(
    "Only x was shuffled", "LIKELY",
    "y is in order, x is not, and they have nothing to do with each other.",
    sprintf("Correlation of y with the next row's: %.2f; of x: %.2f at most", lag_correlation(y),
      max(along)),
    "shuffle both by one index: i <- sample(nrow(x)); x[i, ], y[i].", explains = NA
  )
}

find_label_errors <- function(case) {
  n <- case$neighbours
  if (is.null(n$nearest) || !case$classifies || length(n$rows) < 50 || is.na(case$unlikeness) ||
    case$unlikeness > 0.6) return(NULL)
  y <- case$labels[n$rows]
  agree <- rowMeans(matrix(y[n$nearest], nrow(n$nearest)) == y)
  wrong <- n$rows[agree == 0]
  if (length(wrong) < max(1, 0.01 * length(y))) return(NULL)
  found(
    "Labels that may be wrong", "LIKELY",
    "Rows whose five nearest neighbours all have another label.",
    sprintf("%s, such as %s", count_of(length(wrong), "row"), toString(utils::head(wrong, 8))),
    "look at these rows.", severity = if (length(wrong) > 0.1 * length(y)) "fault" else "note"
  )
}
