#' Pooling over steps
#'
#' For samples of steps x features, feature by feature: the mean or the largest number of
#' windows of `pool_size` steps, one every `strides`, or (`layer_global_*`) of all steps.
#'
#' With `padding = "valid"` windows stay within the sample: there are
#' `floor((steps - pool_size) / strides) + 1` of them. With `"same"` there are
#' `ceiling(steps / strides)`, and those at the ends have only the steps that exist. The global
#' layers give a vector of features.
#'
#' @inheritParams layer_dense
#' @param pool_size steps in a window.
#' @param strides steps from one window to the next; `pool_size` by default.
#' @param padding `"valid"` or `"same"`.
#' @param data_format `"channels_last"` (the default) for steps x features,
#'   `"channels_first"` for features x steps.
#' @param keepdims whether the axis of steps stays, with one step.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for sizes below 1 and unknown names;
#'   `kestrel_error_shape` for samples of other than two dims and for windows longer than them.
#' @source Keras: `keras.layers.AveragePooling1D`, `MaxPooling1D`, `GlobalAveragePooling1D`,
#'   `GlobalMaxPooling1D`.
#' @family layers
#' @examples
#' x <- array(c(1, 5, 3, 7), c(1, 4, 1))
#' layer_average_pooling_1d(pool_size = 2)(x)[1, , 1]
#' layer_max_pooling_1d(pool_size = 3, strides = 1, padding = "same")(x)[1, , 1]
#' layer_global_average_pooling_1d()(x)
#' @export
layer_average_pooling_1d <- function(object, pool_size = 2, strides = NULL, padding = "valid",
                                     data_format = NULL, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- pooling_config(pool_size, strides, padding, data_format)
  compose_layer(object, "average_pooling1d", config, options)
}

#' @rdname layer_average_pooling_1d
#' @export
layer_max_pooling_1d <- function(object, pool_size = 2, strides = NULL, padding = "valid",
                                 data_format = NULL, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- pooling_config(pool_size, strides, padding, data_format)
  compose_layer(object, "max_pooling1d", config, options)
}

#' @rdname layer_average_pooling_1d
#' @export
layer_global_average_pooling_1d <- function(object, data_format = NULL, keepdims = FALSE,
                                            input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(data_format = check_data_format(data_format), keepdims = check_flag(keepdims))
  compose_layer(object, "global_average_pooling1d", config, options)
}

#' @rdname layer_average_pooling_1d
#' @export
layer_global_max_pooling_1d <- function(object, data_format = NULL, keepdims = FALSE,
                                        input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(data_format = check_data_format(data_format), keepdims = check_flag(keepdims))
  compose_layer(object, "global_max_pooling1d", config, options)
}

pooling_config <- function(pool_size, strides, padding, data_format, call = caller_env()) {
  pool_size <- check_count(pool_size, call = call)
  list(
    pool_size = pool_size, strides = check_count(strides, null = TRUE, call = call) %||% pool_size,
    padding = check_choice(padding, c("valid", "same"), "a padding", call = call),
    data_format = check_data_format(data_format, call = call)
  )
}

check_data_format <- function(x, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  check_choice(x %||% "channels_last", c("channels_last", "channels_first"), "a data format",
    arg = arg, call = call)
}

#' @export
check_fits.kestrel_layer_average_pooling1d <- function(layer, input, call) {
  check_step_input(layer, input, call)
  config <- layer_config(layer)
  steps <- input[step_axis(config)]
  if (config$padding == "same" || config$pool_size <= steps) return(invisible(layer))
  stop_kestrel("shape", sprintf("`pool_size` must be at most the %d steps of a sample, not %d.",
    steps, config$pool_size), hint = "padding = \"same\" takes shorter samples, too.",
    argument = "pool_size", value = config$pool_size, expected = steps, call = call)
}

#' @export
check_fits.kestrel_layer_max_pooling1d <- check_fits.kestrel_layer_average_pooling1d

#' @export
check_fits.kestrel_layer_global_average_pooling1d <- function(layer, input, call) {
  check_step_input(layer, input, call)
}

#' @export
check_fits.kestrel_layer_global_max_pooling1d <- check_fits.kestrel_layer_global_average_pooling1d

step_axis <- function(config) if (config$data_format == "channels_first") 2L else 1L

#' @export
layer_nodes.kestrel_layer_average_pooling1d <- function(layer, input) {
  with_steps_first(layer, pooling_node(layer, input, largest = FALSE))
}

#' @export
layer_nodes.kestrel_layer_max_pooling1d <- function(layer, input) {
  with_steps_first(layer, pooling_node(layer, input, largest = TRUE))
}

#' @export
layer_nodes.kestrel_layer_global_average_pooling1d <- function(layer, input) {
  with_steps_first(layer, global_pooling_node(layer, input, largest = FALSE))
}

#' @export
layer_nodes.kestrel_layer_global_max_pooling1d <- function(layer, input) {
  with_steps_first(layer, global_pooling_node(layer, input, largest = TRUE))
}

# As Keras pads for "same": what is missing is shared by both ends, the last gets the odd one.
pooling_node <- function(layer, input, largest) {
  config <- layer_config(layer)
  steps <- input[step_axis(config)]
  windows <- if (config$padding == "same") {
    ceiling(steps / config$strides)
  } else {
    (steps - config$pool_size) %/% config$strides + 1
  }
  missing <- max((windows - 1) * config$strides + config$pool_size - steps, 0)
  before <- if (config$padding == "same") missing %/% 2 else 0
  new_node("pooling_1d", list(max = largest, size = config$pool_size, stride = config$strides,
    before = before, windows = windows))
}

global_pooling_node <- function(layer, input, largest) {
  config <- layer_config(layer)
  new_node("pooling_1d", list(max = largest, size = input[step_axis(config)],
    flat = !config$keepdims))
}

# The node between permutations where features come first; an axis that goes needs none back.
with_steps_first <- function(layer, node) {
  config <- layer_config(layer)
  if (config$data_format == "channels_last") return(list(node))
  back <- if (is.null(config$keepdims) || config$keepdims) list(permute_node(2:1))
  c(list(permute_node(2:1), node), back)
}
