# What all metrics share. A metric is a function whose environment is its state:
#
# name      the engine's record, or "custom", "mean", "sum"; `metric$record` for users, whose
#           `metric$record` is the label
# label     the name in logs
# config    the metric's own arguments, checked
# choice    what the engine is told
# axis      the one that is summed over
# by_shape  "accuracy" or "crossentropy" where shapes decide which one is meant, or NULL
# fn        an R function of y_true and y_pred whose mean the metric is, or NULL
# sums      running sums, or NULL before the first update
# k         predictions in a column of what was seen
#
# A model has sums of its own: these are for update_state() by hand.

# The end of each constructor that is a function of data, too, as make_loss() is of a loss.
make_metric <- function(record, config = named_list(), label = record, frame = caller_env()) {
  force(config)
  known <- names(formals(sys.function(sys.parent())))
  metric <- finish_metric(record, config, label, config, NULL, known, frame)
  if (!given_data(frame, paste0("metric_", record))) return(metric)
  metric_values(metric, get("y_true", frame), get("y_pred", frame), frame)
}

# Of those that are not. `values`: the record's hyperparameters; `more`: the numbers behind them.
make_counter <- function(record, config = named_list(), label = record, values = config,
                         more = NULL, frame = caller_env()) {
  force(config)
  force(values)
  known <- names(formals(sys.function(sys.parent())))
  finish_metric(record, config, label, values, more, known, frame)
}

finish_metric <- function(record, config, label, values, more, known, frame) {
  check_dots(eval(quote(list(...)), frame), known, call = frame)
  check_dtype_ignored(get("dtype", frame), frame)
  label <- check_name(get("name", frame), arg = "name", call = frame) %||% label
  new_metric(record, config, label, values = values, more = more)
}

new_metric <- function(name, config = named_list(), label = name, by_shape = NULL,
                       values = config, more = NULL, fn = NULL) {
  choice <- choice("metrics", name, values[setdiff(names(values), "axis")])
  choice$h <- c(choice$h, as.double(more))
  metric_from(list(
    name = name, label = label, config = config, choice = choice, axis = config$axis %||% -1L,
    by_shape = by_shape, fn = fn, sums = NULL, k = NULL
  ))
}

metric_of_predictions <- function(y_true, y_pred, sample_weight = NULL) {
  update_metric(sys.function(), y_true, y_pred, sample_weight, sys.call())
  metric_result(sys.function())
}

metric_of_values <- function(values, sample_weight = NULL) {
  update_values(sys.function(), values, sample_weight, sys.call())
  metric_result(sys.function())
}

metric_from <- function(state) {
  takes_values <- state$name %in% c("mean", "sum") && is.null(state$fn)
  self <- if (takes_values) metric_of_values else metric_of_predictions
  environment(self) <- list2env(state, parent = topenv())
  structure(self, class = "kestrel_metric")
}

metric_state <- function(metric) environment(metric)

# Another metric of the same settings that has seen nothing.
copy_metric <- function(metric, label) {
  state <- as.list(metric_state(metric), all.names = TRUE)
  state[c("sums", "k")] <- list(NULL, NULL)
  state$label <- label
  metric_from(state)
}

metric_columns <- function(metric, y_true, y_pred, call) {
  state <- metric_state(metric)
  record <- registry_row("metrics", state$name)
  if (grepl("iou$", state$name)) return(iou_columns(state, y_true, y_pred, call))
  c <- compare_columns(record, y_true, y_pred, state$axis, state$config$ignore_class, call)
  check_metric_units(metric, c$k, call)
  c
}

# What settings say of the number of predictions in a column.
check_metric_units <- function(metric, k, call) {
  config <- metric_state(metric)$config
  needs <- function(good, arg, must, value) {
    if (good) return(invisible(metric))
    stop_argument(arg, sprintf("%s for %d predictions in a row", must, k), value, call = call)
  }
  needs(is.null(config$class_id) || config$class_id < k, "class_id", "a column, counted from 0,",
    config$class_id)
  needs(is.null(config$label_weights) || length(config$label_weights) == k, "label_weights",
    "one weight for each column", config$label_weights)
  needs(is.null(config$num_labels) || config$num_labels == k, "num_labels",
    "the number of columns", config$num_labels)
}

