# fit(restarts = ): the best of some starts from fresh weights.

# `begin` makes a run of the weights that the model has. What a start leaves behind is kept as
# values of the environments of the model and its layers, and put back at the end, whatever the end
# is: after an error before the first start is over it is the model as it was, after Ctrl-C the
# first start stays as far as it went.
best_start <- function(model, restarts, begin, x) {
  states <- states_within(model)
  keep <- function() lapply(states, as.list, all.names = TRUE)
  best <- keep()
  reached <- rep(NA_real_, restarts)
  on.exit(if (!is.null(best)) Map(restore_environment, states, best))
  leave <- function(condition) if (all(is.na(reached))) best <<- NULL
  for (i in seq_len(restarts)) {
    run <- with_seed_kept(begin_anew(model, begin))
    if (i == 1) keep_features(model, x)
    announce_start(run, i, restarts)
    history <- withCallingHandlers(run_training(run), interrupt = leave)
    reached[i] <- last_value(history$metrics$loss)
    if (i == 1 || is_lowest(reached, i)) best <- keep()
  }
  Map(restore_environment, states, best)
  state <- model_state(model)
  state$history$params$restarts <- reached
  best <- NULL
  state$history
}

begin_anew <- function(model, begin) {
  redraw_weights(model)
  assign("optimizer_state", NULL, envir = model_state(model))
  begin()
}

# Layers that are trained; those whose weights are statistics alone were given theirs.
redraw_weights <- function(model) {
  for (layer in leaf_layers(model)) {
    state <- layer_state(layer)
    drawn <- state$trainable && length(state$slots) && !all(state$is_state)
    if (drawn) state$weights <- initial_weights(layer, state$slots, caller_env())
  }
}

announce_start <- function(run, i, restarts) {
  if (run$settings$verbose > 0) cat(sprintf("Start %d of %d\n", i, restarts))
}

# NaN and infinite losses are above all others.
is_lowest <- function(reached, i) {
  before <- reached[seq_len(i - 1)]
  is.finite(reached[i]) && all(!is.finite(before) | before > reached[i])
}
