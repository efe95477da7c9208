# Floors checked again from their certificates, by code that has no part in finding them.

# Whether the certificate proves its value for the problem, up to `tolerance` of the size of
# the numbers involved.
verify_certificate <- function(certificate, problem, tolerance = 1e-8) {
  shown <- switch(certificate$kind,
    least = certificate$value <= least_floor(problem)$value,
    groups = verify_groups(certificate, problem, tolerance),
    dual = verify_dual(certificate, problem, tolerance),
    ray = verify_ray(certificate, problem, tolerance),
    pieces = verify_pieces(certificate, problem),
    sum = verify_sum(certificate, problem, tolerance),
    projection = verify_projection(certificate, problem, tolerance),
    FALSE
  )
  isTRUE(shown)
}

# The sum of what is proven for each output.
verify_sum <- function(certificate, problem, tolerance) {
  parts <- certificate$parts
  if (length(parts) != length(problem$parts)) return(FALSE)
  each <- mapply(verify_certificate, parts, problem$parts, MoreArgs = list(tolerance = tolerance))
  sum <- sum(vapply(parts, `[[`, 0, "value"))
  all(each) && (certificate$value == -Inf ||
    certificate$value <= sum + 4 * .Machine$double.eps * abs(sum))
}

# Z = residual is orthogonal to all that the network can add to its outputs, so that
# ||Y - Yhat|| >= <Y, Z> / ||Z||, and beyond it there are the singular values of Y - Z.
verify_projection <- function(certificate, problem, tolerance) {
  rows <- target_rows(problem)
  root <- sqrt(rows$s / problem$k)
  z <- certificate$residual
  if (!fits_network(certificate, problem$network) || !identical(dim(z), dim(rows$t))) return(FALSE)
  y <- root * rows$t
  if (sum(z^2) < 1e-24 * sum(y^2)) z[] <- 0
  a <- if (certificate$groups) indicator_columns(problem, nrow(z)) else problem$inputs
  if (certificate$intercept) a <- cbind(1, a)
  least <- 1e-12 * sqrt(sum(y^2)) + 1e-6 * sqrt(sum(z^2))
  if (!orthogonal(a * root, z, tolerance, least)) return(FALSE)
  apart <- if (any(z != 0)) sum(y * z)^2 / sum(z^2) else 0
  value <- apart + sum(hidden_squares(certificate, y - z, root))
  certificate$value <= value + tolerance * (value + apart)
}

# What the certificate supposes of the network is so.
fits_network <- function(certificate, network) {
  bound <- network_bound(network)
  (certificate$groups || network$affine) && certificate$rank >= bound$rank &&
    (certificate$free == bound$free || certificate$rank == Inf) &&
    (certificate$groups || certificate$intercept || !bound$any)
}

# The squared singular values that do not fit through the bottleneck, from eigenvalues.
hidden_squares <- function(certificate, fitted, root) {
  if (certificate$rank >= ncol(fitted)) return(0)
  if (certificate$free) fitted <- fitted - outer(root, colSums(root * fitted) / sum(root^2))
  values <- eigen(crossprod(fitted), symmetric = TRUE, only.values = TRUE)$values
  pmax(values[seq_along(values) > certificate$rank], 0)
}

# `least`: a size of z that counts as 0.
orthogonal <- function(a, z, tolerance, least = 0) {
  sizes <- outer(sqrt(colSums(a^2)), pmax(sqrt(colSums(z^2)), least))
  all(abs(crossprod(a, z)) <= tolerance * sizes + .Machine$double.xmin)
}

indicator_columns <- function(problem, rows) {
  group <- groups_of(problem, rows)
  outer(group, unique(group), `==`) + 0
}

# Groups hold rows of equal inputs only, outputs may be all that the network can give, and
# the value is that of the best outputs.
verify_groups <- function(certificate, problem, tolerance) {
  group <- certificate$group
  both <- row_groups(cbind(group, problem$group))
  if (max(both) > length(unique(group))) return(FALSE)
  range <- problem$network$range
  if (range$low < certificate$range$low || range$high > certificate$range$high) return(FALSE)
  joint <- !is.null(certificate$range$simplex)
  if (is.null(certificate$at) || joint || !problem$loss$record %in% names(pair_minima)) {
    least <- data_minimum(problem, match(group, unique(group)), certificate$range)
    return(certificate$value <= least$value)
  }
  verify_best(certificate, problem, tolerance)
}

