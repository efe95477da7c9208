# Losses and metrics that read symbolic tensors around them, as that of a variational autoencoder
# does its `z_mean`. In training and evaluation a copy of the function sees the numbers of the batch
# in their place. A loss has a node for that behind the model's own, its tap, which takes the
# gradients by the tensors back into the network.
#
# What is read is list(fn, seeing, places, dims, tap):
#   fn      the copy
#   seeing  function(arrays, code): runs code while the copy sees arrays, traced or plain
#   places  where the tensors stand in the network, and dims of their samples
#   tap     where the tap stands, as a string; NULL for metrics

# Of losses and then metrics, NULL for those that are no R functions: places and dims are still to
# be found, by tensors_placed().
tensors_read <- function(model, compiled) {
  losses <- lapply(compiled$losses, function(loss) fields(loss)$fn)
  metrics <- lapply(compiled$metrics, function(m) if (is.null(stateful(m$metric$fn))) m$metric$fn)
  c(lapply(losses, read_tensors, model, TRUE), lapply(metrics, read_tensors, model, NULL))
}

read_tensors <- function(fn, model, tap) {
  if (is.null(fn)) return(NULL)
  copies <- new_copies(model)
  copy <- masked(fn, copies)
  if (!length(copies$tensors)) return(list(fn = copy))
  list(fn = copy, tensors = copies$tensors, seeing = seeing(copies$slots, copies$tensors),
    tap = tap)
}

reads_some <- function(read) length(read$tensors) > 0

# For masked(): what fn sees around it of tensors that come of the model. A slot is list(env, name,
# value), tensors in the value by number.
note_tensors <- function(fn, env, copies) {
  names <- all.names(as.call(c(quote(c), formals(fn), body(fn))), unique = TRUE)
  for (name in setdiff(names, names(formals(fn)))) {
    value <- tryCatch(get0(name, environment(fn)), error = function(e) NULL)
    if (!is_tensor(value) && !holds_tensors(value)) next
    if (is.null(copies$known)) copies$known <- known_calls(copies$model)
    before <- length(copies$tensors)
    value <- take_out(value, copies, function(x) is_tensor(x) && comes_of(copies$known, x$call))
    slot <- list(env = env, name = name, value = value)
    if (length(copies$tensors) > before) copies$slots <- c(copies$slots, list(slot))
  }
}

# A function, as functions may be compared without their environments.
seeing <- function(slots, tensors) {
  whole <- vapply(tensors, is_whole, NA)
  function(arrays, code) {
    on.exit(for (slot in slots) rm(list = slot$name, envir = slot$env))
    arrays[whole] <- lapply(arrays[whole], one_for_all)
    for (slot in slots) assign(slot$name, put_in(slot$value, arrays), envir = slot$env)
    code
  }
}

# The calls of a model's graph, by number; layers that it has; of other calls that were met, whether
# they are `ours`, depending on nothing else.
known_calls <- function(model) {
  state <- model_state(model)
  calls <- if (is.null(state$graph)) lapply(stack_tensors(model), `[[`, "call") else {
    lapply(state$graph$calls, function(call) {
      environment(state$layers[[call$part]])$calls[[call$index + 1L]]
    })
  }
  list2env(list(calls = calls, made = list(), ours = rep(TRUE, length(calls)),
    layers = lapply(leaf_layers(model), environment)), parent = emptyenv())
}

call_number <- function(known, call) Position(function(other) identical(other, call), known$calls)

comes_of <- function(known, call) {
  i <- call_number(known, call)
  if (!is.na(i)) return(known$ours[i])
  ours <- !is_input(call$part) && has_no_other_weights(known, call$part) &&
    all(vapply(call$inputs, function(t) comes_of(known, t$call), NA))
  append_to(known, "calls", call)
  known$ours <- c(known$ours, ours)
  ours
}

has_no_other_weights <- function(known, part) {
  layers <- if (is_model(part)) leaf_layers(part) else list(part)
  weighty <- Filter(function(layer) length(layer_state(layer)$slots) > 0, layers)
  all(vapply(weighty, function(layer) any(vapply(known$layers, identical, NA, environment(layer))),
    NA))
}

# With places, after the model's own calls were `made`, by number: where tensors are outside of the
# model, nodes of theirs are put behind it.
tensors_placed <- function(read, plan, model, made) {
  if (!any(vapply(read, reads_some, NA))) return(read)
  known <- known_calls(model)
  known$made <- lapply(as.character(seq_along(known$calls)), function(key) made[[key]])
  lapply(read, function(one) if (reads_some(one)) place_tensors(one, plan, known) else one)
}

place_tensors <- function(read, plan, known) {
  ends <- lapply(read$tensors, place_tensor, plan, known)
  read$places <- vapply(ends, function(end) end$places, 0L)
  read$dims <- lapply(ends, function(end) end$dims[[1]])
  read$tensors <- NULL
  if (isTRUE(read$tap)) read$tap <- as.character(put_nodes(plan, list(tap_node(read)), read$places))
  read
}

place_tensor <- function(t, plan, known) {
  lapply(place_call(plan, known, t$call), `[`, t$output)
}

place_call <- function(plan, known, call) {
  i <- call_number(known, call)
  if (!is.na(i)) return(known$made[[i]])
  inputs <- lapply(call$inputs, place_tensor, plan, known)
  pick <- function(field) unlist(lapply(inputs, `[[`, field), recursive = FALSE)
  from <- list(places = pick("places"), dims = pick("dims"), masks = pick("masks"))
  made <- if (is_model(call$part)) place_model(plan, call$part, from, call$training) else {
    place_layer(plan, call$part, from, call$training, call$given)
  }
  append_to(known, "calls", call)
  append_to(known, "made", made)
  made
}

# The penalty of nothing makes the engine go back through it.
tap_node <- function(read) {
  node <- free_node(outside_node(read$dims[[1]],
    function(x, w, training, call) list(y = x[[1]]), "tap of a loss"))
  node$activity <- activity_choice(regularizer_l2(0))
  node
}

# The arrays of the batch that the trainer has seen last.
seen_arrays <- function(trainer, read) {
  Map(function(place, dims) {
    values <- trainer_look(trainer, place)
    array(values, c(length(values) / prod(dims), dims))
  }, read$places, read$dims)
}
