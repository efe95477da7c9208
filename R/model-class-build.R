# A model of a class is open until it meets data: a stack of one custom layer. With the first of
# them it becomes a graph of its inputs and that layer, which may have several of either.

is_open_class <- function(model) {
  state <- model_state(model)
  isTRUE(state$of_class) && is.null(state$graph)
}

# The data of an open model as a list of arrays; the model is built for them.
opened_arrays <- function(model, x, arg, call) {
  x <- only_element(x)
  several <- is_parts(x)
  args <- if (several) element_args(arg, x) else arg
  arrays <- lapply(seq_along(args), function(i) {
    part <- if (several) x[[i]] else x
    if (is.character(part)) check_strings(part, args[i], call) else check_data(part, args[i], call)
  })
  check_counts(arrays, args, call)
  types <- lapply(arrays, function(a) if (is.character(a)) "string")
  build_class_model(model, lapply(arrays, sample_dims), if (several) names(x), call, types)
  arrays
}

# dims: a list of those of each input.
build_class_model <- function(model, dims, keys, call, types = list(NULL)) {
  state <- model_state(model)
  layer <- class_layer(model)
  check_keys(keys, "x", call)
  inputs <- Map(function(d, type) new_input(d, dtype = type), unname(dims), types)
  given <- if (is.null(keys)) one_or_list(inputs) else stats::setNames(inputs, keys)
  assign("home", NULL, envir = layer_state(layer))
  outputs <- tensor_list(layer(given))
  name_inner_parts(model)
  whole <- model_state(graph_model(trace_graph(inputs, unname(outputs), call), state$name, keys,
    layer_instance(layer)$.outputs, call))
  list2env(mget(c("graph", "layers", "input", "nests", "input_keys", "output_keys"), envir = whole),
    envir = state)
  state$built <- TRUE
  model_changed(model)
  if (is.null(state$compile_later)) return(invisible(model))
  later <- state$compile_later
  state$compile_later <- NULL
  compile_model(model, later, call)
}

# How many outputs an open model has is not known. What may be meant for several of them waits.
compile_open <- function(model, args, call) {
  meant_for_several <- length(args$loss) > 1 && !is.function(args$loss) ||
    length(args$loss_weights) > 1 ||
    is.list(args$metrics) && !is.object(args$metrics) && length(args$metrics) > 1
  now <- if (meant_for_several) list(optimizer = args$optimizer, loss = no_loss()) else args
  compile_model(model, now, call)
  assign("compile_later", args, envir = model_state(model))
  invisible(model)
}
