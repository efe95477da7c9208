#' Methods that are read like fields
#'
#' `active_property()`, in R keras 2.x `mark_active()`, marks a function in a class of [Layer()],
#' [Model()], [Metric()] and the like: `self$name` calls it without arguments and gives what it
#' returns. `name %<-active% fn` makes such a name of a variable: whenever it is read, `fn()` is
#' called.
#'
#' @param fn a function without arguments; one of `self` is bound like other methods. `%<-active%`
#'   also takes one with an argument `value`, which is given what is assigned.
#' @param sym a name.
#' @param value the function.
#' @return `active_property()` and `mark_active()` the function, marked; `%<-active%` it, invisibly.
#' @section Errors: `kestrel_error_argument` for what is no function, and for what is no name.
#' @source R packages 'keras' and 'keras3'.
#' @family models
#' @examples
#' net <- Model("Net",
#'   initialize = function() self$dense <- layer_dense(units = 2),
#'   call = function(inputs) self$dense(inputs),
#'   units = active_property(function() self$dense$units)
#' )
#' net()$units
#' now %<-active% Sys.time
#' @export
active_property <- function(fn) {
  check_present("fn")
  if (!is.function(fn)) stop_argument("fn", "a function", fn)
  structure(fn, active_property = TRUE)
}

#' @rdname active_property
#' @export
mark_active <- active_property

#' @rdname active_property
#' @export
`%<-active%` <- function(sym, value) {
  name <- substitute(sym)
  name_given <- !missing(sym) && (is.symbol(name) && nzchar(name) || is_string(name))
  if (!name_given) stop_argument("sym", "a name", if (!missing(sym)) name)
  check_present("value")
  if (!is.function(value)) stop_argument("value", "a function", value)
  env <- caller_env()
  name <- as.character(name)
  if (exists(name, envir = env, inherits = FALSE)) rm(list = name, envir = env)
  makeActiveBinding(name, value, env)
  invisible(value)
}

is_active <- function(x) isTRUE(attr(x, "active_property", exact = TRUE))

# Bound methods become members of self; those that are marked are called when they are read.
put_members <- function(members, self) {
  active <- vapply(members, is_active, NA)
  list2env(members[!active], self)
  for (name in names(members)[active]) {
    if (exists(name, envir = self, inherits = FALSE)) rm(list = name, envir = self)
    makeActiveBinding(name, plain_method(members[[name]]), self)
  }
}

plain_method <- function(fn) {
  attr(fn, "active_property") <- NULL
  fn
}
