# What all initializers share: the object, how values are drawn, how it is looked up.
#
# choice  the engine's record; NULL for an array or a function of the user's
# seed    of the object's own, or NULL
# array   the user's values; maker: the user's function

new_initializer <- function(name, config = named_list(), seed = NULL) {
  values <- initializer_values(config)
  initializer_object(list(
    name = name, config = if (is.null(seed)) config else c(config, list(seed = seed)),
    choice = choice("initializers", name, values), seed = seed
  ))
}

# Hyperparameters in the engine's coding.
initializer_values <- function(config) {
  if (is.null(config$mode)) return(config)
  config$mode <- match(config$mode, c("fan_in", "fan_out", "fan_avg")) - 1
  distributions <- c("truncated_normal", "untruncated_normal", "uniform")
  config$distribution <- match(config$distribution, distributions) - 1
  config
}

initializer_object <- function(fields) {
  draw <- function(shape, dtype = NULL) {
    self <- fields_of_self()
    dims <- check_shape(shape)
    check_dtype(dtype)
    draw_initial(self, dims, if (draws_numbers(self)) draw_seed() else 0)
  }
  new_object(draw, fields, "kestrel_initializer")
}

array_initializer <- function(x, arg, call = caller_env()) {
  x <- check_tensor(x, arg = arg, call = call)
  initializer_object(list(name = "constant", config = list(value = x), array = x))
}

function_initializer <- function(f) {
  initializer_object(list(name = "function", config = named_list(), maker = f))
}

# Whether it needs a seed that it has not got.
draws_numbers <- function(initializer) {
  fixed <- c("zeros", "ones", "constant", "identity", "function")
  is.null(initializer$seed) && !initializer$name %in% fixed
}

# Values for a weight of `dims`. `seed` and `stream` (the weight's number in its layer) count
# where the initializer has no seed of its own; only then is `seed` looked at.
draw_initial <- function(initializer, dims, seed, stream = 0L, call = caller_env()) {
  self <- fields(initializer) %||% initializer
  if (!is.null(self$array)) return(given_values(self$array, dims, call))
  if (!is.null(self$maker)) return(made_values(self$maker, dims, call))
  check_initializer_rank(self$name, length(dims), call)
  if (!is.null(self$seed)) {
    seed <- self$seed
    stream <- 0L
  }
  array(engine_initializer(self$choice, dims, seed, stream), dims)
}

given_values <- function(x, dims, call) {
  if (identical(tensor_dims(x), as.integer(dims))) return(array(as.double(x), dims))
  stop_kestrel("shape", sprintf("The initial values must have shape %s, not %s.",
    shape_list(dims), shape_list(tensor_dims(x))), value = dim(x), expected = dims, call = call)
}

check_initializer_rank <- function(name, rank, call) {
  bad <- (name == "identity" && rank != 2) || (name == "orthogonal" && rank < 2)
  if (!bad) return(invisible(name))
  stop_kestrel("shape", sprintf(
    "`initializer_%s()` needs a matrix, not an array of %d dimension%s.", name, rank,
    if (rank == 1) "" else "s"
  ), value = rank, call = call)
}

# What the user's function returns for the shape.
made_values <- function(f, dims, call) {
  takes_dtype <- any(c("dtype", "...") %in% names(formals(args(f))))
  x <- tryCatch(
    if (takes_dtype) f(dims, dtype = floatx()) else f(dims),
    error = function(e) stop_initializer("failed.", e, call)
  )
  if (!is.numeric(x) || length(x) != prod(dims)) {
    stop_initializer(sprintf("must return an array of shape %s, not %s.", shape_list(dims),
      describe(x)), NULL, call)
  }
  if (!is.null(dim(x)) && !identical(dim(x), as.integer(dims))) {
    stop_initializer(sprintf("must return an array of shape %s, not of %s.", shape_list(dims),
      shape_list(dim(x))), NULL, call)
  }
  if (!all(is.finite(x))) stop_initializer("must return finite numbers.", NULL, call)
  array(as.double(x), dims)
}

stop_initializer <- function(what, parent, call) {
  stop_kestrel("callback", paste("The function that makes initial values", what),
    argument = "initializer", parent = parent, call = call)
}

# A name, an object, one of the constructors, an array, or a function of the shape. Without
# one weights start as a kernel's do, as in Keras.
as_initializer <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(initializer_glorot_uniform())
  if (is.numeric(x) && length(dim(x))) return(array_initializer(x, arg, call))
  own <- is.function(x) && !is.object(x) && !any(vapply(initializer_makers(), identical, NA, x))
  if (own) return(function_initializer(check_initializer_function(x, arg, call)))
  as_made_once(x, "kestrel_initializer", initializer_makers(), "an initializer", arg, call)
}

check_initializer_function <- function(f, arg, call) {
  if (length(formals(args(f)))) return(f)
  stop_argument(arg, "a function of a shape", f, call = call)
}
