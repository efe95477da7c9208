#' Normalization by root mean square, and to length 1
#'
#' * `layer_rms_normalization()`: `y = scale * x / sqrt(mean(x^2) + epsilon)`, the mean over
#'   `axis` within each sample. `scale` is a weight with the dims of the axes.
#' * `layer_unit_normalization()`: `y = x / sqrt(max(sum(x^2), 1e-12))`, which has length 1;
#'   no weights.
#'
#' @inheritParams layer_layer_normalization
#' @param epsilon a small number under the root.
#' @inherit layer_dense return
#' @inheritSection layer_batch_normalization Errors
#' @source Zhang and Sennrich (2019), Root mean square layer normalization; Keras:
#'   `keras.layers.RMSNormalization`, `UnitNormalization`.
#' @family layers
#' @examples
#' layer_rms_normalization()(rbind(c(1, 2, 2)))
#' layer_unit_normalization()(rbind(c(3, 4)))
#' @export
layer_rms_normalization <- function(object, axis = -1, epsilon = 1e-6, input_shape = NULL,
                                    name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(axis = check_sample_axes(axis), epsilon = check_number(epsilon, min = 0),
    scale_initializer = initializer_ones())
  compose_layer(object, "rms_normalization", config, options)
}

#' @rdname layer_rms_normalization
#' @export
layer_unit_normalization <- function(object, axis = -1, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  compose_layer(object, "unit_normalization", list(axis = check_sample_axes(axis)), options)
}

#' @export
check_fits.kestrel_layer_rms_normalization <- function(layer, input, call) {
  check_fits.kestrel_layer_layer_normalization(layer, input, call)
}

#' @export
check_fits.kestrel_layer_unit_normalization <- check_fits.kestrel_layer_rms_normalization

#' @export
layer_nodes.kestrel_layer_rms_normalization <- function(layer, input) {
  list(new_node("rms_normalization", c(axes_values(layer, input), layer_config(layer)["epsilon"])))
}

#' @export
layer_nodes.kestrel_layer_unit_normalization <- function(layer, input) {
  values <- list(epsilon = 0, least = 1e-12, mean = FALSE, scale = FALSE)
  list(new_node("rms_normalization", c(axes_values(layer, input), values)))
}
