# What the shape of a network says about one of its outputs, whatever the weights.
#
# affine     every node is an affine map of samples
# suffix     the affine nodes at the end, list(width, bias) of each, after `code` numbers
# intercept  whether a constant can join on the way
# mixed      whether numbers of different places of a sample meet
# range      list(low, high, simplex) of outputs
# nodes, at  the line of nodes at the end, described, and their places (see R/floor-graph.R)
# weights    the places of the nodes that hold its weights
# chain      whether the line is all there is; reads, own: as in output_source()
# coded      the inputs that stand for indicators of their codes
# seen       see plan_past_masks()
#
# Inference: dropout and noise do nothing, batch normalization is affine. A node that is not
# known here counts as nonlinear and as mixing, and its outputs as unbounded.

# `fused`: the last activation belongs to the loss.
floor_network <- function(model, fused, output = 1L, coded = integer()) {
  plan <- model_plan(model)
  trained <- model_state(model)$compiled$trained %||% seq_along(plan$outputs)
  place <- plan$outputs[trained[output]]
  plan <- plan_past_masks(plan, place)
  source <- output_source(plan, place)
  described <- describe_nodes(plan, source$nodes, coded)
  line <- described[match(source$line, source$nodes)]
  mixed <- !source$chain || any(vapply(line, `[[`, NA, "mixes"))
  if (fused) line <- utils::head(line, -1)
  rest <- if (fused) utils::head(described, -1) else described
  from <- max(0, which(vapply(line, function(node) node$kind == "nonlinear", NA)))
  input <- if (is_counted(source, coded)) plan$inputs[[source$reads]] else Inf
  suffix <- affine_suffix(line, from, input, mixed)
  weights <- weight_places(plan, source)
  c(source[c("chain", "reads", "own")], list(
    affine = all(vapply(rest, function(node) node$kind != "nonlinear", NA)), mixed = mixed,
    range = output_range(line), suffix = suffix, intercept = !source$chain || any(suffix$bias),
    free = source$chain && begins_free(plan, source) && weights_free(model) &&
      maps_free(line, mixed) && !anyDuplicated(weights),
    nodes = line, at = source$line[seq_along(line)], weights = weights, coded = coded,
    seen = plan$seen
  ))
}

# Whether the numbers of its one input are what the nodes are affine in.
is_counted <- function(source, coded) {
  source$chain && length(source$reads) == 1 && !source$reads %in% coded
}

# Several inputs are free to get different weights where they stand side by side.
begins_free <- function(plan, source) {
  first <- plan$nodes[[source$line[1] + 1L]]
  length(first$inputs) == 1 || (first$layer$name == "concatenate" && !anyDuplicated(first$inputs))
}

describe_nodes <- function(plan, at, coded) {
  info <- network_info(plan)$nodes
  lapply(at + 1L, function(i) {
    node <- plan$nodes[[i]]
    described <- describe_node(node, place_dims(plan, info, node$inputs[1]), info[[i]]$output)
    if (described$type == "embedding" && -node$inputs[1] %in% coded) described$kind <- "affine"
    described
  })
}

# Where the weights are that an output depends on: places of nodes.
weight_places <- function(plan, source) {
  info <- network_info(plan)$nodes
  weighty <- Filter(function(i) length(info[[i]]$slots) > 0, source$nodes + 1L)
  vapply(plan$nodes[weighty], function(node) as.integer(node$weights_from), 0L)
}

# Whether training can reach all weights: none is frozen, constrained or a statistic.
weights_free <- function(model) {
  layers <- leaf_layers(model)
  constrained <- vapply(model_plan(model)$nodes, function(node) {
    any(lengths(lapply(node$rules, `[[`, "constraint")) > 0)
  }, NA)
  ruled <- any(constrained) || !is.null(model_plan(model)$own_rules)
  all(vapply(layers, layer_trainable, NA)) && !ruled && state_count(layers) == 0
}

