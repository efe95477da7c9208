#' Layers of one's own
#'
#' `Layer()` defines a class of layers by R functions and returns what makes such layers, a function
#' of a model or tensor and of the arguments of `initialize`, to be used like [layer_dense()].
#'
#' The functions of a class, any of which may be missing:
#'
#' * `initialize(...)` keeps the arguments in `self`
#' * `build(input_shape)` makes the weights: `self$kernel <- self$add_weight(shape =, initializer =,
#'   trainable = TRUE, regularizer =, constraint =, name =)`. `input_shape` is `c(NA, dims)`, `NA`
#'   for the samples; of several inputs a list of these
#' * `call(inputs)` computes the output from an array, samples first, or a list of arrays, and from
#'   the weights in `self`; where it has arguments `training` or `mask`, it is told whether it is
#'   training, and which steps count, see below
#' * `compute_output_shape(input_shape)`, which may be left out, tells `c(NA, dims)` of the output
#' * `get_config()`, which may be left out, returns a list of the arguments of `initialize`
#'
#' They see `self`, `super` (`super$initialize()` and the like of the
#' class that is inherited from) and `private`. `self$add_loss(value)` in `call` adds a number to
#' the loss. A weight with `trainable = FALSE` can be changed in `call` by `self$w$assign(value)`,
#' which stays after any pass, that of [predict()][predict.kestrel_model] included.
#'
#' `call` may have more arguments, given where the layer is called: `layer(logits, targets)`, where
#' both may be tensors, `layer(x, scale = 2)`. `build` then gets the shape of the first of them, or
#' of as many as it has arguments. Called on arrays, a layer gives what `call` returns.
#'
#' Layers and models that stand in `self`, or in lists there, custom ones too, can be called in
#' `call`, as `self$dense(inputs)`; their weights become the layer's. A vector, such as `inputs[,
#' 1]`, is a number for each sample; an embedding makes a row of each. A
#' [layer_batch_normalization()] moves its statistics in training, and activity regularizers charge
#' as `self$add_loss()` does. Layers without weights may also be made in `call`: `inputs %>%
#' layer_flatten()`.
#'
#' Methods may read symbolic tensors that they find around them when the layer is called on a
#' tensor: these are further inputs, and stand for their arrays while the layer is computed.
#'
#' `call` may return a list of arrays: the layer has several outputs then, and gives a list of
#' tensors.
#'
#' Behind [layer_masking()] and `layer_embedding(mask_zero = TRUE)` the argument `mask` of `call` is
#' an array of samples x steps, `TRUE` where the step counts; of several inputs a list of these. It
#' is `NULL` where the input has no mask and where the layer is called on arrays. Layers called in
#' `call` hand masks on to each other, and use them, as those of a model do,
#' [layer_batch_normalization()] excepted. The output has the mask of the first input where
#' `self$supports_masking` is `TRUE`, or that which `compute_mask(inputs, mask)` returns, a method
#' that may be left out.
#'
#' The gradient is exact, see [autodiff]. What `call` does runs in R for each batch, so that a layer
#' of this package is faster where there is one. [saveRDS()] stores the class with the model.
#'
#' `new_layer_class()` is the name in R keras 2.x.
#'
#' @param classname name of the class, from which layers get theirs.
#' @param initialize,build,call,get_config functions, see the details.
#' @param ...,public more methods and fields of `self`.
#' @param private a list of what stands in `private`.
#' @param inherit a class made by `Layer()` to start from.
#' @param parent_env accepted from R keras scripts, without effect.
#' @return a function of `object`, of the arguments of `initialize`, and of `name` and the other
#'   arguments that every layer has; see [layer_dense()].
#' @section Errors: `kestrel_error_argument` for what is no name or function; `kestrel_error_layer`
#'   where a method fails (the error is the condition's `parent`), returns anything but numbers of
#'   the output's shape, or where `call` makes new weights each time.
#' @source Keras: `keras.layers.Layer`; R packages 'keras' and 'keras3'.
#' @family layers
#' @examples
#' layer_scaled <- Layer("Scaled",
#'   initialize = function(units) {
#'     super$initialize()
#'     self$units <- units
#'   },
#'   build = function(input_shape) {
#'     self$kernel <- self$add_weight(shape = c(input_shape[2], self$units), name = "kernel")
#'     self$scale <- self$add_weight(shape = 1, initializer = "ones", name = "scale")
#'   },
#'   call = function(inputs) c(self$scale) * inputs %*% self$kernel
#' )
#' model <- keras_model_sequential(input_shape = 3) %>% layer_scaled(2)
#' model
#' @export
Layer <- function(classname, initialize = NULL, call = NULL, build = NULL, get_config = NULL, ...,
                  public = list(), private = list(), inherit = NULL, parent_env = NULL) {
  methods <- list(initialize = initialize, call = call, build = build, get_config = get_config)
  layer_constructor(new_layer_record(classname, methods, c(list(...), public), private, inherit))
}

#' @rdname Layer
#' @export
new_layer_class <- function(classname, ..., initialize = NULL, build = NULL, call = NULL,
                            get_config = NULL) {
  methods <- list(initialize = initialize, call = call, build = build, get_config = get_config)
  layer_constructor(new_layer_record(classname, methods, list(...), list(), NULL))
}

