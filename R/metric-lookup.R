# For compile(): metrics by name, and those that shapes decide.

# A name, a function metric_*, an object, or any other function of y_true and y_pred, for
# which `label` is a name. What was written is the name in logs.
as_metric <- function(x, arg = caller_arg(x), call = caller_env(), label = NULL) {
  must <- "the name of a metric, a function of y_true and y_pred, or an object made by metric_*()"
  if (is.null(x)) stop_argument(arg, must, x, call = call)
  if (is_string(x) && small_letters(x) %in% names(metrics_by_shape)) {
    return(new_metric("accuracy", label = x, by_shape = metrics_by_shape[[small_letters(x)]]))
  }
  makers <- metric_makers()
  if (is_own_function(x, makers)) return(function_metric(x, label, arg, call))
  name <- x
  if (is_string(x)) {
    if (gsub("[_ ]", "", small_letters(x)) == "rmse") stop_unknown_rmse(x, arg, call)
    name <- check_known(x, c(metrics_by_shape, makers), "a metric", arg, call)
    check_no_settings_needed(name, makers[[name]], arg, call)
  }
  metric <- as_made(name, "kestrel_metric", makers, "a metric", arg, call)
  check_metric_axis(metric, arg, call)
  if (is_string(x)) environment(metric)$label <- x
  metric
}

# Those that a name alone cannot make.
check_no_settings_needed <- function(name, make, arg, call) {
  settings <- formals(make)[setdiff(names(formals(make)), c("...", "y_true", "y_pred"))]
  needed <- names(settings)[vapply(settings, function(s) is.symbol(s) && !nzchar(s), NA)]
  if (!length(needed)) return(invisible(name))
  stop_kestrel("argument", sprintf("`%s`: the metric \"%s\" needs %s.", arg, name,
    paste0("`", needed, "`",
      collapse = " and ")), hint = sprintf("Make it by its function: %s(%s).",
    paste0("metric_", snake_case_name(name)), paste0(needed, " = ", collapse = ", ")),
    argument = arg, value = name, call = call)
}

# The name of a class in small letters, as functions are called.
snake_case_name <- function(x) {
  known <- registry("metrics")$name
  known[match(gsub("_", "", small_letters(x)), gsub("_", "", known))]
}

# Methods of reference classes and generics of S4 are functions of the user's, too; objects of other
# classes are not.
is_own_function <- function(x, makers) {
  if (!is.function(x)) return(FALSE)
  if (is.object(x) && !inherits(x, c("function", "memoised"))) return(FALSE)
  !any(vapply(makers, identical, NA, x))
}

# R keras 2.x keeps a function's name in an attribute.
function_metric <- function(fn, label, arg, call) {
  label <- attr(fn, "py_function_name", exact = TRUE) %||% label %||% "metric"
  new_custom_metric(check_metric_function(fn, arg, call), label)
}

metrics_by_shape <- c(
  accuracy = "accuracy", acc = "accuracy", crossentropy = "crossentropy", ce = "crossentropy"
)

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
  names <- setdiff(registry("metrics")$name, "mean")
  makers <- lapply(names, function(name) get(paste0("metric_", name), topenv()))
  makers <- stats::setNames(makers, names)
  short <- makers_by_alias(makers)
  others <- list(
    LogCoshError = metric_log_cosh, TopKCategoricalAccuracy = metric_top_k_categorical_accuracy,
    SparseTopKCategoricalAccuracy = metric_sparse_top_k_categorical_accuracy,
    AUC = metric_auc, IoU = metric_iou, BinaryIoU = metric_binary_iou, MeanIoU = metric_mean_iou,
    OneHotIoU = metric_one_hot_iou, OneHotMeanIoU = metric_one_hot_mean_iou,
    FBetaScore = metric_fbeta_score
  )
  c(makers[names != "accuracy"], stats::setNames(makers, class_names(names)), short, others)
}

# One entry of compiled$metrics for each number of its result, `result` of them (from 0);
# `units`: predictions in a row by output, NULL where they are not known yet.
metric_results <- function(entry, units) {
  state <- metric_state(entry$metric)
  if (!is.null(entry$result) || !is.null(state$by_shape) || is.null(units)) return(list(entry))
  n <- length(engine_metric_result(state$choice, NULL, units[entry$output]))
  if (n == 1) return(list(entry))
  lapply(seq_len(n) - 1L, function(i) {
    entry$whole <- entry$metric
    entry$metric <- copy_metric(entry$metric, paste0(state$label, "_", i))
    entry$result <- i
    entry
  })
}

# Settled metrics before they were: each as a whole, once.
whole_metrics <- function(metrics) {
  first <- Filter(function(entry) identical(entry$result %||% 0L, 0L), metrics)
  lapply(first, function(entry) {
    if (!is.null(entry$whole)) entry$metric <- entry$whole
    entry[c("whole", "result")] <- NULL
    entry
  })
}

# Names and numbers of the results, once the number of outputs is known.
settle_metrics <- function(compiled, units) {
  entries <- unlist(lapply(compiled$metrics, metric_results, units), recursive = FALSE)
  if (length(entries) == length(compiled$metrics)) return(compiled)
  compiled$metrics <- entries
  compiled$metric_labels <- unique_labels(entries)
  compiled
}
