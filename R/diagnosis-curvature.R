# Evidence of second order, from products of the Hessian with vectors.

# All eigenvalues for up to 300 weights, else those of 40 steps of Lanczos with full
# reorthogonalization: list(values, ascending; vectors of the lowest and highest; exact).
evidence_spectrum <- function(case) {
  p <- length(case$weights)
  product <- function(v) objective_hessian(case$objective, v)
  if (p <= 300) exact_spectrum(product, p) else lanczos_spectrum(product, p)
}

exact_spectrum <- function(product, p) {
  h <- vapply(seq_len(p), function(i) product(as.double(seq_len(p) == i)), numeric(p))
  h <- matrix(h, p)
  e <- eigen((h + t(h)) / 2, symmetric = TRUE)
  list(values = rev(e$values), lowest = e$vectors[, p], highest = e$vectors[, 1], exact = TRUE)
}

lanczos_spectrum <- function(product, p, steps = 40) {
  q <- matrix(0, p, steps)
  alpha <- beta <- numeric(steps)
  v <- stats::rnorm(p)
  q[, 1] <- v / sqrt(sum(v^2))
  for (i in seq_len(steps)) {
    v <- product(q[, i])
    alpha[i] <- sum(q[, i] * v)
    basis <- q[, seq_len(i), drop = FALSE]
    for (twice in 1:2) v <- v - basis %*% crossprod(basis, v)
    beta[i] <- sqrt(sum(v^2))
    if (i == steps || beta[i] <= 1e-10 * max(abs(alpha))) break
    q[, i + 1L] <- v / beta[i]
  }
  ritz_spectrum(q[, seq_len(i), drop = FALSE], alpha[seq_len(i)], beta[seq_len(i - 1L)])
}

ritz_spectrum <- function(q, alpha, beta) {
  m <- length(alpha)
  t <- diag(alpha, m)
  for (i in seq_along(beta)) t[i, i + 1L] <- t[i + 1L, i] <- beta[i]
  e <- eigen(t, symmetric = TRUE)
  list(values = rev(e$values), lowest = as.vector(q %*% e$vectors[, m]),
    highest = as.vector(q %*% e$vectors[, 1]), exact = FALSE, weights = rev(e$vectors[1, ]^2))
}

evidence_top_curvature <- function(case) max(case$spectrum$values)

# Along the direction of most negative curvature: a step to lower loss, with its penalties and
# without, or NULL; constraints might take it back.
evidence_escape <- function(case) {
  s <- case$spectrum
  low <- s$values[1]
  if (low > -1e-4 * max(abs(s$values)) || low == 0 || has_constraints(case)) return(NULL)
  f <- case$objective
  on.exit(objective_set(f, case$weights))
  here <- objective_value(f)
  size <- max(sqrt(sum(case$weights^2)), 1)
  for (step in size * c(1, -1, 0.1, -0.1, 0.01, -0.01)) {
    w <- case$weights + step * s$lowest
    objective_set(f, w)
    there <- objective_value(f)
    if (!isTRUE(there < here - 1e-9 * abs(here))) next
    packed <- packed_trainable(case, w)
    loss <- loss_with(case, packed)
    if (isTRUE(loss < case$loss)) return(list(curvature = low, step = abs(step), loss = loss,
      packed = packed))
  }
  NULL
}

# All weights in the engine's order, the trainable ones replaced.
packed_trainable <- function(case, w) {
  layers <- lapply(case$layers, function(l) clone_layer(l, l$name))
  at <- 0L
  for (layer in layers) {
    state <- layer_state(layer)
    for (i in which(!state$is_state & state$trainable)) {
      size <- length(state$weights[[i]])
      state$weights[[i]][] <- w[at + seq_len(size)]
      at <- at + size
    }
  }
  pack_weights(layers)
}
