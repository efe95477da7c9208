# Evidence of one forward pass: what the nodes of the network put out, and the loss there.

evidence_layers <- function(case) leaf_layers(case$model)

evidence_plan <- function(case) {
  plan <- model_plan(case$model)
  plan$precision <- "float64"
  plan
}

# A data frame with a row for each node of the engine: layer (its number; 0: none), type, activation
# (NA where there is none), from (the node before it, 0 for the input).
evidence_nodes <- function(case) {
  nodes <- case$plan$nodes
  from <- pmax(vapply(nodes, function(n) as.integer(n$inputs[1]), 0L), -1L) + 1L
  list2DF(list(
    layer = vapply(nodes, function(n) n$part %||% 0L, 0L),
    type = vapply(nodes, function(n) n$layer$name, ""),
    activation = vapply(nodes, node_activation, ""),
    from = from
  ))
}

# The node that puts out the prediction.
evidence_place <- function(case) case$plan$outputs + 1L

# "custom": it is R that computes the node.
node_activation <- function(node) {
  if (!is.null(node$outside)) "custom" else node$activation %||% NA_character_
}

# Whether each node takes the output of the one before it, and nothing else does.
evidence_chain <- function(case) {
  nodes <- case$plan$nodes
  inputs <- lapply(nodes, function(n) as.integer(n$inputs))
  all(lengths(inputs) == 1) && identical(unlist(inputs), seq_along(nodes) - 2L)
}

# Outputs of nodes, in double precision, as in inference.
node_outputs <- function(case, nodes, x = case$x) {
  plan <- case$plan
  plan$outputs <- nodes - 1L
  engine_predict(plan, pack_weights(case$layers), case_arrays(x), 256L)
}

# As the engine takes samples: of one input, or of a list.
case_arrays <- function(x) lapply(x_list(x), function(x) data_array(x, sample_dims(x)))

x_list <- function(x) if (is.list(x)) x else list(x)

evidence_outputs <- function(case) node_outputs(case, seq_along(case$plan$nodes))

# Of the last node, and of the one before it where the loss takes that: all that a quick look
# needs of all rows.
evidence_ends <- function(case) {
  nodes <- c(if (case$fused) case$nodes$from[case$place], case$place)
  if (is_sampled(case)) node_outputs(case, nodes) else case$outputs[nodes]
}

evidence_prediction <- function(case) case$ends[[length(case$ends)]]

# Of all nodes; a quick look takes a thousand rows of many.
evidence_some_outputs <- function(case) {
  if (!is_sampled(case)) return(case$outputs)
  some <- lapply(x_list(case$x), some_samples, spread_rows(case$rows, 1000))
  node_outputs(case, seq_along(case$plan$nodes), some)
}

is_sampled <- function(case) case$level == "quick" && case$rows > 1000

spread_rows <- function(n, most) if (n <= most) seq_len(n) else round(seq(1, n, length.out = most))

evidence_compiled <- function(case) model_state(case$model)$compiled

# The loss function, and whether it takes the logits of the last activation.
evidence_criterion <- function(case) case$compiled$losses[[1]]

evidence_fused <- function(case) training_parts(case$model)$outputs[[1]]$fused

# Loss of the data, without penalties, in double precision.
evidence_loss <- function(case) {
  if (!case$computable) return(NaN)
  if (!case$fused) return(score_prediction(case, case$prediction))
  logits <- case$ends[[1]]
  loss <- case$criterion
  attr(loss, "fields")$choice <- fused_choice(loss)
  case$compiled$loss_weights * reduced_loss(mean_loss(loss), case$y, logits, case$weight)
}

score_prediction <- function(case, prediction) {
  if (case$joint) return(sum(mapply(score_prediction, case$views, prediction)))
  loss <- mean_loss(case$criterion)
  if (!is.null(case$read)) return(case$compiled$loss_weights *
    score_reading(case, loss, prediction))
  case$compiled$loss_weights * reduced_loss(loss, case$y, prediction, case$weight)
}

# Of a loss that reads tensors of the model, which stay as they are whatever the prediction.
score_reading <- function(case, loss, prediction) {
  y_pred <- as_samples(prediction)
  batch <- list(y_true = as_samples(case$y), y_pred = y_pred, n = sample_count(y_pred),
    weight = column_weights(case$weight, sample_count(y_pred), NULL))
  from <- lapply(case$read$arrays, trace_value, tape = new_tape())
  custom_loss_gradient(case$read, loss$label, batch, FALSE, NULL, from)$value
}

# NULL, or what the loss of the output reads, see loss-tensors.R, with its arrays.
evidence_read <- function(case) {
  parts <- training_parts(case$model)
  of_output <- function(loss) parts$plan$outputs[loss$output + 1L] + 1L == case$place[1]
  read <- if (!case$joint) Find(of_output, parts$outside$losses)$read
  if (is.null(read$tap)) return(NULL)
  outputs <- model_outputs(case$model)[parts$compiled$trained]
  blank <- lapply(outputs, function(dims) array(0, c(case$rows, dims)))
  samples <- new_samples(x_list(case$x), blank, rep(list(NULL), length(blank)))
  w <- pack_layout(model_layout(model_state(case$model)))
  trainer <- evaluation_trainer(case$model, samples, case$rows, w, NULL, 1L)
  pass_outside(trainer, list(nodes = parts$outside$nodes), NULL, 0L)
  c(read, list(arrays = seen_arrays(trainer, read)))
}

