# The graph between tensors, as plain values: list(parts, calls, inputs, outputs).
#
# parts    layers and models, in Keras' order: by their distance from the outputs, the farthest
#          first, then as a walk from the outputs meets them
# calls    in an order in which each comes after those it depends on:
#          list(part = its number, call, output = where each input comes from, dims = those of
#          each output, index = how often the part had been called before, training, given =
#          those of the call, see tensor.R); dims is NULL in a stack of layers, which knows its own
# inputs   the calls that give the inputs
# outputs  list(call, output)

trace_graph <- function(inputs, outputs, call) {
  walk <- walk_back(inputs, outputs, call)
  depth <- graph_depths(walk)
  parts <- order(-depth$part, walk$unused, seq_along(depth$part))
  calls <- order(-depth$call, match(walk$part, parts), walk$index)
  number <- function(pairs) list(call = match(pairs$call, calls), output = pairs$output)
  list(
    parts = walk$parts[parts],
    calls = lapply(calls, function(i) {
      c(list(part = match(walk$part[i], parts)), number(walk$from[[i]]),
        list(dims = walk$dims[[i]], index = walk$index[i], training = walk$training[[i]],
          given = walk$given[[i]]))
    }),
    inputs = match(walk$inputs, calls), outputs = number(walk$outputs)
  )
}

# All calls between inputs and outputs, numbered so that each comes after those it depends on.
# Calls and parts are marked with their numbers as they are met.
walk_back <- function(inputs, outputs, call) {
  walk <- new_walk(inputs, call)
  on.exit(for (env in walk$touched) rm(list = "mark", envir = env))
  walk_from(walk, outputs)
  used <- length(walk$parts)
  walk_from(walk, Filter(function(t) is.null(t$call$mark), walk$ends))
  list(
    parts = walk$parts, part = walk$part, unused = -(seq_along(walk$parts) > used),
    from = lapply(walk$calls, function(c) tensor_keys(walk, c$inputs)),
    dims = lapply(walk$calls, function(c) c$outputs),
    training = lapply(walk$calls, function(c) c$training),
    given = lapply(walk$calls, function(c) c$given),
    index = vapply(walk$calls, function(c) c$index, 0L),
    inputs = tensor_keys(walk, walk$ends)$call, outputs = tensor_keys(walk, outputs)
  )
}

# `ends`: where the walk ends, the inputs. An inner tensor that is to be one is replaced, wherever
# it is used, by that of a new input layer.
new_walk <- function(inputs, call) {
  inner <- !vapply(inputs, function(t) is_input(t$call$part), NA)
  ends <- inputs
  ends[inner] <- lapply(inputs[inner], function(t) new_input(t$dims))
  list2env(list(calls = list(), parts = list(), part = integer(), touched = list(),
    ends = unname(ends), inner = inputs[inner], instead = ends[inner], error_call = call),
    parent = emptyenv())
}

replaced <- function(walk, t) {
  for (i in seq_along(walk$inner)) {
    if (same_tensor(t, walk$inner[[i]])) return(walk$instead[[i]])
  }
  t
}

same_tensor <- function(a, b) identical(a$call, b$call) && a$output == b$output

tensor_keys <- function(walk, tensors) {
  tensors <- lapply(tensors, replaced, walk = walk)
  list(call = vapply(tensors, function(t) t$call$mark, 0L, USE.NAMES = FALSE),
    output = vapply(tensors, function(t) t$output, 0L, USE.NAMES = FALSE))
}

# Depth first, without recursion: graphs may be thousands of calls deep. An open call (mark 0)
# has been met, and waits for its inputs.
walk_from <- function(walk, tensors) {
  calls <- function(tensors) rev(lapply(tensors, function(t) replaced(walk, t)$call))
  stack <- calls(tensors)
  while (n <- length(stack)) {
    call <- stack[[n]]
    if (is.null(call$mark)) {
      walk_open(walk, call)
      stack <- c(stack, calls(call$inputs))
    } else {
      stack[[n]] <- NULL
      if (call$mark == 0L) walk_close(walk, call)
    }
  }
}

