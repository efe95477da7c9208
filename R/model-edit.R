# Looking up, removing and copying.

#' Layers of a model
#'
#' `get_layer()` finds a layer by name or by number. `pop_layer()` takes the last one off.
#' A compiled model stays compiled, as in Keras: loss and metrics are then those of the layer
#' before, and the optimizer starts afresh.
#'
#' @param object a model.
#' @param name the layer's name.
#' @param index the layer's number, from 1; negative numbers count from the end. `model$get_layer()`
#'   counts from 0, as Python does.
#' @param rebuild accepted for keras3; nothing has to be rebuilt.
#' @return `get_layer()` the layer; `pop_layer()` the removed layer, invisibly.
#' @section Errors: `kestrel_error_argument` for what is no model, when not exactly one of
#'   `name` and `index` is given, and for a layer that does not exist; `kestrel_error_state`
#'   when there is no layer to take off, or the model is being fitted.
#' @source Keras: `Model.get_layer()`, `Sequential.pop()`.
#' @family models
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_dense(3, input_shape = 2) %>%
#'   layer_dense(1)
#' get_layer(model, "dense_1")
#' get_layer(model, index = -1)
#' @export
get_layer <- function(object, name = NULL, index = NULL) {
  check_model(object)
  if (is.null(name) == is.null(index)) {
    stop_kestrel("argument", "Give either the `name` or the `index` of a layer.", argument = "name")
  }
  layers <- shown_layers(object)
  arg <- if (is.null(index)) "name" else "index"
  layers[[layer_index(layers, name %||% index, arg, environment())]]
}

#' @rdname get_layer
#' @export
pop_layer <- function(object, rebuild = TRUE) {
  check_model(object)
  check_layers_present(object)
  check_stack(object, environment())
  check_not_fitting(object)
  state <- model_state(object)
  n <- length(state$layers)
  last <- state$layers[[n]]
  state$layers <- state$layers[-n]
  model_changed(object)
  state$built <- state$built && n > 1
  settle_again(object)
  invisible(last)
}

#' Copy a model
#'
#' The copy has the same layers and names, and new random weights, as in Keras; give it the
#' original's with [set_weights()]. Other than in Keras a compiled model gives a compiled copy,
#' with an optimizer of its own whose state starts afresh.
#'
#' @param model a model.
#' @param ... not used.
#' @return a new model.
#' @section Errors: `kestrel_error_argument` for what is no model.
#' @source Keras: `keras.models.clone_model`.
#' @family models
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' copy <- clone_model(model)
#' set_weights(copy, get_weights(model))
#' @export
clone_model <- function(model, ...) {
  check_model(model)
  check_dots(list(...), "model")
  from <- model_state(model)
  copy <- if (is.null(from$graph)) clone_stack(from) else clone_graph(from)
  state <- model_state(copy)
  if (!is.null(from$compiled)) {
    state$compiled <- from$compiled
    state$compiled$optimizer <- clone_optimizer(from$compiled$optimizer)
  }
  if (is_of_class(model)) mark_of_class(copy)
  state$compile_later <- from$compile_later
  state$classes <- from$classes
  state$features <- from$features
  copy
}

clone_stack <- function(from, parts = lapply(from$layers, fresh_part)) {
  copy <- new_model(from$name, list(input = from$input, precision = from$precision,
    automatic = from$automatic, strings = from$strings))
  for (part in parts) add_layer(copy, part)
  copy
}

fresh_part <- function(part) {
  if (is_model(part)) return(clone_model(part))
  if (!is_input(part)) return(fresh_layer(part))
  state <- layer_state(part)
  new_input(open_dims(state), state$name, state$dtype)$call$part
}

clone_graph <- function(from, parts = lapply(from$layers, fresh_part), graph = from$graph) {
  fields <- mget(c("input_keys", "output_keys", "name", "precision", "automatic"), envir = from)
  graph_again(c(fields, list(graph = graph)), parts)
}

