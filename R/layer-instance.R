# What a custom layer works with: an environment `self` (an object of class R6, or one made here)
# that the user's methods see. Besides the user's fields it has
#
# .weights   list(name, dims, trainable, initializer, regularizer, constraint, variable) of each
# .begun     how many of them initialize() made; .input: dims that build() was called with
# .losses    what add_loss() was given in this pass
# .outputs   names of the outputs of call(), where it returns a list with names
# .inner     layers in it that have their weights in .weights; .home: the state of the layer

instance_fields <- function() {
  list(.weights = list(), .begun = 0L, .input = NULL, .losses = list(), .outputs = NULL,
    .inner = list(),
    .home = NULL)
}

# The methods that every layer has. An R6 class gives them its own `self`.
base_methods <- function(self) {
  list(
    initialize = function(..., name = NULL) keep_name(self, name),
    build = function(input_shape) invisible(),
    call = function(inputs, ...) inputs,
    compute_mask = function(inputs, mask = NULL) if (isTRUE(self$supports_masking)) mask,
    get_config = function() named_list(),
    add_weight = function(shape = NULL, initializer = NULL, dtype = NULL, trainable = TRUE, ...,
                          regularizer = NULL, constraint = NULL, name = NULL) {
      add_weight(self, shape, initializer, trainable, regularizer, constraint, name)
    },
    add_loss = function(losses, ...) add_layer_loss(self, losses)
  )
}

# What `super$initialize(name = )` says.
keep_name <- function(self, name) {
  if (!is.null(name)) self$name <- check_name(name, arg = "name", call = NULL)
  invisible(self)
}

add_weight <- function(self, shape, initializer, trainable, regularizer, constraint, name,
                       call = caller_env()) {
  name <- check_name(name, call = call) %||% paste0("weight", length(self$.weights) + 1L)
  taken <- vapply(self$.weights, `[[`, "", "name")
  name <- utils::tail(make.unique(c(taken, name), sep = "_"), 1)
  dims <- if (length(shape)) check_shape(shape, arg = "shape", call = call) else 1L
  weight <- list(
    name = name, dims = dims, trainable = check_flag(trainable, arg = "trainable", call = call),
    initializer = as_initializer(initializer, "initializer", call),
    regularizer = as_regularizer(regularizer, "regularizer", call),
    constraint = as_constraint(constraint, "constraint", call), variable = new_variable(dims, name))
  self$.weights <- c(self$.weights, list(weight))
  weight$variable
}

add_layer_loss <- function(self, losses) {
  self$.losses <- c(self$.losses,
    if (is.list(losses) && !is.object(losses)) losses else list(losses))
  invisible(self)
}

# The instance of a layer, made by initialize() when it is first needed.
layer_instance <- function(layer, call = caller_env()) {
  state <- layer_state(layer)
  if (is.null(state$instance)) {
    config <- state$config
    self <- own_call(config$class$new, config$args, sprintf("initialize() of layer \"%s\"",
      config$class$classname), "layer", call, hint = NULL)
    self$.begun <- length(self$.weights)
    state$instance <- self
  }
  state$instance
}

# Built for input of these dims, as long as the layer has no weights yet.
built_instance <- function(layer, input, call = NULL) {
  self <- layer_instance(layer, call)
  if (layer_state(layer)$built || identical(self$.input, input)) return(self)
  self$.weights <- self$.weights[seq_len(self$.begun)]
  own_call(self$build, shape_arguments(self$build, input),
    sprintf("build() of layer \"%s\"", layer$name),
    "layer", call, hint = NULL)
  self$.input <- input
  self
}

# `frozen`: statistics of layers in it stay as they are; `given`: see call-arguments.R. What runs
# says little itself, as copies of it go with the model into files.
instance_node <- function(self, label, frozen = FALSE, given = NULL) {
  fn <- masked(self$call)
  function(x, w, training, call, mask = NULL) {
    run_instance(self, fn, label, frozen, given, x, w, training, call, mask)
  }
}

run_instance <- function(self, fn, label, frozen, given, x, w, training, call, mask) {
  cells <- lapply(self$.weights, function(weight) variable_cell(weight$variable))
  for (i in seq_along(w)) cells[[i]]$now <- w[[i]]
  on.exit(for (cell in cells) list2env(list(now = plain_value(cell$now), assigned = NULL), cell))
  self$.losses <- list()
  outer <- mget(c("instance", "instance_training", "instance_frozen", "instance_masks"),
    envir = the,
    ifnotfound = list(NULL))
  on.exit(list2env(outer, envir = the), add = TRUE)
  list2env(list(instance = self, instance_training = training, instance_frozen = frozen),
    envir = the)
  args <- if (is.null(given)) list(one_or_list(x)) else put_in(given, x)
  if (is.null(outer$instance) && length(mask)) with_inner_mask(args[[1]], mask)
  told <- told_arguments(fn, training, mask, names(given))
  own <- args[names2(args) != ".around"]
  y <- with_around(self, args$.around, own_call(fn, c(own, told), label, "layer", call))
  list(y = if (is_parts(y)) lapply(y, current) else current(y),
    charge = layer_charge(self$.losses, label, call),
    states = lapply(cells, function(cell) cell$assigned))
}

