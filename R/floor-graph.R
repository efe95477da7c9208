# Where an output of a network comes from. Places: nodes count from 0, inputs are -1, -2, ...

# list(line, reads, chain, own): the nodes at its end, each of which takes what the one before
# puts out and nothing else; the inputs that it depends on; whether the line begins at one of
# them; whether R functions compute something on the way.
output_source <- function(plan, place) {
  nodes <- source_nodes(plan, place)
  read <- c(place, unlist(lapply(plan$nodes[nodes + 1L], `[[`, "inputs")))
  line <- line_to(plan, place)
  list(
    line = line, nodes = nodes, reads = sort(unique(-read[read < 0])),
    chain = length(line) == length(nodes),
    own = any(!vapply(plan$nodes[nodes + 1L], function(node) is.null(node$outside), NA))
  )
}

# All nodes that a place depends on, itself included, in their order.
source_nodes <- function(plan, place) {
  needed <- logical(length(plan$nodes))
  needed[place[place >= 0] + 1L] <- TRUE
  for (i in rev(seq_along(needed))) {
    inputs <- plan$nodes[[i]]$inputs
    if (needed[i]) needed[inputs[inputs >= 0] + 1L] <- TRUE
  }
  which(needed) - 1L
}

# The first may be one that joins several.
line_to <- function(plan, place) {
  line <- integer()
  while (place >= 0) {
    line <- c(place, line)
    inputs <- plan$nodes[[place + 1L]]$inputs
    if (length(inputs) != 1) break
    place <- inputs
  }
  line
}

# The inputs that only embeddings (and their masks) read, which are linear in indicators of their
# codes; not where these would be too many columns.
coded_inputs <- function(plan, x) {
  Filter(function(j) {
    reads <- vapply(plan$nodes, function(node) (-j) %in% node$inputs, NA)
    readers <- vapply(plan$nodes[reads], function(node) node$layer$name, "")
    "embedding" %in% readers && all(readers %in% c("embedding", "mask")) &&
      sum(code_counts(x[[j]])) <= codes_most
  }, seq_along(x))
}

codes_most <- 100

code_counts <- function(x) {
  flat <- matrix(x, sample_count(x))
  vapply(seq_len(ncol(flat)), function(j) length(unique(flat[, j])), 0L)
}

# A column for each code at each place of a sample.
indicator_inputs <- function(x) {
  flat <- matrix(x, sample_count(x))
  columns <- lapply(seq_len(ncol(flat)), function(j) {
    outer(flat[, j], sort(unique(flat[, j])), `==`) + 0
  })
  do.call(cbind, columns)
}

# What a node puts out, in double or in the model's precision, as masks are: an array for the
# samples x, a list by input.
place_values <- function(model, x, place, precision = "float64") {
  if (place < 0) return(x[[-place]])
  plan <- model_plan(model)
  plan$precision <- precision
  plan$outputs <- place
  data <- lapply(x, function(x) data_array(x, sample_dims(x)))
  engine_predict(plan, pack_weights(leaf_layers(model)), data, 256L)[[1]]
}
