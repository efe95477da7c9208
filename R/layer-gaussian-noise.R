#' Gaussian noise
#'
#' In training `y = x + stddev * z` with `z` standard normal, a new one for each number and
#' batch. Otherwise the layer does nothing.
#'
#' @inheritParams layer_dropout
#' @param stddev standard deviation of the noise, at least 0.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` when `stddev` is negative or missing.
#' @source Keras: `keras.layers.GaussianNoise`.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = 3) %>%
#'   layer_gaussian_noise(0.1) %>%
#'   layer_dense(1)
#' @export
layer_gaussian_noise <- function(object, stddev, seed = NULL, input_shape = NULL, name = NULL,
                                 ...) {
  options <- layer_options(list(...), input_shape, name)
  if (missing(stddev)) {
    stop_kestrel("argument", "`stddev`, the standard deviation of the noise, is missing.",
      hint = "For example layer_gaussian_noise(stddev = 0.1).", argument = "stddev")
  }
  config <- list(
    stddev = check_number(stddev, min = 0), seed = check_count(seed, min = 0L, null = TRUE)
  )
  compose_layer(object, "gaussian_noise", config, options)
}

#' @export
layer_nodes.kestrel_layer_gaussian_noise <- function(layer, input) {
  list(new_node("gaussian_noise", own_settings(layer)))
}
