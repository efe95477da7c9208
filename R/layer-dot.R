#' Dot products of two inputs
#'
#' Sums products of the numbers of two inputs along one axis of each, sample by sample: of (n, d)
#' and (n, d) it is (n, 1), one dot product for each sample. In general the dims that remain of
#' the first are followed by those that remain of the second.
#'
#' @inheritParams layer_add
#' @param inputs a list of two tensors, or the first of them; without it the layer itself is
#'   returned.
#' @param axes the axis of both, or one of each: negative ones count from the last, 1 is the
#'   first of a sample.
#' @param normalize whether the numbers along the axes are divided by their length first, which
#'   makes the result a cosine.
#' @return the tensor that came out, or the layer.
#' @section Errors: `kestrel_error_argument` for what is no tensor or axis;
#'   `kestrel_error_shape` when there is no such axis, or both are not as long.
#' @source Keras: `keras.layers.Dot`.
#' @family layers
#' @examples
#' layer_dot(axes = 1)(list(rbind(1:3), rbind(4:6)))
#' layer_dot(axes = 1, normalize = TRUE)(list(rbind(1:3), rbind(2 * 1:3)))
#' @export
layer_dot <- function(inputs, ..., axes, normalize = FALSE, name = NULL) {
  if (missing(axes)) {
    stop_kestrel("argument", "`axes` is missing.", argument = "axes",
      hint = "For example axes = 1, the first axis of a sample.")
  }
  config <- list(axes = check_dot_axes(axes), normalize = check_flag(normalize))
  merging_layer("dot", config, environment())
}

check_dot_axes <- function(axes, arg = caller_arg(axes), call = caller_env()) {
  force(arg)
  axes <- check_sample_axes(axes, arg, call)
  if (length(axes) < 3) return(rep_len(axes, 2))
  stop_argument(arg, "one axis or two", axes, call = call)
}

#' @export
check_fits.kestrel_layer_dot <- function(layer, input, call) check_merged(layer, input, call)

#' @export
layer_nodes.kestrel_layer_dot <- function(layer, input) {
  config <- layer_config(layer)
  axes <- engine_axis(config$axes)
  dot <- function(from = NULL) {
    new_node("dot", list(axis_1 = axes[1], axis_2 = axes[2]), from = from)
  }
  if (!config$normalize) return(list(dot()))
  unit <- function(k) {
    values <- list(first = axes[k], last = axes[k], epsilon = 0, least = 1e-12, mean = FALSE,
      scale = FALSE)
    new_node("rms_normalization", values, from = -as.integer(k))
  }
  list(unit(1), unit(2), dot(from = 1:2))
}
