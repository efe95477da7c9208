# Newton's method for min_b sum_i s_i v(t_i, (Q b)_i), helped by parabolas above the loss where
# it is straight, and from each step the duals
#
#   l - W Q (Q' W Q)^-1 Q' l,  l = s v'(t, z), W = s v''(t, z) or s (Q' S Q = I),
#
# which are orthogonal to Q; the first stays near the domain where W is small.

newton_search <- function(data) {
  b <- newton_start(data)
  best <- c(dual_bound(data, 0 * data$s, 0 * data$s), high = Inf)
  for (step in 1:100) {
    z <- as.vector(data$q %*% b)
    high <- data$value(z)
    if (!is.finite(high)) break
    best$high <- min(best$high, high)
    best$ray <- separating(data, z)
    moves <- lapply(data$record[c("bend", "arch")], function(bend) newton_move(data, z, bend))
    best <- newton_bounds(data, best, moves, z)
    if (!is.null(best$ray) || best$high - best$low < 1e-10 * best$high) break
    b <- newton_next(data, b, z, high, moves)
    if (is.null(b)) break
  }
  best
}

newton_bounds <- function(data, best, moves, z) {
  for (dual in list(moves[[1]]$dual, moves[[1]]$plain)) {
    bound <- dual_bound(data, dual, z)
    if (is_better(bound$low, best$low)) best[c("low", "dual")] <- bound
  }
  best
}

# By more than rounding.
is_better <- function(new, old) isTRUE(new > old + 1e-14 * abs(old))

# The better of both ways; NULL when neither leads down.
newton_next <- function(data, b, z, now, moves) {
  ends <- lapply(moves, function(move) {
    along <- as.vector(data$q %*% move$b)
    size <- newton_step(data, z, along, sum(move$gradient * move$b))
    list(b = b - size * move$b, value = data$value(z - size * along))
  })
  values <- vapply(ends, `[[`, 0, "value")
  if (min(values) < now) ends[[which.min(values)]]$b
}

# Least squares; a constant where outputs must be positive.
newton_start <- function(data) {
  towards <- data$t
  if (data$record$inside) towards[] <- max(sum(data$s * data$t) / sum(data$s), 1e-3)
  as.vector(crossprod(data$q, data$s * towards))
}

newton_move <- function(data, z, bend) {
  l <- data$slope(z)
  w <- data$s * bend(data$t, z, data$h)
  gradient <- as.vector(crossprod(data$q, l))
  hessian <- crossprod(data$q, w * data$q)
  b <- ridge_solve(hessian, gradient)
  dual <- l - w * as.vector(data$q %*% b)
  again <- ridge_solve(hessian, as.vector(crossprod(data$q, dual)))
  dual <- dual - w * as.vector(data$q %*% again)
  plain <- l - data$s * as.vector(data$q %*% gradient)
  list(b = b, dual = dual, plain = plain, gradient = gradient)
}

# H x = g, H positive semidefinite; 0 where numbers have overflowed.
ridge_solve <- function(h, g) {
  if (!length(g) || !all(is.finite(h), is.finite(g))) return(numeric(length(g)))
  most <- max(diag(h), 1e-200)
  factor <- tryCatch(chol(h + diag(1e-14 * most, nrow(h))), error = function(e) NULL)
  if (!is.null(factor)) return(backsolve(factor, backsolve(factor, g, transpose = TRUE)))
  values <- eigen(h, symmetric = TRUE)
  d <- pmax(values$values, 1e-13 * most)
  as.vector(values$vectors %*% (crossprod(values$vectors, g) / d))
}

# The first of 1, 1/2, 1/4, ... that lowers the loss enough; 0: none.
newton_step <- function(data, z, along, decrease) {
  now <- data$value(z)
  size <- 1
  for (try in 1:50) {
    value <- data$value(z - size * along)
    if (is.finite(value) && value <= now - 1e-4 * size * decrease && value < now) return(size)
    size <- size / 2
  }
  0
}

# Logits that are right in all rows, labels being 0 and 1: the loss goes to 0 along them.
separating <- function(data, z) {
  if (is.null(data$record$separates) || !all(data$t %in% 0:1)) return(NULL)
  if (all((2 * data$t - 1) * z > 1e-9 * max(abs(z)))) z
}
