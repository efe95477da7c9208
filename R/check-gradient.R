# O: what gradients and curvature say of the learning rate and of the batches.

gradient_checks <- function() {
  list(
    new_check("O6", "vanishing or exploding gradients", "gradient", find_vanishing),
    new_check("O5", "epsilon of Adam", "gradient", find_epsilon),
    new_check("O2", "directions that no weight reaches", "gradient", find_blind),
    new_check("O3", "learning rate too large", "curvature", find_too_fast),
    new_check("O7", "noise of batches", "gradient", find_batch_noise)
  )
}

# The data loss and its derivatives by the trainable weights, in double (see R/objective.R).
evidence_objective <- function(case) case_objective(case, "float64")

case_objective <- function(case, precision) {
  suppressWarnings(new_objective(case$model, case$x, case$y, given_weight(case),
    precision = precision),
    classes = "kestrel_warning")
}

evidence_weights <- function(case) as.double(unlist(get_weights(case$model, trainable = TRUE)))

evidence_gradient <- function(case) objective_gradient(case$objective)

# The layer of each trainable weight, and whether it belongs to a kernel.
evidence_owners <- function(case) {
  parts <- lapply(seq_along(case$layers), function(i) {
    state <- layer_state(case$layers[[i]])
    used <- Filter(function(s) !s$is_state && state$trainable, state$slots)
    sizes <- vapply(used, function(s) prod(s$dims), 0)
    data.frame(layer = rep(i, sum(sizes)),
      kernel = rep(vapply(used, `[[`, "", "name") == "kernel", sizes))
  })
  do.call(rbind, parts)
}

# Norm of the gradient by layer.
evidence_layer_gradients <- function(case) {
  squares <- numeric(length(case$layers))
  sums <- tapply(case$gradient^2, case$owners$layer, sum)
  squares[as.integer(names(sums))] <- sums
  sqrt(squares)
}

# Elasticity ||W|| ||dL/dW|| / L of each dense kernel: free of scales.
elasticities <- function(case) {
  owners <- case$owners
  dense <- unique(vapply(case$dense, `[[`, 0L, "layer"))
  dense <- dense[dense %in% owners$layer]
  vapply(dense, function(i) {
    at <- owners$layer == i & owners$kernel
    sqrt(sum(case$weights[at]^2) * sum(case$gradient[at]^2)) / abs(case$loss)
  }, 0)
}

find_vanishing <- function(case) {
  if (length(case$dense) < 3 || !does_badly(case)) return(NULL)
  e <- elasticities(case)
  if (length(e) < 2) return(NULL)
  ratio <- e[1] / e[length(e)]
  if (!is.finite(ratio) || e[length(e)] == 0 || (ratio > 1e-4 && ratio < 1e4)) return(NULL)
  found(
    if (ratio < 1) "Vanishing gradients" else "Exploding gradients", "STRONG",
    if (ratio < 1) {
      "What the last layer feels hardly arrives at the first."
    } else {
      "Gradients grow on their way to the first layer."
    },
    sprintf("Elasticity ||W|| ||dL/dW|| / L: first layer %s, last layer %s", digits(e[1], 2),
      digits(e[length(e)], 2)),
    "relu with kernel_initializer = \"he_normal\", fewer layers, or layer_batch_normalization().",
    explains = share_between(case, linear_or_base(case), case$loss),
    fix = list(what = "hidden_activation", to = "relu", initializer = "he_normal")
  )
}

# sqrt(v) beside epsilon: the effective step is cut where it is smaller.
find_epsilon <- function(case) {
  optimizer <- case$compiled$optimizer
  state <- model_state(case$model)$optimizer_state
  if (!optimizer$record %in% c("adam", "adamw", "nadam") || !length(state$moments)) return(NULL)
  p <- nrow(case$owners)
  if (length(state$moments) < 2 * p || !all(vapply(case$layers, layer_trainable, NA))) return(NULL)
  v <- state$moments[p + seq_len(p)] / (1 - optimizer$beta_2^state$iterations)
  small <- mean(sqrt(pmax(v, 0)) < 10 * optimizer$epsilon & case$gradient != 0)
  if (!isTRUE(small > 0.5) ||
    !(does_badly(case) || case$loss > 0.5 * constant_or_base(case))) return(NULL)
  found(
    "Gradients below Adam's epsilon", "STRONG",
    paste("Adam divides by sqrt(v) + epsilon; where epsilon is the larger one, steps",
      "shrink with the gradient."),
    sprintf("%s of the weights have sqrt(v) < 10 epsilon; epsilon = %s", percent(small),
      digits(optimizer$epsilon, 2)),
    "scale(y), a loss in larger units, or a smaller epsilon.",
    explains = share_between(case, linear_or_base(case), case$loss), fix = list(what = "scale_y")
  )
}

