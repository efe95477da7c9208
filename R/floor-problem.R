# What a floor is about: data as the loss sees them, in the precision of the model.
#
# A row is what the loss turns into one value: a sample, or one of its places where the output
# has more dims than one. The loss is sum_j s_j v_j with s_j from reduction, sample weights and
# the weight of the loss; penalties of regularizers are no part of it.
#
# x        array, samples first; inputs: a row for each row of targets, or, where the network
#          mixes places, for each sample
# t        rows x k targets, or rows x 1 codes
# s        a scale for each row
# group    equal where the network has no choice but to give equal outputs
# n, k, places, network, loss (its object), choice (what the engine is told), logits

floor_problem <- function(model, x, y, sample_weight = NULL, class_weight = NULL,
                          call = caller_env()) {
  check_compiled(model, call)
  check_built(model, call)
  check_no_custom(model, "A floor", call)
  data <- single_samples(model, x, y, sample_weight, class_weight, call = call)
  data[c("x", "y", "weight")] <- lapply(data[c("x", "y", "weight")], as_precision, model)
  output <- output_dims(model)
  problem <- list(n = sample_count(data$x), k = output[length(output)], x = data$x)
  problem$places <- prod(output) / problem$k
  problem <- c(problem, problem_loss(model, data, problem))
  problem$network <- floor_network(model, problem$fused)
  problem$inputs <- input_rows(problem)
  problem$group <- data_groups(problem)
  problem
}

# Numbers as a float32 model reads them.
as_precision <- function(x, model) {
  if (is.null(x) || model_state(model)$precision == "float64") return(x)
  x[] <- readBin(writeBin(as.double(x), raw(), size = 4), "double", length(x), size = 4)
  x
}

problem_loss <- function(model, data, problem) {
  loss <- model_state(model)$compiled$losses[[1]]
  spec <- output_specs(model)[[1]]
  codes <- takes_codes(loss)
  kt <- if (codes) 1L else problem$k
  t <- to_columns(data$y)
  w <- if (!is.null(data$weight)) rep(as.vector(data$weight), each = problem$places)
  y <- numeric(problem$n * problem$places * problem$k)
  s <- engine_loss_scales(spec$loss, t, y, w, spec$reduction, problem$k, kt) * spec$loss_weight
  list(
    t = matrix(t, ncol = kt, byrow = TRUE), s = rep_len(s, problem$n * problem$places),
    loss = loss, choice = spec$loss, fused = spec$fused,
    logits = spec$fused || isTRUE(loss$config$from_logits), codes = codes,
    notes = problem_notes(model, spec$reduction, loss)
  )
}

# What the floor is no statement about.
problem_notes <- function(model, reduction, loss) {
  layers <- leaf_layers(model)
  types <- vapply(layers, function(l) layer_state(l)$type, "")
  penalized <- any(vapply(model_plan(model)$nodes, node_penalized, NA))
  by_batch <- reduction %in% c("sum", "none", "mean_with_sample_weight") ||
    !is.null(loss$config$ignore_class)
  c(
    if (penalized) "The penalties of regularizers come on top.",
    if ("batch_normalization" %in% types) {
      "It holds with moving statistics, as in evaluate(); statistics of batches can do better."
    },
    if (by_batch) "It is that of all samples as one batch, as this reduction depends on batches."
  )
}

node_penalized <- function(node) {
  !is.null(node$activity) || any(lengths(lapply(node$rules, `[[`, "penalty")) > 0)
}

# The network's input in rows: its samples, or their places where none of them meet.
input_rows <- function(problem) {
  if (problem$network$mixed) return(matrix(problem$x, problem$n))
  dims <- dim(problem$x)
  matrix(to_columns(problem$x), ncol = dims[length(dims)], byrow = TRUE)
}

# Targets and scales for the rows of `inputs`: with places in columns where they are mixed.
target_rows <- function(problem) {
  if (!problem$network$mixed || problem$places == 1) return(problem[c("t", "s")])
  wide <- matrix(t(problem$t), nrow = problem$n, byrow = TRUE)
  list(t = wide, s = problem$s[seq(1, by = problem$places, length.out = problem$n)])
}
