# Settings of the session.

#' The precision of new models
#'
#' `"float64"` (the default, R's own) or `"float32"`, which takes half the memory and, for
#' large networks, about half the time; losses then stop falling near 1e-15. It holds for
#' models that are made afterwards.
#'
#' @param floatx,value `"float32"` or `"float64"`; of `config_set_epsilon()` a number.
#' @param e a number.
#' @return `k_floatx()` and `config_floatx()` return the name; the setters return it
#'   invisibly. `k_epsilon()` is the constant that keeps probabilities and denominators from zero:
#'   1e-7, or what `k_set_epsilon()` set for functions of one's own, `k_binary_crossentropy()` and
#'   optimizers made afterwards without an epsilon. Losses of this package keep 1e-7.
#' @section Errors: `kestrel_error_argument` for any other name.
#' @source Keras: `keras.config.set_floatx`, `keras.config.epsilon`.
#' @family settings
#' @examples
#' k_set_floatx("float32")
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' k_set_floatx("float64")
#' @export
k_set_floatx <- function(floatx) {
  the$floatx <- check_dtype_given(floatx)
  invisible(the$floatx)
}

#' @rdname k_set_floatx
#' @export
config_set_floatx <- function(value) {
  the$floatx <- check_dtype_given(value)
  invisible(the$floatx)
}

#' @rdname k_set_floatx
#' @export
k_floatx <- function() floatx()

#' @rdname k_set_floatx
#' @export
config_floatx <- function() floatx()

#' @rdname k_set_floatx
#' @export
k_epsilon <- function() the$epsilon %||% 1e-7

#' @rdname k_set_floatx
#' @export
config_epsilon <- function() k_epsilon()

#' @rdname k_set_floatx
#' @export
k_set_epsilon <- function(e) {
  the$epsilon <- check_number(e, min = 0)
  invisible(the$epsilon)
}

#' @rdname k_set_floatx
#' @export
config_set_epsilon <- function(value) {
  the$epsilon <- check_number(value, min = 0)
  invisible(the$epsilon)
}

check_dtype_given <- function(x, arg = caller_arg(x), call = caller_env()) {
  check_choice(x, c("float32", "float64"), "a precision", arg = arg, call = call)
}

floatx <- function() the$floatx %||% "float64"
