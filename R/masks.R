# Masks: which steps of a sample count, for layers and losses that leave the others out.
#
# A mask is an engine node with 1 or 0 for each step, of the dims of the tensor that it belongs to,
# but 1 in the last. While the network of a model is laid out, each tensor carries the place of its
# mask beside its own, NA where it has none.

# How a layer stands to masks, as in Keras:
#   keeps    its output has the mask of its input
#   merges   its output has one made of those of its inputs
#   computes its output has what compute_mask() of its class gives, see masks-custom.R
#   ends     it uses the mask itself, or can do without: its output has none
#   refuses  it cannot be computed with one
#   drops    its output has none, though the steps that it leaves out are in it
mask_effect <- function(layer) {
  state <- layer_state(layer)
  for (effect in names(mask_effects)) if (state$type %in% mask_effects[[effect]]) return(effect)
  if (computes_mask(layer)) "computes"
  else if (state$type == "custom" && isTRUE(layer_instance(layer)$supports_masking)) "keeps"
  else if (takes_mask(layer)) "ends"
  else "drops"
}

mask_effects <- list(
  keeps = c("dense", "activation", "re_lu", "leaky_re_lu", "elu", "thresholded_re_lu", "p_re_lu",
    "dropout", "alpha_dropout", "gaussian_dropout", "gaussian_noise", "spatial_dropout1d",
    "activity_regularization", "batch_normalization", "layer_normalization", "group_normalization",
    "rms_normalization", "unit_normalization", "time_distributed", "identity"),
  merges = c("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"),
  ends = c("global_average_pooling1d", "dot", "masking", "embedding"),
  refuses = "softmax"
)

# 0 where all numbers along the last axis (`each`: where each number) are `value`; NULL: nowhere.
mask_node <- function(value, each = FALSE, from = -1L) {
  new_node("mask", list(value = value, each = each), from = from)
}

# Layers whose first node is the mask of their output.
makes_mask <- function(layer) {
  state <- layer_state(layer)
  state$type == "masking" || state$type == "embedding" && isTRUE(state$config$mask_zero)
}

# The nodes of a layer whose inputs have these masks.
masked_nodes <- function(layer, nodes, masks, given) {
  if (mask_effect(layer) == "refuses") stop_masked(layer)
  if (takes_mask(layer)) return(told_masks(nodes, masks, given))
  if (layer_state(layer)$type == "batch_normalization") return(masked_batch_norm(layer, nodes))
  if (layer_state(layer)$type != "global_average_pooling1d") return(nodes)
  if (layer_config(layer)$data_format == "channels_first") stop_masked(layer)
  nodes[[1]]$from <- c(-1L, -2L)
  nodes
}

# Whether nodes of a layer of n inputs read masks of these, which stand behind them.
reads_mask <- function(nodes, n) any(unlist(lapply(nodes, `[[`, "from")) < -n)

stop_masked <- function(layer) {
  stop_kestrel("shape", sprintf("Layer \"%s\" cannot take steps of which some are masked.",
    layer$name), hint = mask_hints[[layer_state(layer)$type]], argument = layer$name, call = NULL)
}

mask_hints <- list(
  softmax = "layer_activation(activation = \"softmax\") can.",
  batch_normalization = "It must normalize the last axis: axis = -1.",
  global_average_pooling1d = "Its steps must come first: data_format = \"channels_last\"."
)

# Where the mask of the layer's output stands, from those of its inputs; NA: it has none. Layers
# that lose one are remembered.
passed_mask <- function(plan, layer, from, input) {
  effect <- mask_effect(layer)
  if (effect == "drops") plan$unmasked <- c(plan$unmasked, layer$name)
  if (effect == "keeps") kept_mask(layer, from, input)
  else if (effect == "merges") merged_mask(plan, layer, from)
  else if (effect == "computes") computed_mask(plan, layer, from, input)
  else NA_integer_
}

# Steps that are not there afterwards, which only layer_time_distributed() may do, end it.
kept_mask <- function(layer, from, input) {
  first <- from$dims[[1]]
  output <- layer_output(layer, input)
  if (identical(first[-length(first)], output[-length(output)])) from$masks[1] else NA_integer_
}

# A step counts where it does in one of the inputs; all must have masks. Side by side, an input
# without one counts everywhere.
merged_mask <- function(plan, layer, from) {
  masks <- from$masks
  joined <- layer_state(layer)$type == "concatenate"
  if (!joined && anyNA(masks)) return(NA_integer_)
  for (k in which(is.na(masks))) {
    masks[k] <- put_nodes(plan, list(free_node(mask_node(NULL))), from$places[k])
  }
  node <- if (joined && joins_steps(layer, from$dims[[1]])) layer_nodes(layer, from$dims)[[1]]
  put_nodes(plan, list(free_node(node %||% new_node("maximum"))), masks)
}

joins_steps <- function(layer, dims) {
  axis <- layer_config(layer)$axis
  axis != -1 && axis != length(dims)
}

# Keras warns when the layer is called.
warn_unmasked <- function(model, call) {
  if (!length(model_state(model)$layers) || !model_state(model)$built) return(invisible())
  for (name in unique(model_plan(model)$unmasked)) {
    warn_kestrel("mask", sprintf("Layer \"%s\" does not hand on which steps are masked.", name),
      hint = "What comes after it sees all steps, the masked ones too.", call = call)
  }
}

# Of the outputs that have a loss: whether masks leave steps out of it.
is_masked <- function(model) {
  plan <- model_plan(model)
  masks <- plan$masks[model_state(model)$compiled$trained]
  if (is.null(masks)) rep(FALSE, length(plan$outputs)) else !is.na(masks)
}