# Of `training` and `mask` those that fn has arguments for and that are not given.
told_arguments <- function(fn, training, mask, given) {
  takes <- names(formals(args(fn)))[-1]
  list(training = training, mask = mask)[setdiff(intersect(c("training", "mask"), takes), given)]
}

plain_value <- function(x) if (inherits(x, "kestrel_traced")) plain(x) else x

layer_charge <- function(losses, label, call) {
  if (!length(losses)) return(NULL)
  for (loss in losses) {
    value <- plain(loss)
    if (is.numeric(value) && length(value) == 1 && is.finite(value)) next
    stop_kestrel("layer",
      sprintf("The %s gave add_loss() %s, not a number.", label, describe(value)),
      hint = if (is_tensor(loss)) "Tensors of a model's layers are charged by model$add_loss()." else
        "sum() and mean() make one.", argument = label, value = shorten(value), call = call)
  }
  Reduce(`+`, losses)
}

#' @export
layer_nodes.kestrel_layer_custom <- function(layer, input) {
  self <- built_instance(layer, input)
  label <- sprintf("call() of layer \"%s\"", layer$name)
  run <- instance_node(self, label, !layer_trainable(layer), given_with(input))
  trial <- if (takes_mask(layer)) tried_with_masks(run, given_with(input)) else run
  tried <- tried_call(self, trial, label, input)
  self$.outputs <- if (is.list(tried)) names(tried)
  weights <- lapply(self$.weights, function(w) weight_node(w$dims, !w$trainable))
  function_nodes(weights, run, custom_output(self, input, is.list(tried)) %||% tried, label, input)
}

# The first call may make layers, and with them weights, which must be there from then on.
tried_call <- function(self, run, label, input) {
  try_once <- function() {
    small <- lapply(self$.weights, function(w) array(0.1, w$dims))
    tried_shape(run, label, dims_list(input), small)
  }
  n <- length(self$.weights)
  tried <- try_once()
  if (length(self$.weights) == n) return(tried)
  n <- length(self$.weights)
  try_once()
  if (length(self$.weights) == n) return(tried)
  stop_kestrel("layer", sprintf("The %s makes new weights each time it is called.", label),
    hint = "Make its layers in initialize() or build(), and keep them in self.", argument = label,
    call = NULL)
}

# What compute_output_shape() says, where there is one.
custom_output <- function(self, input, several) {
  if (!is.function(self$compute_output_shape)) return(NULL)
  told <- do.call(self$compute_output_shape, shape_arguments(self$compute_output_shape, input))
  dims <- lapply(if (several) told else list(told), function(shape) {
    check_shape(sample_part(shape), arg = "compute_output_shape()", call = NULL)
  })
  if (several) unname(dims) else dims[[1]]
}

# The nodes of a layer that R computes: of several outputs one with all of their numbers, and one
# for each that takes its own.
function_nodes <- function(weights, run, output, label, input) {
  from <- -seq_along(dims_list(input))
  n <- length(weights)
  if (!is.list(output)) return(c(weights, list(outside_node(output, run, label, n, from))))
  sizes <- vapply(output, prod, 0)
  all <- outside_node(sum(sizes), joined_run(run, output, label), label, n, from)
  parts <- Map(function(dims, end) part_node(dims, end - prod(dims), label, n + 1L), output,
    cumsum(sizes))
  structure(c(weights, list(all), unname(parts)), outputs = length(output))
}

joined_run <- function(run, output, label) {
  force(run)
  function(x, w, training, call, ...) {
    made <- run(x, w, training, call, ...)
    if (!is_parts(made$y) || length(made$y) != length(output)) stop_outputs(label, length(output),
      call)
    flat <- Map(function(y, dims) {
      y <- check_node_output(y, list(output = dims, label = label), x, call)
      with_dims(y, c(dim(x[[1]])[1], prod(dims)))
    }, unname(made$y), output)
    made$y <- bind_tensors(flat, 2)
    made
  }
}

stop_outputs <- function(label, n, call) {
  stop_kestrel("layer", sprintf("The %s must return a list of %d arrays, as at first.", label, n),
    argument = label, call = call)
}

part_node <- function(dims, before, label, from) {
  outside_node(dims, function(x, w, training, call) {
    own <- x[[1]][, before + seq_len(prod(dims)), drop = FALSE]
    list(y = with_dims(own, c(dim(x[[1]])[1], dims)))
  }, label, from = from)
}

# Names of several outputs, or NULL.
output_keys <- function(layer) {
  if (layer_state(layer)$type == "custom") layer_state(layer)$instance$.outputs
}

#' @export
slot_names.kestrel_layer_custom <- function(layer) {
  vapply(layer_instance(layer)$.weights, `[[`, "", "name")
}

custom_setting <- function(layer, slot, what) {
  weights <- layer_instance(layer)$.weights
  weights[[match(slot, vapply(weights, `[[`, "", "name"))]][[what]]
}
