# Models whose layers draw random numbers in inference, too, as layer_dropout() does where it is
# called with training = TRUE. Such noise is wanted, and keeps the loss up: what is diagnosed is the
# same network with this noise off, as it is for any other model with such layers.

make_quiet <- function(case) {
  if (!draws_in_inference(case$model)) return(invisible())
  case$model <- quiet_model(case$model)
  case$quiet <- TRUE
}

quiet_model <- function(model) {
  copy <- quiet_part(model)
  copy_weights(model, copy)
  from <- model_state(model)
  state <- model_state(copy)
  for (name in c("compiled", "classes", "features", "optimizer_state", "last_fit")) {
    assign(name, from[[name]], envir = state)
  }
  state$compiled$flags <- compiled_flags(copy)
  copy
}

draws_in_inference <- function(model) {
  any(vapply(model_plan(model)$nodes, function(n) isTRUE(n$training) &&
    n$layer$name %in% drawing_layers, NA))
}

quiet_part <- function(part) {
  if (!is_model(part)) return(fresh_part(part))
  from <- model_state(part)
  parts <- lapply(from$layers, quiet_part)
  if (is.null(from$graph)) return(clone_stack(from, parts))
  graph <- from$graph
  graph$calls <- lapply(graph$calls, function(call) {
    if (isTRUE(call$training) &&
      is_only_noisy(from$layers[[call$part]])) call["training"] <- list(NULL)
    call
  })
  clone_graph(from, parts, graph)
}

# A layer, or a model, in which training is a matter of noise alone, and not of statistics of
# batches.
is_only_noisy <- function(part) {
  layers <- if (is_model(part)) leaf_layers(part) else list(part)
  types <- vapply(layers, function(layer) layer_state(layer)$type, "")
  if (is_model(part)) !any(types == "batch_normalization") else types %in% drawing_layers
}
