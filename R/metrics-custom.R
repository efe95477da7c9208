#' Metrics of one's own
#'
#' `custom_metric()` makes a metric of an R function of `y_true` and `y_pred`; such a function
#' can also stand in `metrics = ` of [compile()][compile.kestrel_model] as it is, or named in a
#' list. It is called once for each batch with arrays, samples first (`y_true` has one column
#' where targets are single numbers or class codes), and returns a number for each sample, or
#' one for the batch. Numbers for samples are averaged over all samples, with their weights
#' among `weighted_metrics`; numbers for batches are averaged over batches, each with the same
#' weight whatever its size, as in Keras.
#'
#' `metric_mean()` and `metric_sum()` average and add numbers that are given to them:
#' `m$update_state(values, sample_weight)`, `sum(w * v) / sum(w)` and `sum(w * v)`; `m(values,
#' sample_weight)` returns the result, too.
#' `metric_mean_wrapper()` is `custom_metric()` by another name.
#'
#' @param name the name in logs.
#' @param metric_fn,fn a function of `y_true` and `y_pred`.
#' @param ... passed on to `fn`; of the others must be empty.
#' @param dtype `"float32"`, `"float64"` or `NULL`, without effect.
#' @return an object of class `kestrel_metric`, see [metrics].
#' @section Errors: `kestrel_error_argument` for what is no function of two arguments;
#'   `kestrel_error_metric` where the function fails in training, or returns anything but
#'   numbers, one or one for each sample.
#' @source R package 'keras'; Keras: `keras.metrics.MeanMetricWrapper`, `Mean`, `Sum`.
#' @family metrics
#' @examples
#' within_two <- custom_metric("within_two", function(y_true, y_pred) {
#'   abs(y_true - y_pred) < 2
#' })
#' within_two(c(1, 5), c(2, 9))
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", metrics = list(within_two,
#'   bias = function(y_true, y_pred) mean(y_pred - y_true)))
#' evaluate(model, cars$speed, cars$dist)
#' m <- metric_mean()
#' m$update_state(c(1, 3, 5))
#' m$result()
#' @export
custom_metric <- function(name, metric_fn) {
  name <- check_name(name, null = FALSE)
  new_custom_metric(check_metric_function(metric_fn), name)
}

#' @rdname custom_metric
#' @export
metric_mean_wrapper <- function(..., fn, name = NULL, dtype = NULL) {
  check_metric_function(fn)
  check_dtype_ignored(dtype, environment())
  given <- list(...)
  call <- if (length(given)) function(y_true, y_pred) do.call(fn, c(list(y_true, y_pred), given))
  new_custom_metric(call %||% fn, check_name(name) %||% "mean_metric_wrapper")
}

#' @rdname custom_metric
#' @param normalizer numbers that errors are divided by, one or one for each output;
#'   `metric_mean_relative_error()` is the mean of `abs(y_pred - y_true) / normalizer`, and 0 where
#'   the normalizer is.
#' @export
metric_mean_relative_error <- function(..., normalizer, name = NULL, dtype = NULL) {
  check_dots(list(...), c("normalizer", "name", "dtype"))
  check_dtype_ignored(dtype, environment())
  if (missing(normalizer)) stop_missing("normalizer")
  good <- is.numeric(normalizer) && !is.object(normalizer) && length(normalizer) > 0 &&
    all(is.finite(normalizer))
  if (!good) stop_argument("normalizer", "finite numbers", normalizer)
  by <- as.double(normalizer)
  new_custom_metric(function(y_true, y_pred) relative_errors(y_true, y_pred, by),
    check_name(name) %||% "mean_relative_error")
}

# By sample: means over outputs.
relative_errors <- function(y_true, y_pred, by) {
  n <- NROW(y_pred)
  errors <- matrix(abs(y_pred - y_true), n)
  if (!length(by) %in% c(1, ncol(errors))) {
    stop_kestrel("shape",
      sprintf("`normalizer` must have 1 or %d numbers, not %d.", ncol(errors), length(by)),
      argument = "normalizer", call = NULL)
  }
  by <- matrix(by, n, ncol(errors), byrow = TRUE)
  rowMeans(ifelse(by == 0, 0, errors / by))
}

