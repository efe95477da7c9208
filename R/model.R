# Models: an S3-classed function whose enclosing environment is its state, so that a model
# changes in place, can be called, and is made of plain R vectors.
#
# name, layers      layers, and models that are called like layers
# graph             how they are connected (see graph.R), NULL: each with the one before it
# input             dims of a sample, NULL while unknown, a list of the dims of several inputs
# input_keys,       names that the user gave to inputs and outputs
#   output_keys
# strings           of a stack: TRUE where it was said, or seen, that its input is strings
# built, automatic  whether there are weights; whether the name was made here
# nests, part       whether models are among the layers, or the model is part of another
# precision         "float64" or "float32"; own_precision: whether the user chose it
# compiled          NULL, or what compile() was given (see compile.R)
# optimizer_state   NULL, or list(moments, scalars, iterations)
# classes           levels of a factor y; features: column names of x, both of the first fit
# own_metrics       what add_metric() was given, as compile() keeps metrics
# stop_training     set by callbacks; dirty: weights were set
# last_fit          what a later diagnosis needs of the last fit()
# layout            cached: where the weights are (layout_of()); dropped when layers change
# plan, planned     cached: network spec, dropped when something changes, and the flags
#                   `trainable` that it was made for
# training          cached: training_parts()

#' A stack of layers
#'
#' `keras_model_sequential()` makes an empty model; layers are piped into it. The model is
#' built, that is its weights exist, as soon as the shape of its input is known: from
#' `input_shape` here or in the first layer, else from the first data.
#'
#' A model is changed in place by `layer_*()`, [compile()][compile.kestrel_model],
#' [fit()][fit.kestrel_model], [set_weights()] and the like, and `m2 <- model` is the same
#' model under a second name; [clone_model()] makes another. It holds plain R vectors, so
#' [saveRDS()], [save.image()] and parallel workers can take it anywhere. `model(x)` computes
#' its output for data, with `training = TRUE` as in training.
#'
#' The initial weights are drawn from R's random numbers: `set.seed()` decides them.
#'
#' @param layers a list of layers to start with.
#' @param name the model's name; `"sequential"` by default.
#' @param ... `input_shape` and old spellings: `input_dim`, `batch_input_shape`,
#'   `input_batch_shape`, `batch_size`, `dtype`, `trainable`.
#' @param input_shape dims of one sample, the number of samples left out: 4 for a matrix of
#'   four columns.
#' @return the model, of class `kestrel_model`.
#' @section Errors: `kestrel_error_argument` for layers that are none, a shape or a name that
#'   cannot be meant, and unknown arguments; `kestrel_error_shape` when a layer does not fit
#'   the one before it; `kestrel_error_memory` when the weights do not fit into memory.
#' @source Keras: `keras.Sequential`; R packages 'keras' and 'keras3'.
#' @family models
#' @examples
#' model <- keras_model_sequential(input_shape = 4) %>%
#'   layer_dense(8, activation = "relu") %>%
#'   layer_dense(1)
#' model
#' @export
keras_model_sequential <- function(layers = NULL, name = NULL, ..., input_shape = NULL) {
  if (is.numeric(layers)) {
    input_shape <- check_input_of(layers)
    layers <- NULL
  }
  options <- model_options(list(...), input_shape, environment())
  options$automatic <- is.null(name)
  model <- new_model(check_name(name) %||% "sequential", options)
  for (layer in check_layers(layers)) add_layer(model, layer)
  model
}

# keras_model_sequential(4): the first argument may also be an input shape.
check_input_of <- function(layers, call = caller_env()) {
  tryCatch(check_shape(layers, arg = "layers"), kestrel_error = function(e) {
    stop_argument("layers", "a list of layers, or the dims of a sample", layers, call = call)
  })
}

model_options <- function(dots, input_shape, call) {
  batch <- dots$batch_input_shape %||% dots$input_batch_shape %||% dots$batch_shape
  given <- input_shape %||% dots$input_dim %||% batch[-1]
  old <- c("input_dim", "batch_input_shape", "input_batch_shape", "batch_shape", "batch_size",
    "input_batch_size", "dtype", "input_dtype", "trainable", "input_name", "input_layer_name")
  check_dots(dots[setdiff(names2(dots), old)], c("layers", "name", "input_shape", old), call = call)
  type <- dots$dtype %||% dots$input_dtype
  strings <- identical(type, "string")
  list(
    input = known_shape(check_shape(given, null = TRUE, arg = "input_shape", call = call,
      open = TRUE)),
    precision = (if (!strings) check_dtype(type, call = call)) %||% floatx(),
    own_precision = !is.null(type) && !strings, strings = if (strings) TRUE
  )
}

