# Floors of convex losses of affine outputs z = A b, by weak duality: for any l with A' l = 0
#
#   sum_i s_i v(t_i, z_i) = sum_i s_i v(t_i, z_i) - l_i z_i  >=  sum_i s_i g(t_i, l_i / s_i),
#   g(t, u) = min_z v(t, z) - u z,
#
# whatever b is. The search for good l (floor-newton.R, floor-lp.R, floor-softmax.R) needs no
# trust: a bad one gives a low floor. Binary cross-entropy of logits has g = the entropy of q =
# t + u, so rows of probabilities q that satisfy A'(q - t) = 0 have a mean entropy that is a
# floor.

convex_floors <- function(problem) {
  if (!problem$network$affine) return(list())
  bound <- network_bound(problem$network)
  best <- convex_affine(problem, bound$any)
  if (is.null(best)) return(list())
  narrow <- bound$rank < min(problem$k, problem$network$suffix$code)
  whole <- problem$network$free && !narrow && (bound$free || !bound$any) && !best$rounding
  if (!is.null(best$ray)) {
    certificate <- list(kind = "ray", value = 0, intercept = bound$any, direction = best$ray)
    return(list(new_candidate(0, "separable", if (whole) FALSE else NA, certificate,
      rounding = best$rounding)))
  }
  certificate <- list(kind = "dual", value = best$low, intercept = bound$any, dual = best$dual)
  near <- best$high - best$low < 1e-6 * (abs(best$high) + 1e-6)
  attained <- if (whole && near) !isTRUE(best$open) else NA
  list(new_candidate(best$low, "dual", attained, certificate, rounding = best$rounding))
}

# list(low, high: bounds of the best affine outputs' loss, dual, ray, rounding), or NULL: this loss
# or these targets are not convex.
convex_affine <- function(problem, intercept) {
  joint <- grepl("categorical_crossentropy$", problem$loss$record)
  if (!is_even(problem) || (grepl("cross", problem$loss$record) && !problem$logits)) return(NULL)
  rows <- target_rows(problem)
  kept <- rows$s > 0
  a <- if (intercept) cbind(1, problem$inputs) else problem$inputs
  a <- a[kept, , drop = FALSE]
  if (joint) {
    if (problem$network$mixed && problem$places > 1) return(NULL)
    return(softmax_affine(problem, a, kept))
  }
  record <- dual_records[[problem$loss$record]]
  if (is.null(record)) return(NULL)
  problem$t <- rows$t
  t <- pair_targets(problem)
  if (anyNA(t) || !record$takes(t) || (record$inside && !intercept)) return(NULL)
  columns <- lapply(seq_len(ncol(t)), function(j) {
    data <- column_data(problem, record, a, t[kept, j], rows$s[kept] / problem$k)
    c(record$search(data), rounding = data$rounding)
  })
  joined_columns(columns, kept, problem)
}

# One output: rows that weigh something.
column_data <- function(problem, record, a, t, s) {
  span <- weighted_span(span_basis(a, problem$digit), sqrt(s))
  q <- span$q / sqrt(s)
  choice <- plain_choice(problem)
  list(
    q = q, t = t, s = s, record = record, h = problem$loss$config, error = span$error,
    rounding = span$rounding,
    value = function(z) sum(s * engine_loss_value(choice, t, z, 1L, 1L)),
    slope = function(z) engine_loss_grad(choice, t, z, s, 1L, 1L)
  )
}

# Targets are smoothed already.
plain_choice <- function(problem) {
  choice <- problem$choice
  smoothing <- names(registry_row("losses", problem$loss$record)$hparams) == "label_smoothing"
  choice$h[smoothing] <- 0
  choice
}

# A separable column's floor is 0, and when all are so there is a ray for all.
joined_columns <- function(columns, kept, problem) {
  whole <- function(part) {
    values <- matrix(0, length(kept), length(columns))
    for (j in seq_along(columns)) values[kept, j] <- columns[[j]][[part]]
    values
  }
  apart <- lengths(lapply(columns, `[[`, "ray")) > 0
  high <- ifelse(apart, 0, vapply(columns, `[[`, 0, "high"))
  list(
    low = sum(vapply(columns, `[[`, 0, "low")), high = sum(high), open = any(apart),
    dual = whole("dual"), ray = if (all(apart)) whole("ray"),
    rounding = any(vapply(columns, `[[`, NA, "rounding"))
  )
}

# The floor that l gives, brought into the domain of g and lowered for what A' l is off 0.
dual_bound <- function(data, l, z) {
  if (!all(is.finite(l))) l <- 0 * data$s
  ends <- data$record$domain(data$t, data$h)
  l <- settled_dual(data, l, ends) %||% shrunk_dual(data, l, ends)
  terms <- data$s * data$record$least(data$t, l / data$s, data$h)
  list(low = sum(terms) - dual_slack(data, l, z, terms, dual_hold(data, l, ends)), dual = l)
}

# Cut off at the ends, and made orthogonal again by moving only what has room to both of them;
# NULL when that leads out of the domain.
settled_dual <- function(data, l, ends) {
  for (try in 1:4) {
    u <- pmin(pmax(l / data$s, ends$low), ends$high)
    cut <- any(u != l / data$s)
    l <- data$s * u
    if (!cut && try > 1) return(l)
    w <- data$s * dual_room(u, ends)
    gap <- as.vector(crossprod(data$q, l))
    l <- l - w * as.vector(data$q %*% ridge_solve(crossprod(data$q, w * data$q), gap))
  }
  NULL
}

