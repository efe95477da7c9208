#' Crop and pad steps
#'
#' For samples of steps x features: `layer_cropping_1d()` takes steps off both ends,
#' `layer_zero_padding_1d()` adds steps of zeros to them.
#'
#' @inheritParams layer_dense
#' @param cropping,padding how many steps: one number for both ends, or two, for the first and
#'   the last end.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` unless the numbers are whole and at least 0;
#'   `kestrel_error_shape` for samples of other than two dims and when no step is left.
#' @source Keras: `keras.layers.Cropping1D`, `ZeroPadding1D`.
#' @family layers
#' @examples
#' x <- array(1:4, c(1, 4, 1))
#' layer_cropping_1d(cropping = c(1, 0))(x)[1, , 1]
#' layer_zero_padding_1d(padding = 1)(x)[1, , 1]
#' @export
layer_cropping_1d <- function(object, cropping = c(1L, 1L), input_shape = NULL, name = NULL,
                              ...) {
  options <- layer_options(list(...), input_shape, name)
  compose_layer(object, "cropping1d", list(cropping = check_ends(cropping)), options)
}

#' @rdname layer_cropping_1d
#' @export
layer_zero_padding_1d <- function(object, padding = 1L, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  compose_layer(object, "zero_padding1d", list(padding = check_ends(padding)), options)
}

check_ends <- function(x, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  given <- x
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && length(x) %in% 1:2 && all(is.finite(x)) &&
    all(x == trunc(x)) && all(x >= 0) && all(x <= 2^30)
  if (good) return(rep_len(as.integer(x), 2L))
  stop_argument(arg, "one or two whole numbers from 0 on", given, call = call)
}

#' @export
check_fits.kestrel_layer_cropping1d <- function(layer, input, call) {
  check_step_input(layer, input, call)
  cropping <- layer_config(layer)$cropping
  if (sum(cropping) < input[1]) return(invisible(layer))
  stop_kestrel("shape", sprintf("`cropping` must leave some of the %d steps, not take %d off.",
    input[1], sum(cropping)), argument = "cropping", value = cropping, expected = input[1],
    call = call)
}

#' @export
check_fits.kestrel_layer_zero_padding1d <- function(layer, input, call) {
  check_step_input(layer, input, call)
}

#' @export
layer_nodes.kestrel_layer_cropping1d <- function(layer, input) {
  ends <- layer_config(layer)$cropping
  list(new_node("window_1d", list(first = ends[1], length = input[1] - sum(ends))))
}

#' @export
layer_nodes.kestrel_layer_zero_padding1d <- function(layer, input) {
  ends <- layer_config(layer)$padding
  list(new_node("window_1d", list(first = -ends[1], length = input[1] + sum(ends))))
}
