#' Relu with a slope that is learnt
#'
#' `y = x` above 0 and `y = alpha * x` below, with a weight `alpha` for each number of a
#' sample, or one for all numbers along the axes `shared_axes`.
#'
#' @inheritParams layer_dense
#' @param alpha_initializer,alpha_regularizer,alpha_constraint first values of the slopes,
#'   penalty and condition on them.
#' @param shared_axes axes of a sample, from 1, along which the slope is the same.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for unknown names and bad axes;
#'   `kestrel_error_shape` for an axis that the sample does not have.
#' @source He, Zhang, Ren and Sun (2015), Delving deep into rectifiers; Keras:
#'   `keras.layers.PReLU`.
#' @family layers
#' @examples
#' layer_activation_parametric_relu(alpha_initializer = initializer_constant(0.1))(rbind(c(-2, 3)))
#' @export
layer_activation_parametric_relu <- function(object, alpha_initializer = "zeros",
                                             alpha_regularizer = NULL, alpha_constraint = NULL,
                                             shared_axes = NULL, input_shape = NULL,
                                             name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  config <- list(
    alpha_initializer = as_initializer(alpha_initializer),
    alpha_regularizer = as_regularizer(alpha_regularizer),
    alpha_constraint = as_constraint(alpha_constraint),
    shared_axes = if (!is.null(shared_axes)) check_sample_axes(shared_axes)
  )
  compose_layer(object, "p_re_lu", config, options)
}

#' @export
check_fits.kestrel_layer_p_re_lu <- function(layer, input, call) {
  axes <- layer_config(layer)$shared_axes
  if (is.null(axes) || all(abs(axes) <= length(input))) return(invisible(layer))
  stop_kestrel("shape", sprintf("`shared_axes` must be axes of samples of shape %s, not %s.",
    shape_text(input), shape_list(axes)), argument = "shared_axes", value = axes,
    expected = input, call = call)
}

#' @export
layer_nodes.kestrel_layer_p_re_lu <- function(layer, input) {
  axes <- layer_config(layer)$shared_axes
  list(new_node("parametric_relu", list(shared = axis_bits(axes, input))))
}

# Bit a: axis a of a sample, from 1.
axis_bits <- function(axes, input) {
  if (is.null(axes)) return(0)
  sum(2^unique(ifelse(axes < 0, axes + length(input) + 1, axes)))
}
