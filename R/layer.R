# Layers: an S3-classed function whose enclosing environment is its state. The state holds
# plain values only; its parent is the package's namespace.
#
# type          Keras' class name in snake case, part of the S3 class
# name          NULL until the layer is named or joins a model
# config        the constructor's arguments, checked
# trainable, built
# input_shape   dims of a sample, where the user gave them
# input, output dims of a sample, once built (lists where there are several inputs or outputs);
#               given: see call-arguments.R
#               slots: list(name, dims, is_state), the last also by itself; by_node: how many
#               slots each of the layer's engine nodes has
# automatic     whether the name was made by a model
# calls         of the layer on tensors, see tensor.R; home: the stack of layers it is in
# weights       arrays, named by slot, once built

new_layer <- function(type, config, options) {
  self <- function(x, ...) call_layer(sys.function(), x, ...)
  state <- list2env(c(list(type = type, config = config, built = FALSE), options),
    parent = topenv()
  )
  environment(self) <- state
  structure(self, class = c(paste0("kestrel_layer_", c(type, kind_of_layer(type))),
    "kestrel_layer"))
}

# Classes that types of layers have in common.
kind_of_layer <- function(type) {
  if (type == "text_vectorization") return(c("string_lookup", "lookup"))
  if (grepl("_lookup$", type)) "lookup"
}

layer_state <- function(layer) environment(layer)

layer_config <- function(layer) layer_state(layer)$config

layer_trainable <- function(layer) environment(layer)$trainable

is_layer <- function(x) inherits(x, "kestrel_layer")

# What every layer takes besides its own arguments, checked: `dots` are those of layer_*(),
# which may hold them all and the old spellings. `known`: the layer's own arguments.
layer_options <- function(dots, input_shape = NULL, name = NULL,
                          known = names(formals(sys.function(sys.parent()))),
                          call = caller_env()) {
  check_dots(dots[setdiff(names2(dots), layer_option_names)],
    unique(c(setdiff(known, c("object", "...")), layer_option_names)), call = call)
  check_count(dots$batch_size, null = TRUE, arg = "batch_size", call = call)
  list(
    input_shape = joint_shape(input_shape, dots, call),
    dtype = check_dtype(dots$dtype, call = call),
    name = check_name(name, call = call),
    trainable = check_flag(dots$trainable %||% TRUE, arg = "trainable", call = call),
    initial = check_weight_list(dots$weights, call = call),
    activity = as_regularizer(dots$activity_regularizer, "activity_regularizer", call)
  )
}

layer_option_names <- c(
  "input_shape", "name", "trainable", "dtype", "weights", "activity_regularizer", "input_dim",
  "batch_input_shape", "batch_shape", "batch_size"
)

# All ways to say it must agree.
joint_shape <- function(input_shape, dots, call) {
  known <- function(shape,
    arg) known_shape(check_shape(shape, null = TRUE, arg = arg, call = call, open = TRUE))
  ways <- list(input_shape = known(input_shape, "input_shape"),
    input_dim = check_count(dots$input_dim, null = TRUE, arg = "input_dim", call = call),
    batch_input_shape = known(dots$batch_input_shape[-1], "batch_input_shape"),
    batch_shape = known(dots$batch_shape[-1], "batch_shape"))
  ways <- Filter(length, ways)
  other <- Find(function(way) !identical(ways[[way]], ways[[1]]), names(ways))
  if (is.null(other)) return(if (length(ways)) ways[[1]])
  stop_kestrel("argument", sprintf("`%s` says %s, but `%s` says %s.", names(ways)[1],
    shape_text(ways[[1]]), other, shape_text(ways[[other]])), hint = "Give one of them.",
    argument = other, value = ways[[other]], expected = ways[[1]], call = call)
}

