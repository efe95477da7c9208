#' Models as classes
#'
#' `Model()` (keras3; `new_model_class()` in R keras 2.9 and later) defines a class of models:
#' `initialize` makes layers and keeps them in `self`, `call(inputs)` computes the output with them,
#' as in a class of [Layer()]. `keras_model_custom()` of R keras 2.x is given a function of `self`
#' that makes the layers and returns the function of the inputs.
#'
#' A model of such a class is made by its arguments of `initialize`, by position or by name, as
#' `model_mlp(8)`, and is compiled, fitted, saved and called like any other; `call` runs in R for
#' each batch. It is built by the first data: those of several inputs come in a list, which `call`
#' is given with its names; where `call` returns a list there are several outputs, with the names of
#' that list, or `output_1`, `output_2`, ... Layers and models that stand in `self`, or in lists
#' there, are `model$layers`, in the order in which the class puts them there, and rows of
#' `summary()`; `model$hidden` gives a field of `self`. What is fitted of them is fitted in the
#' model and the other way round; whether they are trained is settled by `compile()`. Training steps
#' of one's own, `train_step`, are loops with [with_gradient()] here.
#'
#' @inheritParams Layer
#' @param initialize,call methods of the class, functions that may use `self` and `super`.
#' @param train_step accepted only as `NULL`.
#' @param model_fn a function of `self` that returns a function of `inputs`.
#' @param name name of the model.
#' @return `Model()` and `new_model_class()` a function that makes models, from the arguments of
#'   `initialize` and a `name`; of a first argument that is a tensor or a model, and no argument of
#'   `initialize`, what the new model gives for it. `keras_model_custom()` a model.
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
#' model <- model_mlp(8)
#' model %>% compile(loss = "mse", optimizer = "adam")
#' fit(model, cars$speed / 25, cars$dist / 120, epochs = 2, verbose = 0)
#' model
#' @export
Model <- function(classname, initialize = NULL, call = NULL, train_step = NULL, ...,
                  public = list(),
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
    initialize = function() self$.compute <- custom_call(model_fn(self)),
    call = function(inputs) self$.compute(inputs)
  ), list(.makes = model_fn), list(), NULL)
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
      hint = "with_gradient() and apply_gradients() make training loops.", argument = own[1],
      call = call)
  }
  record <- new_layer_record(classname, methods[lengths(methods) > 0], more, private, inherit, call)
  structure(function(...) {
    args <- list(...)
    object <- leading_object(record, args)
    model <- model_of_class(record, if (is.null(object)) args else args[-object], environment())
    if (is.null(object)) model else call_model(model, args[[object]])
  }, class_of_layers = record, class = "kestrel_class")
}

# The place of a tensor or a model that the new one is called on: an argument `object`, or a first
# one that initialize() has no use for.
leading_object <- function(record, args) {
  if ("object" %in% names(args)) return(match("object", names(args)))
  first <- if (length(args)) args[[1]]
  if (nzchar(names2(args)[1]) || !is_symbolic(first) && !is_model(first)) return(NULL)
  takes <- initialize_formals(record)
  needed <- Filter(function(arg) is.symbol(arg) && !nzchar(arg), takes)
  by_name <- names(takes) %in% names2(args)
  positions <- sum(!nzchar(names2(args)))
  enough <- positions > sum(!names(needed) %in% names2(args))
  if (enough && (is_symbolic(first) || positions > sum(!by_name))) 1L
}

# Without `...`, and without self.
initialize_formals <- function(record) {
  takes <- formals(record$initialize)
  takes[setdiff(names(takes), c("self", "..."))]
}

model_of_class <- function(record, args, call) {
  takes <- names(formals(record$initialize))
  general <- names2(args) %in% setdiff(c("name", layer_option_names), takes)
  options <- layer_options(args[general], args$input_shape, args$name, call = call)
  config <- list(class = record, args = initialize_arguments(record, args[!general], call))
  options[c("name", "title")] <- list(NULL, snake_case(record$classname))
  layer <- new_layer("custom", config, options[names(options) != "activity"])
  self <- layer_instance(layer, call)
  name <- check_name(args$name %||% self$name, arg = "name", call = call)
  model <- new_model(name %||% snake_case(record$classname),
    list(precision = floatx(), automatic = FALSE, of_class = TRUE))
  add_layer(model, layer, call)
  name_inner_parts(model)
  if (!is.null(options$input_shape)) build_class_model(model, list(options$input_shape), NULL, call)
  model
}

# By name, so that the class can be told again what it was told.
initialize_arguments <- function(record, args, call) {
  takes <- names(formals(record$initialize))
  if (!"..." %in% takes) check_dots(args[nzchar(names2(args)) & !names2(args) %in% takes], takes,
    call)
  match <- function() as.list(match.call())[-1]
  formals(match) <- formals(record$initialize)[setdiff(takes, "self")]
  tryCatch(do.call(match, args), error = function(e) {
    stop_kestrel("argument",
      sprintf("initialize() of \"%s\" takes %s, not %d arguments.", record$classname,
      quote_names(takes), length(args)), argument = "...", call = call)
  })
}