# One value for each column; one for all where there is no other.
metric_values <- function(metric, y_true, y_pred, call) {
  state <- metric_state(metric)
  if (is_traced(y_pred) || is_traced(y_true)) return(traced_metric(state, y_true, y_pred))
  c <- metric_columns(metric, y_true, y_pred, call)
  whole <- bitwAnd(registry_row("metrics", state$name)$flags, 2L) > 0
  if (whole || state$name == "root_mean_squared_error") {
    sums <- engine_metric_update(state$choice, c$t, c$y, NULL, c$k, c$kt)
    return(engine_metric_result(state$choice, sums, c$k))
  }
  from_columns(engine_metric_value(state$choice, c$t, c$y, c$k, c$kt), c$dims)
}

# The loss of the same name.
traced_metric <- function(state, y_true, y_pred) {
  if (!state$name %in% registry("losses")$name) stop_not_differentiable(paste0("metric_",
    state$name))
  loss <- get(paste0("loss_", state$name), topenv())
  config <- state$config[intersect(names(state$config), names(formals(loss)))]
  do.call(loss, c(list(y_true, y_pred), config), quote = TRUE)
}

# Nothing changes before all is checked.
update_metric <- function(metric, y_true, y_pred, sample_weight, call) {
  state <- metric_state(metric)
  if (missing(y_true)) stop_missing("y_true", call)
  if (missing(y_pred)) stop_missing("y_pred", call)
  own <- own_metric(metric)
  if (!is.null(own)) return(invisible(own$update_state(y_true, y_pred, sample_weight)))
  if (!is.null(state$fn)) return(update_custom(metric, y_true, y_pred, sample_weight, call))
  c <- metric_columns(metric, as_metric_targets(y_true, y_pred), as_samples(y_pred), call)
  check_same_units(state, c$k, call)
  w <- column_weights(sample_weight, c$dims, call)
  state$sums <- engine_metric_update(state$choice, c$t, c$y, w, c$k, c$kt, state$sums)
  state$k <- c$k
  invisible(metric)
}

# Two vectors are n samples here, so that batches of them weigh what they should.
as_metric_targets <- function(y_true, y_pred) {
  if (is.null(dim(y_pred))) as_samples(y_true) else y_true
}

# Sums by column are of one number of columns.
check_same_units <- function(state, k, call) {
  sizes <- length(engine_metric_result(state$choice, NULL, k))
  if (is.null(state$k) || state$k == k || (is_mean_metric(state) && sizes == 1)) return(k)
  stop_kestrel("shape", sprintf("`y_pred` must have %d columns as before, not %d.", state$k, k),
    hint = "reset_state() begins anew.", argument = "y_pred", value = k, expected = state$k,
    call = call)
}

is_mean_metric <- function(state) length(state$sums) == 2

metric_result <- function(metric) {
  state <- metric_state(metric)
  own <- own_metric(metric)
  if (!is.null(own)) return(own_result(own))
  if (state$name == "sum") return(state$sums %||% 0)
  engine_metric_result(state$choice, state$sums, state$k %||% 1L)
}

reset_metric <- function(metric) {
  state <- metric_state(metric)
  state$sums <- NULL
  state$k <- NULL
  own <- own_metric(metric)
  if (!is.null(own)) own$reset_state()
  invisible(metric)
}

#' @export
`$.kestrel_metric` <- function(x, name) {
  state <- metric_state(x)
  switch(name,
    name = state$label,
    record = state$name,
    update_state = metric_updater(x),
    result = function() metric_result(x),
    reset_state = , reset_states = function() reset_metric(x),
    get_config = function() c(list(name = state$label), state$config),
    variables = as.list(state$sums %||% c(0, 0)),
    total = if (length(state$sums %||% 0:1) == 2) (state$sums %||% c(0, 0))[1],
    count = if (length(state$sums %||% 0:1) == 2) (state$sums %||% c(0, 0))[2],
    get0(name, envir = state, inherits = FALSE) %||% state$config[[name]]
  )
}

metric_updater <- function(metric) {
  if (metric_state(metric)$name %in% c("mean", "sum")) {
    return(function(values, sample_weight = NULL) {
      update_values(metric, values, sample_weight, sys.call())
    })
  }
  function(y_true, y_pred, sample_weight = NULL) {
    update_metric(metric, y_true, y_pred, sample_weight, sys.call())
  }
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
  name <- if (is.function(state$fn)) state$label else state$name
  object <- structure(list(), fields = list(name = name, config = state$config),
    class = c("kestrel_metric", "kestrel_object"))
  result <- if (is.null(state$sums)) "" else paste0(": ", format(metric_result(x), digits = 7))
  paste0(format.kestrel_object(object, ...), result)
}
