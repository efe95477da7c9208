# Layers and models in the call() of a custom layer, on traced values. Their weights are weights of
# the custom layer, from the first call on. A layer of the engine is one operation; functions and
# custom layers run as they are; models part by part.

# The row: `inputs` arrays, then the weights.
inner_operations <- function() {
  list(layer = list(value = function(..., spec, training, seed, inputs = 1L) {
    given <- inner_arguments(list(...), inputs)
    engine_predict(spec, given$w, data_arrays(given$x), nrow(given$x[[1]]), training, seed)[[1]]
  }, vjp = function(dy, y, ..., spec, training, seed, inputs = 1L) {
    given <- inner_arguments(list(...), inputs)
    pass <- engine_gradient(spec, given$w, data_arrays(given$x),
      data_arrays(list(array(dy, dim(y)))),
      training, seed)
    c(pass$dx, apart(c(pass$dw, numeric(length(given$w) - length(pass$dw))),
      list(...)[-seq_len(inputs)]))
  }), penalty = list(value = function(w, choice) engine_penalty(choice, w),
    vjp = function(dy, y, w, choice) list(dy * engine_penalty_grad(choice, w))))
}

inner_arguments <- function(all, inputs) {
  list(x = all[seq_len(inputs)], w = as.double(unlist(all[-seq_len(inputs)])))
}

# Arrays, or a list of them, while the call() of a custom layer runs. A vector, as x[, 1] is one,
# has a number for each sample.
is_inner_input <- function(x) {
  if (is.null(the$instance)) return(FALSE)
  if (is_parts(x)) all(vapply(x, is_inner_array, NA)) else is_inner_array(x)
}

is_inner_array <- function(x) {
  x <- plain(x)
  length(dim(x)) > 1 || length(x) > 0 && is.numeric(x) && !is.object(x)
}

inner_parts <- function(x) if (is_parts(x)) unname(x) else list(x)

inner_arrays <- function(x) lapply(inner_parts(x), function(x) {
  if (length(dim(plain(x))) > 1) x else with_dims(current(x), c(length(plain(x)), 1L))
})

call_on_traced <- function(layer, x, call, training = NULL, given = NULL) {
  xs <- inner_arrays(x)
  y <- call_on_arrays(layer, xs, call, training, given)
  # As in Keras, where a code by sample becomes a row.
  coded <- layer_state(layer)$type == "embedding" && length(dim(plain(x))) < 2
  if (coded) with_dims(y, dim(plain(y))[-2]) else y
}

call_on_arrays <- function(layer, xs, call, training, given) {
  masks <- lapply(xs, inner_mask)
  y <- run_on_arrays(layer, xs, masks, call, training, given)
  with_inner_mask(y, output_mask(layer, xs, masks, given))
}

run_on_arrays <- function(layer, xs, masks, call, training, given) {
  input <- joint_input(layer, lapply(xs, function(x) dim(plain(x))[-1]), given)
  layer_output(layer, input, call)
  weights <- inner_variables(layer, the$instance)
  training <- training %||% isTRUE(the$instance_training)
  if (layer_state(layer)$type %in% c("custom", "lambda")) {
    return(run_inner(layer, xs, weights, training, call, given, as_first(given, masks)))
  }
  nodes <- built_chain(layer, 1L, input)
  states <- layer_state(layer)$is_state
  training <- training && !(any(states) && isTRUE(the$instance_frozen))
  if (stops_within(nodes)) return(run_nodes(layer, nodes, xs, weights, training, call))
  read <- reading_inner_mask(layer, nodes, xs, masks[[1]])
  input <- lapply(read$xs, function(x) dim(plain(x))[-1])
  operate_nodes(layer_spec(read$nodes, input, "float64"), read$xs, weights, states, training)
}

# Nodes of the engine as one operation. `states`: which weights are statistics.
operate_nodes <- function(spec, xs, weights, states, training) {
  settings <- list(spec = spec, training = training, seed = if (training) draw_seed() else 0,
    inputs = length(xs))
  y <- operate("layer", c(xs, weights), settings)
  if (any(states) && training) move_statistics(spec, lapply(xs, plain), weights, states, dim(y))
  y
}

