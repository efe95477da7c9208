# Floors checked again from their certificates, by code that has no part in finding them.

# Whether the certificate proves its value for the problem, up to `tolerance` of the size of
# the numbers involved.
verify_certificate <- function(certificate, problem, tolerance = 1e-8) {
  shown <- switch(certificate$kind,
    least = certificate$value <= least_floor(problem)$value,
    groups = verify_groups(certificate, problem, tolerance),
    projection = verify_projection(certificate, problem, tolerance),
    FALSE
  )
  isTRUE(shown)
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
  if (!orthogonal(a * root, z, tolerance)) return(FALSE)
  apart <- if (any(z != 0)) sum(y * z)^2 / sum(z^2) else 0
  value <- apart + sum(hidden_squares(certificate, y - z, root))
  certificate$value <= value + tolerance * (value + apart)
}

# What the certificate supposes of the network is so.
fits_network <- function(certificate, network) {
  bound <- suffix_rank(network$suffix)
  if (!network$chain) bound$rank <- Inf
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

orthogonal <- function(a, z, tolerance) {
  sizes <- outer(sqrt(colSums(a^2)), sqrt(colSums(z^2)))
  all(abs(crossprod(a, z)) <= tolerance * sizes + .Machine$double.xmin)
}

indicator_columns <- function(problem, rows) {
  group <- if (rows == length(problem$group)) problem$group else row_groups(problem$inputs)
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
  if (is.null(certificate$at) || joint || !problem$loss$name %in% names(pair_minima)) {
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
