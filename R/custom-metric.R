#' Metrics of your own
#'
#' R functions as metrics are not supported: this throws an error that says so, where R keras
#' wraps `metric_fn` for [compile()][compile.kestrel_model].
#'
#' @param name the name in logs.
#' @param metric_fn a function of `y_true` and `y_pred`.
#' @return nothing.
#' @section Errors: `kestrel_error_argument`, always.
#' @family metrics
#' @examples
#' try(custom_metric("bias", function(y_true, y_pred) mean(y_pred - y_true)))
#' @export
custom_metric <- function(name, metric_fn) {
  stop_kestrel("argument", "R functions as metrics are not supported.",
    hint = "Compute them from predict() after training, or in a callback.",
    argument = "metric_fn")
}