# Dims of a sample: one to four whole numbers.
# `open`: NA for those that are not known.
check_shape <- function(x, null = FALSE, arg = caller_arg(x), call = caller_env(), open = FALSE) {
  if (missing(x)) stop_missing(arg, call)
  if (null && is.null(x)) return(NULL)
  force(arg)
  if (is.list(x) && length(x)) x <- tryCatch(shape_numbers(x), error = function(e) x)
  unknown <- (is.numeric(x) || is.logical(x)) && !is.object(x) && anyNA(x) && !any(is.nan(x))
  if (open && unknown && length(x) %in% 1:4) return(check_open_shape(x, arg, call))
  good <- is.numeric(x) && !is.object(x) && length(x) %in% 1:4 && all(is.finite(x)) &&
    all(x == trunc(x)) && all(x >= 1) && prod(x) <= .Machine$integer.max
  if (good) return(as.integer(x))
  stop_argument(
    arg, sprintf("whole numbers from 1 to %d, the dims of a sample", .Machine$integer.max), x,
    hint = if (is.atomic(x) && length(x) > 1 && anyNA(x)) {
      "Every size must be known: pad_sequences() makes sequences equally long."
    } else "Leave out the number of samples: input_shape = 4 for a matrix of 4 columns.",
    call = call
  )
}

# The sizes in a list, of which NULL is an unknown one.
shape_numbers <- function(x) unlist(lapply(x, function(size) size %||% NA))

check_dtype <- function(x, arg = "dtype", call = caller_env()) {
  if (is.null(x)) return(NULL)
  check_choice(x, c("float32", "float64"), "a precision", arg = arg, call = call)
}

check_weight_list <- function(x, arg = "weights", call = caller_env()) {
  if (is.null(x) || (is.list(x) && !is.object(x))) return(x)
  stop_argument(arg, "a list of arrays", x, call = call)
}

# Where a layer_*() call ends: the layer itself when there is no object, else the model with
# the layer added, or what the layer gives for a tensor or numbers.
compose_layer <- function(object, type, config, options, call = caller_env()) {
  if (!is.null(options$activity)) config$activity_regularizer <- options$activity
  layer <- new_layer(type, config, options[names(options) != "activity"])
  if (missing(object)) return(layer)
  if (is_symbolic(object)) return(call_layer(layer, object, call = call))
  if (is_inner_input(object)) return(call_on_traced(layer, object, call))
  if (is_data(object)) return(call_layer(layer, object, call = call))
  check_model(object, arg = "object", call = call)
  add_layer(object, layer, call = call)
  invisible(object)
}

# Samples, to call a layer on.
is_data <- function(x) {
  is.data.frame(x) || (is.numeric(x) || is.logical(x)) && !is.object(x) && length(dim(x)) > 1
}

# Shapes, then initial weights. Nothing changes before all of them are there.
build_layer <- function(layer, input, call = caller_env()) {
  state <- layer_state(layer)
  info <- layer_info(layer, input, call)
  for (slot in info$slots) slot_rule(layer, slot, call)
  check_memory(sum(vapply(info$slots, function(s) prod(as.double(s$dims)), 0)) * 8,
    sprintf("The weights of layer \"%s\"", layer$name), call
  )
  weights <- initial_weights(layer, info$slots, call)
  list2env(c(info, list(input = with_given(input, NULL), given = given_with(input),
    weights = weights,
    built = TRUE)), envir = state)
  if (!is.null(state$instance)) state$instance$.home <- state
  layer
}

initial_weights <- function(layer, slots, call) {
  given <- layer_state(layer)$initial %||% fixed_weights(layer, slots)
  if (!is.null(given)) return(match_weights(given, slots, layer$name, call))
  if (!length(slots)) return(list())
  weights <- with_seed_kept(drawn_weights(layer, slots, draw_seed(), call))
  names(weights) <- vapply(slots, `[[`, "", "name")
  weights
}

drawn_weights <- function(layer, slots, seed, call) {
  force(seed)
  lapply(seq_along(slots), function(i) {
    initializer <- slot_setting(layer, slots[[i]]$name, "initializer")
    draw_initial(initializer, slots[[i]]$dims, seed, stream = i, call = call)
  })
}

# Weights that follow from the settings; NULL where they are drawn.
fixed_weights <- function(layer, slots) UseMethod("fixed_weights")

#' @export
fixed_weights.default <- function(layer, slots) NULL

# Whether the layer's weights are settings that are not counted among weights.
hides_weights <- function(layer) UseMethod("hides_weights")

#' @export
hides_weights.default <- function(layer) FALSE

# The engine nodes that a layer expands to, for input of these dims: list of new_node().
layer_nodes <- function(layer, input) UseMethod("layer_nodes")

# Throws where a layer cannot take input of these dims, for what the engine cannot tell.
check_fits <- function(layer, input, call) UseMethod("check_fits")

#' @export
check_fits.default <- function(layer, input, call) invisible(layer)

