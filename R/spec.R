# From R's objects to the plain lists that C reads (src/r-spec.c).

# The engine's tables, read once a session; `fitting`: states of the models in fit().
the <- new.env(parent = emptyenv())

registry <- function(table) {
  if (is.null(the[[table]])) assign(table, registry_read(table), envir = the)
  the[[table]]
}

registry_row <- function(table, name) {
  rows <- registry(table)
  i <- match(name, rows$name)
  list(name = name, hparams = rows$hparams[[i]], flags = rows$flags[i], text = rows$text[i])
}

# A record of a table with all its hyperparameters as doubles, in the record's order.
# NULL stands for "none": NaN.
choice <- function(table, name, values = list()) {
  h <- registry_row(table, name)$hparams
  for (key in names(values)) {
    h[[key]] <- if (is.null(values[[key]])) NaN else as.double(values[[key]])
  }
  list(name = name, h = as.double(h))
}

# One engine node that a layer expands to. `values`: hyperparameters of the record; for an
# activation node they are the activation's, and come with it.
new_node <- function(type, values = list(), activation = NULL) {
  if (is.null(activation)) {
    return(list(layer = choice("layers", type, values), activation = NULL))
  }
  list(layer = list(name = type, h = activation$choice$h), activation = activation$choice$name)
}

# A network that is a chain of nodes; `input`: dims of a sample.
chain_spec <- function(nodes, input, precision) {
  for (i in seq_along(nodes)) {
    nodes[[i]]$inputs <- i - 2L
    nodes[[i]]$weights_from <- i - 1L
  }
  list(
    inputs = list(as.integer(input)), nodes = nodes, outputs = length(nodes) - 1L,
    precision = precision
  )
}

# The nodes of one layer, with all that C reads but their places.
layer_chain <- function(layer, input, stream) {
  nodes <- lapply(layer_nodes(layer, input), function(node) {
    list(
      layer = node$layer, activation = node$activation, trainable = layer_trainable(layer),
      stream = stream, activity = NULL, rules = list()
    )
  })
  activity <- layer_config(layer)$activity_regularizer
  if (!is.null(activity)) nodes[[length(nodes)]]$activity <- activity_choice(activity)
  nodes
}

# What the engine finds out about a layer alone: output dims and slots by node.
layer_info <- function(layer, input, call) {
  check_fits(layer, input, call)
  nodes <- layer_chain(layer, input, 1L)
  info <- network_info(chain_spec(nodes, input, "float64"))
  if (info$bad > 0) stop_layer_shape(layer, input, info$code, call)
  by_node <- lapply(info$nodes, function(node) node$slots)
  slots <- unlist(by_node, recursive = FALSE)
  list(
    output = info$nodes[[length(nodes)]]$output, slots = slots, by_node = lengths(by_node),
    is_state = vapply(slots, `[[`, NA, "is_state")
  )
}

stop_layer_shape <- function(layer, input, code, call) {
  kind <- if (code == 3L) "memory" else "shape"
  why <- if (code == 3L) "needs more numbers than can be addressed for" else "cannot take"
  axis <- layer_config(layer)$axis
  stop_kestrel(
    kind, sprintf("Layer \"%s\" %s input of shape %s.", layer$name, why, shape_text(input)),
    hint = if (!is.null(axis)) sprintf("Its `axis` is %s.", paste(axis, collapse = ", ")),
    value = input, call = call
  )
}

# "(n, 4)": samples first.
shape_text <- function(dims) sprintf("(%s)", paste(c("n", dims), collapse = ", "))

slot_setting <- function(layer, slot, what) layer_config(layer)[[paste0(slot, "_", what)]]

slot_rule <- function(layer, slot, call = caller_env()) {
  constraint <- slot_setting(layer, slot$name, "constraint")
  regularizer <- slot_setting(layer, slot$name, "regularizer")
  check_regularizer_rank(regularizer, length(slot$dims), call)
  list(
    penalty = regularizer$choice,
    constraint = constraint$choice,
    axes = if (is.null(constraint)) 0L else constraint_axes(constraint, length(slot$dims), call)
  )
}

# Built layers: nodes with the rules of their slots.
built_chain <- function(layer, stream) {
  state <- layer_state(layer)
  nodes <- layer_chain(layer, state$input, stream)
  rules <- lapply(state$slots, function(slot) slot_rule(layer, slot))
  owner <- rep(seq_along(nodes), state$by_node)
  for (i in seq_along(nodes)) nodes[[i]]$rules <- rules[owner == i]
  nodes
}

# The network of a built model.
network_spec <- function(model) {
  state <- model_state(model)
  chains <- lapply(seq_along(state$layers), function(i) built_chain(state$layers[[i]], i))
  chain_spec(unlist(chains, recursive = FALSE), state$input, state$precision)
}
