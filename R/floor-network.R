# What the shape of a network says about its outputs, whatever the weights.
#
# affine   every node is an affine map of samples
# suffix   the affine nodes at the end, list(width, bias) of each, after `code` numbers
# mixed    whether numbers of different places of a sample meet
# range    list(low, high, simplex) of outputs
#
# Inference: dropout and noise do nothing, batch normalization is affine. A node that is not
# known here counts as nonlinear and as mixing, and its outputs as unbounded.

# `fused`: the last activation belongs to the loss.
floor_network <- function(model, fused) {
  plan <- model_plan(model)
  info <- network_info(plan)$nodes
  nodes <- lapply(seq_along(plan$nodes), function(i) {
    input <- if (i == 1) plan$inputs[[1]] else info[[i - 1]]$output
    describe_node(plan$nodes[[i]], input, info[[i]]$output)
  })
  mixed <- !is_chain(plan) || any(vapply(nodes, `[[`, NA, "mixes"))
  if (fused) nodes <- nodes[-length(nodes)]
  affine <- vapply(nodes, function(node) node$kind != "nonlinear", NA)
  from <- max(0, which(!affine))
  list(
    affine = is_chain(plan) && all(affine), mixed = mixed, range = output_range(nodes),
    suffix = affine_suffix(nodes, from, plan$inputs[[1]], mixed),
    chain = is_chain(plan), free = weights_free(model) && maps_free(nodes, mixed), nodes = nodes
  )
}

# Whether training can reach all weights: none is frozen, constrained or a statistic.
weights_free <- function(model) {
  layers <- leaf_layers(model)
  constrained <- vapply(model_plan(model)$nodes, function(node) {
    any(lengths(lapply(node$rules, `[[`, "constraint")) > 0)
  }, NA)
  all(vapply(layers, layer_trainable, NA)) && !any(constrained) && state_count(layers) == 0
}

# Whether affine nodes give any affine map: not when they share weights between places that
# meet later.
maps_free <- function(nodes, mixed) {
  affine <- Filter(function(node) node$kind == "affine", nodes)
  !mixed || all(vapply(affine, function(node) length(node$output) == 1, NA))
}

is_chain <- function(plan) {
  inputs <- lapply(plan$nodes, `[[`, "inputs")
  last <- length(inputs)
  identical(as.integer(unlist(inputs)), seq_len(last) - 2L) && length(plan$inputs) == 1 &&
    identical(as.integer(plan$outputs), last - 1L)
}

# kind: "affine", "identity" (of the numbers, in whatever dims) or "nonlinear".
describe_node <- function(node, input, output) {
  h <- node_settings(node)
  type <- node$layer$name
  list(
    kind = node_kind(type, node$activation, h), type = type, activation = node$activation, h = h,
    bias = type == "batch_normalization" || (type == "dense" && h[["use_bias"]] != 0),
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
  identities <- c("dropout", "gaussian_noise", "flatten", "reshape")
  if (type %in% identities || identical(activation, "linear")) return("identity")
  if (type %in% c("dense", "batch_normalization")) "affine" else "nonlinear"
}

# An axis of a sample counts from 0, or from the end.
node_mixes <- function(type, activation, h, input, output) {
  last <- function(axis) axis == -1 || axis == length(input) - 1
  if (type %in% c("dense", "dropout", "gaussian_noise")) return(FALSE)
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
