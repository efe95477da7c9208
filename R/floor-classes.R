# min over shares q of -sum_i m_i log(q_i), m being the weighed sum of the targets of a group:
# with M = sum(m) it is at least M (H(m / M) - log(sum(q))), H the entropy (Gibbs).

class_minimum <- function(problem, group, range) {
  m <- rowsum(problem$s * class_targets(problem), group)
  bounds <- if (problem$logits) logit_bounds(range, ncol(m)) else share_bounds(range, ncol(m))
  entropy <- mass_entropy(m) - rowSums(m) * bounds$excess
  entropy[!bounds$shares | rowSums(m < 0) > 0] <- -Inf
  each <- rowSums(pmax(m, 0)) * bounds$least - rowSums(pmax(-m, 0)) * bounds$most
  each[is.nan(each)] <- 0
  value <- pmax(entropy, each)
  open <- problem$logits && !is_bounded(range) && any(m == 0 & rowSums(m) > 0)
  list(value = sum(value), size = sum(abs(m)) * (1 + log(ncol(m))), open = open)
}

# Shares for classes, smoothed: a code means one class.
class_targets <- function(problem) {
  t <- if (problem$codes) code_indicators(problem) else problem$t
  smoothing <- problem$loss$config$label_smoothing %||% 0
  t * (1 - smoothing) + smoothing / problem$k
}

# An ignored code is none of the classes.
code_indicators <- function(problem) {
  outer(as.vector(problem$t), seq_len(problem$k) - 1, `==`) + 0
}

# M H(m / M)
mass_entropy <- function(m) {
  total <- rowSums(m)
  terms <- ifelse(m > 0, m * (log(total) - log(ifelse(m > 0, m, 1))), 0)
  rowSums(terms)
}

# Bounds of -log(q_i) for the softmax of logits in a range, which sums to 1.
logit_bounds <- function(range, k) {
  width <- range$high - range$low
  list(
    shares = TRUE, excess = 0, least = log1p((k - 1) * exp(-width)),
    most = if (k == 1) 0 else log(k - 1) + width + log1p(exp(-width) / (k - 1))
  )
}

# Of p / sum(p) clipped to [eps, 1 - eps]: from outputs that are not negative they sum to 1 +
# k eps at most.
share_bounds <- function(range, k) {
  list(shares = range$low >= 0, excess = log1p(k * 1e-7), least = -log1p(-1e-7), most = -log(1e-7))
}

# sum_i p_i log(p_i / q_i), both clipped to [eps, 1].
divergence_minimum <- function(problem, group, range) {
  clip <- function(x) pmin(pmax(x, 1e-7), 1)
  p <- clip(problem$t)
  m <- rowsum(problem$s * p, group)
  constant <- sum(problem$s * rowSums(p * log(p)))
  each <- -rowSums(m) * log(clip(range$high))
  shares <- mass_entropy(m) - rowSums(m) * log1p(ncol(m) * 1e-7)
  value <- if (is.null(range$simplex)) each else pmax(each, shares)
  list(value = constant + sum(value), size = sum(m) * (17 + log(ncol(m))))
}
