# P: penalties and dropout that are too strong.

penalty_checks <- function() {
  list(
    new_check("P1", "L1 penalty too strong", "forward", find_l1),
    new_check("P2", "dropout too strong", "forward", find_dropout),
    new_check("P3", "L2 penalty too strong", "forward", find_l2)
  )
}

# Kernels with their penalties: list(layer, l1, l2).
evidence_penalties <- function(case) {
  found <- lapply(seq_along(case$layers), function(i) {
    regularizer <- slot_setting(case$layers[[i]], "kernel", "regularizer")
    if (is.null(regularizer)) return(NULL)
    config <- get_config(regularizer)
    list(layer = i, l1 = as.double(config$l1 %||% 0), l2 = as.double(config$l2 %||% 0))
  })
  Filter(Negate(is.null), found)
}

find_l1 <- function(case) {
  strong <- Filter(function(p) p$l1 > 0, case$penalties)
  if (!length(strong) || !is_trained(case) || !does_badly(case)) return(NULL)
  zero <- Filter(function(p) {
    max(abs(layer_state(case$layers[[p$layer]])$weights$kernel)) < max(1e-2, 2 * rate_of(case))
  }, strong)
  if (!length(zero)) return(NULL)
  name <- case$layers[[zero[[1]]$layer]]$name
  found(
    "L1 penalty too strong", "STRONG",
    sprintf("The penalty holds the kernel of layer \"%s\" at zero, so nothing passes.", name),
    sprintf("l1 = %s; the loss is %s, that of the best constant %s", digits(zero[[1]]$l1, 2), digits(case$loss),
      digits(case$constant_loss)),
    sprintf("l1 = %s or less.", digits(zero[[1]]$l1 / 100, 2)),
    explains = share_between(case, affine_or_base(case), case$loss), fix = list(what = "no_penalty")
  )
}

rate_of <- function(case) if (is.numeric(case$fit$rate)) case$fit$rate else 0

find_l2 <- function(case) {
  strong <- Filter(function(p) p$l2 > 0, case$penalties)
  if (!length(strong) || !is_trained(case)) return(NULL)
  room <- unfinished_room(case)
  small <- vapply(strong, function(p) sqrt(mean(layer_state(case$layers[[p$layer]])$weights$kernel^2)), 0)
  pressed <- case$penalty > 0.1 * abs(case$loss) || min(small) < 1e-2
  if (is.na(room) || !pressed) return(NULL)
  found(
    "L2 penalty too strong", "STRONG",
    "The penalty presses the weights towards zero more than the data pull them away.",
    c(sprintf("l2 = %s; penalty %s beside a loss of the data of %s", digits(strong[[1]]$l2, 2), digits(case$penalty, 3), digits(case$loss)),
      sprintf("Without it %s or less can be reached.", digits(room))),
    sprintf("l2 = %s or less.", digits(strong[[1]]$l2 / 100, 2)),
    explains = share_between(case, room, case$loss), fix = list(what = "no_penalty")
  )
}

# The loss with dropout drawn, as training sees it, a few times.
find_dropout <- function(case) {
  rates <- vapply(case$layers, function(l) {
    if (layer_state(l)$type == "dropout") layer_config(l)$rate else 0
  }, 0)
  if (!any(rates > 0) || !is_trained(case) || case$criterion$reduction == "sum") return(NULL)
  room <- unfinished_room(case)
  noisy <- mean(vapply(1:5, function(i) score_prediction(case, dropped_prediction(case, i)), 0))
  if (is.na(room) || noisy < 1.2 * case$loss && max(rates) < 0.8) return(NULL)
  found(
    "Dropout too strong", "STRONG",
    "What dropout takes away is more than the layers can do without.",
    c(sprintf("Rate %s; loss with dropout %s, without %s", toString(digits(rates[rates > 0], 2)), digits(noisy), digits(case$loss)),
      sprintf("%s can be reached on these rows.", digits(room))),
    "a rate of 0.1 to 0.3, or more units.",
    explains = share_between(case, room, case$loss), fix = list(what = "no_dropout")
  )
}

dropped_prediction <- function(case, seed) {
  data <- list(data_array(case$x, sample_dims(case$x)))
  engine_predict(case$plan, pack_weights(case$layers), data, case$rows, TRUE, seed)[[1]]
}
