# Nodes that R computes: functions of the user's as layers and activations. The engine stops at each
# of them, in the forward pass and on the way back, and goes on with what R has put there.
#
# The node of a layer has a field `outside`, a list of
#   run(x, w, training)  from arrays (or traced ones), samples first, what comes out; a number may
#   be
#                        added to the loss by an attribute, see add_loss()
#   label                how errors call it
#   output               dims of a sample that comes out
#   weights              how many "weight" nodes stand before it, whose tensors are `w`
#   wanted               whether its gradient matters whatever comes before it
# A spec with such nodes has a field `outside`, a list by node (from 0) of the same and
#   at, inputs, dims     the node, the nodes that it reads, dims of their samples
#   slots                list(at, dims, is_state) of its weights, places in the packed ones
#   training             what its layer was called with, or NULL
#   grows                whether weights that are trained come before it, so that its gradient
#   matters

outside_node <- function(output, run, label, weights = 0L, from = NULL) {
  new_node("outside", dims_values(output), from = from,
    outside = list(run = run, label = label, output = as.integer(output), weights = weights))
}

weight_node <- function(dims, is_state) {
  new_node("weight", c(dims_values(dims), state = is_state), from = -1L)
}

dims_values <- function(dims) {
  c(rank = length(dims), stats::setNames(as.list(dims), paste0("d", seq_along(dims))))
}

with_outside <- function(spec) {
  own <- which(!vapply(spec$nodes, function(node) is.null(node$outside), NA))
  ruled <- ruled_nodes(spec$nodes)
  if (!length(own) && !length(ruled)) return(spec)
  info <- network_info(spec)
  if (info$bad > 0) return(spec)
  if (length(ruled)) spec$own_rules <- own_rules(spec$nodes[ruled], info$nodes[ruled])
  if (length(own)) with_own_nodes(spec, own, info) else spec
}

with_own_nodes <- function(spec, own, info) {
  grows <- growing_nodes(spec$nodes)
  spec$outside <- lapply(own, function(i) {
    inputs <- spec$nodes[[i]]$inputs
    c(spec$nodes[[i]]$outside, list(at = i - 1L, inputs = inputs, grows = grows[i],
      training = spec$nodes[[i]]$training,
      dims = lapply(inputs, function(from) place_dims(spec, info, from)),
      slots = c(weight_slots(spec$nodes, info, i),
        part_slots(spec$nodes, info, spec$nodes[[i]]$outside$parts))))
  })
  names(spec$outside) <- own - 1L
  spec
}

place_dims <- function(spec, info, from) {
  if (from < 0) spec$inputs[[-from]] else info$nodes[[from + 1L]]$output
}

weight_slots <- function(nodes, info, i) {
  lapply(i - rev(seq_len(nodes[[i]]$outside$weights)), function(k) {
    slot <- info$nodes[[nodes[[k]]$weights_from + 1L]]$slots[[1]]
    slot$at <- slot$at + if (slot$is_state) info$n_w else 0
    slot
  })
}

# Whether a node's output depends on weights that are trained, or on an input whose gradient is
# wanted.
growing_nodes <- function(nodes) {
  grows <- logical(length(nodes))
  for (i in seq_along(nodes)) {
    weights <- nodes[[i]]$outside$weights %||% 0L
    before <- c(nodes[[i]]$inputs, i - 1L - seq_len(weights))
    own <- nodes[[i]]$trainable && length(nodes[[nodes[[i]]$weights_from + 1L]]$rules) > 0
    grows[i] <- own || isTRUE(nodes[[i]]$outside$wanted) || any(grows[before[before >= 0] + 1L])
  }
  grows
}

# What there is of R's own in a compiled model; NULL where there is nothing.
outside_parts <- function(plan, losses) {
  if (!length(losses) && is.null(plan$outside) && is.null(plan$own_rules)) return(NULL)
  rules <- function(kind) Filter(function(rule) rule$kind == kind, plan$own_rules)
  list(losses = losses, nodes = plan$outside, penalties = rules("penalty"),
    constraints = rules("constraint"))
}

# Opens the next batch of training (at -1, -2: without dropout), or batch `at` of evaluation, and
# does for it all that is R's. The forward pass changes running statistics, which an error takes
# back.
pass_outside <- function(trainer, parts, call, at = -1L, back = at < 0) {
  if (!length(parts)) return(invisible())
  before <- trainer_get(trainer)$w
  done <- FALSE
  on.exit(if (!done) trainer_set(trainer, w = before))
  records <- forward_outside(trainer, parts$nodes, call, at)
  slopes <- charge_penalties(trainer, parts$penalties, back, call)
  records <- give_losses(trainer, parts$losses, records, back, call)
  if (back && (!is.null(parts$nodes) || length(slopes))) {
    backward_outside(trainer, parts$nodes, records)
    for (slope in slopes) trainer_write(trainer, slope$at, slope$g, gradient = TRUE)
  }
  done <- TRUE
}

forward_outside <- function(trainer, nodes, call, at) {
  records <- list()
  i <- trainer_open(trainer, at)
  while (i >= 0) {
    key <- as.character(i)
    records[[key]] <- run_node(trainer, nodes[[key]], at == -1L, call)
    trainer_put(trainer, i, plain(records[[key]]$y))
    i <- trainer_next(trainer)
  }
  records
}

# list(y, from): traced values, and those that it was made from. A tap's gets `slopes`, see
# loss-batch.R.
run_node <- function(trainer, node, training, call) {
  training <- node$training %||% training
  x <- Map(function(from, dims) {
    values <- trainer_look(trainer, from)
    array(values, c(length(values) / prod(dims), dims))
  }, node$inputs, node$dims)
  w <- lapply(node$slots, function(s) array(trainer_read(trainer, s$at, prod(s$dims)), s$dims))
  record <- apply_node(node, unname(x), w, training, call)
  if (!is.null(record$charge)) trainer_charge(trainer, plain(record$charge))
  for (i in seq_along(record$states)) {
    new <- record$states[[i]]
    if (!is.null(new)) trainer_write(trainer, node$slots[[i]]$at, new)
  }
  record
}

