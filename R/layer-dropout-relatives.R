#' Relatives of dropout
#'
#' They act in training only.
#'
#' * `layer_gaussian_dropout()`: `y = x * z`, with `z` normal of mean 1 and standard deviation
#'   `sqrt(rate / (1 - rate))`, another one for each number.
#' * `layer_alpha_dropout()`: for networks of selu units. With `A = -1.7580993408473766`, the
#'   least that selu gives, a number is set to `A` with probability `rate`, and then
#'   `y = a * x + b`, `a = ((1 - rate) * (1 + rate * A^2))^-0.5`, `b = -a * A * rate`, so that
#'   mean 0 and variance 1 stay.
#' * `layer_spatial_dropout_1d()`: dropout of whole features: in a sample of steps x features a
#'   feature is dropped at all steps or at none.
#'
#' @inheritParams layer_dropout
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for a rate outside `[0, 1)`;
#'   `kestrel_error_shape` for a `noise_shape` that does not fit, and where
#'   `layer_spatial_dropout_1d()` gets samples that are not steps x features.
#' @source Srivastava and others (2014); Klambauer, Unterthiner, Mayr and Hochreiter (2017),
#'   Self-normalizing neural networks; Keras: `keras.layers.GaussianDropout`, `AlphaDropout`,
#'   `SpatialDropout1D`.
#' @family layers
#' @examples
#' set.seed(1)
#' layer_gaussian_dropout(rate = 0.2)(matrix(1, 2, 3), training = TRUE)
#' layer_alpha_dropout(rate = 0.2)(matrix(1, 2, 3), training = TRUE)
#' layer_spatial_dropout_1d(rate = 0.5)(array(1, c(1, 2, 4)), training = TRUE)[1, , ]
#' @export
layer_gaussian_dropout <- function(object, rate, seed = NULL, input_shape = NULL, name = NULL,
                                   ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(
    rate = check_number(rate, min = 0, max = 1, open = "max"),
    seed = check_count(seed, min = 0L, null = TRUE)
  )
  compose_layer(object, "gaussian_dropout", config, options)
}

#' @rdname layer_gaussian_dropout
#' @export
layer_alpha_dropout <- function(object, rate, noise_shape = NULL, seed = NULL,
                                input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(
    rate = check_number(rate, min = 0, max = 1, open = "max"),
    noise_shape = check_noise_shape(noise_shape),
    seed = check_count(seed, min = 0L, null = TRUE)
  )
  compose_layer(object, "alpha_dropout", config, options)
}

#' @rdname layer_gaussian_dropout
#' @export
layer_spatial_dropout_1d <- function(object, rate, seed = NULL, input_shape = NULL,
                                     name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(
    rate = check_number(rate, min = 0, max = 1, open = "max"),
    seed = check_count(seed, min = 0L, null = TRUE)
  )
  compose_layer(object, "spatial_dropout1d", config, options)
}

#' @export
layer_nodes.kestrel_layer_gaussian_dropout <- function(layer, input) {
  list(new_node("gaussian_dropout", own_settings(layer)))
}

#' @export
layer_nodes.kestrel_layer_alpha_dropout <- function(layer, input) {
  config <- layer_config(layer)
  shared <- shared_axes(config$noise_shape, input)
  list(new_node("alpha_dropout", list(rate = config$rate, shared = shared, seed = config$seed)))
}

#' @export
layer_nodes.kestrel_layer_spatial_dropout1d <- function(layer, input) {
  config <- layer_config(layer)
  list(new_node("dropout", list(rate = config$rate, shared = 2, seed = config$seed)))
}

#' @export
check_fits.kestrel_layer_spatial_dropout1d <- function(layer, input, call) {
  check_step_input(layer, input, call)
}

# Layers over steps take samples of two dims, steps x features.
check_step_input <- function(layer, input, call) {
  if (length(input) == 2) return(invisible(layer))
  stop_kestrel("shape", sprintf("Layer \"%s\" takes samples of shape (n, steps, features), not %s.",
    layer$name, shape_text(input)), value = input, call = call)
}
