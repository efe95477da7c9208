# Gradients of what k_gradients() gives: for a penalty on slopes in the loss, and for derivatives of
# derivatives. With S(x, w) the sum of a model's outputs, and u the gradient by dS/dx, they are the
# product of the Hessian of S by (x, w) with (u, 0). The engine has it for parameters; so the inputs
# become parameters here: each is the table of an embedding, looked up at all samples.

# By each input and each of the weights `w`, those of the layers `present`.
second_gradients <- function(model, x, w, present, whole, dy, training) {
  check_twice(model, training)
  n <- dim(x[[1]])[1]
  f <- engine_objective(embedded_spec(model, n), sum_of_outputs(model, n, whole),
    embedded_samples(model, n, whole, length(x)), training,
    c(unlist(lapply(x, sample_rows)), packed_with(model, w, present)), NULL)
  v <- numeric(length(engine_objective_get(f)))
  v[seq_along(dy)] <- sample_rows(shape_like(dy, x[[1]]))
  g <- engine_objective_product(f, v)
  ends <- cumsum(c(0, lengths(x)))
  of_x <- lapply(seq_along(x), function(k) {
    array_reshape(matrix(g[ends[k] + seq_along(x[[k]])], n), dim(x[[k]]))
  })
  # Weights that are no parameters have none.
  of_weights <- c(g[-seq_len(ends[length(ends)])],
    numeric(length(packed_with(model, NULL, present))))
  c(of_x, Map(function(at, w) shape_like(of_weights[at], w), packed_places(model, present), w))
}

# Samples as rows, the numbers of each as they stand in the engine.
sample_rows <- function(x) as.double(array_reshape(x, c(dim(x)[1], prod(dim(x)[-1]))))

check_twice <- function(model, training) {
  types <- vapply(leaf_layers(model), function(layer) layer_state(layer)$type, "")
  why <- if (!is.null(network_spec(model)$outside)) "through R functions" else
    if (any(vapply(leaf_layers(model), takes_code_numbers,
      NA))) "through layers that take codes" else
    if (training && any(grepl("dropout|noise", types))) "through dropout or noise in training"
  if (is.null(why)) return(invisible(model))
  stop_kestrel("argument",
    sprintf("What k_gradients() gives cannot be differentiated again %s.", why),
    hint = "Use it in k_function(), or freeze the layers between.", argument = "loss", call = NULL)
}

# Two nodes for each input before those of the model: the table, and its rows in the input's dims.
# All weights are parameters, without penalties.
embedded_spec <- function(model, n) {
  spec <- network_spec(model, probed = TRUE)
  k <- length(spec$inputs)
  later <- function(i) i + k * (i >= 0)
  tables <- lapply(seq_len(k), function(j) {
    place_free(new_node("embedding", list(input_dim = n, output_dim = prod(spec$inputs[[j]]))), -j,
      j)
  })
  rows <- lapply(seq_len(k), function(j) {
    dims <- spec$inputs[[j]]
    values <- c(list(rank = length(dims)),
      stats::setNames(as.list(dims), paste0("dim_", seq_along(dims))))
    place_free(new_node("reshape", values), j - 1L, k + j)
  })
  nodes <- lapply(spec$nodes[-seq_len(k)], function(node) {
    node$inputs <- as.integer(later(node$inputs))
    node$weights_from <- as.integer(node$weights_from + k)
    node$rules <- list()
    node["activity"] <- list(NULL)
    node$trainable <- TRUE
    node
  })
  list(inputs = rep(list(1L), k), nodes = c(tables, rows, nodes),
    outputs = as.integer(later(spec$outputs)),
    masks = as.integer(later(spec$masks)), precision = spec$precision)
}

place_free <- function(node, input, place) {
  node <- c(free_node(node), list(inputs = input, weights_from = place - 1L))
  node$trainable <- TRUE
  node
}

# Distances from targets far below are sums, but for a constant. Of an output that is one for the
# batch only the first sample counts.
sum_of_outputs <- function(model, n, whole) {
  outputs <- lapply(model_outputs(model), function(dims) {
    list(loss = choice("losses", "mean_absolute_error"), reduction = "sum",
      loss_weight = prod(dims) / prod(dims[-length(dims)]),
      fused = FALSE, mask = 0L)
  })
  list(outputs = outputs, metrics = list(), optimizer = NULL, batch_size = n,
    validation_batch_size = n,
    shuffle = FALSE, shuffle_batches = FALSE, steps_per_epoch = 0L, threads = engine_settings(),
    gather = FALSE, seed = 0)
}

embedded_samples <- function(model, n, whole, k) {
  y <- lapply(model_outputs(model), function(dims) data_array(array(-1e30, c(n, dims)), dims))
  weight <- lapply(whole, function(one) if (one) data_array(as.double(seq_len(n) == 1), 1L))
  list(n = n, x = rep(list(data_array(matrix(seq_len(n) - 1), 1L)), k), y = y, weight = weight)
}

# A model's packed weights, those of the layers `present` being w; their places.
packed_with <- function(model, w, present) {
  packed <- pack_layout(model_layout(model_state(model)))
  if (length(w)) packed[unlist(packed_places(model, present))] <- unlist(w)
  packed
}

packed_places <- function(model, present) {
  layout <- layout_of(leaf_layers(model))
  sizes <- vapply(unlist(layout$slots, recursive = FALSE), function(slot) prod(slot$dims), 0)
  is_state <- layout$is_state %||% rep(FALSE, length(sizes))
  order <- order(is_state)
  start <- numeric(length(sizes))
  start[order] <- cumsum(c(0, sizes[order]))[seq_along(sizes)]
  kept <- rep(present, lengths(layout$slots))
  Map(function(start, size) start + seq_len(size), start[kept], sizes[kept])
}

# The layers of a gradient's model are found in the network that it stands in: their weights there
# are those of the node.
gradient_node <- function(node, layers) {
  of <- node$outside$of
  if (is.null(of)) return(node)
  at <- vapply(of, function(state) {
    i <- Position(function(other) identical(other, state), layers)
    if (is.na(i)) NA else i
  }, 0L)
  node$outside[c("run", "parts")] <- list(gradient_run(node$outside$f, node$outside$label,
    !is.na(at)), at[!is.na(at)])
  node
}

gradient_run <- function(f, label, present = logical()) {
  function(x, w, training, call) {
    list(y = in_phase(training,
      own_call(f, list(one_or_list(x), w, present), label, "layer", call)))
  }
}

# Of weights that are not trained there is no gradient.
part_slots <- function(nodes, info, parts) {
  of_part <- function(p) {
    own <- Filter(function(i) identical(nodes[[i]]$part, p) && nodes[[i]]$weights_from == i - 1L,
      seq_along(nodes))
    lapply(own, function(i) lapply(info$nodes[[i]]$slots, function(slot) {
      slot$at <- slot$at + if (slot$is_state) info$n_w else 0
      slot$is_state <- slot$is_state || !nodes[[i]]$trainable
      slot
    }))
  }
  unlist(unlist(lapply(parts, of_part), recursive = FALSE), recursive = FALSE)
}
