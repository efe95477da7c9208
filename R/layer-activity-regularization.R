#' Penalty on what passes
#'
#' The layer leaves its input as it is and adds `l1 * sum(abs(x)) + l2 * sum(x^2)`, divided by
#' the number of samples in the batch, to the loss.
#'
#' @inheritParams layer_dense
#' @param l1,l2 factors, at least 0.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for factors below 0.
#' @source Keras: `keras.layers.ActivityRegularization`.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = 3) %>%
#'   layer_dense(8, activation = "relu") %>%
#'   layer_activity_regularization(l1 = 0.001) %>%
#'   layer_dense(1)
#' @export
layer_activity_regularization <- function(object, l1 = 0, l2 = 0, input_shape = NULL,
                                          name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(l1 = check_number(l1, min = 0), l2 = check_number(l2, min = 0))
  if (config$l1 > 0 || config$l2 > 0) {
    options$activity <- regularizer_l1_l2(config$l1, config$l2)
  }
  compose_layer(object, "activity_regularization", config, options)
}

#' @export
layer_nodes.kestrel_layer_activity_regularization <- function(layer, input) {
  list(new_node("rescaling"))
}
