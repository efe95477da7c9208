# Whether training is stuck: how far it gets from here, and from other first weights, by steps of
# all rows (see whole_optimizer()).
#
# NULL where that cannot be tried; list(here, there: the losses reached, without penalties; weights:
# the best, as the engine takes them; starts; lower: how many came below 0.9 of `here`; steps).
# `there` is Inf where training went on from here, so that no other start was tried.

evidence_elsewhere <- function(case) {
  # Of losses that are below 0 no share is lower.
  if (!has_data(case) || !isTRUE(case$loss > 0) || !is_quickly_tried(case)) return(NULL)
  trial <- search_trial(case)
  model <- trial_model(trial, case)
  whole <- whole_optimizer(model, trial)
  if (is.null(whole)) return(NULL)
  end <- seconds_now() + if (case$level == "full") case$budget else min(case$budget, 0.3)
  now <- case$loss + case$penalty
  here <- search_steps(case, model, trial, whole)
  result <- list(here = here$loss, there = Inf, starts = 0, lower = 0, steps = here$epochs,
    by = if (whole$name == "lbfgs") "L-BFGS" else "Levenberg-Marquardt")
  if (!isTRUE(here$total > 0.9 * now)) return(result)
  search_starts(case, model, trial, whole, result, end)
}

# Until one is far lower and three were tried, time is over, or 40 were.
search_starts <- function(case, model, trial, whole, result, end) {
  total <- Inf
  while (result$starts < 40) {
    set_weights(model, get_weights(case$model))
    redraw_weights(model)
    other <- search_steps(case, model, trial, whole)
    result$starts <- result$starts + 1
    result$lower <- result$lower + isTRUE(other$loss < 0.9 * result$here)
    if (isTRUE(other$total < total)) {
      total <- other$total
      result[c("there", "weights")] <- other[c("loss", "weights")]
    }
    clear <- result$there < 0.1 * result$here && result$starts >= 3
    if (clear || seconds_now() > end) break
  }
  lower <- isTRUE(total < 0.9 * (case$loss + case$penalty)) &&
    isTRUE(result$there < 0.9 * result$here)
  if (!lower) result$there <- Inf
  result
}

# Fresh weights by the default initializers, as the model's own may have been the trouble, and with
# biases, as without them odd functions stay odd; frozen layers keep theirs.
search_trial <- function(case) {
  trial <- map_dense(new_trial(case), function(config) {
    config <- default_initializers(config)
    config$bias_initializer <- initializer_random_uniform(-1, 1)
    config
  })
  trial$fresh <- FALSE
  trial
}

search_steps <- function(case, model, trial, whole) {
  suppressWarnings(compile(model, optimizer = whole, loss = trial$loss,
    loss_weights = trial$loss_weights %||% case$compiled$loss_weights),
    classes = "kestrel_warning")
  trial$args <- list(batch_size = case$rows, shuffle = FALSE, sample_weight = given_weight(case))
  total <- fit_trial(model, trial, 300L)$metrics$loss
  w <- pack_weights(leaf_layers(model))
  list(loss = loss_with(case, w), total = total[length(total)], weights = w, epochs = length(total))
}

# A pass costs about rows x weights^2; at level "full" whatever whole_optimizer() takes.
is_quickly_tried <- function(case) {
  p <- count_params(case$model)
  can_be_tried(case) && (case$level == "full" || case$rows * case$units * p^2 <= 1e7)
}
