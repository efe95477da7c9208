#' Losses
#'
#' Called with `y_true` and `y_pred`, a loss returns one value for each sample at once (for
#' each place before the last axis, if there are more dimensions).
#' [compile()][compile.kestrel_model] takes a loss as a string, as the function itself, or, to
#' change a setting, as what it returns without data: an object, which called with data
#' returns one number.
#'
#' With targets `t`, predictions `p`, `e = p - t`, `eps = 1e-7`, `g(x) = log(max(x, eps) + 1)`,
#' sums and means over the last axis:
#'
#' | string | value |
#' |---|---|
#' | `"mean_squared_error"`, `"mse"` | `mean(e^2)` |
#' | `"mean_absolute_error"`, `"mae"` | `mean(abs(e))` |
#' | `"mean_absolute_percentage_error"`, `"mape"` | `100 * mean(abs(e) / max(abs(t), eps))` |
#' | `"mean_squared_logarithmic_error"`, `"msle"` | `mean((g(p) - g(t))^2)` |
#' | `"huber"` | mean of `e^2 / 2`, or `delta * abs(e) - delta^2 / 2` where `abs(e) > delta` |
#' | `"log_cosh"`, `"logcosh"` | `mean(log(cosh(e)))` |
#' | `"poisson"` | `mean(p - t * log(p + eps))` |
#' | `"kl_divergence"`, `"kld"` | `sum(t * log(t / p))`, both clipped to 1e-7 and 1 |
#' | `"cosine_similarity"` | minus the cosine of the angle between `t` and `p`: -1 is best |
#' | `"hinge"` | `mean(max(1 - t * p, 0))` |
#' | `"squared_hinge"` | `mean(max(1 - t * p, 0)^2)` |
#' | `"categorical_hinge"` | `max(max((1 - t) * p) - sum(t * p) + 1, 0)` |
#'
#' Labels of the two hinge losses that are all 0 or 1, in the whole batch, become -1 or 1.
#' For classes, with `b` the `p` and `q` the `p / sum(p)`, both clipped to 1e-7 and 1 - 1e-7,
#' and `c = -t * log(b) - (1 - t) * log(1 - b)`:
#'
#' | string | value |
#' |---|---|
#' | `"binary_crossentropy"`, `"bce"` | `mean(c)` |
#' | `"binary_focal_crossentropy"` | `mean((t * (1 - p) + (1 - t) * p)^gamma * c)` |
#' | `"categorical_crossentropy"` | `sum(-t * log(q))` |
#' | `"categorical_focal_crossentropy"` | `sum(alpha * (1 - q)^gamma * -t * log(q))` |
#' | `"sparse_categorical_crossentropy"` | `-log(q)` of the class |
#' | `"categorical_generalized_cross_entropy"` | `(1 - p^q) / q` of the class, `q` a setting |
#' | `"dice"` | `1 - 2 * I / (sum(t) + sum(p) + eps)` |
#' | `"tversky"` | `1 - I / (I + alpha * sum(t * (1 - p)) + beta * sum((1 - t) * p) + eps)` |
#'
#' The sparse and the generalized cross-entropy have class codes from 0 as `y_true`. Class
#' balancing multiplies the binary focal cross-entropy by `alpha` where `t` is 1 and by
#' `1 - alpha` where it is 0. Dice's and Tversky's loss, with `I = sum(t * p)`, are one number
#' for the whole batch.
#'
#' Logits are taken with `from_logits = TRUE`: then `p` is the sigmoid of `y_pred` or its
#' softmax, nothing is clipped and nothing overflows.
#'
#' @section One number from many:
#' An object multiplies each value by its sample's weight. `reduction` says what follows:
#' `"sum_over_batch_size"` divides the sum by the number of values (not by the sum of weights),
#' `"sum"` does not divide, `"mean_with_sample_weight"` divides by the sum of weights, `"none"`
#' leaves the values alone. Values of an ignored class count for nothing.
#'
#' @param y_true targets: a vector, matrix or array of the shape of `y_pred`, or one that can
#'   be repeated to it (not for cross-entropies). Vectors of n targets and n x 1 predictions
#'   meet as n samples; two vectors are a single sample.
#' @param y_pred predictions, samples first.
#' @param delta where Huber's loss turns from a square to a line, above 0.
#' @param from_logits whether predictions are logits instead of probabilities.
#' @param label_smoothing draws targets towards 1 / 2, or 1 / k with k classes: from 0 to 1.
#' @param apply_class_balancing whether the classes weigh `alpha` and `1 - alpha`.
#' @param alpha,gamma of focal losses: a factor, from 0 to 1 for the binary one, and how much
#'   less certain predictions count, at least 0.
#' @param beta with `alpha` of Tversky's loss: factors of what is missed and of what is wrongly
#'   found, at least 0.
#' @param q exponent, above 0 and below 1.
#' @param ignore_class a class code that counts for nothing, or `NULL`.
#' @param axis the axis of classes or values, counted from 0 with the samples as 0; -1 is the
#'   last. Models need the last. `NULL` for Dice and Tversky: all.
#' @param reduction see below; `NULL` is `"none"`.
#' @param name a name, for the settings.
#' @param dtype `"float32"`, `"float64"` or `NULL`, without effect.
#' @param ... must be empty.
#' @return with data, the values: a vector with one for each sample, or an array of the shape
#'   of `y_pred` without its last axis. Without data, an object of class `kestrel_loss`: a
#'   function of `y_true`, `y_pred` and `sample_weight`, with readable fields `name`, `config`
#'   and `reduction`.
#' @section Errors: `kestrel_error_argument` for settings out of their range and data that are
#'   not numeric; `kestrel_error_data` for missing values and wrong class codes;
#'   `kestrel_error_shape` when shapes do not fit.
#' @source Keras: `keras.losses`.
#' @family losses
#' @examples
#' y_true <- rbind(c(0, 1), c(1, 0))
#' y_pred <- rbind(c(0.1, 0.8), c(0.6, 0.3))
#' loss_mean_squared_error(y_true, y_pred)
#' loss_huber(delta = 0.1)(y_true, y_pred, sample_weight = c(1, 2))
#' loss_sparse_categorical_crossentropy(c(1, 0), y_pred)
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' model %>% compile(loss = loss_huber(delta = 2), optimizer = "sgd")
#' @name losses
NULL

