#' Layers as R6 classes
#'
#' `KerasLayer` is what classes of layers of R keras 2.x inherit from:
#' `R6::R6Class("Mine", inherit = KerasLayer, public = list(kernel = NULL, build = ..., call =
#' ...))`. It needs the package 'R6'. The methods `initialize`, `build`, `call`,
#' `compute_output_shape`, `get_config`, `add_weight` and `add_loss` are those of [Layer()].
#'
#' `create_layer()` makes a layer of such a class, or of one that [Layer()] made, and adds it to a
#' model or tensor; `create_layer_wrapper()` returns a function that does so.
#'
#' @format `KerasLayer`: an R6 class generator.
#' @param layer_class the class.
#' @param object a model or tensor; without it the layer itself is returned.
#' @param args a list of arguments of `initialize`, and of those that every layer has.
#' @param modifiers,convert accepted from R keras scripts, without effect.
#' @return `create_layer()` the model, the tensor that comes out, or the layer;
#'   `create_layer_wrapper()` a function, as [Layer()] returns it.
#' @section Errors: `kestrel_error_argument` for what is no such class, `kestrel_error_state` when
#'   'R6' is not installed, and those of [Layer()].
#' @source R package 'keras' 2.x.
#' @family layers
#' @examplesIf requireNamespace("R6", quietly = TRUE)
#' Scaled <- R6::R6Class("Scaled", inherit = KerasLayer, public = list(
#'   scale = NULL,
#'   build = function(input_shape) {
#'     self$scale <- self$add_weight(name = "scale", shape = list(1), initializer = "ones")
#'   },
#'   call = function(x, mask = NULL) c(self$scale) * x
#' ))
#' layer_scaled <- create_layer_wrapper(Scaled)
#' model <- keras_model_sequential(input_shape = 3) %>% layer_scaled() %>% layer_dense(1)
#' model
#' @export
create_layer <- function(layer_class, object, args = list()) {
  check_present("layer_class")
  make <- layer_constructor(as_class(layer_class))
  if (!is.list(args)) stop_argument("args", "a list of arguments", args)
  if (!missing(object) && !is.null(object)) args <- c(list(object), args)
  do.call(make, args, quote = TRUE)
}

#' @rdname create_layer
#' @export
create_layer_wrapper <- function(layer_class, modifiers = NULL, convert = TRUE) {
  check_present("layer_class")
  layer_constructor(as_class(layer_class))
}

as_class <- function(x, call = caller_env()) {
  if (inherits(x, "R6ClassGenerator")) return(r6_class(x))
  attr(x, "class_of_layers", exact = TRUE) %||%
    stop_argument("layer_class", "a class that inherits from KerasLayer, or one made by Layer()", x,
      call = call)
}

r6_class <- function(generator) {
  force(generator)
  list(classname = generator$classname, initialize = r6_initialize(generator) %||% function() NULL,
    new = function(...) {
      mask_methods(generator)
      # Fields that build() makes need not be declared, as in R keras.
      locked <- generator$lock_objects
      on.exit(generator$lock_objects <- locked)
      generator$lock_objects <- FALSE
      generator$new(...)
    })
}

r6_initialize <- function(generator) {
  while (!is.null(generator)) {
    if (!is.null(generator$public_methods$initialize)) return(generator$public_methods$initialize)
    generator <- generator$get_inherit()
  }
}

# Methods see what differentiation puts in the place of functions of base R: around the place where
# their class was defined.
mask_methods <- function(generator) {
  while (!is.null(generator) && generator$classname != "KerasLayer") {
    around <- generator$parent_env
    if (is.null(attr(around, "masks"))) {
      generator$parent_env <- new_masks(masks_for(around), around)
    }
    generator <- generator$get_inherit()
  }
}

#' @rdname create_layer
#' @name KerasLayer
#' @aliases KerasLayer
#' @export KerasLayer
NULL

keras_layer_class <- function() {
  if (is.null(the$keras_layer)) assign("keras_layer", new_keras_layer_class(), envir = the)
  the$keras_layer
}

new_keras_layer_class <- function(installed = requireNamespace("R6", quietly = TRUE)) {
  if (!installed) return(list(new = stop_no_r6))
  R6::R6Class("KerasLayer", public = c(instance_fields(), base_methods(NULL)), lock_objects = FALSE,
    parent_env = topenv())
}
