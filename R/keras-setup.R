#' What scripts call to set Keras up
#'
#' There is no Python here to install or to choose, no session to clear, and no state of
#' recurrent layers to reset. These functions of R keras do nothing, so that scripts that call
#' them run.
#'
#' Names of layers count per model: `k_clear_session()` is not needed for equal names either.
#'
#' @param object a model.
#' @param ... arguments of R keras, without effect.
#' @return `is_keras_available()` is `TRUE`, `reset_states()` returns the model, the others
#'   `NULL`; all but the first invisibly.
#' @section Errors: `kestrel_error_argument` when `object` is no model.
#' @source R packages 'keras' and 'keras3'.
#' @family settings
#' @examples
#' if (!is_keras_available()) install_keras()
#' k_clear_session()
#' @export
is_keras_available <- function(...) TRUE

#' @rdname is_keras_available
#' @export
install_keras <- function(...) invisible()

#' @rdname is_keras_available
#' @export
use_backend <- function(...) invisible()

#' @rdname is_keras_available
#' @export
use_implementation <- function(...) invisible()

#' @rdname is_keras_available
#' @export
k_clear_session <- function() invisible()

#' @rdname is_keras_available
#' @export
clear_session <- function(...) invisible()

#' @rdname is_keras_available
#' @export
reset_states <- function(object) {
  check_model(object)
  invisible(object)
}
