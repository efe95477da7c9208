# Layers and models in the call() of a custom layer, on traced values. Their weights are weights of the
# custom layer, from the first call on. A layer of the engine is one operation; functions and custom
# layers run as they are; models part by part.

# The row: `inputs` arrays, then the weights.
inner_operations <- function() {
  list(layer = list(value = function(..., spec, training, seed, inputs = 1L) {
    given <- inner_arguments(list(...), inputs)
    engine_predict(spec, given$w, data_arrays(given$x), nrow(given$x[[1]]), training, seed)[[1]]
  }, vjp = function(dy, y, ..., spec, training, seed, inputs = 1L) {
    given <- inner_arguments(list(...), inputs)
    pass <- engine_gradient(spec, given$w, data_arrays(given$x), data_arrays(list(array(dy, dim(y)))),
      training, seed)
    c(pass$dx, apart(c(pass$dw, numeric(length(given$w) - length(pass$dw))), list(...)[-seq_len(inputs)]))
  }))
}

inner_arguments <- function(all, inputs) {
  list(x = all[seq_len(inputs)], w = as.double(unlist(all[-seq_len(inputs)])))
}

# Arrays, or a list of them, while the call() of a custom layer runs.
is_inner_input <- function(x) {
  if (is.null(the$instance)) return(FALSE)
  if (is_parts(x)) all(vapply(x, function(part) length(dim(part)) > 1, NA)) else length(dim(x)) > 1
}

inner_parts <- function(x) if (is_parts(x)) unname(x) else list(x)

call_on_traced <- function(layer, x, call) {
  xs <- inner_parts(x)
  input <- joint_input(layer, lapply(xs, function(x) dim(plain(x))[-1]))
  layer_output(layer, input, call)
  weights <- inner_variables(layer, the$instance)
  if (layer_state(layer)$type %in% c("custom", "lambda")) return(run_inner(layer, xs, weights, call))
  spec <- layer_spec(built_chain(layer, 1L, input), input, "float64")
  check_inner(layer, spec, call)
  keeps <- any(layer_state(layer)$is_state)
  training <- isTRUE(the$instance_training) && !(keeps && isTRUE(the$instance_frozen))
  settings <- list(spec = spec, training = training, seed = if (training) draw_seed() else 0,
    inputs = length(xs))
  y <- operate("layer", c(xs, weights), settings)
  if (keeps && training) move_statistics(layer, spec, lapply(xs, plain), weights)
  y
}

# What passes of a layer alone cannot do.
check_inner <- function(layer, spec, call) {
  good <- is.null(spec$outside) && is.null(layer_config(layer)$activity_regularizer)
  if (good) return(invisible(layer))
  stop_kestrel("layer", sprintf("Layer \"%s\" has R functions or an activity regularizer, so it cannot be called in another layer.",
    layer$name), hint = "Call the function in call(), and add_loss() for what it charges.",
    argument = layer$name, call = call)
}

# Those of the batch go into the running ones.
move_statistics <- function(layer, spec, xs, weights) {
  blank <- array(0, c(nrow(xs[[1]]), layer_state(layer)$output))
  w <- lapply(weights, plain)
  after <- engine_gradient(spec, as.double(unlist(w)), data_arrays(xs), data_arrays(list(blank)), TRUE)$w
  after <- apart(after, w)
  for (i in which(layer_state(layer)$is_state)) assign_variable(weights[[i]], after[[i]])
}

# A function or a custom layer: its charges and assignments are those of the layer that calls it.
run_inner <- function(layer, xs, weights, call) {
  outer <- the$instance
  run <- if (layer_state(layer)$type == "custom") {
    frozen <- isTRUE(the$instance_frozen) || !layer_trainable(layer)
    instance_node(layer_instance(layer), sprintf("call() of layer \"%s\"", layer$name), frozen)
  } else {
    config <- layer_config(layer)
    function_node(config$f, sprintf("function of layer \"%s\"", layer$name), config$arguments)
  }
  made <- run(xs, lapply(weights, current), isTRUE(the$instance_training), call)
  if (!is.null(made$charge)) add_layer_loss(outer, made$charge)
  for (i in seq_along(made$states)) {
    if (!is.null(made$states[[i]])) assign_variable(weights[[i]], made$states[[i]])
  }
  made$y
}

model_on_traced <- function(model, x, call) {
  xs <- inner_parts(x)
  check_layers_present(model, call)
  build_model(model, lapply(xs, function(x) dim(plain(x))[-1]), call)
  graph <- model_graph(model)
  made <- vector("list", length(graph$calls))
  made[graph$inputs] <- lapply(xs, list)
  pick <- function(ends) Map(function(c, o) made[[c]][[o]], ends$call, ends$output)
  for (i in setdiff(seq_along(made), graph$inputs)) {
    part <- model_state(model)$layers[[graph$calls[[i]]$part]]
    run <- if (is_model(part)) model_on_traced else call_on_traced
    made[[i]] <- inner_parts(run(part, pick(graph$calls[[i]]), call))
  }
  one_or_list(pick(graph$outputs))
}

# A variable for each of the layer's weights, which self takes over.
inner_variables <- function(layer, self) {
  state <- layer_state(layer)
  owned <- !is.null(state$variables) && identical(state$owner, self)
  if (owned) return(state$variables)
  state$owner <- self
  state$variables <- lapply(seq_along(state$slots), function(i) {
    slot <- state$slots[[i]]
    setting <- function(what) slot_setting(layer, slot$name, what)
    start <- array_initializer(state$weights[[i]], "weights")
    v <- add_weight(self, slot$dims, start, state$trainable && !slot$is_state, setting("regularizer"),
      setting("constraint"), paste(layer$name, slot$name, sep = "_"))
    cell <- variable_cell(v)
    cell$now <- state$weights[[i]]
    v
  })
  state$variables
}

# An inner layer or model with the weights that it has now in the layer around it.
settled_part <- function(part, outer) {
  for (layer in if (is_model(part)) leaf_layers(part) else list(part)) {
    state <- layer_state(layer)
    names <- vapply(state$variables, function(v) variable_cell(v)$name, "")
    if (length(names)) state$weights[] <- outer$weights[names]
  }
  part
}
