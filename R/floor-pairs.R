# min over p in [low, high] of sum_j s_j v(t_j, p) for each group of entries, for losses that
# are means over outputs of a function v of one target and one prediction.

# Entries are rows x k; a group is one of rows, in each column.
pairs_minimum <- function(problem, group, range) {
  k <- ncol(problem$t)
  groups <- max(group)
  entries <- list(
    t = as.vector(pair_targets(problem)), s = rep(problem$s / k, k),
    group = rep(group, k) + groups * rep(seq_len(k) - 1, each = length(group)),
    groups = groups * k
  )
  if (anyNA(entries$t)) return(list(value = -Inf, size = 0))
  least <- pair_minima[[problem$loss$record]](entries, range, problem)
  list(value = sum(least$value), size = sum(least$size), slack = least$slack %||% 0,
    open = any(least$open), at = matrix(least$at, groups))
}

# Targets as the loss takes them: smoothed, labels as -1 and 1. NA: they depend on the batch.
pair_targets <- function(problem) {
  t <- problem$t
  smoothing <- problem$loss$config$label_smoothing %||% 0
  if (smoothing > 0) t <- t * (1 - smoothing) + smoothing / 2
  if (!problem$loss$record %in% c("hinge", "squared_hinge")) return(t)
  if (all(t %in% 0:1)) return(2 * t - 1)
  if (any(t == 0)) NA else t
}

group_sums <- function(values, entries) {
  alone <- entries$groups == length(values)
  if (alone) values[order(entries$group)] else as.vector(rowsum(values, entries$group,
    reorder = TRUE))
}

within_range <- function(p, range) pmin(pmax(p, range$low), range$high)

# What is weighed with 0 may have any mean.
group_means <- function(values, entries, total) {
  group_sums(entries$s * values, entries) / ifelse(total > 0, total, 1)
}

# (t - p)^2: the mean, as near as it can be; `f` maps both first. `slack`: the mean is rounded.
squares_minimum <- function(entries, range, problem, f = identity) {
  t <- f(entries$t)
  bounds <- list(low = f(range$low), high = f(range$high))
  total <- group_sums(entries$s, entries)
  at <- within_range(group_means(t, entries, total), bounds)
  terms <- entries$s * (t - at[entries$group])^2
  off <- 4 * .Machine$double.eps * max(abs(t)) * sqrt(sum(total))
  list(value = group_sums(terms, entries), at = at, open = FALSE, size = sum(terms),
    slack = off * (off + 2 * sqrt(sum(terms))))
}

log_squares_minimum <- function(entries, range, problem) {
  least <- squares_minimum(entries, range, problem, function(x) log(pmax(x, 1e-7) + 1))
  least$at <- expm1(least$at)
  least
}

# p - t log(p + eps), for p above -eps: the mean less eps, or the lower end of the range.
poisson_minimum <- function(entries, range, problem) {
  total <- group_sums(entries$s, entries)
  sums <- group_sums(entries$s * entries$t, entries)
  range$low <- max(range$low, -1e-7)
  at <- within_range(sums / ifelse(total > 0, total, 1) - 1e-7, range)
  logs <- ifelse(sums == 0, 0, sums * log(at + 1e-7))
  list(value = total * at - logs, size = total * abs(at) + abs(logs), open = FALSE,
    at = pmax(at, -1e-7 + 1e-15))
}

# Cross-entropy: of logits total (log(1 + exp(z)) - m z), else of q clipped to eps and 1 - eps.
binary_minimum <- function(entries, range, problem) {
  total <- group_sums(entries$s, entries)
  m <- group_means(entries$t, entries, total)
  if (problem$logits) return(logit_minimum(total, m, range))
  clip <- function(p) pmin(pmax(p, 1e-7), 1 - 1e-7)
  at <- within_range(m, list(low = clip(range$low), high = clip(range$high)))
  value <- total * (-m * log(at) - (1 - m) * log1p(-at))
  list(value = value, at = at, open = FALSE, size = total * (1 + 17 * (abs(m) + abs(1 - m))))
}

logit_minimum <- function(total, m, range) {
  inner <- pmin(pmax(m, 0), 1)
  at <- within_range(log(inner) - log1p(-inner), range)
  value <- ifelse(is.finite(at), log1p(exp(-abs(at))) + pmax(at, 0) - m * at, 0)
  outside <- (m > 1 & at == Inf) | (m < 0 & at == -Inf)
  value[outside & total > 0] <- -Inf
  size <- ifelse(is.finite(at), 1 + abs(m * at) + abs(at), 0)
  list(value = total * value, size = total * size, at = at, open = any(is.infinite(at) & total > 0))
}

# A convex function between two ends, by bisection on its slope: with a slope below 0 at low
# it is at least f(low) + f'(low) (high - low) there, and both ends meet.
convex_minimum <- function(ends) {
  function(entries, range, problem) {
    value <- function(p) engine_loss_value(problem$choice, entries$t, p[entries$group], 1L, 1L)
    slopes <- function(p) {
      engine_loss_grad(problem$choice, entries$t, p[entries$group], entries$s, 1L, 1L)
    }
    slope <- function(p) group_sums(slopes(p), entries)
    hull <- ends(entries, problem)
    for (i in 1:64) {
      middle <- hull$low + (hull$high - hull$low) / 2
      up <- slope(middle) < 0
      hull$low <- ifelse(up, middle, hull$low)
      hull$high <- ifelse(up, hull$high, middle)
    }
    low <- within_range(hull$low, range)
    high <- within_range(hull$high, range)
    f <- group_sums(entries$s * value(low), entries)
    drop <- abs(slope(low)) * (high - low)
    size <- f + abs(low) * group_sums(abs(slopes(low)), entries)
    list(value = f - drop, size = size, at = low, open = FALSE)
  }
}

# Between the least and the largest target.
target_hull <- function(entries, problem) extent(entries$t, entries)

# p t = 1 is where a margin is reached; it grows without end only with t.
margin_hull <- function(entries, problem) extent(1 / entries$t, entries)

extent <- function(x, entries) {
  order <- order(entries$group, x)
  group <- entries$group[order]
  list(
    low = x[order][!duplicated(group)], high = x[order][!duplicated(group, fromLast = TRUE)]
  )
}

pair_minima <- list(
  mean_squared_error = squares_minimum,
  mean_squared_logarithmic_error = log_squares_minimum,
  poisson = poisson_minimum,
  binary_crossentropy = binary_minimum,
  mean_absolute_error = convex_minimum(target_hull),
  mean_absolute_percentage_error = convex_minimum(target_hull),
  huber = convex_minimum(target_hull),
  log_cosh = convex_minimum(target_hull),
  hinge = convex_minimum(margin_hull),
  squared_hinge = convex_minimum(margin_hull)
)
