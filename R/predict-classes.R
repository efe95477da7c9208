#' Predicted classes
#'
#' The class of the largest output, or, of a model with one output, whether it is above 0.5.
#' Classes are numbered from 0, as in Keras; of a model that was trained on a factor they are
#' its levels. `predict_proba()` is `predict()`. R keras 2.x has both.
#'
#' @inheritParams predict.kestrel_model
#' @param object a model with one output of one number per class.
#' @return `predict_classes()` an integer vector, of a model with one output unit a matrix of 0
#'   and 1, and a factor of a model that was trained on one; `NA` where a row of `x` has missing
#'   values. `predict_proba()` a matrix.
#' @inheritSection predict.kestrel_model Errors
#' @source Keras 2: `Sequential.predict_classes()`, `Sequential.predict_proba()`.
#' @family training
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_dense(3, activation = "softmax", input_shape = 4)
#' predict_classes(model, as.matrix(iris[1:5, 1:4]))
#' @export
predict_classes <- function(object, x, batch_size = NULL, verbose = 0, steps = NULL) {
  check_model(object)
  p <- predict_proba(object, x, batch_size, verbose, steps)
  if (!is.matrix(p)) {
    stop_kestrel("argument", "`object` must have one output with a number per class.",
      hint = "predict() gives what it has.", argument = "object")
  }
  code <- class_codes_of(p)
  levels <- model_state(object)$classes
  if (is.null(levels)) code else factor(levels[code + 1L], levels)
}

#' @rdname predict_classes
#' @export
predict_proba <- function(object, x, batch_size = NULL, verbose = 0, steps = NULL) {
  check_model(object)
  stats::predict(object, x, batch_size = batch_size, verbose = verbose, steps = steps)
}

# The first of equal ones.
class_codes_of <- function(p) {
  if (ncol(p) == 1) return(matrix(as.integer(p > 0.5)))
  code <- rep(NA_integer_, nrow(p))
  known <- stats::complete.cases(p)
  code[known] <- max.col(p[known, , drop = FALSE], ties.method = "first") - 1L
  code
}
