#' Metrics that count
#'
#' Metrics of classes that need more than a mean over samples: they count over all batches of
#' an epoch, and compute at its end. A prediction says "positive" where `p > threshold`; a
#' target is positive where it is not 0. Each sample counts its weight. All columns count
#' alike, but for `class_id`, `top_k`, `multi_label` and the F-scores.
#'
#' With `TP`, `FP`, `TN`, `FN` the true and false positives and negatives, and 0 for 0 / 0:
#'
#' * `metric_true_positives()` and the like: these counts
#' * `metric_precision()`: `TP / (TP + FP)`; `metric_recall()`: `TP / (TP + FN)`
#' * `metric_sensitivity_at_specificity()`: the largest sensitivity `TP / (TP + FN)` among the
#'   thresholds 0, 1 / (n - 1), ..., 1 whose specificity `TN / (TN + FP)` is at least what is
#'   asked for, 0 if there is none; the three others likewise
#' * `metric_auc()`: the area under the curve of `TP / (TP + FN)` over `FP / (FP + TN)`
#'   (`"ROC"`), or of precision over recall (`"PR"`), through the thresholds -1e-7,
#'   1 / (n - 1), ..., (n - 2) / (n - 1), 1 + 1e-7. Between them the curve is a straight
#'   line (`"interpolation"`; for precision and recall as Davis and Goadrich have it), its
#'   lower (`"minoring"`) or its upper end (`"majoring"`)
#' * `metric_fbeta_score()`: `(1 + beta^2) * P * R / (beta^2 * P + R)` for each class, with
#'   precision P and recall R (1e-7 is added to each divisor); `metric_f1_score()`: beta = 1.
#'   Without a threshold the class of the largest prediction is said to be positive. The mean
#'   over classes (`"macro"`), with weights by their support (`"weighted"`), from the sums of
#'   all counts (`"micro"`), or each (`NULL`)
#' * `metric_iou()`: `TP / (TP + FP + FN)` of class codes, the mean over those of the
#'   `target_class_ids` that occur; `metric_mean_iou()`: over all classes;
#'   `metric_binary_iou()`: 1 where `p >= threshold`; `metric_one_hot_iou()` and
#'   `metric_one_hot_mean_iou()`: of the largest of each row
#'
#' A result of several numbers (thresholds, classes) appears in logs as `name_0`, `name_1` and
#' so on.
#'
#' @inheritParams metrics
#' @param ... must be empty; name all arguments.
#' @param thresholds numbers from 0 to 1, 0.5 by default (with `top_k`: none); for
#'   `metric_auc()` instead of `num_thresholds`.
#' @param top_k only the so many largest predictions of a row can be positive.
#' @param class_id the only column that counts, from 0.
#' @param num_thresholds how many thresholds, at least 1, for `metric_auc()` at least 2.
#' @param specificity,sensitivity,recall,precision the rate to be reached, from 0 to 1.
#' @param curve `"ROC"` or `"PR"`.
#' @param summation_method `"interpolation"`, `"minoring"` or `"majoring"`.
#' @param multi_label whether each column has a curve of its own, of which the areas are
#'   averaged.
#' @param num_labels the number of columns, checked with `multi_label`.
#' @param label_weights a weight for each column.
#' @param from_logits whether predictions are logits, of which the sigmoid is taken.
#' @param average `NULL`, `"micro"`, `"macro"` or `"weighted"`.
#' @param beta weight of the recall, above 0.
#' @param threshold from where on a prediction is positive; for the F-scores `NULL`, or above 0
#'   and at most 1.
#' @param num_classes the number of classes, at least 2 for class codes.
#' @param target_class_ids codes of the classes that count.
#' @param ignore_class a code; such targets do not count.
#' @param sparse_y_true,sparse_y_pred whether targets and predictions are class codes; otherwise
#'   the place of the largest number along `axis` is.
#' @return an object of class `kestrel_metric`, see [metrics].
#' @section Errors: as for [losses].
#' @source Keras: `keras.metrics`; Davis and Goadrich (2006), The relationship between
#'   precision-recall and ROC curves.
#' @family metrics
#' @examples
#' m <- metric_precision(thresholds = c(0.3, 0.6))
#' m$update_state(c(0, 0, 1, 1), c(0.1, 0.4, 0.35, 0.8))
#' m$result()
#' auc <- metric_auc()
#' auc(c(0, 0, 1, 1), c(0.1, 0.4, 0.35, 0.8))
#' metric_f1_score(average = "macro")(diag(3), diag(3))
#' model <- keras_model_sequential() %>% layer_dense(1, "sigmoid", input_shape = 2)
#' model %>% compile(loss = "binary_crossentropy", optimizer = "sgd",
#'   metrics = list("accuracy", metric_auc(), metric_recall()))
#' @name metric_auc
NULL

