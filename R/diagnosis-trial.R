# A trial of a remedy: the model is made anew, trained for a moment, and compared.

trial_model <- function(trial, case) {
  state <- model_state(case$model)
  model <- if (isTRUE(case$chain)) trial_stack(trial, state) else trial_graph(trial, state)
  if (!trial$fresh) set_weights(model, get_weights(case$model))
  compile_trial(model, trial)
  model
}

trial_stack <- function(trial, state) {
  model <- new_model(state$name,
    list(input = state$input, precision = "float64", own_precision = TRUE))
  for (layer in trial$layers) add_layer(model, trial_layer(layer))
  model
}

trial_layer <- function(layer) {
  new_layer(layer$type, layer$config, list(input_shape = NULL, dtype = NULL, name = layer$name,
    trainable = layer$trainable, initial = NULL))
}

# The graph on other layers. What a remedy has left out hands on what it is given.
trial_graph <- function(trial, state) {
  fields <- mget(c("graph", "input_keys", "output_keys", "name", "automatic"), envir = state)
  layers <- stats::setNames(trial$layers, vapply(trial$layers, `[[`, "", "name"))
  nothing <- list(type = "activation", config = list(activation = as_activation("linear")),
    trainable = TRUE)
  model <- graph_again(c(fields, precision = "float64"), lapply(state$layers, function(part) {
    if (is_input(part) || is_merging(part)) return(fresh_part(part))
    name <- layer_state(part)$name
    trial_layer(layers[[name]] %||% c(nothing, name = name))
  }))
  list2env(list(own_precision = TRUE), envir = model_state(model))
  model
}

# Models within a graph keep their layers to themselves.
can_be_tried <- function(case) {
  isTRUE(case$chain) || !any(vapply(model_state(case$model)$layers, is_model, NA))
}

compile_trial <- function(model, trial) {
  optimizer <- trial$optimizer %||% optimizer_adam(0.01)
  suppressWarnings(compile(model, optimizer = optimizer, loss = trial$loss,
    loss_weights = trial$loss_weights), classes = "kestrel_warning")
}

# Class weights get the rare classes noticed; without them outputs become probabilities again.
train_trial <- function(model, trial, seconds) {
  if (is.null(trial$args$class_weight)) return(train_for(model, trial, seconds))
  begun <- train_for(model, trial, seconds / 2)
  trial$args$class_weight <- NULL
  trial$fresh <- FALSE
  compile_trial(model, trial)
  begun + train_for(model, trial, seconds / 2)
}

# Small problems by steps of all rows first, which need tens where Adam needs thousands. Then in
# rounds, until time is over, the loss is 0 to rounding, or three rounds in a row with ever lower
# rates have not lowered it. The best weights are kept.
train_for <- function(model, trial, seconds) {
  end <- seconds_now() + seconds
  best <- list(loss = Inf, weights = get_weights(model))
  epochs <- failed <- 0
  if (!is.null(whole <- whole_optimizer(model, trial))) {
    begun <- best_of_starts(model, trial, whole, seconds_now() + seconds / 2)
    epochs <- begun$epochs
    if (is.finite(begun$loss)) best <- begun[c("loss", "weights")]
    if (best$loss < 1e-28) return(epochs)
    set_weights(model, best$weights)
    compile_trial(model, trial)
  }
  round <- 20L
  while (seconds_now() < end && failed < 3) {
    loss <- trial_round(model, trial, round)
    epochs <- epochs + round
    better <- is.finite(loss) && loss < 0.999 * best$loss
    if (is.finite(loss) && loss < best$loss) best <- list(loss = loss, weights = get_weights(model))
    if (best$loss < 1e-28) break
    failed <- if (better) 0 else failed + 1
    if (!better) slow_down(model, best$weights)
    round <- min(2L * round, 2000L)
  }
  set_weights(model, best$weights)
  epochs
}

