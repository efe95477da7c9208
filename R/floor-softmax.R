# The same as floor-dual.R and floor-newton.R for softmax cross-entropy: with rows of targets t,
# M = sum(t), and P = softmax(Q B),
#
#   loss      sum_i s_i (M_i log(sum(exp(z_i))) - t_i . z_i)
#   dual      sum_i s_i M_i H(q_i / M_i),  q = t + L / s >= 0,  Q' L = 0,  rows of L sum to 0
#   L         s (M P - t) less W Q C, W v = s M (P v - P (P . v)), Q' W Q C = Q' s (M P - t)

# Above so many weights there is no search.
softmax_most <- 600

softmax_affine <- function(problem, a, kept) {
  t <- class_targets(problem)[kept, , drop = FALSE]
  s <- problem$s[kept]
  if (min(t) < 0 || ncol(t) == 1 || ncol(a) * ncol(t) > softmax_most) return(NULL)
  span <- weighted_span(span_basis(a, problem$digit), sqrt(s))
  if (!ncol(span$q)) return(NULL)
  data <- list(q = span$q / sqrt(s), t = t, s = s, m = rowSums(t), error = span$error)
  if (min(data$m) <= 0) return(NULL)
  found <- softmax_search(data)
  whole <- function(x) {
    all <- matrix(0, length(kept), ncol(t))
    all[kept, ] <- x
    all
  }
  list(low = found$low, high = found$high, dual = whole(found$dual), rounding = span$rounding,
    ray = if (!is.null(found$ray)) whole(found$ray))
}

softmax_search <- function(data) {
  b <- matrix(0, ncol(data$q), ncol(data$t))
  best <- c(softmax_bound(data, 0 * data$t, 0 * data$t), high = Inf)
  for (step in 1:60) {
    z <- data$q %*% b
    high <- softmax_value(data, z)
    if (!is.finite(high)) break
    best$high <- min(best$high, high)
    move <- softmax_move(data, z)
    bound <- softmax_bound(data, move$dual, z)
    if (is_better(bound$low, best$low)) best[c("low", "dual")] <- bound
    if (all_right(data$t, z)) best$ray <- z
    if (!is.null(best$ray) || best$high - best$low < 1e-10 * best$high) break
    size <- newton_step(list(value = function(z) softmax_value(data, z)), z, data$q %*% move$b,
      sum(move$gradient * move$b))
    if (size == 0) break
    b <- b - size * move$b
  }
  best
}

softmax_value <- function(data, z) {
  top <- do.call(pmax, as.data.frame(z))
  sum(data$s * (data$m * (top + log(rowSums(exp(z - top)))) - rowSums(data$t * z)))
}

shares_of <- function(z) {
  e <- exp(z - do.call(pmax, as.data.frame(z)))
  e / rowSums(e)
}

softmax_move <- function(data, z) {
  p <- shares_of(z)
  w <- data$s * data$m
  bend <- function(v) w * (p * v - p * rowSums(p * v))
  l <- w * p - data$s * data$t
  gradient <- crossprod(data$q, l)
  hessian <- softmax_hessian(data$q, w, p)
  solve <- function(g) matrix(ridge_solve(hessian, as.vector(g)), nrow(g))
  b <- solve(gradient)
  dual <- l - bend(data$q %*% b)
  dual <- dual - bend(data$q %*% solve(crossprod(data$q, dual)))
  list(b = b, dual = dual, gradient = gradient)
}

# Blocks (k, k') of Q' diag(w p_k (delta - p_k')) Q.
softmax_hessian <- function(q, w, p) {
  d <- ncol(q)
  h <- matrix(0, d * ncol(p), d * ncol(p))
  at <- function(k) (k - 1) * d + seq_len(d)
  for (k in seq_len(ncol(p))) for (other in seq_len(k)) {
    block <- crossprod(q, w * p[, k] * ((k == other) - p[, other]) * q)
    h[at(k), at(other)] <- block
    h[at(other), at(k)] <- t(block)
  }
  h
}

# As dual_bound(): negative shares are cut off, and L made orthogonal again in proportion to the
# shares, which keeps them positive.
softmax_bound <- function(data, l, z) {
  q <- if (all(is.finite(l))) settled_shares(data, data$t + l / data$s)
  if (is.null(q)) q <- data$t
  l <- data$s * (q - data$t)
  terms <- data$s * mass_entropy(q)
  sums <- max(abs(rowSums(q) / data$m - 1))
  low <- if (sums < 1e-12) sum(terms) - dual_slack(data, l, z, terms, 1e3) else -Inf
  list(low = low, dual = l)
}

settled_shares <- function(data, q) {
  for (try in 1:4) {
    if (try > 1 && min(q) >= 0) return(q)
    q <- pmax(q, 0)
    q <- q * data$m / rowSums(q)
    gap <- crossprod(data$q, data$s * (q - data$t))
    hessian <- softmax_hessian(data$q, data$s * data$m, q / data$m)
    v <- data$q %*% matrix(ridge_solve(hessian, as.vector(gap)), nrow(gap))
    q <- q - (q * v - q * rowSums(q * v) / data$m)
  }
  NULL
}

# Whether each row's class has the largest logit, all targets being one class.
all_right <- function(t, z) {
  if (!all(t %in% 0:1) || !all(rowSums(t) == 1)) return(FALSE)
  right <- rowSums(t * z)
  wrong <- do.call(pmax, as.data.frame(ifelse(t == 1, -Inf, z)))
  ncol(t) == 1 || all(right - wrong > 1e-9 * max(abs(z)))
}
