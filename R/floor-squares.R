# Floors of the mean squared error of linear outputs, with weights in the rows: R = diag of
# sqrt(s / k), Y = R t.
#
#   affine         outputs are in the span A of R [1 x] (of R x without any bias):
#                  ||Y - P Y||^2
#   reduced rank   and pass a bottleneck of r numbers: plus the sum of the squares of all
#                  but the r largest singular values of P Y (Eckart and Young 1936), which is
#                  centred first where the last layer has a bias
#   codes          outputs are linear in r numbers that depend on x in any way: the same with
#                  A the span of the indicators of equal rows

squares_floors <- function(problem) {
  if (problem$loss$record != "mean_squared_error" || !is_even(problem)) return(list())
  if (problem$network$affine) return(list(squares_floor(problem, affine_design(problem))))
  design <- codes_design(problem)
  if (design$rank < ncol(design$t)) list(squares_floor(problem, design)) else list()
}

# list(basis, t, s, rank, free, type); rows that weigh nothing are left out.
affine_design <- function(problem) {
  rows <- target_rows(problem)
  bound <- network_bound(problem$network)
  list(
    t = rows$t, s = rows$s, rank = bound$rank, free = bound$free, type = "affine",
    intercept = bound$any, groups = FALSE
  )
}

codes_design <- function(problem) {
  rows <- target_rows(problem)
  bound <- network_bound(problem$network)
  list(
    t = rows$t, s = rows$s, rank = bound$rank, free = bound$free, type = "reduced-rank",
    intercept = bound$any, groups = TRUE
  )
}

squares_floor <- function(problem, design) {
  parts <- squares_parts(problem, design)
  value <- sum(parts$residual^2) + sum(parts$tail^2)
  low <- lowered(parts$residual, parts$slack) + lowered(parts$tail, parts$slack)
  active <- any(parts$tail > parts$slack)
  certificate <- c(
    list(kind = "projection", value = low, residual = parts$residual),
    design[c("intercept", "groups", "rank", "free")]
  )
  type <- if (active) "reduced-rank" else design$type
  certain <- !design$groups && problem$network$free && (design$free || !design$intercept)
  attained <- if (certain && !isTRUE(parts$rounding)) TRUE else NA
  new_candidate(low, type, attained, certificate, about = value, rounding = isTRUE(parts$rounding))
}

# sum of squares of what has norm |x|, known up to `slack`
lowered <- function(x, slack) max(sqrt(sum(x^2)) - slack, 0)^2

squares_parts <- function(problem, design) {
  root <- sqrt(design$s / problem$k)
  t <- design$t
  if (design$free) t <- sweep(t, 2, colMeans(t[root > 0, , drop = FALSE]))
  y <- root * t
  fit <- if (design$groups) groups_fit(problem, y, root) else affine_fit(problem, design, y, root)
  residual <- y - fit$fitted
  tail <- if (design$rank < ncol(y)) rank_tail(fit$fitted, root, design) else 0
  list(residual = residual, tail = tail, slack = fit$error * sqrt(sum(y^2)),
    rounding = fit$rounding)
}

affine_fit <- function(problem, design, y, root) {
  span <- design_span(problem, design$intercept, root)
  fitted <- span$q %*% crossprod(span$q, y)
  fitted <- fitted + span$q %*% crossprod(span$q, y - fitted)
  list(fitted = fitted, error = span$error, rounding = span$rounding)
}

# Q is 0 in rows that weigh nothing.
design_span <- function(problem, intercept, root) {
  inputs <- problem$inputs
  a <- if (intercept) cbind(1, inputs) else inputs
  kept <- root > 0
  span <- weighted_span(span_basis(a[kept, , drop = FALSE], problem$digit), root[kept])
  q <- matrix(0, nrow(a), ncol(span$q))
  q[kept, ] <- span$q
  list(q = q, error = span$error, rounding = span$rounding)
}

# Weighted means of the groups.
groups_fit <- function(problem, y, root) {
  group <- groups_of(problem, nrow(y))
  total <- rowsum(root^2, group, reorder = FALSE)
  mean <- rowsum(root * y, group, reorder = FALSE) / pmax(as.vector(total), .Machine$double.xmin)
  at <- match(group, unique(group))
  list(fitted = root * mean[at, , drop = FALSE], error = 4 * .Machine$double.eps)
}

rank_tail <- function(fitted, root, design) {
  if (design$free) {
    q <- root / sqrt(sum(root^2))
    fitted <- fitted - q %*% crossprod(q, fitted)
  }
  values <- svd(fitted, nu = 0, nv = 0)$d
  values[seq_along(values) > design$rank]
}
