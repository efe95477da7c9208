# From R's objects to the plain lists that C reads (src/r-spec.c).

# The engine's tables, read once a session; `fitting`: the runs of fit() that go on.
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
# activation node they are the activation's, and come with it. `from`: the layer's earlier nodes
# that it reads, by number, or the layer's input k as -k; by default the node before it, and
# all inputs of the layer for the first.
# `outside`: what R computes there, see outside.R. layer_time_distributed() adds `shares`, the
# earlier node whose weights it has, `stream` and `activity`.
new_node <- function(type, values = list(), activation = NULL, from = NULL, outside = NULL) {
  if (is.null(activation)) {
    return(list(layer = choice("layers", type, values), activation = NULL, from = from,
      outside = outside))
  }
  list(layer = list(name = type, h = activation$choice$h), activation = activation$choice$name,
    from = from)
}

# Dims of the inputs of a layer, or of a model: one or a list of several.
dims_list <- function(input) lapply(if (is.list(input)) input else list(input), as.integer)

# The nodes of one layer, with all that C reads but their places. The last of them is its output, or
# as many of them as an attribute `outputs` says.
layer_chain <- function(layer, input, stream, own = layer_nodes(layer, input)) {
  nodes <- lapply(own, function(node) {
    list(
      layer = node$layer, activation = node$activation, trainable = layer_trainable(layer),
      stream = stream + (node$stream %||% 0L), activity = node$activity, rules = list(),
      from = node$from, shares = node$shares, outside = node$outside
    )
  })
  activity <- layer_config(layer)$activity_regularizer
  if (!is.null(attr(own, "outputs"))) {
    return(several_outputs(nodes, attr(own, "outputs"), activity, layer))
  }
  if (!is.null(activity$fn)) return(c(nodes, list(charging_node(nodes, input, layer, activity))))
  if (!is.null(activity)) nodes[[length(nodes)]]$activity <- activity_choice(activity)
  nodes
}

several_outputs <- function(nodes, n, activity, layer) {
  if (is.null(activity)) return(structure(nodes, outputs = n))
  stop_kestrel("layer", sprintf("Layer \"%s\" has %d outputs, so it takes no activity regularizer.",
    layer$name, n), hint = "Its add_loss() charges for what passes.",
    argument = "activity_regularizer",
    call = NULL)
}

# Which of these nodes are outputs.
output_nodes <- function(nodes) length(nodes) + 1L - rev(seq_len(attr(nodes, "outputs") %||% 1L))

# The nodes of one layer with their places in a network, after the first `before` nodes.
# `inputs`: where the layer's inputs stand there (earlier nodes, or -1 - k); `owner`: the place of
# the first node of an earlier call of the layer, or NULL.
placed_nodes <- function(nodes, inputs, before = 0L, owner = NULL) {
  first <- owner %||% before
  for (i in seq_along(nodes)) {
    from <- nodes[[i]]$from %||% if (i == 1L) -seq_along(inputs) else i - 1L
    place <- before + from - 1L
    place[from < 0] <- inputs[-from[from < 0]]
    nodes[[i]]$inputs <- place
    nodes[[i]]$weights_from <- first + (nodes[[i]]$shares %||% i) - 1L
  }
  nodes
}

# The network of a layer alone.
layer_spec <- function(nodes, input, precision) {
  inputs <- dims_list(input)
  with_outside(list(inputs = inputs, nodes = placed_nodes(nodes, -seq_along(inputs)),
    outputs = output_nodes(nodes) - 1L, precision = precision))
}

# What the engine finds out about a layer alone: output dims and slots by node.
layer_info <- function(layer, input, call) {
  check_fits(layer, input, call)
  nodes <- layer_chain(layer, input, 1L)
  info <- network_info(layer_spec(nodes, input, "float64"))
  if (info$bad > 0) stop_layer_shape(layer, input, info$code, call)
  by_node <- lapply(info$nodes, function(node) if (node$owner) node$slots)
  slots <- unlist(by_node, recursive = FALSE)
  slots <- named_slots(layer, slots)
  list(
    output = one_or_list(lapply(info$nodes[output_nodes(nodes)], `[[`, "output")), slots = slots,
    by_node = lengths(by_node),
    is_state = vapply(slots, `[[`, NA, "is_state")
  )
}

