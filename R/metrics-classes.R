# Metrics of classes; see metrics.R for the help page.

#' @rdname metrics
#' @export
metric_accuracy <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("accuracy")
}

#' @rdname metrics
#' @export
metric_binary_accuracy <- function(y_true, y_pred, threshold = 0.5, ..., name = NULL,
                                   dtype = NULL) {
  make_metric("binary_accuracy", list(threshold = check_number(threshold)))
}

#' @rdname metrics
#' @export
metric_categorical_accuracy <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("categorical_accuracy")
}

#' @rdname metrics
#' @export
metric_sparse_categorical_accuracy <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("sparse_categorical_accuracy")
}

#' @rdname metrics
#' @export
metric_top_k_categorical_accuracy <- function(y_true, y_pred, k = 5, ..., name = NULL,
                                              dtype = NULL) {
  make_metric("top_k_categorical_accuracy", list(k = check_count(k)))
}

#' @rdname metrics
#' @export
metric_sparse_top_k_categorical_accuracy <- function(y_true, y_pred, k = 5, ..., name = NULL,
                                                     dtype = NULL, from_sorted_ids = FALSE) {
  check_not_sorted(from_sorted_ids)
  make_metric("sparse_top_k_categorical_accuracy", list(k = check_count(k)))
}

check_not_sorted <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (identical(x, FALSE)) return(x)
  stop_argument(arg, "FALSE: predictions are scores, not sorted classes", x, call = call)
}

#' @rdname metrics
#' @export
metric_binary_crossentropy <- function(y_true, y_pred, from_logits = FALSE, label_smoothing = 0,
                                       axis = -1, ..., name = NULL, dtype = NULL) {
  make_metric("binary_crossentropy", list(
    from_logits = check_flag(from_logits), label_smoothing = check_share(label_smoothing),
    axis = check_axis(axis)
  ))
}

#' @rdname metrics
#' @export
metric_binary_focal_crossentropy <- function(y_true, y_pred, apply_class_balancing = FALSE,
                                             alpha = 0.25, gamma = 2, from_logits = FALSE,
                                             label_smoothing = 0, axis = -1, ..., name = NULL,
                                             dtype = NULL) {
  make_metric("binary_focal_crossentropy", list(
    apply_class_balancing = check_flag(apply_class_balancing), alpha = check_share(alpha),
    gamma = check_number(gamma, min = 0), from_logits = check_flag(from_logits),
    label_smoothing = check_share(label_smoothing), axis = check_axis(axis)
  ))
}

#' @rdname metrics
#' @export
metric_categorical_crossentropy <- function(y_true, y_pred, from_logits = FALSE,
                                            label_smoothing = 0, axis = -1, ..., name = NULL,
                                            dtype = NULL) {
  make_metric("categorical_crossentropy", list(
    from_logits = check_flag(from_logits), label_smoothing = check_share(label_smoothing),
    axis = check_axis(axis)
  ))
}

#' @rdname metrics
#' @export
metric_categorical_focal_crossentropy <- function(y_true, y_pred, alpha = 0.25, gamma = 2,
                                                  from_logits = FALSE, label_smoothing = 0,
                                                  axis = -1, ..., name = NULL, dtype = NULL) {
  make_metric("categorical_focal_crossentropy", list(
    alpha = check_number(alpha, min = 0), gamma = check_number(gamma, min = 0),
    from_logits = check_flag(from_logits), label_smoothing = check_share(label_smoothing),
    axis = check_axis(axis)
  ))
}

#' @rdname metrics
#' @export
metric_sparse_categorical_crossentropy <- function(y_true, y_pred, from_logits = FALSE,
                                                   ignore_class = NULL, axis = -1, ..., name = NULL,
                                                   dtype = NULL) {
  make_metric("sparse_categorical_crossentropy", list(
    from_logits = check_flag(from_logits), ignore_class = check_class_code(ignore_class),
    axis = check_axis(axis)
  ))
}

#' @rdname metrics
#' @export
metric_categorical_generalized_cross_entropy <- function(y_true, y_pred, q = 0.5, ..., name = NULL,
                                                         dtype = NULL) {
  make_metric("categorical_generalized_cross_entropy", list(q = check_exponent(q)))
}

#' @rdname metrics
#' @export
metric_dice <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("dice")
}

#' @rdname metrics
#' @export
metric_tversky <- function(y_true, y_pred, alpha = 0.5, beta = 0.5, ..., name = NULL,
                           dtype = NULL) {
  make_metric("tversky", list(
    alpha = check_number(alpha, min = 0), beta = check_number(beta, min = 0)
  ))
}
