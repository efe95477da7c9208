#' Models as classes
#'
#' `Model()` (keras3; `new_model_class()` in R keras 2.9 and later) defines a class of models: `initialize`
#' makes layers and keeps them in `self`, `call(inputs)` computes the output with them, as in a class of
#' [Layer()]. `keras_model_custom()` of R keras 2.x is given a function of `self` that makes the layers
#' and returns the function of the inputs.
#'
#' A model of such a class is a [keras_model_sequential()] of one layer that has all the others in it, and is
#' compiled, fitted and saved like any other; `call` runs in R for each batch. Its layers are fields of
#' `model$layers[[1]]`. It has one input. Training steps of one's own, `train_step`, are loops with
#' [with_gradient()] here.
#'
#' @inheritParams Layer
#' @param initialize,call methods of the class, functions that may use `self` and `super`.
#' @param train_step accepted only as `NULL`, see above.
#' @param model_fn a function of `self` that returns a function of `inputs`.
#' @param name name of the model.
#' @return `Model()` and `new_model_class()` a function that makes models, from the arguments of
#'   `initialize` and a `name`; `keras_model_custom()` a model.
#' @section Errors: as those of [Layer()]; `kestrel_error_argument` for classes with a `train_step`.
#' @source R packages 'keras' and 'keras3'.
#' @family models
#' @examples
#' model_mlp <- Model("MLP",
#'   initialize = function(units) {
#'     super$initialize()
#'     self$hidden <- layer_dense(units = units, activation = "relu")
#'     self$last <- layer_dense(units = 1)
#'   },
#'   call = function(inputs) inputs |> self$hidden() |> self$last()
#' )
#' model <- model_mlp(units = 8)
#' model %>% compile(loss = "mse", optimizer = "adam")
#' fit(model, cars$speed / 25, cars$dist / 120, epochs = 2, verbose = 0)
#' @export
Model <- function(classname, initialize = NULL, call = NULL, train_step = NULL, ..., public = list(),
                  private = list(), inherit = NULL, parent_env = NULL) {
  methods <- list(initialize = initialize, call = call, train_step = train_step)
  model_class(classname, methods, c(list(...), public), private, inherit)
}

#' @rdname Model
#' @export
new_model_class <- function(classname, ..., initialize = NULL, call = NULL, train_step = NULL) {
  methods <- list(initialize = initialize, call = call, train_step = train_step)
  model_class(classname, methods, list(...), list(), NULL)
}

#' @rdname Model
#' @export
keras_model_custom <- function(model_fn, name = NULL) {
  self <- NULL # of the method below, when it runs
  # The name came first in older versions.
  if (is.function(name)) {
    given <- name
    name <- if (!missing(model_fn)) model_fn
    model_fn <- given
  }
  if (missing(model_fn)) stop_missing("model_fn")
  if (!is.function(model_fn)) stop_argument("model_fn", "a function of self", model_fn)
  make <- model_class("CustomModel", list(
    initialize = function() self$compute <- custom_call(model_fn(self)),
    call = function(inputs) self$compute(inputs)
  ), list(), list(), NULL)
  make(name = name)
}

custom_call <- function(fn) {
  if (is.function(fn)) return(masked(fn))
  stop_argument("model_fn", "a function that returns a function of inputs", fn, call = NULL)
}

model_class <- function(classname, methods, more, private, inherit, call = caller_env()) {
  steps <- c("train_step", "test_step", "predict_step")
  own <- intersect(steps, names(Filter(Negate(is.null), c(methods, more))))
  if (length(own)) {
    stop_kestrel("argument", sprintf("A class of models cannot have a `%s` of its own.", own[1]),
      hint = "with_gradient() and apply_gradients() make training loops.", argument = own[1], call = call)
  }
  record <- new_layer_record(classname, methods[lengths(methods) > 0], more, private, inherit, call)
  make <- layer_constructor(record)
  structure(function(..., name = NULL) {
    keras_model_sequential(list(make(...)), name = check_name(name) %||% snake_case(record$classname))
  }, class_of_layers = record)
}
