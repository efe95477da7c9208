# Layers: an S3-classed function whose enclosing environment is its state. The state holds
# plain values only; its parent is the package's namespace.
#
# type          Keras' class name in snake case, part of the S3 class
# name          NULL until the layer is named or joins a model
# config        the constructor's arguments, checked
# trainable, built
# input_shape   dims of a sample, where the user gave them
# input, output dims of a sample, once built; slots: list(name, dims, is_state); by_node:
#               how many slots each of the layer's engine nodes has
# weights       arrays, named by slot, once built

new_layer <- function(type, config, options) {
  self <- function(x, ...) call_layer(sys.function(), x, ...)
  state <- list2env(c(list(type = type, config = config, built = FALSE), options),
    parent = topenv()
  )
  environment(self) <- state
  structure(self, class = c(paste0("kestrel_layer_", type), "kestrel_layer"))
}

layer_state <- function(layer) environment(layer)

layer_config <- function(layer) layer_state(layer)$config

layer_trainable <- function(layer) layer_state(layer)$trainable

is_layer <- function(x) inherits(x, "kestrel_layer")

# What every layer takes besides its own arguments, checked. `dots`: old spellings.
layer_options <- function(input_shape = NULL, batch_input_shape = NULL, batch_size = NULL,
                          dtype = NULL, name = NULL, trainable = NULL, weights = NULL,
                          dots = list(), known = character(), call = caller_env()) {
  if (!is.null(dots$input_dim)) input_shape <- check_input_dim(dots$input_dim, call)
  dots$input_dim <- NULL
  check_dots(dots, c(known, layer_option_names), call = call)
  if (!is.null(batch_input_shape)) input_shape <- batch_input_shape[-1]
  check_count(batch_size, null = TRUE, call = call)
  list(
    input_shape = check_shape(input_shape, null = TRUE, call = call),
    dtype = check_dtype(dtype, call = call),
    name = check_name(name, call = call),
    trainable = check_flag(trainable %||% TRUE, arg = "trainable", call = call),
    initial = check_weight_list(weights, call = call)
  )
}

layer_option_names <- c(
  "input_shape", "batch_input_shape", "batch_size", "dtype", "name", "trainable", "weights"
)

check_input_dim <- function(input_dim, call) check_count(input_dim, call = call)

# Dims of a sample: one to four whole numbers.
check_shape <- function(x, null = FALSE, arg = caller_arg(x), call = caller_env()) {
  if (null && is.null(x)) return(NULL)
  if (is.list(x) && length(x)) x <- tryCatch(unlist(x), error = function(e) x)
  good <- is.numeric(x) && !is.object(x) && length(x) %in% 1:4 && all(is.finite(x)) &&
    all(x == trunc(x)) && all(x >= 1) && prod(x) <= .Machine$integer.max
  if (good) return(as.integer(x))
  stop_argument(
    arg, sprintf("whole numbers from 1 to %d, the dims of a sample", .Machine$integer.max), x,
    hint = "Leave out the number of samples: input_shape = 4 for a matrix of 4 columns.",
    call = call
  )
}

check_dtype <- function(x, arg = "dtype", call = caller_env()) {
  if (is.null(x)) return(NULL)
  check_choice(x, c("float32", "float64"), "a precision", arg = arg, call = call)
}

check_weight_list <- function(x, arg = "weights", call = caller_env()) {
  if (is.null(x) || (is.list(x) && !is.object(x))) return(x)
  stop_argument(arg, "a list of arrays", x, call = call)
}

# Where a layer_*() call ends: the layer itself when there is no object, else the model with
# the layer added.
compose_layer <- function(object, type, config, options, call = caller_env()) {
  layer <- new_layer(type, config, options)
  if (missing(object)) return(layer)
  check_model(object, arg = "object", call = call)
  add_layer(object, layer, call = call)
  invisible(object)
}

# Shapes, then initial weights. Nothing changes before all of them are there.
build_layer <- function(layer, input, call = caller_env()) {
  state <- layer_state(layer)
  info <- layer_info(layer, input, call)
  check_memory(sum(vapply(info$slots, function(s) prod(as.double(s$dims)), 0)) * 8,
    sprintf("The weights of layer \"%s\"", layer$name), call
  )
  weights <- initial_weights(layer, info$slots, call)
  list2env(c(info, list(input = input, weights = weights, built = TRUE)), envir = state)
  layer
}

initial_weights <- function(layer, slots, call) {
  given <- layer_state(layer)$initial
  if (!is.null(given)) return(match_weights(given, slots, layer$name, call))
  if (!length(slots)) return(list())
  seed <- draw_seed()
  weights <- lapply(seq_along(slots), function(i) {
    initializer <- slot_setting(layer, slots[[i]]$name, "initializer")
    draw_initial(initializer, slots[[i]]$dims, seed, stream = i, call = call)
  })
  names(weights) <- vapply(slots, `[[`, "", "name")
  weights
}

# A layer alone, on data: built by the first data it sees.
call_layer <- function(layer, x, training = FALSE, ..., call = caller_env()) {
  if (is_model(x)) return(add_layer(x, layer, call = call))
  training <- check_flag(training %||% FALSE, arg = "training", call = call)
  x <- check_data(x, "x", call = call)
  input <- sample_dims(x)
  if (!layer_state(layer)$built) build_layer(layer, input, call)
  check_input_dims(input, layer_state(layer)$input, sprintf("layer \"%s\"", layer$name), call)
  spec <- chain_spec(built_chain(layer, 1L), input, floatx())
  data <- list(data_array(x, input))
  seed <- if (training) draw_seed() else 0
  engine_predict(spec, pack_weights(list(layer)), data, sample_count(x), training, seed)[[1]]
}

#' @export
`$.kestrel_layer` <- function(x, name) {
  state <- layer_state(x)
  switch(name,
    name = state$name %||% state$type,
    get_weights = function() get_weights(x),
    set_weights = function(weights) set_weights(x, weights),
    input_shape = if (state$built) state$input else state$input_shape,
    output_shape = state$output,
    if (name %in% names(state$config)) state$config[[name]] else state[[name]]
  )
}

#' @export
`[[.kestrel_layer` <- function(x, i) `$.kestrel_layer`(x, i)

#' @export
`$<-.kestrel_layer` <- function(x, name, value) {
  state <- layer_state(x)
  switch(name,
    trainable = state$trainable <- check_flag(value, arg = "trainable"),
    name = state$name <- check_name(value, null = FALSE, arg = "name"),
    weights = set_weights(x, value),
    stop_kestrel("argument", sprintf("`%s` of a layer cannot be changed.", name),
      argument = name
    )
  )
  x
}

#' @export
names.kestrel_layer <- function(x) c("name", "trainable", names(layer_config(x)))

#' @export
format.kestrel_layer <- function(x, ...) {
  state <- layer_state(x)
  shape <- if (state$built) paste0(" ", shape_text(state$input), " -> ", shape_text(state$output))
  sprintf("<%s layer \"%s\"%s>", layer_class_name(x), x$name, shape %||% "")
}

#' @export
print.kestrel_layer <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}
