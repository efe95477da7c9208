# What a linear model does on these data: the yardstick for models that ought to do better.

# The best affine prediction for squared losses; for cross-entropies a linear classifier, close
# to the best; NA for other losses.
evidence_linear_loss <- function(case) {
  if (!is.na(case$affine_loss)) case$affine_loss else linear_classifier_loss(case)
}

# Worse than a linear model, or for classes no better than a constant.
does_badly <- function(case) {
  if (!is_trained(case)) return(FALSE)
  if (!is.na(case$affine_loss)) return(isTRUE(case$loss > 1.1 * case$affine_loss + 1e-3 *
    case$constant_loss))
  isTRUE(case$loss > 0.9 * case$constant_loss) ||
    isTRUE(case$loss > 1.1 * case$linear_loss + 0.02 * case$constant_loss)
}

# Also where weights or outputs are not finite.
fails <- function(case) is_trained(case) && (!case$computable || does_badly(case))

linear_or_base <- function(case) if (is.na(case$linear_loss)) case$base else case$linear_loss

# The share of the excess that a linear model would not have; all where the loss is not finite.
share_of_failure <- function(case) {
  if (case$computable) share_between(case, linear_or_base(case), case$loss) else 1
}

# Of logistic regressions, one for each column of y, normalized where classes exclude each other.
linear_classifier_loss <- function(case) {
  y <- case$targets
  usable <- is_crossentropy(case) && !is.null(y) && nrow(y) == case$rows && all(y >= 0 & y <= 1) &&
    is_flat(case) && ncol(case$inputs) <= 100 && ncol(y) <= 50
  if (!usable) return(NA_real_)
  p <- pmin(pmax(logistic_probabilities(case$inputs, y), 1e-7), 1 - 1e-7)
  if (!case$criterion$record %in% binary_losses) p <- p / rowSums(p)
  if (!all(is.finite(p))) return(NA_real_)
  if (isTRUE(case$criterion$config$from_logits)) {
    p <- if (case$criterion$record %in% binary_losses) stats::qlogis(p) else log(p)
  }
  score_prediction(case, as_shape(p, case))
}

# By Newton steps from 0 with a small ridge, on 1000 rows at most.
logistic_probabilities <- function(x, y) {
  sd <- apply(x, 2, stats::sd)
  x <- cbind(1, scale(x[, sd > 0, drop = FALSE]))
  rows <- unique(round(seq(1, nrow(x), length.out = min(nrow(x), 1000))))
  few <- x[rows, , drop = FALSE]
  slopes <- vapply(seq_len(ncol(y)), function(j) logistic_slopes(few, y[rows, j]), numeric(ncol(x)))
  stats::plogis(x %*% slopes)
}

logistic_slopes <- function(x, y) {
  b <- numeric(ncol(x))
  ridge <- diag(0.1, ncol(x))
  for (i in 1:8) {
    p <- stats::plogis(drop(x %*% b))
    h <- crossprod(x, x * (p * (1 - p))) + ridge
    b <- b + ridge_solve(h, drop(crossprod(x, y - p)) - 0.1 * b)
  }
  b
}
