# D7: scales of targets, and what so many steps can reach.

# y far from what the first weights give: the bias has to travel.
find_target_scale <- function(case) {
  y <- case$targets
  distance <- case$criterion$record %in% distance_losses && case$last == "linear"
  if (!distance || is.null(y) || case$rows < 3 || !is_trained(case)) return(NULL)
  off <- off_scale_targets(case) | lagging_targets(case)
  wrong <- any(off) && fails(case)
  unreached <- if (case$computable) find_unreachable(case, y)
  if (!is.null(unreached) && (!wrong || unreached$explains > 0.9)) return(unreached)
  if (!wrong) return(NULL)
  found(
    "Targets far from unit scale", "STRONG",
    paste("The network starts near 0 and moves by about the learning rate a step; the",
      "targets are far away."),
    c(sprintf("y: mean %s, standard deviation %s", digits(mean(y[, off]), 3),
      digits(stats::sd(y[, off]), 3)),
      if (case$computable) sprintf("Predictions: mean %s, standard deviation %s",
        digits(mean(case$prediction), 3),
        digits(stats::sd(case$prediction), 3))),
    "y <- scale(y), and its inverse after predict().",
    explains = share_of_failure(case), fix = list(what = "scale_y")
  )
}

off_scale_targets <- function(case) {
  y <- case$targets
  if (is.null(y) || case$classifies) return(FALSE)
  sd <- apply(y, 2, stats::sd)
  mean <- abs(colMeans(y))
  sd > 100 | (mean > 10 * sd & mean > 10)
}

# Columns whose mean is far from 0 and has not been reached: half of the squared residuals and more.
lagging_targets <- function(case) {
  y <- case$targets
  if (case$classifies || !case$computable) return(FALSE)
  rest <- matrix(case$prediction, nrow(y)) - y
  abs(colMeans(y)) > 10 & colMeans(rest)^2 > 0.5 * colMeans(rest^2)
}

# |step| <= rate (1 - b1) / sqrt(1 - b2) / sqrt(1 - b1^2 / b2) for Adam, whatever the gradients.
adam_reach <- function(optimizer) {
  b1 <- optimizer$beta_1
  b2 <- optimizer$beta_2
  if (b1 > 0.95 || b2 < 0.99) return(NA_real_)
  (1 - b1) / sqrt(1 - b2) / sqrt(1 - b1^2 / b2)
}

find_unreachable <- function(case, y) {
  optimizer <- case$compiled$optimizer
  steps <- model_state(case$model)$optimizer_state$iterations
  rate <- case$fit$rate
  usable <- optimizer$record == "adam" && is.numeric(rate) && length(steps) && case$plain &&
    is.null(optimizer$weight_decay) && !has_constraints(case) && !has_r_functions(case)
  if (!usable) return(NULL)
  reach <- adam_reach(optimizer) * rate * steps
  # The bound of all rows is no lower than that of one.
  largest <- which.max(rowSums(abs(case$inputs)))
  if (isTRUE(output_bound(case, 2 * reach, largest) >= max(abs(y)))) return(NULL)
  bound <- output_bound(case, 2 * reach)
  if (is.na(bound) || max(abs(y)) <= bound) return(NULL)
  floor <- score_prediction(case, as_shape(pmin(pmax(y, -bound), bound), case))
  if (!has_share(case, floor)) return(NULL)
  found(
    "Targets out of reach of these steps", "PROVEN",
    paste("Adam moves no weight by more than a few learning rates a step, so outputs",
      "stay within a bound."),
    c(sprintf("%s steps of %s: |output| <= %s; y goes up to %s", format(steps, big.mark = ","),
      digits(rate),
      digits(bound, 4), digits(max(abs(y)))),
      sprintf("Lowest loss in so many steps: %s", digits(floor))),
    "y <- scale(y), a higher learning rate, or more epochs.",
    explains = share_between(case, case$base, floor),
    certificate = certificate("unreachable", quote(
      bound_with(reach) <= bound * (1 + 1e-9) && max(abs(prediction)) <= bound &&
        value(pmin(pmax(y, -bound), bound)) >= floor * (1 - 1e-9)
    ), list(reach = 2 * reach, bound = bound, floor = floor)),
    fix = list(what = "scale_y")
  )
}

# max |f| over the rows when each weight moves by `reach` at most: sums of absolute values from
# layer to layer.
output_bound <- function(case, reach, rows = seq_len(case$rows)) {
  h <- abs(case$inputs[rows, , drop = FALSE])
  if (ncol(h) != nrow(case$dense[[1]]$kernel)) return(NA_real_)
  for (d in case$dense) {
    h <- h %*% (abs(d$kernel) + reach)
    if (!is.null(d$bias)) h <- h + rep(abs(d$bias) + reach, each = nrow(h))
    h <- activation_bound(d$activation, activation_settings(case, d), h)
    if (anyNA(h)) return(NA_real_)
  }
  max(h)
}

# max |phi(x)| over |x| <= z; NA where it is not known.
activation_bound <- function(name, h, z) {
  left <- function(threshold) abs(h[["negative_slope"]]) * (z + abs(threshold))
  switch(name,
    linear = z,
    relu = pmax(z, left(h[["threshold"]])),
    leaky_relu = pmax(z, left(0)),
    tanh = , hard_tanh = pmin(z, 1),
    softsign = z / (1 + z),
    sigmoid = stats::plogis(z),
    NA_real_
  )
}

activation_settings <- function(case, d) {
  if (d$after[1] != d$node) node_settings(case$plan$nodes[[d$after[1]]])
}

is_off_scale <- function(case) {
  has_data(case) && (length(off_scale_columns(case)) > 0 || any(off_scale_targets(case)))
}
