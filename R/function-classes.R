#' Losses, schedules and rules as classes
#'
#' Functions of keras3 (and `new_loss_class()`, `new_learning_rate_schedule_class()` of R keras 2.x)
#' that define classes by R functions, and return what makes objects of them from the arguments of
#' `initialize`. `call` is what an object computes; it and the other functions see `self`, which
#' keeps what `initialize` puts there, `super` and `private`, as those of [Layer()] do.
#'
#' * `Loss()`: `call(y_true, y_pred)`, as any R function as a loss, see
#'   [compile()][compile.kestrel_model] and [autodiff]
#' * `LearningRateSchedule()`: `call(step)`, the learning rate of a step, counted from 0
#' * `Regularizer()`: `call(x)`, the penalty on a weight; `Constraint()`: `call(w)`, the weight as
#'   it may be; `Initializer()`: `call(shape)`, the first numbers of a weight
#'
#' @inheritParams Layer
#' @param call,initialize,get_config functions, see above.
#' @return a function that makes objects, to be used where those of `loss_*()`,
#'   `learning_rate_schedule_*()`, `regularizer_*()`, `constraint_*()` and `initializer_*()` are.
#' @section Errors: `kestrel_error_argument` for what is no name or function, or a class without
#'   `call`.
#' @source R packages 'keras' and 'keras3'.
#' @family training
#' @name function-classes
#' @examples
#' loss_power <- Loss("Power",
#'   initialize = function(p = 2, name = "power") {
#'     super$initialize(name = name)
#'     self$p <- p
#'   },
#'   call = function(y_true, y_pred) op_mean(op_abs(y_true - y_pred)^self$p, axis = -1)
#' )
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = loss_power(p = 1.5), optimizer = "sgd")
NULL

#' @rdname function-classes
#' @export
Loss <- function(classname, call = NULL, initialize = NULL, ..., public = list(), private = list(),
                 inherit = NULL, parent_env = NULL) {
  function_class(classname, list(call = call, initialize = initialize), c(list(...), public),
    private,
    inherit, function(fn, name) new_custom_loss(fn, name))
}

#' @rdname function-classes
#' @export
new_loss_class <- function(classname, ..., initialize = NULL, call = NULL) {
  function_class(classname, list(call = call, initialize = initialize), list(...), list(), NULL,
    function(fn, name) new_custom_loss(fn, name))
}

#' @rdname function-classes
#' @export
LearningRateSchedule <- function(classname, call = NULL, initialize = NULL, get_config = NULL, ...,
                                 public = list(), private = list(), inherit = NULL,
                                 parent_env = NULL) {
  function_class(classname, list(call = call, initialize = initialize, get_config = get_config),
    c(list(...), public), private, inherit, function(fn, name) fn)
}

#' @rdname function-classes
#' @export
new_learning_rate_schedule_class <- function(classname, ..., initialize = NULL, call = NULL,
                                             get_config = NULL) {
  function_class(classname, list(call = call, initialize = initialize, get_config = get_config),
    list(...), list(), NULL, function(fn, name) fn)
}

#' @rdname function-classes
#' @export
Regularizer <- function(classname, call = NULL, get_config = NULL, ..., public = list(),
                        private = list(), inherit = NULL, parent_env = NULL) {
  function_class(classname, list(call = call, get_config = get_config), c(list(...), public),
    private,
    inherit, function(fn, name) function_regularizer(fn, name, NULL))
}

#' @rdname function-classes
#' @export
Constraint <- function(classname, call = NULL, get_config = NULL, ..., public = list(),
                       private = list(), inherit = NULL, parent_env = NULL) {
  function_class(classname, list(call = call, get_config = get_config), c(list(...), public),
    private,
    inherit, function(fn, name) function_constraint(fn, name, NULL))
}

#' @rdname function-classes
#' @export
Initializer <- function(classname, initialize = NULL, call = NULL, ..., private = list(),
                        inherit = NULL, parent_env = NULL) {
  function_class(classname, list(call = call, initialize = initialize), list(...), private, inherit,
    function(fn, name) function_initializer(fn))
}

# `finish`: an object from a function of numbers and a name.
function_class <- function(classname, methods, more, private, inherit, finish,
                           call = caller_env()) {
  record <- new_layer_record(classname, methods, more, private, inherit, call)
  if (is.null(class_method(record, "call"))) stop_missing("call", call)
  takes <- names(formals(class_method(record, "initialize") %||% function() NULL))
  make <- function(...) {
    args <- list(...)
    check_name(args$name, arg = "name")
    if (!any(c("name", "...") %in% takes)) args$name <- NULL
    self <- do.call(record$new, args, quote = TRUE)
    name <- list(...)$name %||% self$name %||% snake_case(record$classname)
    finish(method_of(self, class_method(record, "call")), name)
  }
  structure(make, class_of_layers = record, class = "kestrel_class")
}

# The class' own, or the nearest that it inherits.
class_method <- function(record, name) {
  if (is.null(record)) return(NULL)
  record$members[[name]] %||% class_method(record$inherit, name)
}

# A function of the arguments of `call` but for those that have defaults, as `dtype` has.
method_of <- function(self, fn) {
  needed <- Filter(function(arg) is.symbol(arg) && !nzchar(arg), formals(fn))
  needed <- needed[setdiff(names(needed), "...")]
  own <- function() NULL
  formals(own) <- needed
  body(own) <- as.call(c(quote(self$call), lapply(names(needed), as.name)))
  environment(own) <- list2env(list(self = self), parent = baseenv())
  own
}