walk_open <- function(walk, call) {
  if (is_input(call$part) && !any(vapply(walk$ends, function(t) identical(t$call, call), NA))) {
    stop_disconnected(call$part, walk$error_call)
  }
  call$mark <- 0L
  walk$touched <- c(walk$touched, list(call))
  state <- environment(call$part)
  if (!is.null(state$mark)) return(invisible())
  walk$parts <- c(walk$parts, list(call$part))
  state$mark <- length(walk$parts)
  walk$touched <- c(walk$touched, list(state))
}

walk_close <- function(walk, call) {
  walk$calls <- c(walk$calls, list(call))
  walk$part <- c(walk$part, environment(call$part)$mark)
  call$mark <- length(walk$calls)
}

stop_disconnected <- function(part, call) {
  stop_kestrel("argument", sprintf(
    "The outputs depend on input \"%s\", which is not among `inputs`.", part$name),
    hint = "Give all inputs: keras_model(list(a, b), y).", argument = "inputs", call = call)
}

# Distances from the outputs, of calls and of parts: that of a part is its farthest call's.
graph_depths <- function(walk) {
  call <- integer(length(walk$part))
  part <- integer(length(walk$parts))
  for (i in rev(seq_along(call))) {
    p <- walk$part[i]
    call[i] <- part[p] <- max(call[i], part[p])
    from <- walk$from[[i]]$call
    call[from] <- pmax(call[from], call[i] + 1L)
  }
  list(call = call, part = part)
}

# The graph of any model. That of a stack of layers begins with a call of no part, its input.
model_graph <- function(model) {
  state <- model_state(model)
  if (!is.null(state$graph)) return(state$graph)
  n <- length(state$layers)
  calls <- lapply(seq_len(n), function(i) list(part = i, call = i, output = 1L, index = 0L))
  list(calls = c(list(list(part = 0L)), calls), inputs = 1L,
    outputs = list(call = n + 1L, output = 1L))
}

# Dims of a sample of each input, NULL while they are unknown, and of each output.
model_inputs <- function(model) {
  input <- model_state(model)$input
  if (is.null(input) || is.list(input)) input else list(input)
}

model_outputs <- function(model) state_outputs(model_state(model))

state_outputs <- function(state) {
  if (is.null(state$graph)) return(list(stack_output(state)))
  ends <- state$graph$outputs
  Map(function(call, output) state$graph$calls[[call]]$dims[[output]], ends$call, ends$output)
}

stack_output <- function(state) {
  n <- length(state$layers)
  if (n) part_output(state$layers[[n]])
}

part_output <- function(part) {
  if (is_model(part)) model_outputs(part)[[1]] else layer_state(part)$output
}

# All layers that the model is made of, those of models in it included, each once; in the
# order in which their weights stand.
leaf_layers <- function(model) leaves_of(model_state(model))

leaves_of <- function(state) {
  if (is.null(state$graph) && !isTRUE(state$nests)) return(state$layers)
  parts <- Filter(function(part) !is_input(part), state$layers)
  leaves <- lapply(parts, function(part) if (is_model(part)) leaf_layers(part) else list(part))
  leaves <- unlist(leaves, recursive = FALSE) %||% list()
  leaves[!duplicated(lapply(leaves, environment))]
}

# A stack of layers as tensors, for those who want to go on from one of them: its input and
# what each layer gives. Made when they are first asked for.
stack_tensors <- function(model) {
  state <- model_state(model)
  if (is.null(state$tensors)) {
    check_built(model)
    start <- new_input(state$input, dtype = if (takes_strings(model)) "string")
    state$tensors <- Reduce(function(x, part) part(x), state$layers, start, accumulate = TRUE)
  }
  state$tensors
}

# The tensors that go into a model and come out of it.
model_tensors <- function(model) {
  state <- model_state(model)
  graph <- state$graph
  if (is.null(graph)) {
    tensors <- stack_tensors(model)
    return(list(inputs = tensors[1], outputs = tensors[length(tensors)]))
  }
  tensor <- function(i, output = 1L) {
    call <- graph$calls[[i]]
    new_tensor(environment(state$layers[[call$part]])$calls[[call$index + 1L]], output)
  }
  list(inputs = lapply(graph$inputs, tensor),
    outputs = Map(tensor, graph$outputs$call, graph$outputs$output))
}
