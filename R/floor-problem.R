# What a floor is about: data as the loss sees them, in the precision of the model.
#
# A row is what the loss turns into one value: a sample, or one of its places where the output
# has more dims than one. The loss is sum_j s_j v_j with s_j from reduction, sample weights and
# the weight of the loss; penalties of regularizers are no part of it.
#
# x        arrays by input, samples first
# inputs   what the output depends on: a row for each row of targets, or, where the network mixes
#          places, for each sample; of several inputs, and of codes for embeddings, columns side by
#          side
# t        rows x k targets, or rows x 1 codes
# s        a scale for each row
# group    equal where the network has no choice but to give equal outputs
# digit    what numbers are rounded to, beside their size
# n, k, places, network, loss (its object), choice (what the engine is told), logits, y, weight
# mask     see loss_mask(); `blind`: it is not known
#
# That is the problem of one output. Of several, whose losses add up, it is a list with
# `parts`, their problems by name, and `notes`.

floor_problem <- function(model, x, y, sample_weight = NULL, class_weight = NULL,
                          call = caller_env()) {
  check_compiled(model, call)
  check_built(model, call)
  data <- check_samples(model, all_dense(x, "x", call), y, sample_weight, class_weight, call = call)
  data_problem(model, data[c("x", "y", "weight")])
}

# Of lists of arrays that fit the model.
data_problem <- function(model, data) {
  data <- lapply(data, lapply, as_precision, model)
  coded <- coded_inputs(training_plan(model), data$x)
  parts <- lapply(seq_along(data$y), function(o) output_problem(model, data, o, coded))
  if (length(parts) == 1) return(parts[[1]])
  names(parts) <- output_names(model)[model_state(model)$compiled$trained]
  list(parts = parts, notes = joint_notes(parts))
}

output_problem <- function(model, data, o, coded) {
  output <- trained_outputs(model)[[o]]
  problem <- list(output = o, n = sample_count(data$x[[1]]), k = output[length(output)], x = data$x,
    y = data$y[[o]], weight = data$weight[[o]],
    digit = if (model_state(model)$precision == "float32") 2^-23 else 2^-52)
  problem$places <- prod(output) / problem$k
  problem$mask <- loss_mask(model, data$x, o)
  problem$blind <- anyNA(problem$mask)
  problem <- c(problem, problem_loss(model, problem))
  problem$network <- floor_network(model, problem$fused, o, coded)
  problem$notes <- c(problem$notes, network_notes(problem$network), mask_notes(problem))
  problem$inputs <- input_rows(model, problem)
  problem$group <- data_groups(problem)
  problem
}

trained_outputs <- function(model) model_outputs(model)[model_state(model)$compiled$trained]

problem_parts <- function(problem) problem$parts %||% list(problem)

# Numbers as a float32 model reads them.
as_precision <- function(x, model) {
  if (is.null(x) || model_state(model)$precision == "float64") return(x)
  x[] <- readBin(writeBin(as.double(x), raw(), size = 4), "double", length(x), size = 4)
  x
}

problem_loss <- function(model, problem) {
  loss <- model_state(model)$compiled$losses[[problem$output]]
  spec <- training_parts(model)$outputs[[problem$output]]
  notes <- problem_notes(model, spec$reduction, loss, problem$mask)
  if (is_custom_loss(loss)) return(own_loss_problem(problem, loss, spec, notes))
  codes <- takes_codes(loss)
  kt <- if (codes) 1L else problem$k
  t <- to_columns(problem$y)
  y <- numeric(problem$n * problem$places * problem$k)
  s <- engine_loss_scales(spec$loss, t, y, row_weights(problem), spec$reduction, problem$k, kt)
  s <- masked_scales(s, problem, loss, t, spec$reduction) * spec$loss_weight
  # Of losses that are not reduced the mean is shown, though it is the sum that is trained.
  if (spec$reduction == "none") s <- s / length(s)
  list(
    t = masked_targets(matrix(t, ncol = kt, byrow = TRUE), problem$mask, loss),
    s = rep_len(s, problem$n * problem$places),
    loss = loss, choice = spec$loss, fused = spec$fused, loss_weight = spec$loss_weight,
    logits = spec$fused || isTRUE(loss$config$from_logits), codes = codes, notes = notes
  )
}

