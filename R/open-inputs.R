# Inputs whose length is not known, NA in the dims of layer_input(). Until data come, a stand-in is
# in its place, with which layers are built; a model with such inputs counts as not built. The first
# data say the length, and all dims of the graph are worked out again.

open_length <- 97L

any_open <- function(parts) {
  any(vapply(parts, function(part) {
    state <- environment(part)
    if (is_model(part)) any_open(state$layers) else !is.null(state$open)
  }, NA))
}

# Dims of an input layer as they were given.
open_dims <- function(state) if (is.null(state$open)) state$input else replace(state$input,
  state$open, NA)

# NULL where a length is not known: the first data will say it.
known_shape <- function(shape) if (!anyNA(shape)) shape

check_open_shape <- function(x, arg, call) {
  known <- x[!is.na(x)]
  if (length(known)) check_shape(known, arg = arg, call = call)
  as.integer(x)
}

# Dims of a tensor as users see them. What comes of an open length is not known either.
told_dims <- function(tensor) {
  dims <- .subset2(tensor, "dims")
  if (open_length %in% dims && depends_on_open(tensor)) replace(dims, dims == open_length,
    NA) else dims
}

depends_on_open <- function(tensor) {
  call <- .subset2(tensor, "call")
  state <- environment(call$part)
  if (!is.null(state$open)) return(TRUE)
  any(vapply(call$inputs, depends_on_open, NA))
}

# dims: a list of those of each input.
build_graph <- function(model, dims, call) {
  with_layers_restored(model, size_graph(model, dims, call))
  model_changed(model)
  settle_again(model)
}

size_graph <- function(model, dims, call) {
  state <- model_state(model)
  graph <- state$graph
  seen <- integer()
  for (i in seq_along(graph$calls)) {
    at <- graph$calls[[i]]
    part <- state$layers[[at$part]]
    input <- match(i, graph$inputs)
    out <- if (!is.na(input)) list(size_input(part, dims[[input]], call)) else {
      from <- Map(function(c, o) graph$calls[[c]]$dims[[o]], at$call, at$output)
      dims_list(size_part(part, from, at$given, at$part %in% seen, call))
    }
    seen <- c(seen, at$part)
    graph$calls[[i]]$dims <- out
    size_call(environment(part)$calls[[at$index + 1L]], out)
  }
  state$graph <- graph
  state$input <- one_or_list(unname(dims))
  state$built <- TRUE
  lapply(graph$outputs$call, function(i) graph$calls[[i]]$dims[[1]])
}

size_input <- function(layer, dims, call) {
  state <- layer_state(layer)
  fits <- length(dims) == length(state$input) && all(dims == state$input | state$open %||% FALSE)
  if (!fits) check_input_dims(dims, open_dims(state), sprintf("input \"%s\"", state$name), call)
  state$input <- state$input_shape <- state$output <- dims
  state$open <- NULL
  dims
}

# `again`: the part has its dims from an earlier call.
size_part <- function(part, dims, given, again, call) {
  if (is_model(part)) return(size_model(part, dims, call))
  input <- joint_input(part, dims, given)
  if (again) return(layer_output(part, input, call))
  state <- layer_state(part)
  info <- layer_info(part, input, call)
  same <- identical(lapply(info$slots, `[[`, "dims"), lapply(state$slots, `[[`, "dims"))
  if (!same) return(layer_state(build_layer(part, input, call))$output)
  list2env(c(info, list(input = with_given(input, NULL))), envir = state)
  info$output
}

size_model <- function(model, dims, call) {
  state <- model_state(model)
  if (!is.null(state$graph)) {
    outputs <- size_graph(model, dims, call)
  } else {
    out <- dims[[1]]
    for (part in state$layers) out <- size_part(part, list(out), NULL, FALSE, call)
    state$input <- dims[[1]]
    outputs <- list(out)
  }
  model_changed(model)
  outputs
}

# Tensors of the call that were made know the dims, too.
size_call <- function(made, dims) {
  made$outputs <- dims
  for (tensor in made$tensors) assign("dims", dims[[.subset2(tensor, "output")]], envir = tensor)
}

# Where sequences may be meant that are longer or shorter than the first ones.
length_hint <- function(model, got, expected, arg) {
  if (is.list(expected) || length(got) != length(expected)) return(NULL)
  n <- length(got)
  by_step <- n > 1 && got[n] == expected[n] || n == 1 && reads_codes(model)
  if (by_step) {
    sprintf("Samples have a fixed length here, that of the first data: pad_sequences(%s, maxlen = %d) makes it.", arg,
      expected[1])
  }
}

reads_codes <- function(model) any(!vapply(lapply(leaf_layers(model), code_limit), is.null, NA))
