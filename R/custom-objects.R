#' Custom objects
#'
#' In Keras the name of a custom class stands for it in files, and has to be registered. Here
#' models, configs and files hold the R functions and classes themselves, so that nothing needs to
#' be: these let scripts run. `register_keras_serializable()` and
#' `register_keras_serializable_object()` return the object, `with_custom_object_scope()` evaluates
#' an expression.
#'
#' @param object a function or class.
#' @param name,package strings, without effect.
#' @param objects a named list of functions and classes; without effect.
#' @param expr an expression.
#' @return the object; the value of the expression.
#' @section Errors: `kestrel_error_argument` for names that are none, and for `objects` without
#'   names.
#' @source R packages 'keras' and 'keras3'.
#' @family models
#' @examples
#' cube <- register_keras_serializable(function(x) x^3, name = "cube")
#' cube(2)
#' with_custom_object_scope(list(cube = cube), from_config(get_config(layer_dense(units = 1))))
#' @export
register_keras_serializable <- function(object, name = NULL, package = NULL) {
  check_present("object")
  check_string(name %||% "name", arg = "name")
  check_string(package %||% "package", arg = "package")
  object
}

#' @rdname register_keras_serializable
#' @export
with_custom_object_scope <- function(objects, expr) {
  check_present("objects")
  check_present("expr")
  named <- is.list(objects) && !is.object(objects) && all(nzchar(names2(objects)))
  if (!named && !is.function(objects)) stop_argument("objects",
    "a named list of functions and classes", objects)
  expr
}