# Keras' name of the layer's class: "Dense" for dense.
layer_class_name <- function(layer) {
  type <- layer_state(layer)$type
  if (type == "custom") return(layer_config(layer)$class$classname)
  irregular <- c(input = "InputLayer", re_lu = "ReLU", leaky_re_lu = "LeakyReLU", elu = "ELU",
    thresholded_re_lu = "ThresholdedReLU", p_re_lu = "PReLU",
    rms_normalization = "RMSNormalization", up_sampling1d = "UpSampling1D")
  if (type %in% names(irregular)) return(irregular[[type]])
  sub("1d$", "1D", gsub("(^|_)([a-z])", "\\U\\2", type, perl = TRUE))
}

# A layer on a model, which it joins, on tensors, or alone on data, the first of which build it.
call_layer <- function(layer, x, ...) UseMethod("call_layer")

#' @export
call_layer.default <- function(layer, x, training = NULL, ..., call = caller_env()) {
  if (missing(x)) x <- list(...)$inputs %||% stop_missing("x", call)
  check_phase(training, call)
  check_dots(Filter(Negate(is.null), list(...)[names2(list(...)) != "inputs"]), c("x", "training"),
    call)
  if (is_model(x)) return(add_layer(x, layer, call = call))
  if (is_symbolic(x)) return(layer_on_tensors(layer, x, call, training))
  if (is_inner_input(x)) return(call_on_traced(layer, x, call, training))
  layer_on_arrays(layer, layer_arrays(layer, x, call), training, call)
}

layer_on_arrays <- function(layer, arrays, training, call, given = NULL) {
  threads <- engine_settings(call = call)
  training <- training %||% FALSE
  dims <- lapply(arrays, sample_dims)
  input <- joint_input(layer, dims, given)
  check_layer_codes(layer, arrays[[1]], "x", call)
  layer_output(layer, input, call)
  if (layer_state(layer)$type == "custom") return(run_eagerly(layer, arrays, training, call, given))
  if (is_input(layer)) return(arrays[[1]])
  precision <- layer_state(layer)$dtype %||% floatx()
  spec <- layer_spec(built_chain(layer, 1L, input), input, precision)
  seed <- if (training) draw_seed() else 0
  n <- sample_count(arrays[[1]])
  x <- Map(data_array, arrays, dims)
  layout <- layout_of(list(layer))
  if (training && !is.null(layout$is_state) &&
    n > 0) return(one_or_list(predict_moving(spec, layout, x, seed)))
  one_or_list(structure(engine_predict(spec, pack_layout(layout), x, n, training, seed, threads),
    w = NULL))
}

# NULL: as the pass is that the layer is called in.
check_phase <- function(training, call) {
  check_flag(training %||% FALSE, arg = "training", call = call)
}

# The arrays that a layer is called on: one, or those of the list that a merging layer takes.
layer_arrays <- function(layer, x, call) {
  one <- !takes_several(layer) || !is_merging(layer) && (!is.list(x) || is.object(x))
  if (one) return(list(check_data(x, "x", call = call)))
  if (!is.list(x) || is.object(x) || !length(x)) {
    stop_argument("x", "a list of arrays", x, call = call)
  }
  arrays <- lapply(seq_along(x), function(i) check_data(x[[i]], sprintf("x[[%d]]", i), call))
  check_counts(arrays, sprintf("x[[%d]]", seq_along(x)), call)
  unname(arrays)
}

#' @export
`$.kestrel_layer` <- function(x, name) {
  state <- layer_state(check_intact(x))
  switch(name,
    name = state$name %||% state$title %||% state$type,
    get_weights = function() get_weights(x),
    set_weights = function(weights) set_weights(x, weights),
    input_shape = keras_shape(if (state$built) state$input else state$input_shape),
    output_shape = keras_shape(state$output),
    count_params = function() count_params(x),
    build = function(input_shape) invisible(build_by_shape(x, input_shape)),
    get_config = function() get_config(x),
    compute_output_shape = function(input_shape) output_shape_for(x, input_shape),
    get_vocabulary = bind_method(get_vocabulary, x),
    set_vocabulary = bind_method(set_vocabulary, x),
    vocabulary_size = function() length(get_vocabulary(x)),
    adapt = bind_method(adapt, x),
    weights = , variables = named_weights(list(x)),
    trainable_weights = , trainable_variables = named_weights(list(x), TRUE),
    non_trainable_weights = , non_trainable_variables = named_weights(list(x), FALSE),
    losses = layer_losses(list(x)),
    output = layer_tensor(x, "output"),
    input = layer_tensor(x, "input"),
    layer_field(x, name)
  )
}