# list(classname, members, private, inherit, initialize, new): new() makes an instance.
new_layer_record <- function(classname, methods, more, private, inherit, call = caller_env()) {
  classname <- check_name(classname, null = FALSE, call = call)
  for (name in names(Filter(Negate(is.null), methods))) {
    if (!is.function(methods[[name]])) stop_argument(name, "a function", methods[[name]],
      call = call)
  }
  if (length(more) && !all(nzchar(names2(more)))) {
    stop_argument("...", "named methods and fields", more, call = call)
  }
  members <- initialize_by_name(c(Filter(Negate(is.null), methods), more))
  class <- list(classname = classname, members = members,
    private = private, inherit = attr(inherit, "class_of_layers", exact = TRUE))
  class$initialize <- class$members$initialize %||% class$inherit$initialize %||% function() NULL
  class$new <- function(...) new_layer_object(class, list(...))
  class
}

new_layer_object <- function(class, args) {
  self <- list2env(instance_fields(), parent = emptyenv())
  bind_layer_class(class, self)
  do.call(self$initialize, args, quote = TRUE)
  self
}

# Puts the members of a class and of those that it inherits from into self; returns its methods.
bind_layer_class <- function(class, self) {
  super <- if (is.null(class$inherit)) base_methods(self) else bind_layer_class(class$inherit, self)
  if (is.null(class$inherit)) list2env(super, self)
  around <- list(self = self, super = super, private = list2env(class$private, parent = emptyenv()))
  members <- lapply(class$members,
    function(m) if (is.function(m)) bind_layer_method(m, around) else m)
  put_members(members, self)
  utils::modifyList(super, Filter(function(m) is.function(m) && !is_active(m), members))
}

# A method that names self as its first argument finds it like the others.
bind_layer_method <- function(fn, around) {
  if (is.primitive(fn) || is.object(fn)) return(fn)
  if (identical(names(formals(fn))[1], "self")) formals(fn) <- formals(fn)[-1]
  environment(fn) <- list2env(around, parent = environment(fn))
  masked(fn)
}

# object, the arguments of initialize(), name and ...
layer_constructor <- function(class) {
  own <- formals(class$initialize)
  own <- own[setdiff(names(own), c("self", "object", "name", "...", general_options))]
  make <- function() custom_layer(class, environment(), names(own))
  formals(make) <- c(alist(object = ), own, alist(name = NULL, ... = ))
  structure(make, class_of_layers = class, class = "kestrel_class")
}

# What Layer(), Model(), Metric(), Loss() and their like return prints itself in a line.
#' @export
print.kestrel_class <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

#' @export
format.kestrel_class <- function(x, ...) {
  class <- attr(x, "class_of_layers", exact = TRUE)
  sprintf("<class %s(%s)>", class$classname, toString(names(initialize_formals(class))))
}

#' @export
str.kestrel_class <- function(object, ...) cat(" ", format(object), "\n", sep = "")

# Those that go to the layer even where initialize() takes them, too.
general_options <- c("trainable", "dtype", "weights", "activity_regularizer")

# given: the frame of the constructor, own: the arguments of it that go to initialize().
custom_layer <- function(class, given, own) {
  is_missing <- function(arg) eval(call("missing", as.name(arg)), given)
  dots <- eval(quote(list(...)), given)
  takes <- names(formals(class$initialize))
  general <- names2(dots) %in% layer_option_names
  known <- c("object", own, "name")
  options <- layer_options(dots[general], dots$input_shape, given$name, known, given)
  if (!"..." %in% takes) check_dots(dots[!general], c(known, layer_option_names), given)
  args <- c(mget(as.character(Filter(Negate(is_missing), own)), given), dots[!general],
    dots[intersect(names2(dots)[general], takes)])
  if ("name" %in% takes) args$name <- given$name
  config <- list(class = class, args = args)
  options$title <- snake_case(class$classname)
  if (is_missing("object")) return(compose_layer(, "custom", config, options, given))
  compose_layer(given$object, "custom", config, options, given)
}

# What get_config() of the class says of the arguments of initialize(), else these as they were
# given.
custom_config <- function(layer, general) {
  config <- layer_config(layer)
  own <- layer_instance(layer)$get_config()
  if (!length(own)) own <- config$args
  if (!is.null(config$activity_regularizer)) own$activity_regularizer <- config$activity_regularizer
  structure(c(general, own[setdiff(names(own), names(general))]), origin = "custom",
    class_of_layers = config$class)
}

custom_from_config <- function(config, general) {
  make <- layer_constructor(attr(config, "class_of_layers", exact = TRUE))
  takes <- names(formals(attr(config, "class_of_layers", exact = TRUE)$initialize))
  attributes(config) <- list(names = names(config))
  own <- config[setdiff(names(config), general)]
  if (!"..." %in% takes) own <- own[names(own) %in% c(takes, "activity_regularizer")]
  do.call(make, c(own, Filter(Negate(is.null), config[general])))
}

# A field of the user's; weights as they are in the model.
custom_field <- function(layer, name) {
  value <- layer_instance(layer)[[name]]
  if (is_part(value)) return(value)
  if (!inherits(value, "kestrel_variable")) return(value)
  name <- variable_cell(value)$name
  if (is.null(layer_state(layer)$weights[[name]])) plain(value) else layer_weight(layer, name)
}

# "SimpleDense" is simple_dense.
snake_case <- function(name) {
  small_letters(gsub("([a-z0-9])([A-Z])", "\\1_\\2", gsub("(.)([A-Z][a-z]+)", "\\1_\\2", name)))
}
