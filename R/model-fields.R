# What `model$name` reads and sets.

#' @export
`$.kestrel_model` <- function(x, name) {
  state <- model_state(check_intact(x))
  switch(name,
    layers = shown_layers(x),
    weights = , variables = named_weights(leaf_layers(x)),
    trainable_weights = , trainable_variables = named_weights(leaf_layers(x), TRUE),
    non_trainable_weights = , non_trainable_variables = named_weights(leaf_layers(x), FALSE),
    losses = c(layer_losses(leaf_layers(x)), charged_tensors(x)),
    optimizer = state$compiled$optimizer,
    loss = model_loss(x),
    metrics = lapply(state$compiled$metrics, `[[`, "metric"),
    metrics_names = c("loss", state$compiled$loss_labels, state$compiled$metric_labels),
    trainable = any(vapply(leaf_layers(x), layer_trainable, NA)),
    input_shape = keras_shape(state$input),
    output_shape = keras_shape(one_or_list(model_outputs(x))),
    input = one_or_list(model_tensors(x)$inputs),
    inputs = model_tensors(x)$inputs,
    output = one_or_list(model_tensors(x)$outputs),
    outputs = model_tensors(x)$outputs,
    input_names = input_names(x),
    output_names = output_names(x),
    dtype = state$precision,
    other_field(x, name)
  )
}

# As it was given to compile(): one, or a list by output.
model_loss <- function(model) {
  compiled <- model_state(model)$compiled
  if (length(compiled$losses) < 2) return(compiled$losses[[1]])
  stats::setNames(compiled$losses, output_names(model)[compiled$trained])
}

# A function of Keras' class, a value of the state that may not be there yet, or a mistake.
other_field <- function(model, name) {
  if (name %in% names(model_methods)) return(bind_method(model_methods[[name]], model))
  own <- class_field(model, name)
  if (!is.null(own)) return(own[[1]])
  if (name %in% c(names(model), model_state_names)) {
    return(get0(name, envir = model_state(model), inherits = FALSE))
  }
  if (name %in% names(other_ways)) stop_other_way(name)
  stop_unknown_field("model", name,
    c(names(model), names(model_methods), if (is_of_class(model)) ls(class_self(model))),
    "model")
}

# Methods of Keras' models that write files or text.
other_ways <- c(
  save = "saveRDS(model, file) stores a model with all that belongs to it, and readRDS(file) reads it.",
  save_weights = "saveRDS(get_weights(model), file) stores the weights.",
  load_weights = "set_weights(model, readRDS(file)) takes weights that saveRDS(get_weights(model), file) stored.",
  export = "saveRDS(model, file) stores a model; predict() needs nothing but this package.",
  to_json = "get_config(model) is a list of all settings, from_config() makes a model of it.",
  to_yaml = "get_config(model) is a list of all settings, from_config() makes a model of it."
)

stop_other_way <- function(name) {
  stop_kestrel("argument", sprintf("The model has no field \"%s\".", name),
    hint = other_ways[[name]],
    argument = name, call = call("$", as.name("model"), as.name(name)))
}

model_state_names <- c("history", "classes", "features", "built", "stop_training", "precision",
  "compiled", "optimizer_state", "last_fit")

# Functions of R with the model as their first argument, under the names they have in Keras.
model_methods <- list(
  count_params = function(...) count_params(...), get_weights = function(...) get_weights(...),
  set_weights = function(...) set_weights(...), get_layer = function(...) python_layer(...),
  get_config = function(...) get_config(...), pop = function(...) pop_layer(...),
  pop_layer = function(...) pop_layer(...),
  add_loss = function(...) add_model_loss(...),
  add_metric = function(...) add_model_metric(...),
  add = function(object, layer) add_layer(object, check_one_layer(layer)),
  build = function(...) build_by_shapes(...),
  call = function(...) call_model(...),
  compute_output_shape = function(...) model_shape_for(...),
  summary = function(...) summary(...), compile = function(...) compile(...),
  fit = function(...) fit(...), evaluate = function(...) evaluate(...),
  predict = function(...) predict(...),
  train_on_batch = function(...) train_on_batch(...),
  test_on_batch = function(...) test_on_batch(...),
  predict_on_batch = function(...) predict_on_batch(...),
  reset_states = function(...) reset_states(...),
  # Each evaluation and epoch begins anew.
  reset_metrics = function(object) invisible(object)
)

# input_shape: dims with those of the samples, or a list of several.
build_by_shapes <- function(object, input_shape, call = caller_env()) {
  check_present("input_shape")
  check_layers_present(object, call)
  dims <- shapes_of(input_shape, call)
  state <- model_state(object)
  if (!state$built) build_model(object, one_or_list(dims), call)
  check_input_dims(one_or_list(dims), state$input, "the model", call, arg = "input_shape")
  invisible(object)
}