# Where steps of all rows are quick and sure: by Levenberg-Marquardt for squared losses, by L-BFGS
# for others; NULL elsewhere.
whole_optimizer <- function(model, trial) {
  losses <- if (is.list(trial$loss)) trial$loss else list(trial$loss)
  types <- vapply(trial$layers, `[[`, "", "type")
  plain <- is.null(trial$optimizer) && is.null(trial$held) && !isTRUE(trial$stop_early) &&
    !isTRUE(trial$by_batches) && !any(vapply(losses, is_custom_loss, NA)) &&
      is.null(model_plan(model)$outside) &&
    all(types %in% c("dense", "activation", "re_lu", merging_types)) &&
      is.null(why_unsolvable(model))
  weights <- count_params(model)
  numbers <- trial_rows(trial) * sum(vapply(trained_outputs(model), prod, 0))
  if (!plain || weights > 500 || numbers > 1000) return(NULL)
  squared <- vapply(losses, function(loss) loss$record == "mean_squared_error", NA)
  if (all(squared) && is.null(trial$args$class_weight)) optimizer_levenberg_marquardt() else optimizer_lbfgs()
}

trial_rows <- function(trial) sample_count(x_list(trial$x)[[1]])

whole_steps <- function(model, trial, optimizer) {
  suppressWarnings(compile(model, optimizer = optimizer, loss = trial$loss,
    loss_weights = trial$loss_weights), classes = "kestrel_warning")
  trial$args <- list(batch_size = trial_rows(trial), shuffle = FALSE,
    class_weight = trial$args$class_weight)
  history <- fit_trial(model, trial, if (optimizer$name == "lbfgs") 200L else 50L)
  loss <- history$metrics$loss
  list(loss = loss[length(loss)], weights = get_weights(model), epochs = length(loss))
}

# Ten starts at most, as far as time allows; one where the weights are kept.
best_of_starts <- function(model, trial, whole, end) {
  best <- whole_steps(model, trial, whole)
  for (i in seq_len(if (trial$fresh) 9 else 0)) {
    if (isTRUE(best$loss < 1e-28) || seconds_now() >= end) break
    redraw_weights(model)
    other <- whole_steps(model, trial, whole)
    epochs <- best$epochs + other$epochs
    if (isTRUE(other$loss < best$loss) || !is.finite(best$loss)) best <- other
    best$epochs <- epochs
  }
  best
}

slow_down <- function(model, weights) {
  set_weights(model, weights)
  optimizer <- model$optimizer
  if (is.numeric(optimizer$learning_rate)) set_rate(optimizer, optimizer$learning_rate / 3,
    "learning_rate")
}

fit_trial <- function(model, trial, epochs) {
  args <- c(list(model, trial$x, trial$y, epochs = epochs, verbose = 0, view_metrics = FALSE),
    trial$args)
  if (isTRUE(trial$stop_early)) {
    args$callbacks <- callback_early_stopping(patience = 5, restore_best_weights = TRUE)
  }
  suppressWarnings(do.call(fit.kestrel_model, args), classes = "kestrel_warning")
}

trial_round <- function(model, trial, epochs) {
  history <- fit_trial(model, trial, epochs)
  if (!is.null(trial$held)) return(trial$held(model))
  loss <- history$metrics[[if (isTRUE(trial$stop_early)) "val_loss" else "loss"]]
  loss[length(loss)]
}

# The loss of a model on the validation data, as a function; NULL where there are none, or a remedy
# changes rows, inputs or the loss.
held_score <- function(case, trial) {
  same <- !case$joint && !is.null(case$validation) && case$computable && is.null(trial$moved) &&
    identical(trial$x, case$x) && identical(trial$loss, case$criterion)
  if (!same) return(NULL)
  function(model, back = trial$back %||% identity) {
    p <- back(predict(model, one_or_list(case$validation$x)))
    case$compiled$loss_weights *
      reduced_loss(mean_loss(case$criterion), case$validation$y[[1]], p, NULL)
  }
}

new_result <- function(case, finding, trial, model, epochs, seconds) {
  loss <- suppressWarnings(evaluate(model, trial$x, trial$y, verbose = 0),
    classes = "kestrel_warning")[["loss"]]
  if (case$joint) return(joint_result(case, finding, trial, model, epochs, seconds, loss))
  comparable <- has_data(case) && case$computable && is.null(trial$moved) &&
    identical(trial$loss$record, case$criterion$record) &&
      identical(output_dims(model), output_dims(case$model)) &&
    identical(trial$loss$config, case$criterion$config)
  after <- if (comparable) trial_loss(case, trial, model) else NA_real_
  trial_record(case, finding, trial, model, epochs, seconds, loss, after)
}

