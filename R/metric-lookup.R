# For compile(): metrics by name, and those that shapes decide.

# A name, a function metric_*, or an object. What was written is the name in logs.
as_metric <- function(x, arg = caller_arg(x), call = caller_env()) {
  must <- "the name of a metric or an object made by metric_*()"
  if (is.null(x)) stop_argument(arg, must, x, call = call)
  if (is_string(x) && small_letters(x) %in% names(metrics_by_shape)) {
    return(new_metric("accuracy", label = x, by_shape = metrics_by_shape[[small_letters(x)]]))
  }
  makers <- metric_makers()
  name <- x
  if (is_string(x)) {
    check_not_missing_metric(x, arg, call)
    name <- check_known(x, c(metrics_by_shape, makers), "a metric", arg, call)
  }
  metric <- as_made(name, "kestrel_metric", makers, "a metric", arg, call)
  check_metric_axis(metric, arg, call)
  if (is_string(x)) environment(metric)$label <- x
  metric
}

metrics_by_shape <- c(
  accuracy = "accuracy", acc = "accuracy", crossentropy = "crossentropy", ce = "crossentropy"
)

# Metrics of Keras that count and that are not here, by their names without "_".
metrics_elsewhere <- c("auc", "precision", "recall", "truepositives", "truenegatives",
  "falsepositives", "falsenegatives", "f1score", "fbetascore", "iou", "meaniou", "binaryiou",
  "onehotiou", "onehotmeaniou", "sensitivityatspecificity", "specificityatsensitivity",
  "precisionatrecall", "recallatprecision", "r2score", "tp", "tn", "fp", "fn", "f1")

check_not_missing_metric <- function(x, arg, call) {
  name <- gsub("[_ ]", "", small_letters(x))
  if (name == "rmse") stop_unknown_rmse(x, arg, call)
  if (!name %in% metrics_elsewhere || name %in% registry("metrics")$name) return(invisible(x))
  stop_kestrel("argument", sprintf("`%s`: the metric \"%s\" is not available here.", arg, x),
    hint = "Compute it from predict(), after training or in a callback.", argument = arg,
    value = x, call = call)
}

stop_unknown_rmse <- function(x, arg, call) {
  stop_kestrel("argument", sprintf("`%s` must name a metric, not \"%s\".", arg, x),
    hint = "Did you mean \"root_mean_squared_error\"?", argument = arg, value = x, call = call)
}

check_metric_axis <- function(metric, arg, call) {
  axis <- metric$axis
  if (axis == -1) return(invisible(metric))
  stop_kestrel("argument", sprintf(
    "`%s` has axis %d: a model's metrics work along the last axis, -1.", arg, axis
  ), argument = arg, value = axis, call = call)
}

# The metric that `units` outputs and `columns` of y stand for (class codes are one column).
resolve_metric <- function(metric, columns, units) {
  state <- metric_state(metric)
  if (is.null(state$by_shape)) return(metric)
  kind <- if (units == 1) "binary" else if (columns == 1) "sparse_categorical" else "categorical"
  new_metric(paste0(kind, "_", state$by_shape), label = state$label)
}

# By name in Keras: the engine's own, those of the classes, short and old ones.
metric_makers <- function() {
  names <- registry("metrics")$name
  makers <- lapply(names, function(name) get(paste0("metric_", name), topenv()))
  makers <- stats::setNames(makers, names)
  short <- makers_by_alias(makers)
  others <- list(
    LogCoshError = metric_log_cosh, TopKCategoricalAccuracy = metric_top_k_categorical_accuracy,
    SparseTopKCategoricalAccuracy = metric_sparse_top_k_categorical_accuracy
  )
  c(makers[names != "accuracy"], stats::setNames(makers, class_names(names)), short, others)
}