# Whether R computes some of these nodes, or some are charged for.
stops_within <- function(nodes) {
  any(vapply(nodes, function(node) !is.null(node$outside) || !is.null(node$activity), NA))
}

# Node by node: the engine's are an operation each.
run_nodes <- function(layer, nodes, xs, weights, training, call) {
  nodes <- placed_nodes(nodes, -seq_along(xs))
  owner <- rep(seq_along(nodes), layer_state(layer)$by_node)
  made <- list()
  for (i in seq_along(nodes)) {
    node <- nodes[[i]]
    x <- lapply(node$inputs, function(at) if (at < 0) xs[[-at]] else made[[at + 1L]])
    own <- owner == node$weights_from + 1L
    made[[i]] <- if (is.null(node$outside)) {
      dims <- lapply(x, function(x) dim(plain(x))[-1])
      alone <- list(node[setdiff(names(node), c("from", "shares", "activity"))])
      states <- layer_state(layer)$is_state[own]
      operate_nodes(layer_spec(alone, dims, "float64"), x, weights[own], states, training)
    } else run_charging(node$outside, x, training, call)
    if (!is.null(node$activity)) {
      add_layer_loss(the$instance, activity_charge(node$activity, made[[i]]))
    }
  }
  made[[length(nodes)]]
}

run_charging <- function(outside, x, training, call) {
  record <- outside$run(x, list(), training, call)
  if (!is.null(record$charge)) add_layer_loss(the$instance, record$charge)
  check_node_output(record$y, outside, lapply(x, plain), call)
}

# The penalty of the output, samples as columns, by sample.
activity_charge <- function(activity, y) {
  n <- dim(y)[1]
  operate("penalty", list(t(with_dims(y, c(n, length(y) / n)))), list(choice = activity)) / n
}

# Those of the batch go into the running ones.
move_statistics <- function(spec, xs, weights, states, dims) {
  blank <- data_arrays(list(array(0, dims)))
  w <- lapply(weights, plain)
  after <- engine_gradient(spec, as.double(unlist(w)), data_arrays(xs), blank, TRUE)$w
  after <- apart(after, w)
  for (i in which(states)) assign_variable(weights[[i]], after[[i]])
}

# A function or a custom layer: its charges and assignments are those of the layer that calls it.
run_inner <- function(layer, xs, weights, training, call, given = NULL, mask = NULL) {
  outer <- the$instance
  run <- if (layer_state(layer)$type == "custom") {
    frozen <- isTRUE(the$instance_frozen) || !layer_trainable(layer)
    instance_node(layer_instance(layer), sprintf("call() of layer \"%s\"", layer$name), frozen,
      given)
  } else {
    config <- layer_config(layer)
    function_node(config$f, sprintf("function of layer \"%s\"", layer$name), config$arguments)
  }
  made <- run(xs, lapply(weights, current), training, call, mask)
  if (!is.null(made$charge)) add_layer_loss(outer, made$charge)
  for (i in seq_along(made$states)) {
    if (!is.null(made$states[[i]])) assign_variable(weights[[i]], made$states[[i]])
  }
  made$y
}

model_on_traced <- function(model, x, call, training = NULL) {
  xs <- inner_arrays(x)
  check_layers_present(model, call)
  build_model(model, lapply(xs, function(x) dim(plain(x))[-1]), call)
  graph <- model_graph(model)
  made <- vector("list", length(graph$calls))
  made[graph$inputs] <- lapply(xs, list)
  pick <- function(ends) Map(function(c, o) made[[c]][[o]], ends$call, ends$output)
  for (i in setdiff(seq_along(made), graph$inputs)) {
    made_by <- graph$calls[[i]]
    part <- model_state(model)$layers[[made_by$part]]
    now <- made_by$training %||% training
    made[[i]] <- inner_parts(if (is_model(part)) model_on_traced(part, pick(made_by), call,
      now) else {
      call_on_traced(part, pick(made_by), call, now, made_by$given)
    })
  }
  one_or_list(pick(graph$outputs))
}
