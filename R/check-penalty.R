# P: penalties, constraints and dropout that are too strong.

penalty_checks <- function() {
  list(
    new_check("P1", "L1 penalty too strong", "forward", find_l1),
    new_check("P2", "dropout too strong", "forward", find_dropout),
    new_check("P3", "L2 penalty too strong", "forward", find_l2),
    new_check("P4", "constraints too tight", "gradient", find_constraint)
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

find_l1 <- function(case) find_penalty(case, "l1")

find_l2 <- function(case) find_penalty(case, "l2")

# At rest the data pull as much as the penalty presses: making the weights larger by a share s
# lowers the loss of the data by s times the penalty (l1) or twice that (l2).
find_penalty <- function(case, kind) {
  strong <- Filter(function(p) p[[kind]] > 0, case$penalties)
  if (!length(strong) || !is_trained(case)) return(NULL)
  if (isTRUE(strong[[1]][[kind]] < strong[[1]][[other_penalty(kind)]])) return(NULL)
  largest <- vapply(strong,
    function(p) max(abs(layer_state(case$layers[[p$layer]])$weights$kernel)), 0)
  zero <- min(largest) < max(1e-2, 2 * rate_of(case))
  room <- unfinished_room(case)
  heavy <- case$penalty > 0.1 * abs(case$loss)
  harmful <- if (is.na(room)) heavy && is_costly(case) else heavy || zero
  if (harmful) penalty_found(case, toupper(kind), strong[[which.min(largest)]], kind, room)
}

is_costly <- function(case) {
  isTRUE(case$penalty > 0.04 * case$constant_loss && case$loss > 0.2 * case$constant_loss)
}

other_penalty <- function(kind) setdiff(c("l1", "l2"), kind)

rate_of <- function(case) if (is.numeric(case$fit$rate)) case$fit$rate else 0

penalty_found <- function(case, title, at, kind, room) {
  found(
    sprintf("%s penalty too strong", title), "STRONG",
    sprintf(paste("The penalty presses the weights of layer \"%s\" towards zero more",
      "than the data pull them away."),
      case$layers[[at$layer]]$name),
    c(sprintf("%s = %s; penalty %s beside a loss of the data of %s", kind, digits(at[[kind]], 2),
      digits(case$penalty, 3),
      digits(case$loss)),
      if (!is.na(room)) sprintf("Without it %s or less can be reached.", digits(room))),
    sprintf("%s = %s or less.", kind, digits(at[[kind]] / 100, 2)),
    explains = if (is.na(room)) NA else share_between(case, room, case$loss),
    fix = list(what = "no_penalty")
  )
}

# The loss with dropout drawn, as training sees it, a few times.
find_dropout <- function(case) {
  rates <- vapply(case$layers, function(l) {
    if (layer_state(l)$type == "dropout") layer_config(l)$rate else 0
  }, 0)
  if (!any(rates > 0) || !is_trained(case) || case$criterion$reduction == "sum") return(NULL)
  if (!isTRUE(case$loss > 0.2 * case$constant_loss)) return(NULL)
  room <- unfinished_room(case)
  noisy <- mean(vapply(1:5, function(i) score_prediction(case, dropped_prediction(case, i)), 0))
  lossy <- noisy >= 1.2 * case$loss
  harmful <- if (max(rates) >= 0.8) lossy || !is.na(room) else lossy && !is.na(room) &&
    !is_under_way(case)
  if (!harmful) return(NULL)
  found(
    "Dropout too strong", "STRONG",
    "What dropout takes away is more than the layers can do without.",
    c(sprintf("Rate %s; loss with dropout %s, without %s", toString(digits(rates[rates > 0], 2)),
      digits(noisy), digits(case$loss)),
      if (!is.na(room)) sprintf("%s can be reached on these rows.", digits(room))),
    "a rate of 0.1 to 0.3, or more units.",
    explains = if (is.na(room)) NA else share_between(case, room, case$loss),
    fix = list(what = "no_dropout")
  )
}

# Beyond the best constant training has hardly begun; or the loss still falls.
is_under_way <- function(case) {
  isTRUE(case$loss > 1.5 * case$constant_loss) || clear_fall(case$series) > 0.01
}

dropped_prediction <- function(case, seed) {
  drawn <- engine_predict(case$plan, pack_weights(case$layers), case_arrays(case$x), case$rows,
    TRUE, seed)
  if (case$joint) drawn else drawn[[1]]
}

# What is known to be within reach without the constraint, where it takes back most of a small step
# downhill.
find_constraint <- function(case) {
  held <- Filter(function(h) isTRUE(h$share > 0.3), case$held)
  room <- unfinished_room(case)
  if (!length(held) || !is_trained(case) || is.na(room)) return(NULL)
  worst <- held[[which.max(vapply(held, `[[`, 0, "share"))]]
  found(
    "Constraint too tight", "STRONG",
    sprintf("The %s constraint of layer \"%s\" takes back what training gains.", worst$slot,
      worst$layer),
    c(sprintf("It undoes %s of a small step downhill (weights of norm %s).", percent(worst$share),
      digits(worst$norm, 3)),
      sprintf("Without it %s or less can be reached (now %s).", digits(room), digits(case$loss))),
    "a wider constraint, or none.", explains = share_between(case, room, case$loss),
    fix = list(what = "no_constraint")
  )
}

# list(layer, slot, share, norm) for each weight with a constraint: how much of a step down the
# gradient, a thousandth of its norm, the constraint undoes.
evidence_held <- function(case) {
  at <- 0
  held <- list()
  for (layer in case$layers[layers_that_learn(case)]) {
    state <- layer_state(layer)
    for (i in which(!state$is_state)) {
      w <- state$weights[[i]]
      g <- array(case$gradient[at + seq_along(w)], dim(w))
      at <- at + length(w)
      constraint <- slot_setting(layer, state$slots[[i]]$name, "constraint")
      if (is.null(constraint) || !isTRUE(any(g != 0) && all(is.finite(g)))) next
      g <- g / max(abs(g))
      step <- 1e-3 * max(sqrt(sum(w^2)), 1e-3) / sqrt(sum(g^2)) * g
      undone <- sum((plain(constraint(w - step)) - (w - step))^2) / sum(step^2)
      held <- c(held, list(list(layer = layer$name, slot = state$slots[[i]]$name,
        share = min(sqrt(undone), 1),
        norm = sqrt(sum(w^2)))))
    }
  }
  held
}
