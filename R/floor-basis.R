# A basis of the columns of a matrix that floors can rely on.
#
# Whether a column depends on others is not decided by a tolerance near machine precision: a
# column that nearly depends on others is replaced by what is left of it, computed with twice
# the digits, and scaled up. Left in are columns that stand well apart; out go those of which
# less than 1e-25 is left. So a direction that the data hold, however small, is in the span:
# the span is never too small, and floors are never too high, while sums of indicator columns,
# constants and repeated columns are recognized as dependent. A sum of columns that was rounded when
# it was made is none of them: the difference of one digit is a direction, which weights of 2^52
# could use. No training does, so that floors which rest on such a direction do not say that they
# are attained.

# rows x rank; columns of about size 1. The first `settled` ones are in the basis for good, so
# that of two columns that depend on each other one stays. Numbers of a are known to a share `digit`
# of the largest in their column; an attribute `rounding` says whether a column of the basis may be
# nothing but what was rounded, `noise` being a bound on that beside a column's size of 1.
span_basis <- function(a, digit = 2^-52) {
  pair <- list(high = a, low = array(0, dim(a)))
  left <- rep(1, ncol(a))
  noise <- rep(digit, ncol(a))
  settled <- 0
  for (round in 1:12) {
    size <- column_power(pair$high)
    if (round > 1) {
      left <- left * size
      noise <- noise / size
    }
    keep <- size > 0 & (left > 1e-25 | seq_along(left) <= settled)
    pair <- lapply(pair, function(m) sweep(m[, keep, drop = FALSE], 2, size[keep], `/`))
    left <- left[keep]
    noise <- noise[keep]
    if (settled == ncol(pair$high)) break
    apart <- stands_apart(pair$high, settled)
    pair <- lapply(pair, function(m) m[, apart$order, drop = FALSE])
    left <- left[apart$order]
    noise <- noise[apart$order]
    settled <- apart$settled
    if (settled == ncol(pair$high)) break
    good <- seq_len(settled)
    coefficients <- on_settled(pair$high, settled)
    pair <- remainder(pair, coefficients)
    noise[-good] <- noise[-good] + colSums(abs(coefficients) * noise[good])
    left[good] <- 1
  }
  structure(pair$high, rounding = any(noise > 1 / 16))
}

# The power of two above the largest number of each column.
column_power <- function(a) {
  largest <- if (nrow(a)) apply(abs(a), 2, max) else rep(0, ncol(a))
  ifelse(largest > 0, 2^ceiling(log2(largest)), 0)
}

unit_length <- function(a) sweep(a, 2, sqrt(colSums(a^2)), `/`)

# list(order, settled): by QR with column pivoting of what is left of unit columns beside the
# settled ones, those that stand apart come next.
stands_apart <- function(a, settled) {
  a <- unit_length(a)
  first <- seq_len(settled)
  rest <- a[, seq_len(ncol(a)) > settled, drop = FALSE]
  if (settled > 0) {
    q <- qr.Q(qr(a[, first, drop = FALSE], LAPACK = TRUE))
    for (twice in 1:2) rest <- rest - q %*% crossprod(q, rest)
  }
  pivoted <- qr(rest, LAPACK = TRUE)
  d <- abs(diag(qr.R(pivoted)))
  list(order = c(first, settled + pivoted$pivot), settled = settled + sum(cumprod(d > 1e-4)))
}

# settled x others: how much of the settled columns is in the others.
on_settled <- function(a, settled) {
  good <- a[, seq_len(settled), drop = FALSE]
  scaled <- qr.coef(qr(unit_length(good), LAPACK = TRUE), a[, -seq_len(settled), drop = FALSE])
  matrix(scaled, settled) / sqrt(colSums(good^2))
}

# With what is left of the columns that are not settled in their place.
remainder <- function(pair, coefficients) {
  good <- seq_len(nrow(coefficients))
  rest <- lapply(pair, function(m) m[, -good, drop = FALSE])
  for (i in good) {
    rest <- pair_minus(rest, pair$high[, i], pair$low[, i], coefficients[i, ])
  }
  list(
    high = cbind(pair$high[, good, drop = FALSE], rest$high),
    low = cbind(pair$low[, good, drop = FALSE], rest$low)
  )
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
# a column to the others before it; `rounding` as in span_basis().
weighted_span <- function(basis, root) {
  a <- basis * root
  size <- sqrt(colSums(a^2))
  a <- sweep(a[, size > 0, drop = FALSE], 2, size[size > 0], `/`)
  rounding <- attr(basis, "rounding")
  if (!ncol(a)) return(list(q = a, error = 0, rounding = rounding))
  pivoted <- qr(a, LAPACK = TRUE)
  d <- abs(diag(qr.R(pivoted)))
  list(q = qr.Q(pivoted), error = 20 * ncol(a) * .Machine$double.eps / min(d), rounding = rounding)
}
