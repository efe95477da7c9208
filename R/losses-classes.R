# Losses of classes; see losses.R for the help page.

#' @rdname losses
#' @export
loss_binary_crossentropy <- function(y_true, y_pred, from_logits = FALSE, label_smoothing = 0,
                                     axis = -1, ..., reduction = "sum_over_batch_size", name = NULL,
                                     dtype = NULL) {
  make_loss("binary_crossentropy", list(
    from_logits = check_flag(from_logits), label_smoothing = check_share(label_smoothing),
    axis = check_axis(axis)
  ))
}

#' @rdname losses
#' @export
loss_binary_focal_crossentropy <- function(y_true, y_pred, apply_class_balancing = FALSE,
                                           alpha = 0.25, gamma = 2, from_logits = FALSE,
                                           label_smoothing = 0, axis = -1, ...,
                                           reduction = "sum_over_batch_size", name = NULL,
                                           dtype = NULL) {
  make_loss("binary_focal_crossentropy", list(
    apply_class_balancing = check_flag(apply_class_balancing), alpha = check_share(alpha),
    gamma = check_number(gamma, min = 0), from_logits = check_flag(from_logits),
    label_smoothing = check_share(label_smoothing), axis = check_axis(axis)
  ))
}

#' @rdname losses
#' @export
loss_categorical_crossentropy <- function(y_true, y_pred, from_logits = FALSE, label_smoothing = 0,
                                          axis = -1, ..., reduction = "sum_over_batch_size",
                                          name = NULL, dtype = NULL) {
  make_loss("categorical_crossentropy", list(
    from_logits = check_flag(from_logits), label_smoothing = check_share(label_smoothing),
    axis = check_axis(axis)
  ))
}

#' @rdname losses
#' @export
loss_categorical_focal_crossentropy <- function(y_true, y_pred, alpha = 0.25, gamma = 2,
                                                from_logits = FALSE, label_smoothing = 0, axis = -1,
                                                ..., reduction = "sum_over_batch_size", name = NULL,
                                                dtype = NULL) {
  make_loss("categorical_focal_crossentropy", list(
    alpha = check_number(alpha, min = 0), gamma = check_number(gamma, min = 0),
    from_logits = check_flag(from_logits), label_smoothing = check_share(label_smoothing),
    axis = check_axis(axis)
  ))
}

#' @rdname losses
#' @export
loss_sparse_categorical_crossentropy <- function(y_true, y_pred, from_logits = FALSE,
                                                 ignore_class = NULL, axis = -1, ...,
                                                 reduction = "sum_over_batch_size", name = NULL,
                                                 dtype = NULL) {
  make_loss("sparse_categorical_crossentropy", list(
    from_logits = check_flag(from_logits), ignore_class = check_class_code(ignore_class),
    axis = check_axis(axis)
  ))
}

#' @rdname losses
#' @export
loss_categorical_generalized_cross_entropy <- function(y_true, y_pred, q = 0.5, ...,
                                                       reduction = "sum_over_batch_size",
                                                       name = NULL, dtype = NULL) {
  make_loss("categorical_generalized_cross_entropy", list(q = check_exponent(q)))
}

#' @rdname losses
#' @export
loss_dice <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size", name = NULL,
                      axis = NULL, dtype = NULL) {
  check_no_axis(axis)
  make_loss("dice")
}

#' @rdname losses
#' @export
loss_tversky <- function(y_true, y_pred, ..., alpha = 0.5, beta = 0.5,
                         reduction = "sum_over_batch_size", name = NULL, axis = NULL,
                         dtype = NULL) {
  check_no_axis(axis)
  make_loss("tversky", list(
    alpha = check_number(alpha, min = 0), beta = check_number(beta, min = 0)
  ))
}

check_share <- function(x, arg = caller_arg(x), call = caller_env()) {
  check_number(x, min = 0, max = 1, arg = arg, call = call)
}

check_exponent <- function(x, arg = caller_arg(x), call = caller_env()) {
  check_number(x, min = 0, max = 1, open = c("min", "max"), arg = arg, call = call)
}

# A whole number, below 0 too: the class to be ignored is often none of the model's.
check_class_code <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  if (is_number(x) && x == trunc(x)) return(as.double(x))
  stop_argument(arg, "NULL or a whole number, a class code", x, call = call)
}

check_no_axis <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  stop_argument(arg, "NULL, the whole batch", x, call = call)
}