# Slots under the names that the layer gives them.
named_slots <- function(layer, slots) {
  names <- slot_names(layer)
  for (i in seq_along(names)) slots[[i]]$name <- names[i]
  slots
}

# NULL: the engine's names.
slot_names <- function(layer) UseMethod("slot_names")

#' @export
slot_names.default <- function(layer) NULL

# Output dims of a layer on input of these dims, which builds it when it is not built. Other
# dims than the first may follow as long as the weights fit them.
layer_output <- function(layer, input, call) {
  state <- layer_state(layer)
  if (!state$built) build_layer(layer, input, call)
  given <- given_with(input)
  known <- identical(state$input, if (is.null(given)) input else with_given(input, NULL))
  if (known && identical(state$given, given)) return(state$output)
  info <- layer_info(layer, input, call)
  same <- identical(lapply(info$slots, `[[`, "dims"), lapply(state$slots, `[[`, "dims"))
  if (!same) check_input_dims(input, state$input, sprintf("layer \"%s\"", layer$name), call)
  info$output
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
shape_text <- function(dims) {
  if (is.list(dims)) return(paste(vapply(dims, shape_text, ""), collapse = " and "))
  sprintf("(%s)", paste(c("n", dims), collapse = ", "))
}

slot_setting <- function(layer, slot, what) {
  type <- layer_state(layer)$type
  if (type == "custom") return(custom_setting(layer, slot, what))
  if (type == "time_distributed") return(by_step_setting(layer, slot, what))
  layer_config(layer)[[paste0(slot, "_", what)]]
}

slot_rule <- function(layer, slot, call = caller_env()) {
  constraint <- slot_setting(layer, slot$name, "constraint")
  regularizer <- slot_setting(layer, slot$name, "regularizer")
  check_regularizer_rank(regularizer, length(slot$dims), call)
  own <- list(penalty = regularizer$fn, constraint = constraint$fn)
  list(
    own = if (any(lengths(own) > 0)) own, layer = layer$name,
    penalty = regularizer$choice,
    constraint = constraint$choice,
    axes = if (is.null(constraint$choice)) 0L else constraint_axes(constraint, length(slot$dims),
      call)
  )
}

# Built layers: nodes with the rules of their slots.
built_chain <- function(layer, stream, input = layer_state(layer)$input,
                        own = layer_nodes(layer, input)) {
  state <- layer_state(layer)
  nodes <- layer_chain(layer, input, stream, own)
  rules <- lapply(state$slots, function(slot) slot_rule(layer, slot))
  owner <- rep(seq_along(nodes), state$by_node)
  for (i in seq_along(nodes)) nodes[[i]]$rules <- rules[owner == i]
  nodes
}

# The network of a built model. Models in it are taken apart. Layers are marked with the place of
# their first node as they are met; `part` of a node is the number of its layer, NULL if it has
# none. `draws` of the network: whether some work as in training in any pass, with random numbers.
# `probed`: input k passes first through node k - 1, where the gradient by it can be read.
# `read`: tensors that are to be placed, see loss-tensors.R.
network_spec <- function(model, probed = FALSE, read = list()) {
  feeds <- engine_inputs(model)
  inputs <- lapply(feeds, `[[`, "dims")
  plan <- list2env(list(nodes = list(), n = 0L, layers = list(), marks = integer(), feeds = feeds),
    parent = emptyenv())
  on.exit(for (state in plan$layers) rm(list = "mark", envir = state))
  dims <- dims_list(model_inputs(model))
  places <- input_places(feeds, length(dims))
  if (probed) places <- probed_places(plan, inputs, places)
  from <- list(places = places, dims = dims, masks = rep(NA_integer_, length(dims)))
  made <- new.env(parent = emptyenv())
  outputs <- place_model(plan, model, from, made = made)
  places <- vapply(outputs$places, pass_on, 0L, plan = plan)
  read <- tensors_placed(read, plan, model, made)
  nodes <- lapply(unlist(plan$nodes, recursive = FALSE), gradient_node, plan$layers)
  with_outside(list(inputs = inputs, nodes = nodes, outputs = places, masks = outputs$masks,
    unmasked = plan$unmasked, draws = any(vapply(nodes, function(node) isTRUE(node$training), NA)),
    precision = model_state(model)$precision, read = if (length(read)) read))
}

# Numbers pass through probes; the layers that read strings give none back.
probed_places <- function(plan, inputs, places) {
  put_nodes(plan, Map(probe_node, inputs, -seq_along(inputs)), -seq_along(inputs))
  numbers <- places >= -length(inputs)
  places[numbers] <- -places[numbers] - 1L
  places
}

# Where the outputs of the model stand, their dims, and where their masks stand (NA: they have
# none, see masks.R). `from`: the same of its inputs; `training`: what the model was called with,
# which holds for those in it that were called with nothing. `made` gets the outputs of each call.
place_model <- function(plan, model, from, training = NULL, made = new.env(parent = emptyenv())) {
  graph <- model_graph(model)
  parts <- model_state(model)$layers
  put <- function(i, outputs) assign(as.character(i), outputs, envir = made)
  for (i in seq_along(from$places)) put(graph$inputs[i], lapply(from, `[`, i))
  for (i in setdiff(seq_along(graph$calls), graph$inputs)) {
    call <- graph$calls[[i]]
    part <- parts[[call$part]]
    from <- outputs_of(made, call)
    now <- call$training %||% training
    put(i, if (is_model(part)) place_model(plan, part, from, now) else {
      place_layer(plan, part, from, now, call$given)
    })
  }
  outputs_of(made, graph$outputs)
}

# The outputs that the pairs in `ends`, list(call, output), tell of. `made`: those of calls, by
# number.
outputs_of <- function(made, ends) {
  calls <- lapply(as.character(ends$call), function(key) made[[key]])
  pick <- function(field) Map(function(c, o) c[[field]][[o]], calls, ends$output)
  list(places = unlist(pick("places")), dims = pick("dims"), masks = unlist(pick("masks")))
}

place_layer <- function(plan, layer, from, training = NULL, given = NULL) {
  state <- layer_state(layer)
  input <- joint_input(layer, from$dims, given)
  feed <- read_feed(plan, layer, from$places)
  if (!is.null(feed)) from$places <- -feed
  nodes <- built_chain(layer, length(plan$nodes) + 1L, input,
    if (is.null(feed)) layer_nodes(layer, input) else list(code_node(layer, input)))
  mask <- NA_integer_
  if (!all(is.na(from$masks)) || computes_mask(layer)) {
    nodes <- masked_nodes(layer, nodes, from$masks, given)
    mask <- passed_mask(plan, layer, from, input)
  }
  if (is.null(state$mark)) {
    append_to(plan, "layers", state)
    append_to(plan, "marks", plan$n)
    state$mark <- plan$n
  }
  own <- list(part = match(state$mark, plan$marks), training = training)
  nodes[] <- lapply(nodes, c, own)
  first <- put_nodes(plan, nodes,
    c(from$places, if (reads_mask(nodes, length(from$places))) from$masks), state$mark)
  places <- first + output_nodes(nodes) - 1L
  list(places = places, dims = dims_list(layer_output(layer, input)),
    masks = rep(if (makes_mask(layer)) first else mask, length(places)))
}

# Puts nodes behind those that there are; the place of the first.
put_nodes <- function(plan, nodes, inputs, owner = NULL) {
  first <- plan$n
  append_to(plan, "nodes", placed_nodes(nodes, inputs, first, owner))
  plan$n <- first + length(nodes)
  first
}

# A node that no layer has.
free_node <- function(node) {
  list(layer = node$layer, activation = node$activation, trainable = FALSE, stream = 0L,
    activity = NULL, rules = list(), from = node$from, outside = node$outside)
}

probe_node <- function(dims, input) {
  node <- outside_node(dims, function(x, w, training, call) list(y = x[[1]]), "input", from = input)
  node$outside$wanted <- TRUE
  free_node(node)
}

# Outputs must be nodes: an input that is one is passed on by an identity.
pass_on <- function(place, plan) {
  if (place >= 0L) return(place)
  linear <- list(layer = list(name = "activation", h = choice("activations", "linear")$h),
    activation = "linear")
  put_nodes(plan, list(free_node(linear)), place)
}
