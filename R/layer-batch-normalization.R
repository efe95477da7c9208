#' Batch normalization
#'
#' `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta` for each index of `axis` by
#' itself. In training mean and (biased) variance are those of the batch, over samples and all
#' other axes, and the moving ones follow: `moving <- momentum * moving + (1 - momentum) *
#' batch`. In prediction and evaluation, and when the layer is frozen, the moving ones are
#' used.
#'
#' Weights, in this order: `gamma`, `beta`, `moving_mean`, `moving_variance`, each as long as
#' the axis; the last two are not trained.
#'
#' @inheritParams layer_activation
#' @param axis the axis that keeps its own statistics: negative ones count from the last, 1 is
#'   the first of a sample.
#' @param momentum share of the old value that moving statistics keep, in `[0, 1]`.
#' @param epsilon added to the variance, at least 0.
#' @param center,scale whether there are `beta` and `gamma`.
#' @param beta_initializer,gamma_initializer,moving_mean_initializer,moving_variance_initializer
#'   first values of the weights.
#' @param beta_regularizer,gamma_regularizer penalties on `beta` and `gamma`.
#' @param beta_constraint,gamma_constraint conditions on them.
#' @param synchronized accepted for keras3; there is one device.
#' @param fused,renorm,renorm_clipping,renorm_momentum,virtual_batch_size,adjustment accepted from R
#'   keras 2.x with their defaults. `fused` chooses among Keras' ways to compute the same; `renorm =
#'   TRUE`, a virtual batch size and an adjustment are errors, as batches are normalized as a whole
#'   here.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad values; `kestrel_error_shape` when there is
#'   no such axis.
#' @source Ioffe and Szegedy (2015), Batch normalization; Keras:
#'   `keras.layers.BatchNormalization`.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = 3) %>%
#'   layer_dense(8) %>%
#'   layer_batch_normalization() %>%
#'   layer_activation("relu") %>%
#'   layer_dense(1)
#' count_params(model)
#' @export
layer_batch_normalization <- function(object, axis = -1, momentum = 0.99, epsilon = 0.001,
                                      center = TRUE, scale = TRUE, beta_initializer = "zeros",
                                      gamma_initializer = "ones",
                                      moving_mean_initializer = "zeros",
                                      moving_variance_initializer = "ones",
                                      beta_regularizer = NULL, gamma_regularizer = NULL,
                                      beta_constraint = NULL, gamma_constraint = NULL,
                                      synchronized = FALSE, input_shape = NULL, name = NULL,
                                      renorm = FALSE, renorm_clipping = NULL,
                                      renorm_momentum = 0.99, fused = NULL,
                                      virtual_batch_size = NULL, adjustment = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  check_flag(synchronized)
  if (!is.null(fused)) check_flag(fused)
  check_no_renorm(list(renorm = if (check_flag(renorm)) renorm,
    virtual_batch_size = virtual_batch_size,
    adjustment = adjustment))
  config <- list(
    axis = check_sample_axis(axis),
    momentum = check_number(momentum, min = 0, max = 1),
    epsilon = check_number(epsilon, min = 0),
    center = check_flag(center), scale = check_flag(scale),
    beta_initializer = as_initializer(beta_initializer),
    gamma_initializer = as_initializer(gamma_initializer),
    moving_mean_initializer = as_initializer(moving_mean_initializer),
    moving_variance_initializer = as_initializer(moving_variance_initializer),
    beta_regularizer = as_regularizer(beta_regularizer),
    gamma_regularizer = as_regularizer(gamma_regularizer),
    beta_constraint = as_constraint(beta_constraint),
    gamma_constraint = as_constraint(gamma_constraint)
  )
  compose_layer(object, "batch_normalization", config, options)
}

# Other ways to normalize, which there are none of.
check_no_renorm <- function(given, call = caller_env()) {
  given <- Filter(Negate(is.null), given)
  if (!length(given)) return(invisible())
  stop_argument(names(given)[1], if (names(given)[1] == "renorm") "FALSE" else "NULL", given[[1]],
    hint = "Batches are normalized as a whole, by their own mean and variance.", call = call)
}

#' @export
layer_nodes.kestrel_layer_batch_normalization <- function(layer, input) {
  values <- layer_config(layer)[c("axis", "momentum", "epsilon", "center", "scale")]
  values$axis <- engine_axis(values$axis)
  list(new_node("batch_normalization", values))
}