shapes_of <- function(input_shape, call) {
  several <- is.list(input_shape) && any(lengths(input_shape) > 1)
  unname(lapply(if (several) input_shape else list(input_shape), function(shape) {
    check_shape(sample_part(shape), arg = "input_shape", call = call)
  }))
}

# The model itself is not built.
model_shape_for <- function(object, input_shape, call = caller_env()) {
  model <- if (model_state(object)$built) object else with_seed_kept(clone_model(object))
  with_seed_kept(build_by_shapes(model, input_shape, call))
  model$output_shape
}

# As in Python, numbers count from 0.
python_layer <- function(object, name = NULL, index = NULL) {
  if (is_number(index) && index >= 0) index <- index + 1
  get_layer(object, name, index)
}

bind_method <- function(method, object) {
  force(object)
  function(...) method(object, ...)
}

check_one_layer <- function(layer, call = caller_env()) {
  if (!missing(layer) && is_part(layer)) return(layer)
  stop_argument("layer", "a layer", if (!missing(layer)) layer, call = call)
}

# `model$nonsense`, `optimizer$foo`; `variable` stands for the user's in the call that the
# message shows.
stop_unknown_field <- function(what, name, known, variable) {
  near <- nearest(name, known)
  stop_kestrel("argument", sprintf("The %s has no field \"%s\".", what, name),
    hint = if (length(near)) {
      sprintf("Did you mean `%s$%s`?", variable, near)
    } else if (length(known) <= 10) {
      paste("There are:", quote_names(known))
    },
    argument = name, expected = known, call = call("$", as.name(variable), as.name(name)))
}

#' @export
`[[.kestrel_model` <- function(x, i, ...) {
  check_dots(list(...), "i")
  `$.kestrel_model`(x, field_name(x, i))
}

# A number is the place among the names, as in a list.
field_name <- function(x, i, call = caller_env()) {
  if (is_string(i)) return(i)
  n <- length(names(x))
  hint <- if (is_model(x)) "Its layers are in `model$layers`, or found by get_layer()."
  if (!is_number(i) || !i %in% seq_len(n)) {
    stop_argument("i", sprintf("the name of a field, or its number (1 to %d)", n), i,
      hint = hint, call = call)
  }
  names(x)[i]
}

#' @export
`$<-.kestrel_model` <- function(x, name, value) {
  state <- model_state(check_intact(x))
  switch(name,
    stop_training = state$stop_training <- check_flag(value, arg = "stop_training"),
    name = {
      state$name <- check_name(value, null = FALSE, arg = "name")
      forget_names()
    },
    trainable = set_trainable(leaf_layers(x), check_flag(value, arg = "trainable")),
    weights = set_weights(x, value),
    optimizer = set_optimizer(x, value),
    layers = set_layers(x, value),
    set_class_field(x, name, value)
  )
  state$plan <- NULL
  x
}

#' @export
`[[<-.kestrel_model` <- function(x, i, value) `$<-.kestrel_model`(x, field_name(x, i), value)

# What a message shows for `object$name <- value`, in which R's own call is full of data.
assignment_call <- function(variable, name) call("$", as.name(variable), as.name(name))

# `model$optimizer$learning_rate <- 0.1` assigns the (same) optimizer back.
set_optimizer <- function(model, optimizer) {
  compiled <- model_state(model)$compiled
  if (identical(compiled$optimizer, optimizer)) return(invisible(model))
  stop_kestrel("argument", "The optimizer of a model is set by compile().",
    argument = "optimizer", call = assignment_call("model", "optimizer"))
}

# `model$layers[[1]]$trainable <- FALSE` changes the layer and assigns the same layers back.
set_layers <- function(model, layers) {
  own <- shown_layers(model)
  if (is.list(layers) && identical(lapply(layers, environment), lapply(own, environment))) {
    return(invisible(model))
  }
  stop_kestrel("argument", "The layers of a model cannot be replaced.",
    hint = "Add them by layer_*(), remove the last by pop_layer().", argument = "layers",
    call = assignment_call("model", "layers"))
}

#' @export
names.kestrel_model <- function(x) {
  c("name", "layers", "weights", "trainable_weights", "non_trainable_weights", "optimizer",
    "loss", "metrics", "metrics_names", "input_shape", "output_shape",
    "input", "inputs", "output", "outputs", "input_names", "output_names", "dtype", "trainable",
    "stop_training", "built", "history")
}
