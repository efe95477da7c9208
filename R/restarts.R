# fit(restarts = ): the best of some starts from fresh weights.

# `begin` makes a run of the weights that the model has. What a start leaves behind is kept as
# values of the environments of the model and its layers, and put back at the end, whatever the end
# is: after an error before the first start is over it is the model as it was, after Ctrl-C the
# first start stays as far as it went.
best_start <- function(model, restarts, begin, x) {
  states <- states_within(model)
  keep <- function() lapply(states, as.list, all.names = TRUE)
  put_back <- function(kept) Map(restore_environment, states, kept)
  best <- keep()
  reached <- rep(NA_real_, restarts)
  on.exit(if (!is.null(best)) put_back(best))
  leave <- function(condition) if (all(is.na(reached))) best <<- NULL
  for (i in seq_len(restarts)) {
    mends <- mends_best(model, i, reached)
    if (mends) put_back(best)
    run <- with_seed_kept(begin_anew(model, begin, if (mends) redraw_units else redraw_weights))
    if (i == 1) keep_features(model, x)
    announce_start(run, i, restarts)
    history <- withCallingHandlers(run_training(run), interrupt = leave)
    reached[i] <- last_value(history$metrics$loss)
    if (i == 1 || is_lowest(reached, i)) best <- keep()
  }
  put_back(best)
  state <- model_state(model)
  state$history$params$restarts <- reached
  best <- NULL
  state$history
}

# Ten starts tell minima that are often met. One that is rarely met often shares most of its units
# with a lesser one: from then on every second start mends the best.
mends_best <- function(model, i, reached) {
  i > 10 && i %% 2 == 0 && any(is.finite(reached)) && length(drawn_layers(model)) > 1
}

begin_anew <- function(model, begin, redraw) {
  redraw(model)
  assign("optimizer_state", NULL, envir = model_state(model))
  begin()
}

# Layers that are trained; those whose weights are statistics alone were given theirs.
redraw_weights <- function(model) {
  for (layer in drawn_layers(model)) {
    state <- layer_state(layer)
    state$weights <- initial_weights(layer, state$slots, caller_env())
  }
}

drawn_layers <- function(model) {
  Filter(function(layer) {
    state <- layer_state(layer)
    state$trainable && length(state$slots) && !all(state$is_state)
  }, leaf_layers(model))
}

# In each layer but the last a unit starts from fresh weights with probability 1/3, and at least
# one does; those from it to the next layer stay.
redraw_units <- function(model) {
  for (layer in utils::head(drawn_layers(model), -1)) {
    state <- layer_state(layer)
    fresh <- initial_weights(layer, state$slots, caller_env())
    units <- drawn_units(last_dim(fresh[[1]]))
    state$weights <- Map(put_units, state$weights, fresh, MoreArgs = list(units))
  }
}

drawn_units <- function(n) {
  units <- stats::runif(n) < 1 / 3
  if (!any(units)) units[sample.int(n, 1)] <- TRUE
  units
}

last_dim <- function(w) dim(w)[length(dim(w))] %||% length(w)

# Units are along the last dim; weights that have none of this length stay.
put_units <- function(w, fresh, units) {
  if (last_dim(w) != length(units)) return(w)
  at <- rep(units, each = length(w) / length(units))
  w[at] <- fresh[at]
  w
}

announce_start <- function(run, i, restarts) {
  if (run$settings$verbose > 0) cat(sprintf("Start %d of %d\n", i, restarts))
}

# NaN and infinite losses are above all others.
is_lowest <- function(reached, i) {
  before <- reached[seq_len(i - 1)]
  is.finite(reached[i]) && all(!is.finite(before) | before > reached[i])
}