# fit() takes the mean of losses that are not to be reduced.
mean_loss <- function(loss) {
  if (loss$reduction == "none") attr(loss, "fields")$reduction <- "sum_over_batch_size"
  loss
}

# Penalties of weights, as they are added to the loss.
evidence_penalty <- function(case) {
  sum(vapply(case$layers, function(layer) {
    state <- layer_state(layer)
    sum(vapply(seq_along(state$slots), function(i) {
      penalty <- slot_setting(layer, state$slots[[i]]$name, "regularizer")$choice
      if (is.null(penalty)) 0 else engine_penalty(penalty, state$weights[[i]])
    }, 0))
  }, 0))
}

# "linear" where the model ends in no activation.
evidence_last <- function(case) {
  last <- case$nodes$activation[case$place]
  if (is.na(last)) "linear" else last
}

# Dense layers: list(node, uses, after, layer, name, width, kernel, bias, activation). `node` is
# where it is called first, `uses` all such nodes. The activation is that of the nodes `after`,
# "linear" for none.
evidence_dense <- function(case) {
  nodes <- case$nodes
  dense <- which(nodes$type == "dense")
  by_layer <- split(dense, factor(nodes$layer[dense], unique(nodes$layer[dense])))
  lapply(unname(by_layer), function(uses) {
    i <- uses[1]
    after <- if (i < nrow(nodes) && nodes$from[i + 1L] == i) nodes$activation[i + 1L] else NA
    layer <- case$layers[[nodes$layer[i]]]
    list(node = i, uses = uses, after = if (is.na(after)) uses else uses + 1L,
      layer = nodes$layer[i], name = layer$name, width = layer_config(layer)$units,
      kernel = layer_state(layer)$weights$kernel, bias = layer_state(layer)$weights$bias,
      activation = if (is.na(after)) "linear" else after)
  })
}

# What comes out of dense layer d before and behind its activation: samples (and positions, and
# calls) x units.
unit_sums <- function(case, d) unit_calls(case$outputs[d$uses])

unit_values <- function(case, d, outputs = case$outputs) unit_calls(outputs[d$after])

unit_calls <- function(outputs) {
  if (length(outputs) == 1) unit_columns(outputs[[1]]) else do.call(rbind,
    lapply(outputs, unit_columns))
}

unit_columns <- function(x) {
  if (length(dim(x)) == 2) x else matrix(x, ncol = dim(x)[length(dim(x))])
}

evidence_hidden <- function(case) Filter(function(d) !d$layer %in% case$last_layers, case$dense)

# Dense layers that put out a prediction, but for an activation behind them: numbers of layers.
evidence_last_layers <- function(case) {
  nodes <- case$nodes
  if (case$chain) return(utils::tail(nodes$layer[nodes$type == "dense"], 1))
  at <- case$place
  passing <- c("activation", layers_of_training, layers_that_move)
  repeat {
    further <- at > 0 & nodes$type[pmax(at, 1)] %in% passing
    if (!any(further)) break
    at[further] <- nodes$from[at[further]]
  }
  unique(nodes$layer[at[at > 0 & nodes$type[pmax(at, 1)] == "dense"]])
}

# A chain of dense layers with an activation each, and layers that do nothing in inference.
evidence_plain <- function(case) {
  case$chain && all(case$nodes$type %in% c("dense", "activation", layers_of_training))
}

layers_of_training <- c("dropout", "gaussian_noise", "gaussian_dropout", "alpha_dropout",
  "activity_regularization")

layers_that_move <- c("flatten", "reshape", "permute", "repeat_vector", "identity")

# No function but affine ones can come out before the last activation.
evidence_affine <- function(case) {
  source <- output_source(case$plan, case$plan$outputs)
  squashed <- !case$nodes$activation[case$place] %in% c(NA, "custom")
  at <- if (squashed) utils::head(source$nodes, -1) else source$nodes
  nodes <- describe_nodes(case$plan, at, integer())
  all(vapply(nodes, `[[`, "", "kind") != "nonlinear")
}

# "1-10-1"
evidence_widths <- function(case) {
  dense <- vapply(case$dense, `[[`, 0L, "width")
  c(sum(vapply(model_inputs(case$model), prod, 0)), dense)
}

# x as a matrix with a row for each sample; several inputs side by side.
evidence_inputs <- function(case) {
  do.call(cbind, lapply(x_list(case$x), function(x) matrix(x, sample_count(x))))
}

# Exactly 0 for columns that are constant.
evidence_input_sds <- function(case) sqrt(column_vars(case$inputs))

evidence_rows <- function(case) sample_count(x_list(case$x)[[1]])

