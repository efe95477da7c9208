# What all metrics share. A metric is a function whose environment is its state:
#
# name      the engine's record
# label     the name in logs
# config    the metric's own arguments, checked
# choice    what the engine is told
# axis      the one that is summed over
# by_shape  "accuracy" or "crossentropy" where shapes decide which one is meant, or NULL
# sums      the engine's running sums, or NULL before the first update
#
# A model has sums of its own: these are for update_state() by hand.

# The end of each constructor, as make_loss() is of a loss.
make_metric <- function(record, config = named_list(), label = record, frame = caller_env()) {
  force(config)
  known <- names(formals(sys.function(sys.parent())))
  check_dots(eval(quote(list(...)), frame), known, call = frame)
  check_dtype_ignored(get("dtype", frame), frame)
  label <- check_name(get("name", frame), arg = "name", call = frame) %||% label
  metric <- new_metric(record, config, label)
  if (!given_data(frame, paste0("metric_", record))) return(metric)
  metric_values(metric, get("y_true", frame), get("y_pred", frame), frame)
}

new_metric <- function(name, config = named_list(), label = name, by_shape = NULL) {
  self <- function(y_true, y_pred, sample_weight = NULL) {
    update_metric(sys.function(), y_true, y_pred, sample_weight, sys.call())
    metric_result(sys.function())
  }
  values <- config[setdiff(names(config), "axis")]
  environment(self) <- list2env(list(
    name = name, label = label, config = config, choice = choice("metrics", name, values),
    axis = config$axis %||% -1L, by_shape = by_shape, sums = NULL
  ), parent = topenv())
  structure(self, class = "kestrel_metric")
}

metric_state <- function(metric) environment(metric)

metric_columns <- function(metric, y_true, y_pred, call) {
  state <- metric_state(metric)
  compare_columns(registry_row("metrics", state$name), y_true, y_pred, state$axis,
    state$config$ignore_class, call)
}

# One value for each column; one for all where there is no other.
metric_values <- function(metric, y_true, y_pred, call) {
  state <- metric_state(metric)
  c <- metric_columns(metric, y_true, y_pred, call)
  whole <- bitwAnd(registry_row("metrics", state$name)$flags, 2L) > 0
  if (whole || state$name == "root_mean_squared_error") {
    sums <- engine_metric_update(state$choice, c$t, c$y, NULL, c$k, c$kt)
    return(engine_metric_result(state$choice, sums))
  }
  from_columns(engine_metric_value(state$choice, c$t, c$y, c$k, c$kt), c$dims)
}

# Nothing changes before all is checked.
update_metric <- function(metric, y_true, y_pred, sample_weight, call) {
  state <- metric_state(metric)
  if (missing(y_true)) stop_missing("y_true", call)
  if (missing(y_pred)) stop_missing("y_pred", call)
  c <- metric_columns(metric, as_metric_targets(y_true, y_pred), as_samples(y_pred), call)
  w <- column_weights(sample_weight, c$dims, call)
  state$sums <- engine_metric_update(state$choice, c$t, c$y, w, c$k, c$kt, state$sums)
  invisible(metric)
}

# Two vectors are n samples here, so that batches of them weigh what they should.
as_metric_targets <- function(y_true, y_pred) {
  if (is.null(dim(y_pred))) as_samples(y_true) else y_true
}

metric_result <- function(metric) {
  state <- metric_state(metric)
  if (is.null(state$sums)) return(0)
  engine_metric_result(state$choice, state$sums)
}

reset_metric <- function(metric) {
  state <- metric_state(metric)
  state$sums <- NULL
  invisible(metric)
}

#' @export
`$.kestrel_metric` <- function(x, name) {
  state <- metric_state(x)
  switch(name,
    update_state = function(y_true, y_pred, sample_weight = NULL) {
      update_metric(x, y_true, y_pred, sample_weight, sys.call())
    },
    result = function() metric_result(x),
    reset_state = , reset_states = function() reset_metric(x),
    variables = as.list(state$sums %||% c(0, 0)),
    total = (state$sums %||% c(0, 0))[1],
    count = (state$sums %||% c(0, 0))[2],
    get0(name, envir = state, inherits = FALSE)
  )
}

#' @export
`[[.kestrel_metric` <- function(x, i) `$.kestrel_metric`(x, i)

#' @export
names.kestrel_metric <- function(x) {
  c("name", "label", "config", "total", "count", "update_state", "result", "reset_state")
}

#' @export
print.kestrel_metric <- function(x, ...) {
  cat(wrap_settings(format(x, ...)), sep = "\n")
  invisible(x)
}

#' @export
format.kestrel_metric <- function(x, ...) {
  state <- metric_state(x)
  object <- structure(list(), fields = list(name = state$name, config = state$config),
    class = c("kestrel_metric", "kestrel_object"))
  result <- if (is.null(state$sums)) "" else paste0(": ", format(metric_result(x), digits = 7))
  paste0(format.kestrel_object(object, ...), result)
}