# Residuals orthogonal to all that the weights can change to first order, J'r = 0.
find_blind <- function(case) {
  small <- is_squared(case) && case$last == "linear" && case$rows * case$units <= 300 &&
    is_flat(case) && isTRUE(length(case$weights) > 0) &&
      length(case$weights) <= 5000
  if (!small) return(NULL)
  j <- objective_jacobian(case$objective)
  s <- svd(j, nu = nrow(j), nv = 0)
  rank <- sum(s$d > max(dim(j)) * .Machine$double.eps * max(s$d, 0))
  # Fewer weights than outputs always leave some; that is no news.
  if (ncol(j) < nrow(j) || rank >= nrow(j)) return(NULL)
  r <- as.vector(matrix(case$prediction, case$rows) - case$targets)
  blind <- s$u[, seq_len(nrow(j)) > rank, drop = FALSE]
  share <- sum(crossprod(blind, r)^2) / max(sum(r^2), 1e-300)
  found(
    "Residuals that no small step changes", "PROVEN",
    "Some patterns of the outputs cannot be changed by any weights, to first order.",
    c(sprintf("Rank of the Jacobian: %d of %d outputs; %s of the squared residuals lie outside.",
      rank, nrow(j), percent(min(share, 1))),
      if (ncol(blind) == 1 && nrow(j) <= 8) sprintf("Pattern: (%s)",
        toString(digits(blind[, 1] / max(abs(blind)), 3)))),
    severity = "note", explains = share, symptom = 1,
    certificate = certificate("fact",
      quote(all(abs(jacobian_times(blind)) <= 1e-6 * (1 + jacobian_size()))), list(blind = blind))
  )
}

# The largest step that a quadratic of this curvature endures, as a multiple of 1 / lambda.
step_limit <- function(optimizer) {
  momentum <- optimizer_field(optimizer, "hparams")$momentum %||% 0
  nesterov <- isTRUE(as.logical(optimizer_field(optimizer, "hparams")$nesterov))
  if (optimizer$record != "sgd") return(NA_real_)
  if (nesterov) (2 + 2 * momentum) / (1 + 2 * momentum) else 2 * (1 + momentum)
}

find_too_fast <- function(case) {
  loss <- case$series
  rate <- case$fit$rate
  limit <- step_limit(case$compiled$optimizer)
  if (!is_trained(case) || !is.numeric(rate) || length(loss) < 5 ||
    !length(case$weights) || !all(is.finite(loss))) return(NULL)
  rising <- mean(diff(loss) > 1e-9 * max(abs(loss))) # by more than rounding
  grown <- loss[length(loss)] > min(loss) * 2
  if ((rising < 0.3 && !grown) || !does_badly(case)) return(NULL)
  lambda <- case$top_curvature
  # Dropout and noise make the loss of any fit rise as often as it falls.
  if (is.na(limit)) return(if (rising >= 0.3 && (grown || !is_noisy(case))) restless_found(case,
    rising))
  if (!is.finite(lambda) || lambda * rate <= 1.5 * limit) return(NULL)
  found(
    "Learning rate too large", "STRONG",
    "The step is longer than the curvature allows, so the loss bounces instead of falling.",
    c(sprintf("Largest eigenvalue of the Hessian: %s; steps are stable up to %s (now %s)",
      digits(lambda, 3),
      digits(limit / lambda, 2), digits(rate, 2)),
      sprintf("The loss rose in %s of the epochs.", percent(rising))),
    sprintf("learning_rate = %s.", digits(1 / lambda, 1)),
    explains = share_between(case, linear_or_base(case), case$loss),
    fix = list(what = "rate", to = 1 / lambda)
  )
}

restless_found <- function(case, rising) {
  found(
    "Learning rate too large", "LIKELY", "The loss rises about as often as it falls, and is high.",
    sprintf("It rose in %s of the epochs; learning rate %s.", percent(rising),
      digits(case$fit$rate, 2)),
    "a third of the learning rate, or a schedule that lowers it.",
    explains = share_between(case, linear_or_base(case), case$loss),
    symptom = if (!is.null(find_initial_scale(case))) 0.5 else 0,
    fix = list(what = "rate", by = 0.1)
  )
}

# Per-sample gradients g_i: the stationary excess of SGD is about rate tr(S) / (4 B).
find_batch_noise <- function(case) {
  fit <- case$fit
  sgd <- case$compiled$optimizer$record == "sgd" && is.numeric(fit$rate) && is_trained(case)
  if (!sgd || length(case$series) < 5 || !all(is.finite(case$series)) ||
    isTRUE(fit$batch_size >= fit$samples) ||
    case$rows * nrow(case$owners) > 2e6) return(NULL)
  late <- late_fall(case$series)
  if (abs(late) > 0.2 || mean(diff(case$series) > 0) < 0.2) return(NULL)
  g <- objective_row_gradients(case$objective) * case$rows
  trace <- sum(apply(g, 2, stats::var))
  momentum <- optimizer_field(case$compiled$optimizer, "hparams")$momentum %||% 0
  excess <- fit$rate / (1 - momentum) * trace / (4 * fit$batch_size)
  calm <- calm_steps(case, fit$rate)
  room <- case$loss - calm$loss
  if (!isTRUE(room > 0.2 * case$loss && room > 0.1 * constant_or_base(case) &&
    excess > 0.5 * room)) return(NULL)
  found(
    "Noise of the batches", "STRONG",
    "Steps follow samples more than the slope: the loss hovers above what smaller steps reach.",
    c(sprintf("Expected excess of batches of %d at this rate: %s", fit$batch_size,
      digits(excess, 2)),
      sprintf("Steps with all samples reach %s (now %s).", digits(calm$loss), digits(case$loss))),
    "a tenth of the learning rate, a schedule, or a larger batch_size.",
    explains = share_between(case, calm$loss, case$loss), fix = list(what = "rate", by = 0.1)
  )
}

# Fifty full steps at a tenth of the rate, on the objective alone.
calm_steps <- function(case, rate) {
  f <- case$objective
  on.exit(objective_set(f, case$weights))
  w <- case$weights
  for (i in 1:50) {
    w <- w - rate / 10 * objective_gradient(f)
    objective_set(f, w)
  }
  list(loss = objective_value(f) - case$penalty, weights = w)
}