# The calls are made again on other parts.
graph_again <- function(fields, parts) {
  ends <- replay_graph(fields$graph, parts)
  model <- keras_model(stats::setNames(ends$inputs, fields$input_keys),
    stats::setNames(ends$outputs, fields$output_keys), name = fields$name)
  list2env(fields[c("precision", "automatic")], envir = model_state(model))
  for (tensor in ends$charged) charge_tensor(model, tensor, caller_env())
  model
}

# Tensors at the ends of the graph, made of these parts.
replay_graph <- function(graph, parts) {
  made <- vector("list", length(graph$calls))
  for (i in seq_along(made)) {
    call <- graph$calls[[i]]
    part <- parts[[call$part]]
    inputs <- Map(function(c, o) made[[c]][[o]], call$call, call$output)
    made[[i]] <- if (is_input(part)) {
      list(layer_tensor(part, "output"))
    } else {
      tensor_list(call_again(part, inputs, call))
    }
  }
  charges <- Filter(function(call) {
    part <- parts[[call$part]]
    is_layer(part) && layer_state(part)$type == "add_loss"
  }, graph$calls)
  list(inputs = lapply(graph$inputs, function(i) made[[i]][[1]]),
    charged = lapply(charges, function(call) made[[call$call]][[call$output]]),
    outputs = Map(function(c, o) made[[c]][[o]], graph$outputs$call, graph$outputs$output))
}

# The same layer, not built.
fresh_layer <- function(layer) {
  state <- layer_state(layer)
  options <- list(input_shape = state$input_shape, dtype = state$dtype, name = state$name,
    trainable = state$trainable, initial = NULL, automatic = state$automatic, title = state$title)
  new_layer(state$type, with_fresh_parts(state$config, state$type), options)
}

# Layers and models that initialize() of a custom layer was given are copied, too.
with_fresh_parts <- function(config, type) {
  if (type == "custom") {
    config$args <- lapply(config$args, function(arg) if (is_part(arg)) fresh_part(arg) else arg)
  }
  config
}

clone_optimizer <- function(optimizer) {
  copy <- list2env(as.list.environment(optimizer, all.names = TRUE), parent = emptyenv())
  class(copy) <- class(optimizer)
  copy
}

#' The settings of a model or a layer
#'
#' `get_config()` gives a list from which `from_config()` makes an equal object with new
#' weights. It holds plain R values and objects of this package.
#'
#' @param object a model, a layer or an object made by `optimizer_*()`, `loss_*()` and the
#'   like.
#' @param config what `get_config()` returned.
#' @param custom_objects accepted for R keras.
#' @return `get_config()` a list; `from_config()` an object of the kind that it came from.
#' @section Errors: `kestrel_error_argument` for anything else, and for values in a config that the
#'   constructor would refuse.
#' @source Keras: `get_config()`, `from_config()`.
#' @family models
#' @examples
#' config <- get_config(layer_dense(units = 3, activation = "relu"))
#' str(config$units)
#' from_config(config)
#' @export
get_config <- function(object) {
  if (missing(object)) stop_missing("object")
  if (is_model(object) || is_layer(object)) check_intact(object)
  if (is_model(object)) return(model_config(object))
  if (is_layer(object)) return(layer_full_config(object))
  if (is_setting(object)) return(setting_config(object))
  stop_argument("object", "a model, a layer or another object of this package", object)
}

model_config <- function(model) {
  state <- model_state(model)
  layers <- lapply(state$layers, function(part) {
    config <- if (is_model(part)) model_config(part) else layer_full_config(part)
    list(class_name = part_class(part), config = config)
  })
  config <- list(name = state$name, trainable = TRUE, dtype = state$precision, layers = layers,
    build_input_shape = state$input, strings = state$strings, of_class = state$of_class)
  if (!is.null(state$graph)) {
    config <- c(config, list(graph = state$graph, input_keys = state$input_keys,
      output_keys = state$output_keys))
  }
  structure(config, origin = "model")
}