check_layers <- function(layers, call = caller_env()) {
  if (is.null(layers)) return(list())
  if (is_layer(layers)) return(list(layers))
  if (!is.list(layers) || is.object(layers)) {
    stop_argument("layers", "a list of layers", layers, call = call)
  }
  for (i in seq_along(layers)) {
    if (!is_part(layers[[i]])) {
      stop_argument(sprintf("layers[[%d]]", i), "a layer", layers[[i]], where = i, call = call)
    }
  }
  layers
}

# What a model can be made of.
is_part <- function(x) is_layer(x) || is_model(x)

new_model <- function(name, options, class = "kestrel_model_sequential") {
  self <- function(x, training = NULL, ...) call_model(sys.function(), x, training, ...)
  environment(self) <- list2env(
    c(list(name = name, layers = list(), built = FALSE, stop_training = FALSE, dirty = FALSE),
      options),
    parent = topenv()
  )
  structure(self, class = c(class, "kestrel_model"))
}

model_state <- function(model) environment(model)

is_model <- function(x) inherits(x, "kestrel_model")

check_model <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (is_model(x)) return(check_intact(x, call))
  stop_argument(arg, "a model", x, hint = "Start with keras_model_sequential().", call = call)
}

# Adds a layer to a stack of layers, or a model that is called like one.
add_layer <- function(model, layer, call = caller_env()) {
  state <- model_state(model)
  check_stack(model, call)
  check_not_fitting(model, call)
  check_intact(layer, call)
  check_new_layer(model, layer, call)
  input <- state$input %||% if (!length(state$layers)) given_input(layer)
  check_disagreement(model, layer, input, call)
  check_stack_kind(model, layer, call)
  precision <- joint_precision(model, layer, call)
  naming <- taken_names(state)
  join_layer(model, layer, output_dims(model) %||% input, call)
  append_to(state, "layers", layer)
  add_name(naming, environment(layer)$name)
  model_changed(model)
  state$precision <- precision
  state$input <- input
  state$built <- !is.null(input)
  state$nests <- isTRUE(state$nests) || is_model(layer)
  settle_again(model)
}

# At the end of a list, or of a vector, in an environment. R copies what the environment holds at
# the same time, which would make n additions a matter of n^2.
append_to <- function(env, field, value) {
  suspendInterrupts({
    x <- env[[field]]
    assign(field, NULL, envir = env)
    x[[length(x) + 1L]] <- value
    assign(field, x, envir = env)
  })
}

# The dims that a layer, or a model, brings with it.
given_input <- function(part) {
  if (is_model(part)) return(model_state(part)$input)
  state <- layer_state(part)
  # What adapt() has seen.
  state$input_shape %||% if (state$type == "normalization") state$input
}

check_stack <- function(model, call) {
  state <- model_state(model)
  if (isTRUE(state$of_class) && length(state$layers)) {
    stop_kestrel("argument", "Layers cannot be added to a model of a class, or taken off.",
      hint = "keras_model_sequential(list(model, layer)) puts layers after it.",
      argument = "object", call = call)
  }
  if (!is.null(state$graph)) {
    stop_kestrel("argument", "Layers cannot be added to a model made by keras_model().",
      hint = "Go on from its output: layer_dense(model$output, 1).", argument = "object",
      call = call)
  }
  if (isTRUE(state$part)) {
    stop_kestrel("state", sprintf("Model \"%s\" is part of another: its layers stay as they are.",
      state$name), hint = "clone_model() makes a copy.", call = call)
  }
  model
}

# Named, and built when the input is known.
join_layer <- function(model, layer, input, call) {
  state <- environment(layer)
  automatic <- has_automatic_name(layer)
  name <- if (automatic) automatic_name(model, layer) else state$name
  if (is_model(layer)) return(join_model(layer, name, automatic, input, call))
  joining <- clone_layer(layer, name)
  if (!is.null(input)) build_layer_once(joining, input, call)
  adopt(layer, joining)
  list2env(list(automatic = automatic, home = model), envir = state)
}

