# Metrics of agreement of numbers; see metrics.R for the help page.

#' @rdname metrics
#' @export
metric_r2_score <- function(..., class_aggregation = "uniform_average", num_regressors = 0,
                            name = NULL, dtype = NULL) {
  config <- list(class_aggregation = check_aggregation(class_aggregation),
    num_regressors = check_count(num_regressors, min = 0L))
  code <- match(config$class_aggregation %||% "none", c("none", r2_averages)) - 1
  make_counter("r2_score", config,
    values = list(class_aggregation = code, num_regressors = config$num_regressors))
}

r2_averages <- c("uniform_average", "variance_weighted_average")

check_aggregation <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  check_choice(x, r2_averages, "an average", arg = arg, call = call)
}

#' @rdname metrics
#' @export
metric_pearson_correlation <- function(y_true, y_pred, axis = -1, ..., name = NULL,
                                       dtype = NULL) {
  make_metric("pearson_correlation", list(axis = check_axis(axis)))
}

#' @rdname metrics
#' @export
metric_concordance_correlation <- function(y_true, y_pred, axis = -1, ..., name = NULL,
                                           dtype = NULL) {
  make_metric("concordance_correlation", list(axis = check_axis(axis)))
}
