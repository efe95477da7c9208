#' Group normalization
#'
#' The channels of a sample (`axis`) stand in `groups` groups of neighbours. Within each group,
#' over all positions of the sample, `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta`
#' with the (biased) variance of the group; gamma and beta belong to a channel. It is the same
#' in training and prediction.
#'
#' Weights, in this order: `gamma`, `beta`, one number for each channel.
#'
#' @inheritParams layer_batch_normalization
#' @inheritParams layer_layer_normalization
#' @param groups number of groups, which divides that of the channels; -1 gives each channel
#'   a group of its own.
#' @param axis the axis of the channels.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad settings; `kestrel_error_shape` when the
#'   groups do not divide the channels.
#' @source Wu and He (2018), Group normalization; Keras: `keras.layers.GroupNormalization`.
#' @family layers
#' @examples
#' layer_group_normalization(groups = 2)(rbind(c(1, 2, 3, 6), c(-1, 0, 4, 2)))
#' @export
layer_group_normalization <- function(object, groups = 32, axis = -1, epsilon = 0.001,
                                      center = TRUE, scale = TRUE, beta_initializer = "zeros",
                                      gamma_initializer = "ones", beta_regularizer = NULL,
                                      gamma_regularizer = NULL, beta_constraint = NULL,
                                      gamma_constraint = NULL, input_shape = NULL, name = NULL,
                                      ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- c(
    list(groups = check_groups(groups), axis = check_sample_axis(axis),
      epsilon = check_number(epsilon, min = 0)),
    affine_settings()
  )
  compose_layer(object, "group_normalization", config, options)
}

check_groups <- function(groups, arg = caller_arg(groups), call = caller_env()) {
  force(arg)
  if (is_number(groups) && groups == -1) return(-1L)
  check_count(groups, arg = arg, call = call)
}

#' @export
layer_nodes.kestrel_layer_group_normalization <- function(layer, input) {
  config <- layer_config(layer)
  groups <- if (config$groups == -1) channels_of(layer, input) else config$groups
  values <- c(list(groups = groups, axis = engine_axis(config$axis)),
    config[c("epsilon", "center", "scale")])
  list(new_node("group_normalization", values))
}

# NA where the sample has no such axis, which the engine tells.
channels_of <- function(layer, input) {
  axis <- engine_axis(layer_config(layer)$axis)
  input[(if (axis < 0) axis + length(input) else axis) + 1]
}

#' @export
check_fits.kestrel_layer_group_normalization <- function(layer, input, call) {
  groups <- layer_config(layer)$groups
  channels <- channels_of(layer, input)
  if (is.na(channels) || groups == -1 || channels %% groups == 0) return(invisible(layer))
  stop_kestrel("shape",
    sprintf("`groups` must divide the %d channels, not be %d.", channels, groups),
    hint = "groups = 1 normalizes all channels together, groups = -1 each by itself.",
    argument = "groups", value = groups, expected = channels, call = call)
}