#' @rdname losses
#' @export
loss_mean_squared_error <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size",
                                    name = NULL, dtype = NULL) {
  make_loss("mean_squared_error")
}

#' @rdname losses
#' @export
loss_mean_absolute_error <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size",
                                     name = NULL, dtype = NULL) {
  make_loss("mean_absolute_error")
}

#' @rdname losses
#' @export
loss_mean_absolute_percentage_error <- function(y_true, y_pred, ...,
                                                reduction = "sum_over_batch_size", name = NULL,
                                                dtype = NULL) {
  make_loss("mean_absolute_percentage_error")
}

#' @rdname losses
#' @export
loss_mean_squared_logarithmic_error <- function(y_true, y_pred, ...,
                                                reduction = "sum_over_batch_size", name = NULL,
                                                dtype = NULL) {
  make_loss("mean_squared_logarithmic_error")
}

#' @rdname losses
#' @export
loss_huber <- function(y_true, y_pred, delta = 1, ..., reduction = "sum_over_batch_size",
                       name = NULL, dtype = NULL) {
  make_loss("huber", list(delta = check_positive(delta)))
}

#' @rdname losses
#' @export
loss_log_cosh <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size", name = NULL,
                          dtype = NULL) {
  make_loss("log_cosh")
}

#' @rdname losses
#' @export
loss_logcosh <- loss_log_cosh

#' @rdname losses
#' @export
loss_poisson <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size", name = NULL,
                         dtype = NULL) {
  make_loss("poisson")
}

#' @rdname losses
#' @export
loss_kl_divergence <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size", name = NULL,
                               dtype = NULL) {
  make_loss("kl_divergence")
}

#' @rdname losses
#' @export
loss_kullback_leibler_divergence <- loss_kl_divergence

#' @rdname losses
#' @export
loss_cosine_similarity <- function(y_true, y_pred, axis = -1, ...,
                                   reduction = "sum_over_batch_size", name = NULL, dtype = NULL) {
  make_loss("cosine_similarity", list(axis = check_axis(axis)))
}

#' @rdname losses
#' @export
loss_cosine_proximity <- loss_cosine_similarity

#' @rdname losses
#' @export
loss_hinge <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size", name = NULL,
                       dtype = NULL) {
  make_loss("hinge")
}

#' @rdname losses
#' @export
loss_squared_hinge <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size", name = NULL,
                               dtype = NULL) {
  make_loss("squared_hinge")
}

#' @rdname losses
#' @export
loss_categorical_hinge <- function(y_true, y_pred, ..., reduction = "sum_over_batch_size",
                                   name = NULL, dtype = NULL) {
  make_loss("categorical_hinge")
}