layer_full_config <- function(layer) {
  state <- layer_state(layer)
  config <- list(name = layer$name, trainable = state$trainable, dtype = state$dtype,
    input_shape = if (is.null(state$input)) state$input_shape else open_dims(state))
  if (state$type == "custom") return(custom_config(layer, config))
  structure(c(config, state$config), origin = state$type)
}

#' @rdname get_config
#' @export
from_config <- function(config, custom_objects = NULL) {
  if (missing(config)) stop_missing("config")
  origin <- attr(config, "origin", exact = TRUE)
  if (!is.list(config) || !is.character(origin) || !length(origin) %in% 1:2) {
    stop_argument("config", "what get_config() returned", config)
  }
  if (length(origin) == 2) return(setting_from_config(config, origin))
  call <- environment()
  with_seed_kept(tryCatch(part_from_config(config), error = function(e) stop_config(e, call)))
}

# Whatever else is wrong with a config than a value that a constructor refuses.
stop_config <- function(e, call) {
  if (inherits(e, "kestrel_error")) rlang::cnd_signal(e)
  stop_kestrel("argument", "`config` is not what get_config() returned.", argument = "config",
    call = call, parent = e)
}

layer_from_config <- function(config) {
  type <- attr(config, "origin", exact = TRUE)
  general <- c("name", "trainable", "dtype", "input_shape")
  custom <- !is.null(attr(config, "class_of_layers", exact = TRUE))
  if (type == "custom" && custom) return(custom_from_config(config, general))
  own <- config[setdiff(names(config), general)]
  attributes(own) <- list(names = names(own))
  make <- layer_maker(type)
  if (is.null(make) || type == "custom") {
    stop_argument("config", "that of a kind of layer that there is", type)
  }
  do.call(make, constructor_arguments(make, own, config[general]))
}

# Name of the constructor of layers of a type, or NULL: it checks every value again.
layer_maker <- function(type) {
  irregular <- c(re_lu = "activation_relu", leaky_re_lu = "activation_leaky_relu",
    elu = "activation_elu", softmax = "activation_softmax",
    thresholded_re_lu = "activation_thresholded_relu", p_re_lu = "activation_parametric_relu",
    up_sampling1d = "upsampling_1d")
  suffix <- if (type %in% names(irregular)) irregular[[type]] else sub("1d$", "_1d", type)
  name <- paste0("layer_", suffix)
  if (exists(name, topenv(), mode = "function", inherits = FALSE)) name
}

# Without what such layers always have, and what was not given.
constructor_arguments <- function(make, own, general) {
  taken <- union(names(formals(get(make, topenv()))), layer_option_names)
  c(own[names(own) %in% taken], Filter(Negate(is.null), general))
}

model_from_config <- function(config) {
  check_name(config$name, arg = "name")
  check_dtype_given(config$dtype, arg = "dtype")
  check_shape(config$build_input_shape, null = TRUE, arg = "build_input_shape")
  parts <- lapply(seq_along(config$layers), function(i) {
    part <- config$layers[[i]]
    part_from_config(if (is.list(part)) part$config, sprintf("config$layers[[%d]]", i))
  })
  if (!is.null(config$graph)) {
    fields <- c(config[c("graph", "input_keys", "output_keys", "name")],
      list(precision = config$dtype, automatic = FALSE))
    model <- graph_again(fields, parts)
  } else {
    model <- new_model(config$name, list(input = config$build_input_shape, precision = config$dtype,
      strings = if (isTRUE(config$strings)) TRUE))
    for (part in parts) add_layer(model, part)
  }
  if (isTRUE(config$of_class)) mark_of_class(model)
  model
}

part_from_config <- function(config, arg = "config") {
  type <- attr(config, "origin", exact = TRUE)
  if (!is.list(config) || !is_string(type)) stop_argument(arg, "what get_config() returned", config)
  if (type == "input") return(new_input(config$input_shape, config$name, config$dtype)$call$part)
  if (type == "model") model_from_config(config) else layer_from_config(config)
}