#' @rdname metric_auc
#' @export
metric_true_positives <- function(..., thresholds = NULL, name = NULL, dtype = NULL) {
  make_threshold_metric("true_positives", thresholds)
}

#' @rdname metric_auc
#' @export
metric_false_positives <- function(..., thresholds = NULL, name = NULL, dtype = NULL) {
  make_threshold_metric("false_positives", thresholds)
}

#' @rdname metric_auc
#' @export
metric_true_negatives <- function(..., thresholds = NULL, name = NULL, dtype = NULL) {
  make_threshold_metric("true_negatives", thresholds)
}

#' @rdname metric_auc
#' @export
metric_false_negatives <- function(..., thresholds = NULL, name = NULL, dtype = NULL) {
  make_threshold_metric("false_negatives", thresholds)
}

#' @rdname metric_auc
#' @export
metric_precision <- function(..., thresholds = NULL, top_k = NULL, class_id = NULL, name = NULL,
                             dtype = NULL) {
  make_threshold_metric("precision", thresholds, list(top_k = check_count(top_k, null = TRUE),
    class_id = check_count(class_id, min = 0L, null = TRUE)))
}

#' @rdname metric_auc
#' @export
metric_recall <- function(..., thresholds = NULL, top_k = NULL, class_id = NULL, name = NULL,
                          dtype = NULL) {
  make_threshold_metric("recall", thresholds, list(top_k = check_count(top_k, null = TRUE),
    class_id = check_count(class_id, min = 0L, null = TRUE)))
}

# With top_k any size of prediction is positive. Keras takes -1e10 for "any".
make_threshold_metric <- function(record, thresholds, values = named_list(),
                                  frame = caller_env()) {
  thresholds <- check_thresholds(thresholds, call = frame)
  default <- if (is.null(values$top_k)) 0.5 else -1e10
  known <- names(formals(sys.function(sys.parent())))
  finish_metric(record, c(list(thresholds = thresholds), values), record, values,
    thresholds %||% default, known, frame)
}

check_thresholds <- function(x, arg = "thresholds", call = caller_env()) {
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  if (is.null(x)) return(NULL)
  good <- is.numeric(x) && !is.object(x) && length(x) > 0 && all(is.finite(x)) &&
    all(x >= 0 & x <= 1)
  if (good) return(as.double(x))
  stop_argument(arg, "numbers from 0 to 1", x, call = call)
}

#' @rdname metric_auc
#' @export
metric_f1_score <- function(..., average = NULL, threshold = NULL, name = NULL, dtype = NULL) {
  config <- list(average = check_average(average), threshold = check_score_threshold(threshold))
  make_counter("f1_score", config, values = fscore_values(config, 1))
}

#' @rdname metric_auc
#' @export
metric_fbeta_score <- function(..., average = NULL, beta = 1, threshold = NULL, name = NULL,
                               dtype = NULL) {
  config <- list(average = check_average(average), beta = check_positive(beta),
    threshold = check_score_threshold(threshold))
  make_counter("fbeta_score", config, values = fscore_values(config, config$beta))
}

fscore_values <- function(config, beta) {
  average <- match(config$average %||% "none", c("none", "micro", "macro", "weighted")) - 1
  list(beta = beta, threshold = config$threshold, average = average)
}

check_average <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  check_choice(x, c("micro", "macro", "weighted"), "an average", arg = arg, call = call)
}

check_score_threshold <- function(x, arg = caller_arg(x), call = caller_env()) {
  check_number(x, min = 0, max = 1, open = "min", null = TRUE, arg = arg, call = call)
}
