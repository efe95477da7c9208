#' A layer at each step
#'
#' The layer, or the model, is applied to each step of a sample by itself, with the same weights:
#' (n, steps, ...) becomes (n, steps, ...). Layers that work on the last axis alone (dense layers,
#' activations, dropout, layer normalization) do the same without it. `time_distributed()` is its
#' name in R keras 2.x.
#'
#' A layer or model that has weights already starts with them; what is trained is a copy of them,
#' which belongs to this layer. Batch normalization takes the statistics of each step by itself.
#'
#' @inheritParams layer_dense
#' @param layer a layer that takes one input, or a model with one input and one output.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for what is no layer or model, takes several inputs, or
#'   is a model of which only some layers are frozen; `kestrel_error_shape` for samples without
#'   steps and for steps that do not fit.
#' @source Keras: `keras.layers.TimeDistributed`.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = c(5, 3)) %>%
#'   layer_time_distributed(layer_dense(units = 2))
#' model$output_shape
#'
#' encoder <- keras_model_sequential(input_shape = c(6, 3)) %>% layer_flatten() %>% layer_dense(2)
#' layer_time_distributed(layer = encoder)(array(0, c(1, 4, 6, 3)))
#' @export
layer_time_distributed <- function(object, layer, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (missing(layer)) stop_missing("layer")
  check_by_step(layer)
  if (is_model(layer)) options$trainable <- options$trainable && any(leaf_flags(layer))
  config <- c(list(layer = layer), if (is_layer(layer)) layer_config(layer))
  compose_layer(object, "time_distributed", config, options)
}

#' @rdname layer_time_distributed
#' @export
time_distributed <- layer_time_distributed

check_by_step <- function(layer, arg = caller_arg(layer), call = caller_env()) {
  if (is_model(layer)) return(check_whole_model(layer, arg, call))
  if (!is_layer(layer)) stop_argument(arg, "a layer or a model", layer, call = call)
  check_intact(layer, call)
  if (!is_merging(layer) && !is_input(layer)) return(invisible(layer))
  stop_argument(arg, "a layer that takes one input", layer, call = call)
}

check_whole_model <- function(model, arg, call) {
  check_layers_present(model, call)
  single <- input_count(model) == 1 && length(output_names(model)) < 2
  if (!single) stop_argument(arg, "a model with one input and one output", model, call = call)
  flags <- leaf_flags(model)
  if (all(flags) || !any(flags)) return(invisible(model))
  stop_argument(arg, "a model of which all layers are trained, or none", model,
    hint = "unfreeze_weights(model) trains all.", call = call)
}

# Whether each layer with weights is trained.
leaf_flags <- function(model) {
  leaves <- Filter(function(leaf) length(layer_state(leaf)$weights) > 0, leaf_layers(model))
  if (length(leaves)) vapply(leaves, layer_trainable, NA) else TRUE
}

# Layers for which the steps are but one more axis before the last.
stepwise_layers <- c("dense", "activation", "re_lu", "leaky_re_lu", "elu", "thresholded_re_lu",
  "softmax", "dropout", "gaussian_noise", "gaussian_dropout", "layer_normalization", "rescaling")

is_stepwise <- function(layer) {
  if (is_model(layer) || !layer_state(layer)$type %in% stepwise_layers) return(FALSE)
  axis <- layer_config(layer)$axis
  is.null(layer_config(layer)$noise_shape) && (is.null(axis) || identical(as.integer(axis), -1L))
}

#' @export
check_fits.kestrel_layer_time_distributed <- function(layer, input, call) {
  if (is.list(input) || length(input) < 2) {
    stop_kestrel("shape",
      sprintf("Layer \"%s\" takes samples of shape (n, steps, features), not %s.",
      layer$name, shape_text(input)), value = input, call = call)
  }
  inner <- layer_config(layer)$layer
  if (is_stepwise(inner)) return(check_fits(inner, input, call))
  if (is_layer(inner)) return(check_one_output(inner, input[-1], call))
  inner <- inner_model(layer, input[-1], call)
  check_input_dims(input[-1], model_inputs(inner)[[1]], sprintf("model \"%s\"", inner$name), call)
}

check_one_output <- function(inner, dims, call) {
  if (!is.list(layer_info(inner, dims, call)$output)) return(invisible(inner))
  stop_kestrel("shape", sprintf("Layer \"%s\" must have one output.", inner$name),
    argument = "layer", call = call)
}

# The model as it is, or a built copy of one that knows no dims yet.
inner_model <- function(layer, dims, call = NULL) {
  inner <- layer_config(layer)$layer
  if (model_state(inner)$built) return(inner)
  state <- layer_state(layer)
  if (is.null(state$inner)) {
    copy <- clone_model(inner)
    build_model(copy, dims, call)
    state$inner <- copy
  }
  state$inner
}

