#' Layer normalization
#'
#' `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta`, with mean and (biased) variance
#' over `axis` within each sample (and each position of its other axes). It is the same in
#' training and prediction.
#'
#' Weights, in this order: `gamma`, `beta`, with the dims of the axes.
#'
#' @inheritParams layer_batch_normalization
#' @param axis one axis or several that stand beside each other: negative ones count from the
#'   last, 1 is the first of a sample.
#' @param beta_initializer,gamma_initializer first values of the weights.
#' @inherit layer_dense return
#' @inheritSection layer_batch_normalization Errors
#' @source Ba, Kiros and Hinton (2016), Layer normalization; Keras:
#'   `keras.layers.LayerNormalization`.
#' @family layers
#' @examples
#' layer_layer_normalization()(rbind(c(1, 2, 3, 6), c(-1, 0, 4, 2)))
#' @export
layer_layer_normalization <- function(object, axis = -1, epsilon = 0.001, center = TRUE,
                                      scale = TRUE, beta_initializer = "zeros",
                                      gamma_initializer = "ones", beta_regularizer = NULL,
                                      gamma_regularizer = NULL, beta_constraint = NULL,
                                      gamma_constraint = NULL, input_shape = NULL, name = NULL,
                                      ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(
    axis = check_sample_axes(axis),
    epsilon = check_number(epsilon, min = 0),
    center = check_flag(center), scale = check_flag(scale),
    beta_initializer = as_initializer(beta_initializer),
    gamma_initializer = as_initializer(gamma_initializer),
    beta_regularizer = as_regularizer(beta_regularizer),
    gamma_regularizer = as_regularizer(gamma_regularizer),
    beta_constraint = as_constraint(beta_constraint),
    gamma_constraint = as_constraint(gamma_constraint)
  )
  compose_layer(object, "layer_normalization", config, options)
}

check_sample_axes <- function(axis, arg = caller_arg(axis), call = caller_env()) {
  force(arg)
  if (is.list(axis) && !is.object(axis)) axis <- unlist(axis)
  if (!length(axis) || !is.numeric(axis)) stop_argument(arg, "axes of a sample", axis, call = call)
  vapply(as.vector(axis), check_sample_axis, 0L, arg = arg, call = call)
}

#' @export
check_fits.kestrel_layer_layer_normalization <- function(layer, input, call) {
  if (all(diff(normalized_axes(layer, input)) == 1)) return(invisible(layer))
  stop_axes(layer_config(layer)$axis, call)
}

normalized_axes <- function(layer, input) {
  axes <- engine_axis(layer_config(layer)$axis)
  sort(ifelse(axes < 0, axes + length(input), axes))
}

#' @export
layer_nodes.kestrel_layer_layer_normalization <- function(layer, input) {
  values <- layer_config(layer)[c("epsilon", "center", "scale")]
  list(new_node("layer_normalization", c(axes_values(layer, input), values)))
}

# An axis that would be counted from the end twice is none of the sample's.
axes_values <- function(layer, input) {
  axes <- normalized_axes(layer, input)
  list(first = if (axes[1] < 0) -9 else axes[1], last = axes[length(axes)])
}

stop_axes <- function(axis, call) {
  stop_kestrel("shape", sprintf("`axis` must be axes that stand beside each other, not %s.",
    shape_list(axis)), argument = "axis", value = axis, call = call)
}