# y as a matrix like the prediction: class codes become indicator columns.
evidence_targets <- function(case) {
  k <- case$units
  if (!case$codes) return(matrix(case$y, case$rows))
  if (length(case$y) == case$rows) indicators(as.vector(case$y), k)
}

evidence_codes <- function(case) takes_codes(case$criterion)

evidence_units <- function(case) {
  dims <- trained_outputs(case$model)[[1]]
  dims[length(dims)]
}

# y as one class code or number for each sample, where it is that.
evidence_labels <- function(case) {
  y <- case$targets
  if (is.null(y)) return(NULL)
  if (ncol(y) == 1) return(as.vector(y))
  if (case$classifies) max.col(y, ties.method = "first") - 1
}

evidence_classifies <- function(case) {
  is_class_loss(case$criterion) || case$criterion$record %in% c("hinge", "squared_hinge",
    "categorical_hinge")
}

# Out of the loss' domain the mean is no minimum.
evidence_family <- function(case) {
  if (any(outside_domain(case))) NA_character_ else loss_family(case$criterion)
}

# What minimizes the loss of many targets under one prediction: "mean" for squared losses and
# cross-entropies, "median" for absolute ones, else NA.
loss_family <- function(loss) {
  plain <- !isTRUE(loss$config$from_logits) && !isTRUE(loss$config$label_smoothing > 0) &&
    is.null(loss$config$ignore_class)
  if (!plain) return(NA_character_)
  means <- c("mean_squared_error", "binary_crossentropy", "categorical_crossentropy",
    "sparse_categorical_crossentropy", "poisson")
  if (loss$record %in% means) return("mean")
  if (loss$record == "mean_absolute_error") "median" else NA_character_
}

is_squared <- function(case) case$criterion$record == "mean_squared_error"

is_crossentropy <- function(case) case$criterion$record %in% c(binary_losses, one_hot_losses,
  "sparse_categorical_crossentropy")

# The lowest loss of predictions that are the same within groups of rows; NA where not known.
group_loss <- function(case, groups) {
  y <- case$targets
  if (is.na(case$family) || is.null(y) || !is_flat(case)) return(NA_real_)
  if (max(groups) == case$rows) return(score_prediction(case, as_shape(y, case)))
  centre <- if (case$family == "mean") means_of_groups else medians_of_groups
  score_prediction(case, as_shape(centre(y, groups, case$weight %||% rep(1, case$rows)), case))
}

# A group without weight does not count: its mean may be anything.
means_of_groups <- function(y, groups, w) {
  w <- as.vector(w)
  if (max(groups) == 1) {
    y[] <- rep(colSums(y * w) / max(sum(w), .Machine$double.xmin), each = nrow(y))
    return(y)
  }
  total <- rowsum(w, groups)
  sums <- rowsum(y * w, groups) / pmax(as.vector(total), .Machine$double.xmin)
  unname(sums[match(groups, as.numeric(rownames(sums))), , drop = FALSE])
}

medians_of_groups <- function(y, groups, w) {
  w <- as.vector(w)
  for (rows in split(seq_along(groups), groups)) {
    y[rows, ] <- rep(apply(y[rows, , drop = FALSE], 2, weighted_median, w[rows]),
      each = length(rows))
  }
  y
}

weighted_median <- function(y, w) {
  order <- order(y)
  share <- cumsum(w[order]) / sum(w)
  y[order][which(share >= 0.5)[1]]
}

# The best constant prediction.
evidence_constant_loss <- function(case) group_loss(case, rep(1, case$rows))

# Rows that are equal: numbers of groups.
evidence_groups <- function(case) row_groups(case$inputs)

# No function of the inputs has a lower loss: equal rows get equal predictions.
evidence_data_best <- function(case) best_floor(any_network_floors(case$problem))

evidence_data_floor <- function(case) case$data_best$about

# Nor has any, were all rows different.
evidence_target_floor <- function(case) {
  problem <- case$problem
  problem$group <- seq_along(problem$s)
  best_floor(any_network_floors(problem))$about
}

lowest_value <- function(case) {
  if (case$joint) return(sum(vapply(case$views, lowest_value, 0)))
  if (any(outside_domain(case))) return(-Inf)
  switch(case$criterion$record, custom = -Inf, cosine_similarity = -case$compiled$loss_weights,
    poisson = -Inf, 0)
}

# Where the excess loss begins.
evidence_base <- function(case) if (is.finite(case$data_floor)) case$data_floor else 0

# The best affine prediction, for squared losses.
evidence_affine_loss <- function(case) {
  if (!is_squared(case) || is.null(case$targets)) return(NA_real_)
  w <- sqrt(as.vector(case$weight %||% rep(1, case$rows)))
  design <- line_design(case$inputs) * w
  residual <- least_squares(design, case$targets * w)$residuals
  case$compiled$loss_weights * sum(residual^2) / length(residual)
}

# What is known of the architecture on these data, and the best lower bound (see loss_floor()).
evidence_problem <- function(case) {
  data_problem(case$model, list(x = x_list(case$x), y = list(case$y), weight = list(case$weight)))
}

evidence_best <- function(case) problem_floor(case$problem)

evidence_floor <- function(case) new_floor(case$best, case$problem)
