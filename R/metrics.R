#' Metrics
#'
#' What is watched but not minimized. [compile()][compile.kestrel_model] takes metrics as
#' strings, as the functions themselves, or, to change a setting, as what they return without
#' data. Called with `y_true` and `y_pred` they return one value for each sample at once, as
#' [losses] do.
#'
#' Metrics of the names of losses are their means over samples, with weights
#' `sum(w * v) / sum(w)`, 0 where all weigh nothing; for the formulas see [losses]. Others:
#'
#' * `"cosine_similarity"`: the cosine itself, so that 1 is best
#' * `metric_root_mean_squared_error()`: the root of the mean of all squares (no mean of roots)
#' * `"binary_accuracy"`: share of targets that equal `p > threshold` (1 or 0)
#' * `"categorical_accuracy"`: whether the largest of `t` is the largest of `p`, the first of
#'   them where several are
#' * `"sparse_categorical_accuracy"`: the same for class codes from 0
#' * `"top_k_categorical_accuracy"`, `"sparse_top_k_categorical_accuracy"`: whether fewer than
#'   `k` classes have more than the right one
#' * `metric_accuracy()`: share of targets that equal predictions exactly
#' * `metric_pearson_correlation()`: `mean((t - mean(t)) * (p - mean(p)))` of each row over the
#'   product of the two standard deviations (of n, each plus 1e-7);
#'   `metric_concordance_correlation()`: twice the same mean over `var(t) + var(p) + (mean(t) -
#'   mean(p))^2 + 1e-7`
#'
#' `metric_r2_score()` is `1 - sum(w * (t - p)^2) / sum(w * (t - mean(t))^2)` over all samples,
#' for each column (0 where that is infinite), then the mean over columns, the mean weighted by
#' the divisors, or each column's (`NULL`). With `num_regressors` = k it is adjusted: `1 - (1 - r2)
#' * (n - 1) / (n - k - 1)`, n all targets seen; where n is too small it is not.
#'
#' Metrics that count classes have [a page of their own][metric_auc], as have R functions as
#' metrics: [custom_metric()].
#'
#' The strings `"accuracy"` and `"acc"` stand for binary, categorical or sparse categorical
#' accuracy: binary for a single output, sparse for class codes, else categorical (for several
#' sigmoid outputs, too, as in Keras). Likewise `"crossentropy"` and `"ce"`.
#'
#' In logs a metric has the name it was given as: `"mse"` stays `mse`.
#'
#' @section By hand:
#' `m <- metric_binary_accuracy()` keeps running sums: `m$update_state(y_true, y_pred,
#' sample_weight)` adds to them, `m$result()` is the value so far, `m$reset_state()` starts
#' again; `m(y_true, y_pred)` adds and returns the value. Here two vectors are n samples. A
#' model that is compiled with `m` has sums of its own.
#'
#' @param y_true,y_pred targets and predictions, see [losses].
#' @param threshold from where on a prediction counts as 1.
#' @param k how many of the largest predictions count, at least 1.
#' @param delta,from_logits,label_smoothing,apply_class_balancing,alpha,gamma,beta,q,ignore_class
#'   see [losses].
#' @param axis the axis of classes or values, see [losses].
#' @param class_aggregation `"uniform_average"`, `"variance_weighted_average"` or `NULL`.
#' @param num_regressors number of predictors for the adjusted score; 0: not adjusted.
#' @param name the name in logs.
#' @param dtype `"float32"`, `"float64"` or `NULL`, without effect.
#' @param from_sorted_ids must be `FALSE`.
#' @param ... must be empty.
#' @return with data, the values; without, an object of class `kestrel_metric`, a function of
#'   `y_true`, `y_pred` and `sample_weight` with readable fields `name`, `label`, `config`,
#'   `total` and `count`.
#' @section Errors: as for [losses].
#' @source Keras: `keras.metrics`.
#' @family metrics
#' @examples
#' metric_binary_accuracy(cbind(c(0, 1, 1)), cbind(c(0.2, 0.9, 0.4)))
#' m <- metric_mean_absolute_error()
#' m$update_state(c(1, 2), c(1.5, 2))
#' m$update_state(3, 4)
#' m$result()
#' model <- keras_model_sequential() %>% layer_dense(3, "softmax", input_shape = 2)
#' model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = "sgd",
#'   metrics = list("accuracy", metric_sparse_top_k_categorical_accuracy(k = 2)))
#' @name metrics
NULL

#' @rdname metrics
#' @export
metric_mean_squared_error <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("mean_squared_error")
}

#' @rdname metrics
#' @export
metric_root_mean_squared_error <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("root_mean_squared_error")
}

#' @rdname metrics
#' @export
metric_mean_absolute_error <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("mean_absolute_error")
}

#' @rdname metrics
#' @export
metric_mean_absolute_percentage_error <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("mean_absolute_percentage_error")
}

#' @rdname metrics
#' @export
metric_mean_squared_logarithmic_error <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("mean_squared_logarithmic_error")
}

#' @rdname metrics
#' @export
metric_huber <- function(y_true, y_pred, delta = 1, ..., name = NULL, dtype = NULL) {
  make_metric("huber", list(delta = check_positive(delta)))
}

#' @rdname metrics
#' @export
metric_log_cosh <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("log_cosh", label = "logcosh")
}

#' @rdname metrics
#' @export
metric_log_cosh_error <- metric_log_cosh

#' @rdname metrics
#' @export
metric_logcosh_error <- metric_log_cosh

#' @rdname metrics
#' @export
metric_poisson <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("poisson")
}

#' @rdname metrics
#' @export
metric_kl_divergence <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("kl_divergence")
}

#' @rdname metrics
#' @export
metric_kullback_leibler_divergence <- metric_kl_divergence

#' @rdname metrics
#' @export
metric_cosine_similarity <- function(y_true, y_pred, axis = -1, ..., name = NULL, dtype = NULL) {
  make_metric("cosine_similarity", list(axis = check_axis(axis)))
}

#' @rdname metrics
#' @export
metric_cosine_proximity <- metric_cosine_similarity

#' @rdname metrics
#' @export
metric_hinge <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("hinge")
}

#' @rdname metrics
#' @export
metric_squared_hinge <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("squared_hinge")
}

#' @rdname metrics
#' @export
metric_categorical_hinge <- function(y_true, y_pred, ..., name = NULL, dtype = NULL) {
  make_metric("categorical_hinge")
}
