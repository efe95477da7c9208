# Dual of the losses made of straight pieces: the linear programme
#
#   max r'l  with A' l = 0, low <= l <= high
#
# by a primal-dual interior-point method (Mehrotra's predictor and corrector, as Portnoy and
# Koenker 1997 use it for regression quantiles). Its l is then made orthogonal to A again.

lp_search <- function(data) {
  ends <- data$record$domain(data$t, data$h)
  gain <- data$record$least(data$t, rep(1, length(data$t)), data$h)
  scale <- max(abs(gain), 1e-300)
  x <- lp_solve(data$q, gain / scale, data$s * ends$low, data$s * ends$high)
  l <- x$l - data$s * as.vector(data$q %*% crossprod(data$q, x$l))
  z <- scale * as.vector(data$q %*% x$y)
  bound <- dual_bound(data, l, z)
  none <- dual_bound(data, 0 * l, 0 * l)
  if (!is_better(bound$low, none$low)) bound <- none
  c(bound, high = data$value(z))
}

# x = l - low from 0 to u, w = u - x, multipliers z and v of both bounds, y of A' x = b:
# min c'x with c = -r.
lp_solve <- function(a, r, low, high) {
  u <- high - low
  b <- -crossprod(a, low)
  ones <- rep(1, length(u))
  p <- list(x = u / 2, w = u / 2, y = numeric(ncol(a)), z = ones, v = ones)
  for (step in 1:60) {
    gap <- sum(p$x * p$z) + sum(p$w * p$v)
    off <- max(abs(b - crossprod(a, p$x)), 0)
    if (gap < 1e-12 * (1 + sum(u)) && off < 1e-10 * (1 + sum(u))) break
    next_p <- lp_step(p, a, -r, b, u, gap)
    if (is.null(next_p)) break
    p <- next_p
  }
  list(l = p$x + low, y = p$y)
}

lp_step <- function(p, a, c, b, u, gap) {
  d <- 1 / (p$z / p$x + p$v / p$w)
  if (!all(is.finite(d)) || any(d <= 0)) return(NULL)
  normal <- crossprod(a, d * a)
  off <- list(b = b - crossprod(a, p$x), u = u - p$x - p$w)
  off$c <- c - as.vector(a %*% p$y) - p$z + p$v
  towards <- function(xz, wv) {
    rho <- off$c - xz / p$x + wv / p$w - p$v / p$w * off$u
    y <- ridge_solve(normal, as.vector(off$b + crossprod(a, d * rho)))
    x <- d * (as.vector(a %*% y) - rho)
    w <- off$u - x
    list(x = x, w = w, y = y, z = (xz - p$z * x) / p$x, v = (wv - p$v * w) / p$w)
  }
  first <- towards(-p$x * p$z, -p$w * p$v)
  n <- 2 * length(u)
  ahead <- lp_move(p, first, 1)
  left <- sum(ahead$x * ahead$z) + sum(ahead$w * ahead$v)
  mu <- (left / gap)^3 * gap / n
  second <- towards(mu - p$x * p$z - first$x * first$z, mu - p$w * p$v - first$w * first$v)
  lp_move(p, second, 0.9995)
}

# As far as all stay positive.
lp_move <- function(p, d, share) {
  room <- function(x, dx) min(1, share * -x[dx < 0] / dx[dx < 0])
  one <- min(room(p$x, d$x), room(p$w, d$w))
  other <- min(room(p$z, d$z), room(p$v, d$v))
  list(x = p$x + one * d$x, w = p$w + one * d$w, y = p$y + other * d$y, z = p$z + other * d$z,
    v = p$v + other * d$v)
}