dual_room <- function(u, ends) pmin(u - ends$low, ends$high - u, 1 + abs(u))

# Drawn towards 0, which all domains hold.
shrunk_dual <- function(data, l, ends) {
  u <- l / data$s
  share <- min(1, ifelse(u > ends$high, ends$high / u, 1), ifelse(u < ends$low, ends$low / u, 1))
  if (share < 1) share <- share * (1 - 1e-12)
  share * l
}

# How far rounding errors in A' l are from being mended within the domain: 1 over the smallest
# eigenvalue of Q' W Q for the room W, where Q' S Q = I.
dual_hold <- function(data, l, ends) {
  if (!length(data$q)) return(1)
  w <- data$s * dual_room(l / data$s, ends)
  least <- min(eigen(crossprod(data$q, w * data$q), symmetric = TRUE, only.values = TRUE)$values)
  1 / max(least, 1e-6)
}

# Orthogonality up to rounding, times the weights of outputs of the size of z; Inf where it is
# more than rounding that is missing.
dual_slack <- function(data, l, z, terms, hold) {
  off <- sqrt(sum(crossprod(data$q, l)^2))
  size <- sqrt(sum(l^2 / data$s))
  if (off > 1e-9 * size + 1e-14 * sqrt(sum(data$s))) return(Inf)
  scale <- size * (data$error + length(data$s) * .Machine$double.eps)
  outputs <- sqrt(max(sum(data$s * z^2), min(sum(data$s), sum(data$s * data$t^2))))
  10 * (off + scale) * (1 + hold) * outputs + 64 * .Machine$double.eps * sum(abs(terms))
}

box <- function(width) list(low = -width, high = width)

# takes: targets for which the loss is convex; domain and least: of g; inside: whether outputs
# are limited. For searches: bend, the second derivative, and arch, that of a parabola that
# touches the loss and lies above it, or nearly.
dual_records <- list(
  mean_absolute_error = list(
    takes = function(t) TRUE, inside = FALSE, search = function(data) lp_search(data),
    domain = function(t, h) box(rep(1, length(t))), least = function(t, u, h) -u * t
  ),
  mean_absolute_percentage_error = list(
    takes = function(t) TRUE, inside = FALSE, search = function(data) lp_search(data),
    domain = function(t, h) box(100 / pmax(abs(t), 1e-7)), least = function(t, u, h) -u * t
  ),
  hinge = list(
    takes = function(t) all(t != 0), inside = FALSE, search = function(data) lp_search(data),
    domain = function(t, h) list(low = -pmax(t, 0), high = pmax(-t, 0)),
    least = function(t, u, h) -u / t
  ),
  squared_hinge = list(
    takes = function(t) all(t != 0), inside = FALSE, search = function(data) newton_search(data),
    domain = function(t, h) list(low = ifelse(t > 0, -Inf, 0), high = ifelse(t > 0, 0, Inf)),
    least = function(t, u, h) -u / t - (u / t)^2 / 4,
    bend = function(t, z, h) 2 * t^2 * (t * z < 1), arch = function(t, z, h) 2 * t^2
  ),
  huber = list(
    takes = function(t) TRUE, inside = FALSE, search = function(data) newton_search(data),
    domain = function(t, h) box(rep(h$delta, length(t))),
    least = function(t, u, h) -u^2 / 2 - u * t,
    bend = function(t, z, h) (abs(z - t) <= h$delta) + 0,
    arch = function(t, z, h) pmin(1, h$delta / abs(z - t))
  ),
  log_cosh = list(
    takes = function(t) TRUE, inside = FALSE, search = function(data) newton_search(data),
    domain = function(t, h) box(rep(1, length(t))),
    least = function(t, u, h) -(xlogx(1 + u) + xlogx(1 - u)) / 2 - u * t,
    bend = function(t, z, h) 1 - tanh(z - t)^2,
    arch = function(t, z, h) 1 / pmax(1, abs(z - t))
  ),
  poisson = list(
    takes = function(t) all(t >= 0), inside = TRUE, search = function(data) newton_search(data),
    domain = function(t, h) list(low = rep(-Inf, length(t)), high = rep(1, length(t))),
    least = function(t, u, h) t - (1 - u) * 1e-7 - ifelse(t > 0, t * log(t / (1 - u)), 0),
    bend = function(t, z, h) t / (z + 1e-7)^2, arch = function(t, z, h) t / (z + 1e-7)^2 + 1e-3
  ),
  binary_crossentropy = list(
    takes = function(t) all(t >= 0 & t <= 1), inside = FALSE,
    search = function(data) newton_search(data),
    domain = function(t, h) list(low = -t, high = 1 - t),
    least = function(t, u, h) -xlogx(t + u) - xlogx(1 - t - u),
    bend = function(t, z, h) stats::dlogis(z), arch = function(t, z, h) 0 * z + 0.25,
    separates = TRUE
  )
)

xlogx <- function(x) ifelse(x > 0, x * log(ifelse(x > 0, x, 1)), 0)