# Whether affine nodes give any affine map: not when they share weights between places that
# meet later.
maps_free <- function(nodes, mixed) {
  affine <- Filter(function(node) node$kind == "affine", nodes)
  !mixed || all(vapply(affine, function(node) length(node$output) == 1, NA))
}

# kind: "affine", "identity" (of the numbers, in whatever dims) or "nonlinear".
describe_node <- function(node, input, output) {
  h <- node_settings(node)
  type <- node$layer$name
  known <- length(node$inputs) == 1 || type %in% maps_of_several
  list(
    kind = if (known) node_kind(type, node$activation, h) else "nonlinear",
    type = type, activation = node$activation, h = h,
    bias = type %in% maps_with_offset || (type == "dense" && h[["use_bias"]] != 0),
    mixes = node_mixes(type, node$activation, h, input, output), output = output
  )
}

node_settings <- function(node) {
  named <- if (is.null(node$activation)) {
    registry_row("layers", node$layer$name)$hparams
  } else {
    registry_row("activations", node$activation)$hparams
  }
  stats::setNames(node$layer$h, names(named))
}

node_kind <- function(type, activation, h) {
  if (type %in% layers_of_identity || identical(activation, "linear")) return("identity")
  if (type == "pooling_1d") return(if (h[["max"]] != 0) "nonlinear" else "affine")
  if (type %in% c(maps_with_offset, maps_of_numbers)) "affine" else "nonlinear"
}

layers_of_identity <- c("dropout", "gaussian_noise", "gaussian_dropout", "alpha_dropout", "flatten",
  "reshape")

maps_with_offset <- c("batch_normalization", "normalization", "rescaling")

maps_of_several <- c("add", "subtract", "average", "concatenate")

maps_of_numbers <- c("dense", "permute", "repeat_vector", "window_1d", maps_of_several)

# An axis of a sample counts from 0, or from the end.
node_mixes <- function(type, activation, h, input, output) {
  last <- function(axis) axis == -1 || axis == length(input) - 1
  within <- c("dense", "dropout", "gaussian_noise", "gaussian_dropout", "alpha_dropout")
  if (type %in% within) return(FALSE)
  if (type == "embedding") return(length(output) != length(input) + 1)
  if (type %in% c("flatten", "reshape")) return(!identical(input, output))
  if (type == "batch_normalization") return(!last(h[["axis"]]))
  if (type == "layer_normalization") return(!last(h[["first"]]) || !last(h[["last"]]))
  if (is.null(activation)) return(TRUE)
  is_axis_activation(activation) && !last(h[["axis"]])
}

# The affine nodes from `from` + 1 on, and how many numbers they start with.
affine_suffix <- function(nodes, from, input, mixed) {
  count <- function(dims) if (mixed) prod(dims) else dims[length(dims)]
  rest <- Filter(function(node) node$kind == "affine", nodes[seq_along(nodes) > from])
  list(
    code = count(if (from == 0) input else nodes[[from]]$output),
    width = vapply(rest, function(node) count(node$output), 0),
    bias = vapply(rest, `[[`, NA, "bias")
  )
}

# Outputs of such a suffix are C W + 1 b' for codes C: centred, their rank is at most that of
# the narrowest place. Where the last layer has no bias, one that joins later adds 1 to it.
suffix_rank <- function(suffix) {
  widths <- c(suffix$code, suffix$width)
  bias <- c(FALSE, suffix$bias)
  free <- bias[length(bias)]
  later <- rev(cumsum(rev(bias)) > 0) # this one's too
  later <- c(later[-1], FALSE)
  list(rank = min(if (free) widths else widths + later), free = free, any = any(bias))
}

# The same of a network; where its line is not all of it, anything may join on the way.
network_bound <- function(network) {
  bound <- suffix_rank(network$suffix)
  bound$any <- network$intercept
  if (bound$rank == Inf) bound$free <- network$intercept
  bound
}
