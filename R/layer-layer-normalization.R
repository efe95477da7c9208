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
  config <- c(
    list(axis = check_sample_axes(axis), epsilon = check_number(epsilon, min = 0)),
    affine_settings()
  )
  compose_layer(object, "layer_normalization", config, options)
}

# Checked settings of gamma and beta, for normalizations that have them: the arguments of these
# names of the constructor that calls.
affine_settings <- function(args = parent.frame()) {
  flags <- list(center = check_flag(args$center, arg = "center", call = args),
    scale = check_flag(args$scale, arg = "scale", call = args))
  c(flags, affine_settings_of("initializer", as_initializer, args),
    affine_settings_of("regularizer", as_regularizer, args),
    affine_settings_of("constraint", as_constraint, args))
}

affine_settings_of <- function(kind, convert, args) {
  names <- paste0(c("beta_", "gamma_"), kind)
  stats::setNames(lapply(names, function(name) convert(args[[name]], name, args)), names)
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
