#' Reshape samples
#'
#' The numbers of a sample get other dims, in row-major order as in Keras: the last dim runs
#' fastest, before and after.
#'
#' @inheritParams layer_activation
#' @param target_shape dims of a sample after it; one of them may be -1 or `NA`, which is then
#'   what makes the numbers come out right.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for anything but dims; `kestrel_error_shape` when
#'   the numbers do not come out right.
#' @source Keras: `keras.layers.Reshape`.
#' @family layers
#' @examples
#' layer_reshape(target_shape = c(2, 3))(rbind(1:6))
#' @export
layer_reshape <- function(object, target_shape, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (missing(target_shape)) {
    stop_kestrel("argument", "`target_shape` is missing.", argument = "target_shape",
      hint = "For example layer_reshape(target_shape = c(2, 3)).")
  }
  config <- list(target_shape = check_target_shape(target_shape))
  compose_layer(object, "reshape", config, options)
}

# The one dim that follows from the others is -1.
check_target_shape <- function(x, arg = caller_arg(x), call = caller_env()) {
  dims <- x
  if (is.list(dims) && !is.object(dims)) {
    dims <- vapply(dims, one_dim, 0)
  }
  if (is.logical(dims) && all(is.na(dims))) dims <- as.double(dims)
  if (!is.atomic(dims) || is.object(dims)) dims <- NULL
  dims[is.na(dims)] <- -1
  good <- is.numeric(dims) && !is.object(dims) && length(dims) %in% 1:4 && sum(dims == -1) < 2 &&
    all(dims == trunc(dims)) && all(dims == -1 | dims >= 1) && all(dims <= .Machine$integer.max)
  if (good) return(as.integer(dims))
  stop_argument(arg, "one to four whole numbers from 1 on, one of which may be -1", x, call = call)
}

# In a list NULL stands for Python's None; 0 is no dim.
one_dim <- function(d) {
  if (is.null(d) || identical(d, NA)) return(-1)
  if (is.numeric(d) && !is.object(d) && length(d) == 1) as.double(d) else 0
}

#' @export
check_fits.kestrel_layer_reshape <- function(layer, input, call) {
  dims <- reshaped_dims(layer, input)
  if (prod(dims) == prod(input) && all(dims == trunc(dims))) return(invisible(layer))
  stop_reshape(layer, input, call)
}

reshaped_dims <- function(layer, input) {
  dims <- as.double(layer_config(layer)$target_shape)
  dims[dims == -1] <- prod(input) / prod(dims[dims != -1])
  dims
}

#' @export
layer_nodes.kestrel_layer_reshape <- function(layer, input) {
  dims <- reshaped_dims(layer, input)
  values <- c(list(rank = length(dims)),
    stats::setNames(as.list(dims), paste0("dim_", seq_along(dims))))
  list(new_node("reshape", values))
}

stop_reshape <- function(layer, input, call) {
  dims <- layer_config(layer)$target_shape
  known <- prod(dims[dims != -1])
  have <- prod(input)
  why <- if (any(dims == -1)) sprintf("no multiple of %.0f", known) else sprintf("not %.0f", known)
  numbers <- if (have == 1) "1 number is" else sprintf("%.0f numbers are", have)
  stop_kestrel("shape", sprintf(
    "Layer \"%s\" cannot make %s of samples of shape %s: %s %s.",
    layer$name, shape_text(dims), shape_text(input), numbers, why
  ), argument = "target_shape", value = dims, expected = input, call = call)
}
