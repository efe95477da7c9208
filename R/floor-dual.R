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
  bound <- suffix_rank(problem$network$suffix)
  best <- convex_affine(problem, bound$any)
  if (is.null(best)) return(list())
  whole <- problem$network$free && bound$rank >= problem$k && (bound$free || !bound$any)
  if (!is.null(best$ray)) {
    certificate <- list(kind = "ray", value = 0, intercept = bound$any, direction = best$ray)
    return(list(new_candidate(0, "separable", if (whole) FALSE else NA, certificate)))
  }
  certificate <- list(kind = "dual", value = best$low, intercept = bound$any, dual = best$dual)
  near <- best$high - best$low < 1e-6 * (abs(best$high) + 1e-6)
  list(new_candidate(best$low, "dual", if (whole && near) TRUE else NA, certificate))
}

# list(low, high: bounds of the best affine outputs' loss, dual, ray), or NULL: this loss or
# these targets are not convex.
convex_affine <- function(problem, intercept) {
  joint <- grepl("categorical_crossentropy$", problem$loss$name)
  if (grepl("cross", problem$loss$name) && !problem$logits) return(NULL)
  rows <- target_rows(problem)
  kept <- rows$s > 0
  a <- if (intercept) cbind(1, problem$inputs) else problem$inputs
  a <- a[kept, , drop = FALSE]
  if (joint) {
    if (problem$network$mixed && problem$places > 1) return(NULL)
    return(softmax_affine(problem, a, kept))
  }
  record <- dual_records[[problem$loss$name]]
  if (is.null(record)) return(NULL)
  problem$t <- rows$t
  t <- pair_targets(problem)
  if (anyNA(t) || !record$takes(t) || (record$inside && !intercept)) return(NULL)
  columns <- lapply(seq_len(ncol(t)), function(j) {
    data <- column_data(problem, record, a, t[kept, j], rows$s[kept] / problem$k)
    record$search(data)
  })
  joined_columns(columns, kept, problem)
}

# One output: rows that weigh something.
column_data <- function(problem, record, a, t, s) {
  span <- weighted_span(span_basis(a), sqrt(s))
  q <- span$q / sqrt(s)
  choice <- plain_choice(problem)
  list(
    q = q, t = t, s = s, record = record, h = problem$loss$config, error = span$error,
    value = function(z) sum(s * engine_loss_value(choice, t, z, 1L, 1L)),
    slope = function(z) engine_loss_grad(choice, t, z, s, 1L, 1L)
  )
}

# Targets are smoothed already.
plain_choice <- function(problem) {
  choice <- problem$choice
  smoothing <- names(registry_row("losses", problem$loss$name)$hparams) == "label_smoothing"
  choice$h[smoothing] <- 0
  choice
}

# A separable column's floor is 0, and all being so the whole is.
joined_columns <- function(columns, kept, problem) {
  dual <- matrix(0, length(kept), length(columns))
  for (j in seq_along(columns)) dual[kept, j] <- columns[[j]]$dual
  rays <- lapply(columns, `[[`, "ray")
  list(
    low = sum(vapply(columns, `[[`, 0, "low")), high = sum(vapply(columns, `[[`, 0, "high")),
    dual = dual, ray = if (all(lengths(rays) > 0)) do.call(cbind, lapply(rays, function(z) {
      whole <- numeric(length(kept)); whole[kept] <- z; whole
    }))
  )
}

# The floor that l gives: l is drawn towards 0 until it is in the domain of g, then lowered for
# what A' l is off 0.
dual_bound <- function(data, l, z) {
  u <- l / data$s
  ends <- data$record$domain(data$t, data$h)
  share <- min(1, ifelse(u > ends$high, ends$high / u, 1), ifelse(u < ends$low, ends$low / u, 1))
  if (share < 1) share <- share * (1 - 1e-12)
  l <- share * l
  terms <- data$s * data$record$least(data$t, share * u, data$h)
  list(low = sum(terms) - dual_slack(data, l, z, terms), dual = l)
}

# Orthogonality up to rounding, times the weights of the outputs z.
dual_slack <- function(data, l, z, terms) {
  off <- sqrt(sum(crossprod(data$q, l)^2))
  scale <- sqrt(sum(l^2 / data$s)) * (data$error + length(data$s) * .Machine$double.eps)
  10 * (off + scale) * sqrt(sum(data$s * z^2)) + 64 * .Machine$double.eps * sum(abs(terms))
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