# No outputs near or far on either side of the best ones are better, so that, losses having
# one valley, none is.
verify_best <- function(certificate, problem, tolerance) {
  group <- match(certificate$group, unique(certificate$group))
  best <- group_losses(certificate$at, group, problem)
  size <- tolerance * (sum(abs(best)) + sum(problem$s))
  steps <- c(1e-9, 1e-6, 1e-3, 1, 1e3)
  other <- lapply(c(-steps, steps), function(step) {
    at <- certificate$at + step * (1 + abs(certificate$at))
    at <- pmin(pmax(at, certificate$range$low), certificate$range$high)
    group_losses(at, group, problem) >= best - size
  })
  all(unlist(other), na.rm = TRUE) && certificate$value <= sum(best) + size
}

# groups x outputs
group_losses <- function(at, group, problem) {
  at <- pmin(pmax(at, -1e300), 1e300)
  outputs <- matrix(at, max(group))[group, , drop = FALSE]
  values <- engine_loss_value(problem$choice, problem$t, outputs, 1L, 1L)
  rowsum(problem$s / problem$k * matrix(values, nrow(outputs)), group)
}

# A' l = 0 for all that the network can add to its outputs, l in the domain, and the value that
# g gives.
verify_dual <- function(certificate, problem, tolerance) {
  l <- certificate$dual
  rows <- target_rows(problem)
  kept <- rows$s > 0
  if (!spans_network(certificate, problem) || any(l[!kept, ] != 0)) return(FALSE)
  a <- if (certificate$intercept) cbind(1, problem$inputs) else problem$inputs
  least <- 1e-8 * sqrt(sum(rows$s^2)) + 1e-4 * sqrt(sum(l^2))
  if (!orthogonal(a, l, tolerance, least)) return(FALSE)
  if (grepl("categorical", problem$loss$record)) return(verify_shares(certificate, problem, kept))
  record <- dual_records[[problem$loss$record]]
  problem$t <- rows$t
  t <- pair_targets(problem)[kept, ]
  s <- rows$s[kept] / problem$k
  u <- l[kept, ] / s
  ends <- record$domain(t, problem$loss$config)
  value <- sum(s * record$least(t, u, problem$loss$config))
  all(u >= ends$low & u <= ends$high) && certificate$value <= value
}

# q = t + L / s are shares whose mean entropy is the value.
verify_shares <- function(certificate, problem, kept) {
  s <- problem$s[kept]
  t <- class_targets(problem)[kept, , drop = FALSE]
  u <- certificate$dual[kept, , drop = FALSE] / s
  q <- t + u
  if (min(q) < -1e-12 || max(abs(rowSums(u))) > 1e-9) return(FALSE)
  q <- pmax(q, 0)
  certificate$value <= -sum(s * ifelse(q > 0, q * log(q / rowSums(q)), 0)) * (1 + 1e-12)
}

spans_network <- function(certificate, problem) {
  bound <- network_bound(problem$network)
  problem$network$affine && (certificate$intercept || !bound$any)
}

# Affine outputs that are right in every row: the loss goes to 0 along them.
verify_ray <- function(certificate, problem, tolerance) {
  rows <- target_rows(problem)
  kept <- rows$s > 0
  z <- certificate$direction[kept, , drop = FALSE]
  a <- if (certificate$intercept) cbind(1, problem$inputs) else problem$inputs
  off <- stats::lm.fit(a[kept, , drop = FALSE], z)$residuals
  if (max(abs(off)) > tolerance * max(abs(z))) return(FALSE)
  least <- if (grepl("categorical", problem$loss$record)) {
    t <- class_targets(problem)[kept, , drop = FALSE]
    wrong <- apply(ifelse(t == 1, -Inf, z), 1, max)
    min(rowSums(t * z) - wrong)
  } else {
    min((2 * rows$t[kept, ] - 1) * z)
  }
  certificate$value == 0 && least > 10 * max(abs(off))
}

# The same again, for as many pieces as the network can have.
verify_pieces <- function(certificate, problem) {
  if (is.na(piece_count(problem)) || certificate$pieces < piece_count(problem)) return(FALSE)
  certificate$value <= pieces_value(problem, as.vector(problem$inputs), certificate$pieces)
}