# The loss of the whole; remedies do not change what several outputs are compared with.
joint_result <- function(case, finding, trial, model, epochs, seconds, loss) {
  known <- has_data(case) && case$computable
  after <- if (known) score_prediction(case,
    predict(model, trial$x)[case$compiled$trained]) else NA_real_
  trial_record(case, finding, trial, model, epochs, seconds, loss, after)
}

trial_record <- function(case, finding, trial, model, epochs, seconds, loss, after) {
  before <- if (has_data(case) && case$computable) case$loss else NA_real_
  excess <- before - case_base(case)
  structure(list(
    id = finding$id, cause = finding$cause, what = finding$remedy, before = before, after = after,
    loss = loss,
    closed = if (isTRUE(excess > 0)) (before - after) / excess else NA_real_,
    validation = if (!is.null(trial$held)) c(before = trial$held(case$model, identity),
      after = trial$held(model)),
    epochs = epochs, seconds = seconds, model = model, x = trial$x, y = trial$y
  ), class = "nn_trial")
}

case_base <- function(case) if (has_data(case) && case$computable) case$base else 0

# By the model's own loss, of predictions brought back to the scale of y.
trial_loss <- function(case, trial, model) {
  p <- predict(model, trial$x)
  if (!is.null(trial$back)) p <- trial$back(p)
  score_prediction(case, as_shape(p, case))
}

#' @export
format.nn_trial <- function(x, ...) {
  numbers <- if (is.na(x$after)) {
    sprintf("The copy's loss, which is another one or of other data: %s", digits(x$loss))
  } else {
    sprintf("Loss %s -> %s%s", digits(x$before), digits(x$after),
      if (is.na(x$closed)) "" else sprintf(" (%s of the excess is gone)",
        percent(max(x$closed, 0))))
  }
  c(sprintf("%s. Tried: %s", x$cause, x$what),
    sprintf("%s after %s, %s s.", numbers, count_of(x$epochs, "epoch"),
      format(round(x$seconds, 2))),
    if (length(x$validation)) {
      sprintf("Loss of the validation data %s -> %s.", digits(x$validation[[1]]),
        digits(x$validation[[2]]))
    },
    "The model itself is as it was; the copy is in $model.")
}

#' @export
print.nn_trial <- function(x, ...) {
  cat(unlist(lapply(format(x), strwrap, width = min(getOption("width"), 100))), sep = "\n")
  invisible(x)
}

# The remedy of the first finding is tried at once where that takes a moment: a proven fault of
# a small model on few rows.
with_tried <- function(case, findings, level) {
  first <- if (length(findings)) findings[[1]]
  small <- level != "quick" && has_data(case) && can_be_tried(case) && case$rows <= 1000 &&
    count_params(case$model) <= 1000
  if (!small || is.null(first$fix) || first$confidence != "PROVEN" ||
    first$severity != "fault") return(findings)
  trial <- tryCatch(with_own_seed(run_fix(first$view %||% case, first, 0.15)),
    error = function(e) NULL)
  findings[[1]]$tried <- tried_text(trial)
  findings
}

tried_text <- function(trial) {
  loss <- if (is.null(trial) || is.na(trial$after)) trial$loss else trial$after
  if (is.null(loss) || !is.finite(loss)) return(NULL)
  if (isTRUE(trial$closed < 0.5)) return(NULL)
  held <- trial$validation
  if (length(held) && !isTRUE(held[["after"]] < held[["before"]])) return(NULL)
  sprintf("Checked: a copy with this change reaches %s after %s%s.", digits(loss, 2),
    count_of(trial$epochs, "epoch"),
    if (length(held)) sprintf(" (validation data: %s, now %s)", digits(held[["after"]], 2),
      digits(held[["before"]], 2)) else "")
}