join_model <- function(part, name, automatic, input, call) {
  state <- model_state(part)
  check_layers_present(part, call)
  if (length(model_inputs(part)) > 1 || length(model_outputs(part)) > 1) {
    stop_kestrel("argument",
      sprintf("Model \"%s\" must have one input and one output to join a stack of layers.",
      state$name), hint = "Call it on tensors.", argument = "object", call = call)
  }
  if (!is.null(input)) {
    build_model(part, input, call)
    check_input_dims(input, state$input, sprintf("model \"%s\"", state$name), call)
  }
  list2env(list(name = name, automatic = automatic, part = TRUE), envir = state)
}

# A layer that fails to join must be as it was: all is tried on a copy of its state.
clone_layer <- function(layer, name) {
  copy <- layer
  state <- as.list(layer_state(layer), all.names = TRUE)
  state["name"] <- list(name)
  environment(copy) <- list2env(state, parent = topenv())
  copy
}

adopt <- function(layer, from) {
  state <- list2env(as.list(layer_state(from), all.names = TRUE), envir = layer_state(layer))
  if (!is.null(state$instance)) state$instance$.home <- state
}

build_layer_once <- function(layer, input, call) {
  state <- layer_state(layer)
  if (!state$built) build_layer(layer, input, call)
  check_input_dims(input, state$input, sprintf("layer \"%s\"", state$name), call)
  if (!is.list(state$output)) return(layer)
  stop_kestrel("argument",
    sprintf("Layer \"%s\" has %d outputs, so it cannot stand in a stack of layers.",
    state$name, length(state$output)), hint = "keras_model() makes models of its outputs.",
    argument = "object", call = call)
}

check_new_layer <- function(model, layer, call) {
  state <- model_state(model)
  fresh <- is_layer(layer) && is.null(layer_state(layer)$home)
  is_this <- function(l) identical(environment(l), environment(layer))
  same <- if (!fresh) which(vapply(state$layers, is_this, NA))
  if (length(same)) {
    stop_kestrel("state", sprintf("This layer is layer %d of the model already.", same[1]),
      hint = "Make a second layer with the same arguments.", call = call)
  }
  name <- if (!has_automatic_name(layer)) environment(layer)$name
  taken <- if (!is.null(name)) taken_names(state)$place[[name]]
  if (!is.null(taken)) {
    stop_kestrel(
      "argument", sprintf("`name` must be new in the model: layer %d is called \"%s\", too (this is layer %d).",
        taken, name, length(state$layers) + 1L),
      argument = "name", value = name, call = call
    )
  }
}

# An input_shape on a later layer must be what the layer gets.
check_disagreement <- function(model, layer, input, call) {
  given <- if (is_layer(layer)) layer_state(layer)$input_shape
  got <- output_dims(model) %||% model_state(model)$input
  if (is.null(given) || is.null(got) || identical(given, got)) return(invisible())
  stop_kestrel(
    "shape", sprintf("`input_shape` is %s, but the layer gets %s.", shape_text(given),
      shape_text(got)),
    hint = "Only the first layer needs an input_shape.", argument = "input_shape", value = given,
    expected = got, call = call
  )
}

# All layers compute in the model's precision, which the first may choose where it is open.
joint_precision <- function(model, layer, call) {
  state <- model_state(model)
  wanted <- (if (is_layer(layer)) layer_state(layer)$dtype) %||% state$precision
  open <- !length(state$layers) && !isTRUE(state$own_precision)
  if (wanted == state$precision || open) return(wanted)
  stop_kestrel("argument", sprintf("`dtype` is \"%s\", but the model computes in %s.", wanted,
    state$precision), hint = "A model has one precision: keras_model_sequential(dtype = ).",
    argument = "dtype", value = wanted, expected = state$precision, call = call)
}

# dense, dense_1, ...: counted in the model.
automatic_name <- function(model, part) {
  naming <- taken_names(model_state(model))
  name <- environment(part)$name
  new <- !is.null(name) && is.null(naming$place[[name]])
  if (new) name else free_name(part_type(part), naming)
}

# Of a model with one output.
output_dims <- function(model) model_outputs(model)[[1]]

# Whatever was worked out from the layers is out of date.
model_changed <- function(model) {
  state <- model_state(model)
  state$plan <- NULL
  state$layout <- NULL
  state$optimizer_state <- NULL
  state$tensors <- NULL
}