#' @export
layer_nodes.kestrel_layer_time_distributed <- function(layer, input) {
  inner <- layer_config(layer)$layer
  if (is_stepwise(inner)) return(layer_nodes(inner, input))
  step <- input[-1]
  spec <- if (is_model(inner)) network_spec(inner_model(layer, step)) else {
    layer_spec(lapply(layer_nodes(inner, step), free_node), step, "float64")
  }
  output <- network_info(spec)$nodes[[spec$outputs + 1L]]$output
  nodes_by_step(spec, input, output)
}

# Each step is cut out, goes through the nodes of `spec`, which have the weights of those of the
# first step, and gets its axis back; then all are put one after the other.
nodes_by_step <- function(spec, input, output) {
  size <- as.integer(prod(input[-1]))
  nodes <- list(c(shape_node(c(input[1], size)), list(from = -1L)))
  ends <- integer()
  for (t in seq_len(input[1])) {
    cut <- new_node("window_1d", list(first = t - 1, length = 1), from = 1L)
    nodes <- c(nodes, list(cut, shape_node(input[-1])))
    if (t == 1L) first <- length(nodes)
    nodes <- c(nodes, inner_nodes(spec$nodes, length(nodes), first))
    nodes <- c(nodes, list(c(shape_node(c(1L, output)),
      list(from = length(nodes) - length(spec$nodes) + spec$outputs + 1L))))
    ends[t] <- length(nodes)
  }
  joined_steps(nodes, ends)
}

shape_node <- function(dims) {
  values <- c(list(rank = length(dims)),
    stats::setNames(as.list(dims), paste0("dim_", seq_along(dims))))
  node <- new_node("reshape", values)
  node[names(node) != "from"]
}

# Behind `before` nodes, the last of which gives the step; `first`: how many stood before the first
# step's. Random numbers differ from node to node.
inner_nodes <- function(nodes, before, first) {
  lapply(seq_along(nodes), function(i) {
    node <- nodes[[i]]
    owner <- first + node$weights_from + 1L
    list(layer = node$layer, activation = node$activation, activity = node$activity,
      outside = node$outside, shares = owner, stream = 65536L * ((before + i) %% 16384L),
      from = ifelse(node$inputs < 0, before, before + node$inputs + 1L))
  })
}

# A node takes 256 inputs at most.
joined_steps <- function(nodes, ends) {
  repeat {
    groups <- split(ends, (seq_along(ends) - 1) %/% 256)
    ends <- length(nodes) + seq_along(groups)
    nodes <- c(nodes, lapply(groups, function(g) new_node("concatenate", list(axis = 0), from = g)))
    if (length(ends) == 1) return(unname(nodes))
  }
}

# Slots of a model are named "layer/slot".
#' @export
slot_names.kestrel_layer_time_distributed <- function(layer) {
  inner <- layer_config(layer)$layer
  if (is_layer(inner)) return(slot_names(inner))
  leaves <- leaf_layers(layer_state(layer)$inner %||% inner)
  unlist(lapply(leaves, function(leaf) {
    slots <- vapply(layer_state(leaf)$slots, `[[`, "", "name")
    if (length(slots)) paste(leaf$name, slots, sep = "/")
  }))
}

by_step_setting <- function(layer, slot, what) {
  inner <- layer_config(layer)$layer
  if (is_layer(inner)) return(slot_setting(inner, slot, what))
  for (leaf in leaf_layers(layer_state(layer)$inner %||% inner)) {
    own <- vapply(layer_state(leaf)$slots, `[[`, "", "name")
    at <- match(slot, paste(leaf$name, own, sep = "/"))
    if (!is.na(at)) return(slot_setting(leaf, own[at], what))
  }
}

#' @export
fixed_weights.kestrel_layer_time_distributed <- function(layer, slots) {
  inner <- layer_config(layer)$layer
  if (is_layer(inner)) {
    state <- layer_state(inner)
    return(if (state$built) state$weights else state$initial %||% fixed_weights(inner, slots))
  }
  leaves <- leaf_layers(layer_state(layer)$inner %||% inner)
  unname(unlist(lapply(leaves, function(leaf) layer_state(leaf)$weights), recursive = FALSE))
}

#' @export
hides_weights.kestrel_layer_time_distributed <- function(layer) {
  inner <- layer_config(layer)$layer
  is_layer(inner) && hides_weights(inner)
}

#' @export
code_limit.kestrel_layer_time_distributed <- function(layer) {
  inner <- layer_config(layer)$layer
  code_limit(if (is_layer(inner)) inner else leaf_layers(inner)[[1]])
}