apply_node <- function(node, x, w, training, call) {
  tape <- new_tape()
  from <- lapply(c(x, w), trace_value, tape = tape)
  of_x <- seq_along(x)
  made <- run_traced_or_plain(node, from[of_x], from[-of_x], x, w, training, call)
  made$y <- check_node_output(made$y, node, x, call)
  c(made, list(from = from))
}

# Where no gradient goes through it, a function may be any of R's.
run_traced_or_plain <- function(node, x, w, plain_x, plain_w, training, call) {
  if (isTRUE(node$grows)) return(node$run(x, w, training, call))
  tryCatch(node$run(x, w, training, call),
    kestrel_error = function(e) node$run(plain_x, plain_w, training, call))
}

check_node_output <- function(y, node, x, call) {
  values <- plain(y)
  n <- dim(x[[1]])[1]
  dims <- c(n, node$output)
  good <- (is.numeric(values) || is.logical(values)) && !is.object(values) &&
    length(values) == prod(dims) && (is.null(dim(values)) || dim(values)[1] == n || n == 1)
  if (!good) {
    stop_kestrel("layer", sprintf("The %s must return numbers of shape %s, not %s.", node$label,
      shape_text(node$output), describe(values)), hint = "Samples are the first dimension.",
      argument = node$label, value = shorten(values), call = call)
  }
  if (anyNA(values) && !any(vapply(x, function(x) anyNA(x) || any(is.infinite(x)), NA))) {
    stop_kestrel("layer", sprintf("The %s returned %s at position %d, though its input is finite.",
      node$label, format(values[is.na(values)][1]), which(is.na(values))[1]),
      hint = "Keep log() and sqrt() off negative numbers, for example by pmax(x, 1e-7).",
      argument = node$label, value = shorten(values), call = call)
  }
  y
}

# Gradients by weights are added when all is done: on its way back the engine sets those of its own
# layers, of which k_gradients() may have some.
backward_outside <- function(trainer, nodes, records) {
  late <- list()
  i <- trainer_next(trainer)
  while (i >= 0) {
    key <- as.character(i)
    if (nodes[[key]]$grows) late <- c(late,
      differentiate_node(trainer, nodes[[key]], records[[key]]))
    i <- trainer_next(trainer)
  }
  for (slope in late) trainer_write(trainer, slope$at, slope$g, gradient = TRUE)
}

# The gradients by weights: list(at, g) of each.
differentiate_node <- function(trainer, node, record) {
  g <- record$slopes %||% node_gradients(trainer, node, record)
  n <- length(node$inputs)
  for (k in seq_len(n)) trainer_put(trainer, node$at, g[[k]], k - 1L)
  slopes <- Map(function(slot, g) if (!slot$is_state) list(at = slot$at, g = g), node$slots,
    g[-seq_len(n)])
  slopes[lengths(slopes) > 0]
}

node_gradients <- function(trainer, node, record) {
  dy <- shape_like(trainer_look(trainer, node$at, TRUE), plain(record$y))
  total <- sum(record$y * dy)
  if (!is.null(record$charge)) total <- total + record$charge
  tape_gradients(total, record$from)
}

# As engine_predict(), batch by batch. An attribute `w` has the weights afterwards.
predict_outside <- function(spec, w, x, batch_size, training, seed, threads, finite) {
  if (finite && !all(vapply(x, function(x) all(is.finite(x$values)), NA))) return(NULL)
  n <- x[[1]]$n
  dims <- lapply(network_info(spec)$nodes[unlist(spec$outputs) + 1L], `[[`, "output")
  size <- max(1L, min(batch_size, n))
  y <- lapply(dims, function(d) array(0, c(n, d)))
  trainer <- if (n > 0) bare_trainer(spec, w, x, y, size, training, seed, threads)
  for (from in seq(0, n - 1, by = size)[seq_len(ceiling(n / size))]) {
    at <- if (training) -1L else as.integer(from / size)
    pass_outside(trainer, list(nodes = spec$outside), NULL, at, back = FALSE)
    for (o in seq_along(y)) y[[o]] <- put_rows(y[[o]], from, trainer_batch(trainer, o - 1L))
  }
  structure(y, w = if (n > 0) trainer_get(trainer)$w)
}

put_rows <- function(y, from, batch) {
  dims <- dim(y)
  dim(y) <- c(dims[1], prod(dims[-1]))
  y[from + seq_len(batch$n), ] <- batch$y
  array(y, dims)
}

# For passes alone: nothing is compiled. y: arrays of the outputs' dims. Only with an optimizer
# there is a way back.
bare_trainer <- function(spec, w, x, y, batch_size, training, seed, threads, optimizer = NULL) {
  blank <- lapply(y, function(y) data_array(y, sample_dims(y)))
  data <- list(n = x[[1]]$n, x = x, y = blank, weight = rep(list(NULL), length(y)))
  outputs <- rep(list(list(loss = list(name = "outside", h = double()), reduction = "sum",
    loss_weight = 1, fused = FALSE, mask = 0L)), length(y))
  train <- list(outputs = outputs, metrics = list(), optimizer = optimizer, batch_size = batch_size,
    validation_batch_size = batch_size, shuffle = FALSE, shuffle_batches = FALSE,
    steps_per_epoch = 0L, threads = threads, gather = FALSE, seed = seed)
  trainer_new(spec, train, if (training) data, if (!training) data, w, NULL, "Prediction")
}