# Builds the layers for samples of these dims.
build_model <- function(model, input, call = caller_env()) {
  state <- model_state(model)
  if (state$built) return(invisible(model))
  if (is_open_class(model)) {
    return(build_class_model(model, if (is.list(input)) input else list(input), NULL, call))
  }
  if (!is.null(state$graph)) return(build_graph(model, if (is.list(input)) input else list(input),
    call))
  if (is.list(input)) input <- input[[1]]
  build_stack(state$layers, input, call)
  state$input <- input
  state$built <- TRUE
  model_changed(model)
  settle_again(model)
}

# All or none: layers are built as copies first.
build_stack <- function(parts, dims, call) {
  copies <- lapply(parts, function(part) if (is_model(part)) part else clone_layer(part, part$name))
  for (copy in copies) {
    if (is_model(copy)) {
      build_model(copy, dims, call)
      check_input_dims(dims, model_state(copy)$input, sprintf("model \"%s\"", copy$name), call)
    } else {
      build_layer_once(copy, dims, call)
    }
    dims <- part_output(copy)
  }
  for (i in which(!vapply(parts, is_model, NA))) adopt(parts[[i]], copies[[i]])
}

check_built <- function(model, call = caller_env()) {
  state <- environment(model)
  if (state$built && length(state$layers)) return(invisible(model))
  check_layers_present(model, call)
  stop_kestrel("state",
    sprintf("Model \"%s\" is not built: the shape of its input is unknown.", state$name),
    hint = "Give the first layer an `input_shape`, or fit the model.", call = call)
}

check_layers_present <- function(model, call = caller_env()) {
  if (length(model_state(model)$layers)) return(invisible(model))
  stop_kestrel("state", sprintf("Model \"%s\" has no layers.", model_state(model)$name),
    hint = "Add one, for example with layer_dense().", call = call)
}

check_not_fitting <- function(model, call = caller_env()) {
  if (!is_fitting(model)) return(invisible(model))
  stop_kestrel("state", "The model is being fitted.",
    hint = "Wait until fit() has returned.", call = call)
}

# Known by its state, so that a copy that a hook saved is free.
is_fitting <- function(model) !is.null(run_of(model))

# The run of fit() that the model is in, or NULL. It holds the data, so the model does not hold it.
run_of <- function(model) {
  for (run in the$fitting) if (identical(run$state, model_state(model))) return(run)
}

# The spec that C reads, made once for the layers that are trained now: their flags can be
# changed through a layer, of which the model hears nothing.
model_plan <- function(model) {
  state <- environment(model)
  layout <- state$layout
  if (is.null(layout)) layout <- model_layout(state)
  if (!is.null(state$plan) && same_flags(layout$states, state$planned)) return(state$plan)
  state$plan <- network_spec(model)
  state$planned <- vapply(layout$states, `[[`, NA, "trainable")
  state$plan
}

# For inference, in which these flags have no effect.
inference_plan <- function(model) environment(model)$plan %||% model_plan(model)

# Of the state of a model.
model_layout <- function(state) {
  if (is.null(state$layout)) state$layout <- c(layout_of(leaves_of(state)), plain_columns(state))
  state$layout
}

# Columns of x and y of a built model that takes and gives a matrix, of any numbers: `columns` and
# `units`.
plain_columns <- function(state) {
  input <- state$input
  output <- state_outputs(state)
  list(
    columns = if (state$built && length(input) == 1 && !is.list(input) &&
      !any(state_takes_strings(state))) input,
    units = if (length(output) == 1 && length(output[[1]]) == 1) output[[1]]
  )
}

# A model on a stack of layers, which it joins, on tensors, or on data.
call_model <- function(model, x, training = NULL, ..., call = caller_env()) {
  if (missing(x)) x <- list(...)$inputs %||% stop_missing("x", call)
  more <- list(...)[names2(list(...)) != "inputs"]
  check_dots(Filter(Negate(is.null), more), c("x", "training"), call = call)
  check_phase(training, call)
  if (is_model(x)) return(add_layer(x, model, call = call))
  if (is_symbolic(x)) return(model_on_tensors(model, x, call, training))
  if (is_inner_input(x)) return(model_on_traced(model, x, call, training))
  warn_features(model, x, "x", call)
  x <- model_input(model, x, "x", call)
  predictions(model, predict_arrays(model, x, training %||% FALSE))
}

stop_training <- function(model) {
  state <- model_state(model)
  state$stop_training <- TRUE
}
