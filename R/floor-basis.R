# A basis of the columns of a matrix that floors can rely on.
#
# Whether a column depends on others is not decided by a tolerance near machine precision: a
# column that nearly depends on others is replaced by what is left of it, computed with twice
# the digits, and scaled up. Left in are columns that stand well apart; out go those of which
# less than 1e-25 is left. So a direction that the data hold, however small, is in the span:
# the span is never too small, and floors are never too high, while sums of indicator columns,
# constants and repeated columns are recognized as dependent.

# rows x rank; columns of about size 1.
span_basis <- function(a) {
  pair <- list(high = a, low = array(0, dim(a)))
  left <- rep(1, ncol(a))
  for (round in 1:12) {
    size <- column_power(pair$high)
    keep <- size > 0 & left > 1e-25
    pair <- lapply(pair, function(m) sweep(m[, keep, drop = FALSE], 2, size[keep], `/`))
    left <- left[keep] * if (round == 1) 1 else size[keep]
    if (!ncol(pair$high)) break
    apart <- stands_apart(pair$high)
    if (all(apart$good)) break
    change <- remainder(pair, apart)
    pair <- change$pair
    left <- left[change$order]
  }
  pair$high
}

# The power of two above the largest number of each column.
column_power <- function(a) {
  largest <- if (nrow(a)) apply(abs(a), 2, max) else rep(0, ncol(a))
  ifelse(largest > 0, 2^ceiling(log2(largest)), 0)
}

# QR with column pivoting of the columns brought to length 1.
stands_apart <- function(a) {
  lengths <- sqrt(colSums(a^2))
  pivoted <- qr(sweep(a, 2, lengths, `/`), LAPACK = TRUE)
  r <- qr.R(pivoted)
  d <- c(abs(diag(r)), rep(0, ncol(a)))[seq_len(ncol(a))]
  list(good = d > 1e-4, order = pivoted$pivot, r = r, lengths = lengths)
}

# The columns in the order of the pivots, what is left of the dependent ones in their place.
remainder <- function(pair, apart) {
  good <- which(apart$good)
  bad <- which(!apart$good)
  lengths <- apart$lengths[apart$order]
  scaled <- backsolve(apart$r[good, good, drop = FALSE], apart$r[good, bad, drop = FALSE])
  coefficients <- scaled * outer(1 / lengths[good], lengths[bad])
  pair <- lapply(pair, function(m) m[, apart$order, drop = FALSE])
  rest <- lapply(pair, function(m) m[, bad, drop = FALSE])
  for (i in seq_along(good)) {
    rest <- pair_minus(rest, pair$high[, good[i]], pair$low[, good[i]], coefficients[i, ])
  }
  pair$high[, bad] <- rest$high
  pair$low[, bad] <- rest$low
  list(pair = pair, order = apart$order)
}

# rest - column times coefficients, numbers being sums high + low of two doubles (Dekker 1971,
# Knuth): about 31 digits.
pair_minus <- function(rest, high, low, coefficients) {
  a <- outer(high, coefficients, function(x, y) x)
  c <- outer(high, coefficients, function(x, y) y)
  product <- two_product(a, c)
  sum <- two_sum(rest$high, -product$high)
  tail <- sum$low + (rest$low - (product$low + outer(low, coefficients)))
  high <- sum$high + tail
  list(high = high, low = tail - (high - sum$high))
}

two_sum <- function(a, b) {
  high <- a + b
  part <- high - a
  list(high = high, low = (a - (high - part)) + (b - part))
}

two_product <- function(a, b) {
  halves <- function(x) {
    shifted <- 134217729 * x
    high <- shifted - (shifted - x)
    list(high = high, low = x - high)
  }
  high <- a * b
  a <- halves(a)
  b <- halves(b)
  low <- ((a$high * b$high - high) + a$high * b$low + a$low * b$high) + a$low * b$low
  list(high = high, low = low)
}

# Orthonormal columns Q that span diag(root) times the basis, and a bound on the norm of
# Q Q' minus the projector: rounding errors of the factorization over the smallest distance of
# a column to the others before it.
weighted_span <- function(basis, root) {
  a <- basis * root
  size <- sqrt(colSums(a^2))
  a <- sweep(a[, size > 0, drop = FALSE], 2, size[size > 0], `/`)
  if (!ncol(a)) return(list(q = a, error = 0))
  pivoted <- qr(a, LAPACK = TRUE)
  d <- abs(diag(qr.R(pivoted)))
  list(q = qr.Q(pivoted), error = 20 * ncol(a) * .Machine$double.eps / min(d))
}