# NULL: all weigh 1. Of an unknown mask no more than that it leaves nothing out.
row_weights <- function(problem) {
  w <- if (!is.null(problem$weight)) rep(as.vector(problem$weight), each = problem$places)
  if (is.null(problem$mask) || problem$blind) w else (w %||% 1) * problem$mask
}

# Of an R function only its values are known, row by row or not.
own_loss_problem <- function(problem, loss, spec, notes) {
  rows <- problem$n * problem$places
  t <- matrix(to_columns(problem$y), nrow = rows, byrow = TRUE)
  list(t = t, s = rep(spec$loss_weight / rows, rows), loss = loss, choice = NULL, fused = FALSE,
    loss_weight = spec$loss_weight, logits = FALSE, codes = FALSE, notes = c(notes,
      sprintf("The loss \"%s\" is an R function, of which no least value is known.", loss$label)))
}

# What the floor is no statement about.
problem_notes <- function(model, reduction, loss, mask) {
  layers <- leaf_layers(model)
  types <- vapply(layers, function(l) layer_state(l)$type, "")
  plan <- model_plan(model)
  penalized <- any(vapply(plan$nodes, node_penalized, NA)) || !is.null(plan$own_rules)
  by_batch <- reduction %in% c("sum", "none", "mean_with_sample_weight") ||
    !is.null(loss$config$ignore_class) || !is.null(mask)
  c(
    if (penalized) "The penalties of regularizers come on top.",
    if ("batch_normalization" %in% types) {
      "It holds with moving statistics, as in evaluate(); statistics of batches can do better."
    },
    if (by_batch) "It is that of all samples as one batch, as this reduction depends on batches."
  )
}

# R functions may look at other rows, or at anything.
network_notes <- function(network) {
  if (network$own) {
    "What R functions in the layers can do is not known: only what comes behind them counts."
  }
}

# What holds for each output by itself is said of it.
joint_notes <- function(parts) {
  unique(unlist(lapply(names(parts), function(name) {
    own <- grepl("R function", parts[[name]]$notes)
    ifelse(own, sprintf("Output \"%s\": %s", name, parts[[name]]$notes), parts[[name]]$notes)
  })))
}

node_penalized <- function(node) {
  !is.null(node$activity) || any(lengths(lapply(node$rules, `[[`, "penalty")) > 0)
}

# The network's input in rows: its samples, or their places where none of them meet; codes are
# places of their own.
input_rows <- function(model, problem) {
  network <- problem$network
  single <- length(network$reads) == 1
  if (!network$mixed && single) return(place_rows(model, problem, network$reads))
  columns <- lapply(network$reads, function(j) {
    x <- seen_input(model, problem, j)
    if (j %in% network$coded) indicator_inputs(x) else matrix(x, problem$n)
  })
  do.call(cbind, columns)
}

place_rows <- function(model, problem, j) {
  x <- seen_input(model, problem, j)
  codes <- identical(problem$network$nodes[1][[1]]$type, "embedding")
  rows <- matrix(to_columns(x), ncol = if (codes) 1 else dim(x)[length(dim(x))], byrow = TRUE)
  if (codes && j %in% problem$network$coded) indicator_inputs(rows) else rows
}

# As it is, or past the layer that masks it.
seen_input <- function(model, problem, j) {
  at <- problem$network$seen[j]
  if (at) place_values(model, problem$x, at, model_plan(model)$precision) else problem$x[[j]]
}

# Whether all places of a sample weigh the same, so that they can stand in columns.
is_even <- function(problem) {
  is.null(problem$mask) || !problem$network$mixed || problem$places == 1
}

# Targets and scales for the rows of `inputs`: with places in columns where they are mixed.
target_rows <- function(problem) {
  if (!problem$network$mixed || problem$places == 1) return(problem[c("t", "s")])
  wide <- matrix(t(problem$t), nrow = problem$n, byrow = TRUE)
  list(t = wide, s = problem$s[seq(1, by = problem$places, length.out = problem$n)])
}