#' @rdname custom_metric
#' @export
metric_mean <- function(..., name = NULL, dtype = NULL) make_counter("mean")

#' @rdname custom_metric
#' @export
metric_sum <- function(..., name = NULL, dtype = NULL) {
  metric <- make_counter("mean", label = "sum")
  assign("name", "sum", envir = metric_state(metric))
  metric
}

new_custom_metric <- function(fn, label) {
  metric <- new_metric("mean", label = label, fn = fn)
  assign("name", "custom", envir = metric_state(metric))
  metric
}

# That of a function, without variables of its own.
is_function_metric <- function(x) {
  inherits(x, "kestrel_metric") && is.function(metric_state(x)$fn) &&
    is.null(stateful(metric_state(x)$fn))
}

check_metric_function <- function(fn, arg = caller_arg(fn), call = caller_env()) {
  if (missing(fn)) stop_missing(arg, call)
  formals <- if (is.function(fn)) formals(args(fn))
  takes <- "..." %in% names(formals) || length(formals) >= 2
  if (is.function(fn) && takes) return(fn)
  if (!is.function(fn)) stop_argument(arg, "a function of y_true and y_pred", fn, call = call)
  stop_kestrel("argument", sprintf("`%s` must be a function of y_true and y_pred, not of %s.", arg,
    if (length(formals)) paste0("`", names(formals), "` alone") else "nothing"), argument = arg,
    value = fn, call = call)
}

# c(sum(w v), sum(w)) of what the function returns for one batch, as batch_arrays() gives it.
custom_sums <- function(fn, label, batch, call) {
  v <- tryCatch(allowInterrupts(fn(batch$y_true, batch$y_pred)), error = function(e) {
    stop_kestrel("metric", sprintf("The metric \"%s\" failed: %s", label, conditionMessage(e)),
      argument = label, parent = e, call = call)
  })
  n <- batch$n
  v <- check_metric_values(v, label, n, call)
  check_masked_values(v, batch$mask, label, "metric", call)
  if (length(v) == 1 && n != 1) return(c(v, 1))
  if (is.null(batch$mask)) v <- rowMeans(matrix(v, nrow = n))
  w <- masked_weights(batch$weight, batch$mask, length(v)) %||% rep(1, n)
  c(sum(w * v), sum(w))
}

check_metric_values <- function(v, label, n, call) {
  good <- (is.numeric(v) || is.logical(v)) && !is.object(v) &&
    (length(v) == 1 || (length(v) > 0 && length(v) %% n == 0))
  if (good) return(as.double(v))
  stop_kestrel("metric", sprintf(
    "The metric \"%s\" must return one number, or one for each of %d samples, not %s.", label, n,
    describe(v)), argument = label, value = v, call = call)
}

update_custom <- function(metric, y_true, y_pred, sample_weight, call) {
  state <- metric_state(metric)
  y_true <- as_samples(check_compared(y_true, "y_true", call))
  y_pred <- as_samples(check_compared(y_pred, "y_pred", call))
  n <- sample_count(y_pred)
  batch <- list(y_true = y_true, y_pred = y_pred, weight = column_weights(sample_weight, n, call),
    n = n)
  new <- custom_sums(masked(state$fn), state$label, batch, call)
  state$sums <- (state$sums %||% c(0, 0)) + new
  invisible(metric)
}

# Of metric_mean() and metric_sum().
update_values <- function(metric, values, sample_weight, call) {
  if (missing(values)) stop_missing("values", call)
  state <- metric_state(metric)
  v <- check_compared(values, "values", call)
  w <- column_weights(sample_weight, dim(v), call) %||% rep(1, length(v))
  new <- c(sum(w * to_columns(array(v, c(dim(v), 1L)))), sum(w))
  state$sums <- (state$sums %||% 0) + if (state$name == "sum") new[1] else new
  invisible(metric)
}