# Dims of a sample as Keras shows them: list(NULL, 4L), NULL for the number of samples.
keras_shape <- function(dims) {
  if (is.list(dims)) return(lapply(dims, keras_shape))
  if (!is.null(dims)) c(list(NULL), as.list(dims))
}

build_by_shape <- function(layer, input_shape, call = caller_env()) {
  check_present("input_shape")
  layer_output(layer, input_of_shape(layer, input_shape, call), call)
  layer
}

# input_shape: dims of the input with those of the samples, or a list of several.
input_of_shape <- function(layer, input_shape, call) {
  joint_input(layer, shapes_of(input_shape, call))
}

# What the output would be; the layer is not built.
output_shape_for <- function(layer, input_shape, call = caller_env()) {
  check_present("input_shape")
  input <- input_of_shape(layer, input_shape, call)
  keras_shape(with_seed_kept(layer_info(clone_layer(layer, layer$name), input, call))$output)
}

# What the layer was called on, or gave; by its place in a stack of layers where it was not.
layer_tensor <- function(layer, which) {
  state <- layer_state(layer)
  if (!length(state$calls) && !is.null(state$home)) stack_tensors(state$home)
  calls <- state$calls
  if (length(calls) != 1) {
    stop_kestrel("state",
      sprintf("Layer \"%s\" was called on tensors %d times, so it has no single %s.",
      layer$name, length(calls), which), call = call("$", as.name("layer"), as.name(which)))
  }
  if (which == "output" || is_input(layer)) return(one_or_list(call_tensors(calls[[1]])))
  one_or_list(calls[[1]]$inputs)
}

# A setting, a weight ("kernel"), or a value of the state.
layer_field <- function(layer, name) {
  state <- layer_state(layer)
  method <- layer_method(layer, name)
  if (!is.null(method)) return(method)
  slots <- vapply(state$slots, `[[`, "", "name")
  setting <- state$config[[name]]
  if (name %in% slots && is.null(setting)) return(layer_weight(layer, name))
  if (name %in% names(state$config)) return(setting)
  known <- c("type", "dtype", "trainable", "built", "config")
  if (name %in% known) return(state[[name]])
  if (state$type == "custom" &&
    name %in% ls(layer_instance(layer))) return(custom_field(layer, name))
  methods <- c("get_weights", "set_weights", "count_params", "get_config", "build")
  stop_unknown_field("layer", name, c(names(layer), slots, known, methods, "output_shape"), "layer")
}

# A function that only some layers have; NULL: none of that name.
layer_method <- function(layer, name) UseMethod("layer_method")

#' @export
layer_method.default <- function(layer, name) NULL

#' @export
`[[.kestrel_layer` <- function(x, i) `$.kestrel_layer`(x, field_name(x, i))

#' @export
`$<-.kestrel_layer` <- function(x, name, value) {
  state <- layer_state(check_intact(x))
  switch(name,
    trainable = set_trainable(list(x), check_flag(value, arg = "trainable")),
    name = {
      state$name <- check_name(value, null = FALSE, arg = "name")
      forget_names()
    },
    weights = set_weights(x, value),
    set_layer_weight(x, name, value)
  )
  x
}

# A weight by its name, as k_set_value(layer$kernel, w) does.
set_layer_weight <- function(layer, name, value) {
  weights <- layer_state(layer)$weights
  if (name %in% names(weights)) return(set_weights(layer,
    unname(replace(weights, name, list(value)))))
  stop_kestrel("argument", sprintf("`%s` of a layer cannot be changed.", name), argument = name,
    call = assignment_call("layer", name))
}

#' @export
names.kestrel_layer <- function(x) c("name", "trainable", names(layer_config(x)))

#' @export
format.kestrel_layer <- function(x, ...) {
  state <- layer_state(check_intact(x))
  shape <- if (state$built) paste0(" ", shape_text(state$input), " -> ", shape_text(state$output))
  sprintf("<%s layer \"%s\"%s>", layer_class_name(x), x$name, shape %||% "")
}

#' @export
str.kestrel_layer <- function(object, ...) cat(" ", format(object), "\n", sep = "")

#' @export
print.kestrel_layer <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}
