# The least loss when all rows of a group must get the same outputs, in a range, and each group
# is free to have its own: a floor for any network that gives such rows equal outputs.
#
# Minima are sums over groups of min_p sum_j s_j v(t_j, p), in closed form or by bisection of
# a convex function (floor-pairs.R), by Gibbs' inequality for distributions (floor-classes.R).

data_floors <- function(problem) {
  free <- everything()
  alone <- list(group = seq_along(problem$s), range = free, type = "targets")
  equal <- list(group = problem$group, range = free, type = "duplicates")
  inside <- list(group = problem$group, range = problem$network$range, type = "range")
  ways <- list(alone, if (anyDuplicated(problem$group)) equal, if (is_bounded(inside$range)) inside)
  lapply(Filter(length, ways), function(way) data_floor(problem, way$group, way$range, way$type))
}

is_bounded <- function(range) range$low > -Inf || range$high < Inf

# `frozen`: outputs that cannot change, NA elsewhere.
data_floor <- function(problem, group, range, type, frozen = NULL) {
  least <- data_minimum(problem, match(group, unique(group)), range, frozen)
  value <- least$value - 64 * .Machine$double.eps * least$size - (least$slack %||% 0)
  value <- max(value, least_floor(problem)$value)
  certificate <- list(
    kind = "groups", value = value, group = group, range = range, frozen = frozen, at = least$at
  )
  attained <- if (isTRUE(least$open)) FALSE else NA
  new_candidate(value, type, attained, certificate, about = least$value)
}

# list(value; size: of the terms it is the sum of; slack: another bound on errors; at: the best
# outputs, groups x k; open: whether they are not attained).
data_minimum <- function(problem, group, range, frozen = NULL) {
  if (!is.null(frozen)) return(frozen_minimum(problem, group, range, frozen))
  name <- problem$loss$record
  if (name == "mean_squared_error" && !is.null(range$simplex)) {
    return(simplex_squares(problem, group))
  }
  if (name %in% names(pair_minima)) return(pairs_minimum(problem, group, range))
  switch(name,
    categorical_crossentropy = ,
    sparse_categorical_crossentropy = class_minimum(problem, group, range),
    kl_divergence = divergence_minimum(problem, group, range),
    cosine_similarity = cosine_minimum(problem, group),
    categorical_generalized_cross_entropy = power_minimum(problem, range),
    list(value = -Inf, size = 0)
  )
}

# The rows whose outputs are frozen have the loss they have; the others are free.
frozen_minimum <- function(problem, group, range, frozen) {
  stuck <- rowSums(is.na(frozen)) == 0
  values <- row_values(problem, frozen, stuck)
  free <- problem
  free$s[stuck] <- 0
  least <- data_minimum(free, group, range)
  fixed <- sum(problem$s[stuck] * values)
  list(value = least$value + fixed, size = least$size + abs(fixed))
}

# The losses of some rows of outputs.
row_values <- function(problem, outputs, rows = rep(TRUE, nrow(outputs))) {
  if (!any(rows)) return(numeric())
  kt <- ncol(problem$t)
  engine_loss_value(problem$choice, t(problem$t[rows, , drop = FALSE]),
    t(outputs[rows, , drop = FALSE]), problem$k, kt)
}

# Squared distance of means to the simplex p >= 0, sum(p) = 1.
simplex_squares <- function(problem, group) {
  w <- problem$s / problem$k
  total <- as.vector(rowsum(w, group))
  mean <- rowsum(w * problem$t, group) / ifelse(total > 0, total, 1)
  at <- t(apply(mean, 1, simplex_projection))
  if (problem$k == 1) at <- t(at)
  terms <- w * (problem$t - at[group, , drop = FALSE])^2
  list(value = sum(terms), size = sum(terms) + sum(w) * max(abs(problem$t))^2, at = at)
}

# max(v - tau, 0) that sums to 1.
simplex_projection <- function(v) {
  sorted <- sort(v, decreasing = TRUE)
  tau <- (cumsum(sorted) - 1) / seq_along(v)
  pmax(v - tau[max(which(sorted > tau))], 0)
}

# -|sum_j s_j t_j / |t_j||
cosine_minimum <- function(problem, group) {
  directions <- problem$t / sqrt(pmax(rowSums(problem$t^2), 1e-12))
  sums <- rowsum(problem$s * directions, group)
  value <- -sum(sqrt(rowSums(sums^2)))
  list(value = value, size = sum(problem$s))
}

# (1 - p^q) / q with p at most `high`
power_minimum <- function(problem, range) {
  q <- problem$loss$config$q
  value <- sum(problem$s) * (1 - max(range$high, 0)^q) / q
  list(value = value, size = abs(value))
}
