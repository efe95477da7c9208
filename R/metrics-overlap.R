# Intersection over union; see metrics-counts.R for the help page. Names in logs are Keras'.

#' @rdname metric_auc
#' @export
metric_iou <- function(..., num_classes, target_class_ids, name = NULL, dtype = NULL,
                       ignore_class = NULL, sparse_y_true = TRUE, sparse_y_pred = TRUE,
                       axis = -1) {
  config <- list(num_classes = check_count(num_classes),
    target_class_ids = check_target_classes(target_class_ids, num_classes),
    ignore_class = check_class_code(ignore_class), sparse_y_true = check_flag(sparse_y_true),
    sparse_y_pred = check_flag(sparse_y_pred), axis = check_axis(axis))
  make_iou("iou", config, "io_u")
}

#' @rdname metric_auc
#' @export
metric_binary_iou <- function(..., target_class_ids = c(0, 1), threshold = 0.5, name = NULL,
                              dtype = NULL) {
  config <- list(target_class_ids = check_target_classes(target_class_ids, 2),
    threshold = check_number(threshold))
  make_iou("binary_iou", config, "binary_io_u")
}

#' @rdname metric_auc
#' @export
metric_mean_iou <- function(..., num_classes, name = NULL, dtype = NULL, ignore_class = NULL,
                            sparse_y_true = TRUE, sparse_y_pred = TRUE, axis = -1) {
  config <- list(num_classes = check_count(num_classes),
    ignore_class = check_class_code(ignore_class), sparse_y_true = check_flag(sparse_y_true),
    sparse_y_pred = check_flag(sparse_y_pred), axis = check_axis(axis))
  make_iou("mean_iou", config, "mean_io_u")
}

#' @rdname metric_auc
#' @export
metric_one_hot_iou <- function(..., num_classes, target_class_ids, name = NULL, dtype = NULL,
                               ignore_class = NULL, sparse_y_pred = FALSE, axis = -1) {
  config <- list(num_classes = check_count(num_classes),
    target_class_ids = check_target_classes(target_class_ids, num_classes),
    ignore_class = check_class_code(ignore_class),
    sparse_y_pred = check_flag(sparse_y_pred), axis = check_axis(axis))
  make_iou("one_hot_iou", config, "one_hot_io_u")
}

#' @rdname metric_auc
#' @export
metric_one_hot_mean_iou <- function(..., num_classes, name = NULL, dtype = NULL,
                                    ignore_class = NULL, sparse_y_pred = FALSE, axis = -1) {
  config <- list(num_classes = check_count(num_classes),
    ignore_class = check_class_code(ignore_class),
    sparse_y_pred = check_flag(sparse_y_pred), axis = check_axis(axis))
  make_iou("one_hot_mean_iou", config, "one_hot_mean_io_u")
}

make_iou <- function(record, config, label, frame = caller_env()) {
  classes <- config$num_classes %||% 2L
  targets <- config$target_class_ids %||% (seq_len(classes) - 1)
  values <- list(
    num_classes = classes, ignore_class = config$ignore_class,
    sparse_y_true = config$sparse_y_true %||% !grepl("one_hot", record),
    sparse_y_pred = config$sparse_y_pred %||% TRUE, threshold = config$threshold
  )
  known <- names(formals(sys.function(sys.parent())))
  finish_metric(record, config, label, values, targets, known, frame)
}

check_target_classes <- function(x, n, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && length(x) > 0 && all(is.finite(x)) && all(x == trunc(x)) &&
    all(x >= 0 & x < n)
  if (good) return(as.double(x))
  stop_argument(arg, sprintf("codes of classes from 0 to %d", as.integer(n) - 1L), x, call = call)
}

# list(classes, codes_true, codes_said, threshold), as the engine is told.
iou_settings <- function(state) {
  h <- state$choice$h
  list(classes = h[1], codes_true = h[3] > 0, codes_said = h[4] > 0, threshold = h[5])
}

# Class codes on both sides, scores on both, or codes on one.
iou_columns <- function(state, y_true, y_pred, call) {
  is <- iou_settings(state)
  t <- check_compared(y_true, "y_true", call)
  y <- check_compared(y_pred, "y_pred", call)
  if (is$codes_true == is$codes_said) {
    c <- value_columns(state$name, t, y, state$axis, call)
    if (is$codes_true) check_iou_codes(c$t, is$classes, state$config$ignore_class, "y_true", call)
    if (is$codes_said && is.nan(is$threshold)) {
      check_iou_codes(c$y, is$classes, NULL, "y_pred", call)
    }
    return(c)
  }
  if (is$codes_true) return(code_columns(t, y, state$axis, state$config$ignore_class, call))
  c <- code_columns(y, t, state$axis, NULL, call)
  list(t = c$y, y = c$t, k = 1L, kt = c$k, dims = c$dims)
}

check_iou_codes <- function(x, n, ignore, arg, call) {
  bad <- which((x <= -1 | x >= n) & !x %in% ignore)
  if (!length(bad)) return(invisible(x))
  stop_kestrel("data", sprintf("`%s` must hold class codes from 0 to %d, not %s.", arg,
    as.integer(n) - 1L, format(x[bad[1]], digits = 15)), hint = "Codes count from 0.",
    argument = arg, value = x[bad[1]], call = call)
}
