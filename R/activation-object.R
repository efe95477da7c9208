# What all activations share: the object, how it is called on numbers, how it is looked up.
#
# An object's `config` holds the arguments as the user gave them. `choice` is what the
# engine is told: there an axis is one of a sample, so that R's axis 1 is 0.

# The end of each constructor: the values of f at x, or without x the object.
make_activation <- function(x, name, config = named_list(), call = caller_env()) {
  activation <- new_activation(name, config)
  if (missing(x)) return(activation)
  activation_values(activation, x, call)
}

new_activation <- function(name, config) {
  values <- config
  if (!is.null(config$axis) && config$axis > 0) values$axis <- config$axis - 1
  fields <- list(name = name, config = config, choice = choice("activations", name, values))
  new_object(function(x) {
    self <- fields_of_self()
    activation_values(self, x, sys.call())
  }, fields, "kestrel_activation")
}

activation_values <- function(activation, x, call) {
  if (missing(x)) stop_missing("x", call)
  if (is_traced(x)) return(operate("activation", list(x),
    list(activation = activation, call = call)))
  if (is_symbolic(x)) {
    options <- layer_options(list(), known = character(), call = call)
    return(compose_layer(x, "activation", list(activation = activation), options, call))
  }
  x <- check_values(x, call = call)
  if (is_axis_activation(activation$name)) return(axis_values(activation, x, call))
  y <- engine_activation(activation$choice, x, 1L)
  y[is.na(x)] <- NA
  dim(y) <- dim(x)
  y
}

# Numbers in a vector or array, which may be missing or infinite.
check_values <- function(x, arg = "x", call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (is.numeric(x) && !is.object(x)) return(check_length(x, arg, call))
  hint <- if (is.data.frame(x)) "Make it a matrix with as.matrix()."
  stop_argument(arg, "a numeric vector, matrix or array", x, hint = hint, call = call)
}

is_axis_activation <- function(name) {
  bitwAnd(registry_row("activations", name)$flags, 1L) > 0
}

# Along dimension a of an array: what comes before it in R's order lies between its numbers.
axis_values <- function(activation, x, call) {
  dims <- tensor_dims(x)
  a <- array_axis(activation$config$axis, length(dims), call)
  halves <- activation$name == "glu"
  if (dims[a] < 1 || (halves && dims[a] %% 2 > 0)) stop_axis_length(dims[a], halves, call)
  y <- engine_activation(activation$choice, x, dims[a], numbers_before(dims, a))
  if (halves) dims[a] <- dims[a] %/% 2L
  if (!is.null(dim(x))) dim(y) <- dims
  y
}

# At least 1, in an array without numbers too.
numbers_before <- function(dims, a) max(1L, as.integer(prod(dims[seq_len(a - 1)])))

# R's dimension for an axis counted from 0, or from the end where it is negative.
array_axis <- function(axis, rank, call) {
  a <- if (axis < 0) axis + rank + 1 else axis + 1
  if (a >= 1 && a <= rank) return(as.integer(a))
  stop_kestrel("shape", sprintf("`axis` is %d, but the array has %d dimension%s.", axis, rank,
    if (rank == 1) "" else "s"), hint = "Axes count from 0; -1 is the last.",
    argument = "axis", value = axis, call = call)
}

stop_axis_length <- function(n, halves, call) {
  must <- if (halves) "an even number of values, to be split in halves" else "a value"
  stop_kestrel("shape", sprintf("`x` must have %s along the axis, not %d.", must, n),
    argument = "x", value = n, call = call)
}

# One whole number from -5 to 4.
check_axis <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is_number(x) && x == trunc(x) && x >= -5 && x <= 4) return(as.integer(x))
  stop_argument(arg, "a whole number from -5 to 4", x,
    hint = "Axes count from 0; -1 is the last.", call = call)
}

# NULL (linear), a name, an object or one of the constructors, for a layer.
as_activation <- function(x, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  if (is.null(x)) x <- "linear"
  if (is_string(x) && grepl("^(prelu|p_re_lu|parametric_relu)$", x, ignore.case = TRUE)) {
    stop_argument(arg, "an activation without weights", x, call = call,
      hint = "layer_activation_parametric_relu() is a layer of its own.")
  }
  if (is_layer(x)) x <- activation_of_layer(x, arg, call)
  if (is_own_function(x, activation_makers())) return(function_activation(x, arg, call))
  activation <- as_made_once(x, "kestrel_activation", activation_makers(), "an activation", arg,
    call)
  if (!identical(activation$config$axis, 0L)) return(activation)
  stop_kestrel("argument", sprintf(
    "`%s` works along axis 0, which is that of the samples: no layer can do that.", arg
  ), hint = "The last axis is -1.", argument = arg, value = 0L, call = call)
}

# layer_activation_leaky_relu() and the like, given as an activation.
activation_of_layer <- function(layer, arg, call) {
  config <- layer_config(layer)
  type <- layer_state(layer)$type
  if (type == "activation") return(config$activation)
  record <- c(re_lu = "relu", leaky_re_lu = "leaky_relu", elu = "elu", softmax = "softmax",
    thresholded_re_lu = "thresholded_relu")[type]
  if (is.na(record)) {
    stop_argument(arg, "an activation", layer, call = call,
      hint = "Layers with weights of their own, or without a function, are layers of the model.")
  }
  config$activity_regularizer <- NULL
  new_activation(record[[1]], config)
}

# A function of the user's, as a layer's activation: of arrays, samples first.
function_activation <- function(f, arg, call) {
  fn <- check_node_function(f, arg, "a function of an array", call)
  fields <- list(name = "custom", config = list(f = fn), fn = fn,
    label = attr(fn, "py_function_name", exact = TRUE) %||% "custom")
  new_object(function(x) {
    self <- fields_of_self()
    self$fn(x)
  }, fields, "kestrel_activation")
}
