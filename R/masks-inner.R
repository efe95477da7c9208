# Masks in the call() of a custom layer: those of what layers in it return are remembered until it
# is done, as list(of, mask) with a traced value or an array and what of its samples x steps counts.

# An array is the one that was returned, no other of the same numbers.
inner_mask <- function(x) {
  Find(function(one) rlang::is_reference(one$of, x), the$instance_masks)$mask
}

# Values with several steps only; returns them.
with_inner_mask <- function(y, mask) {
  fits <- !is.null(mask) && !is_parts(y) && identical(dim(mask), utils::head(dim(plain(y)), -1L))
  if (fits) assign("instance_masks", c(list(list(of = y, mask = mask)), the$instance_masks),
    envir = the)
  y
}

# As masked_nodes() and passed_mask() have it for the layers of a graph.
output_mask <- function(layer, xs, masks, given) {
  effect <- mask_effect(layer)
  if (makes_mask(layer)) own_inner_mask(layer, plain(xs[[1]]))
  else if (effect == "computes") {
    label <- sprintf("compute_mask() of layer \"%s\"", layer$name)
    own_mask(layer_instance(layer)$compute_mask, label, given, lapply(xs, plain),
      as_first(given, masks), NULL)
  } else if (!any(lengths(masks))) NULL
  else if (effect == "keeps") masks[[1]]
  else if (effect == "merges") merged_inner_mask(layer, xs, masks)
}

own_inner_mask <- function(layer, x) {
  if (layer_state(layer)$type == "embedding") return(x != 0)
  dims <- dim(x)
  steps <- matrix(x != layer_config(layer)$mask_value, ncol = dims[length(dims)])
  array(rowSums(steps) > 0, dims[-length(dims)])
}

merged_inner_mask <- function(layer, xs, masks) {
  joined <- layer_state(layer)$type == "concatenate"
  if (!joined && !all(lengths(masks))) return(NULL)
  if (joined && joins_steps(layer, dim(plain(xs[[1]]))[-1])) return(NULL)
  if (all(lengths(masks))) Reduce(`|`, masks) else every_step(plain(xs[[1]]))
}

# The average over steps that count reads the mask as one more input: list(nodes, xs).
reading_inner_mask <- function(layer, nodes, xs, mask) {
  if (is.null(mask) || layer_state(layer)$type != "global_average_pooling1d") return(list(nodes = nodes, xs = xs))
  list(nodes = masked_nodes(layer, nodes, 0L, NULL),
    xs = c(xs, list(array(mask + 0, c(dim(mask), 1L)))))
}
