# What moves weights, or tells units apart, beside the gradient of the loss of these data.

# In words, of the weights into dense layer d.
other_moves <- function(case, d, units = seq_len(d$width)) {
  layer <- case$layers[[d$layer]]
  before <- case$nodes$type[seq_len(d$node - 1L)]
  optimizer <- case$compiled$optimizer
  common <- optimizer_field(optimizer, "common")
  found <- c(
    "its penalty" = has_rule(layer, "regularizer") ||
      !is.null(layer_config(layer)$activity_regularizer),
    "its constraint" = has_rule(layer, "constraint"),
    "weight decay" = isTRUE(common$weight_decay > 0),
    "the average of weights" = isTRUE(common$use_ema),
    "FTRL, which makes them anew from its sums" = optimizer_field(optimizer, "record") == "ftrl",
    "what is left of earlier steps" = any(moving_moments(case, d)[, units, ] != 0),
    "noise drawn before it" = any(before %in% drawing_layers),
    "statistics of batches before it" = any(before == "batch_normalization"),
    "what layers before it learn" = any(layers_that_learn(case) %in% case$nodes$layer[seq_len(d$node - 1L)]),
    "R functions of the model" = has_r_functions(case),
    "rounding at its kink" = is_on_edge(case, d, units)
  )
  names(found)[found]
}

# Whether sums are nearer to the kink than training computes them: by a few digits of the terms that
# they are made of, and by a pass in single precision beside one in double, of samples that are
# within a tenth of the terms. Sums of nothing are exact.
is_on_edge <- function(case, d, units) {
  codes <- node_codes(case, d)
  of_units <- function(f) {
    sums <- f(codes) %*% f(d$kernel[, units, drop = FALSE])
    if (is.null(d$bias)) sums else sums + rep(f(d$bias[units]), each = nrow(sums))
  }
  z <- of_units(identity)
  terms <- of_units(abs)
  edge <- flat_threshold(case, d)
  if (model_state(case$model)$precision != "float32") return(any(terms > 0 & z + 4e-15 *
    terms > edge))
  sample <- (seq_len(nrow(z)) - 1) %% case$rows + 1
  near <- sort(unique(sample[rowSums(terms > 0 & z + 0.1 * terms > edge) > 0]))
  if (!length(near)) return(FALSE)
  z <- z[sample %in% near, , drop = FALSE]
  terms <- terms[sample %in% near, , drop = FALSE]
  off <- 1e-6 * terms + 4 * abs(z - single_sums(case, d, near)[, units, drop = FALSE])
  any(off > 0 & z + off > edge)
}

# What goes into dense layer d: rows x numbers.
node_codes <- function(case, d) {
  from <- vapply(d$uses, function(i) as.integer(case$plan$nodes[[i]]$inputs[1]), 0L)
  unit_calls(lapply(from, function(i) {
    if (i < 0) x_list(case$x)[[-i]] else if (is_sampled(case)) node_outputs(case,
      i + 1L)[[1]] else case$outputs[[i + 1L]]
  }))
}

# What comes out of it before its activation, in single precision.
single_sums <- function(case, d, samples) {
  plan <- case$plan
  plan$precision <- "float32"
  plan$outputs <- d$uses - 1L
  x <- lapply(x_list(case$x), some_samples, samples)
  unit_calls(engine_predict(plan, pack_weights(case$layers), case_arrays(x), 256L))
}

drawing_layers <- c("dropout", "gaussian_noise", "gaussian_dropout", "alpha_dropout")

# Whether training sees noise of layers in the loss.
is_noisy <- function(case) any(case$nodes$type %in% drawing_layers)

has_rule <- function(layer, what) {
  any(vapply(layer_state(layer)$slots, function(s) !is.null(slot_setting(layer, s$name, what)), NA))
}

has_constraints <- function(case) {
  any(vapply(case$layers, has_rule, NA, what = "constraint"))
}

has_r_functions <- function(case) {
  !is.null(case$plan$outside) || !is.null(case$plan$own_rules) ||
    any(case$nodes$activation %in% "custom")
}

layers_that_learn <- function(case) {
  which(vapply(case$layers, function(layer) {
    layer_trainable(layer) && !all(layer_state(layer)$is_state)
  }, NA))
}

# Inputs (with the bias as one more) x units x arrays that the optimizer keeps; of `state`, the last
# dimension is empty before the first step.
layer_moments <- function(case, d, arrays = NULL) {
  kept <- as.double(model_state(case$model)$optimizer_state$moments)
  kernel <- slot_places(case, d$layer, "kernel")
  bias <- slot_places(case, d$layer, "bias")
  copies <- length(kept) %/% max(case_weights(case), 1)
  if (!is.null(arrays)) copies <- min(copies, arrays)
  at <- rbind(matrix(kernel, ncol = d$width), bias)
  shift <- rep((seq_len(copies) - 1) * case_weights(case), each = length(at))
  array(kept[rep(at, copies) + shift], c(dim(at), copies))
}

# Arrays that steps are taken along: of Adam and its relatives the first moments alone, and none
# where squares of gradients only divide.
moving_moments <- function(case, d) {
  record <- optimizer_field(case$compiled$optimizer, "record")
  momentum <- optimizer_field(case$compiled$optimizer, "hparams")$momentum %||% 0
  arrays <- if (record %in% c("adagrad", "adadelta", "adafactor", "rprop")) 0 else {
    if (record == "rmsprop" &&
      momentum == 0) 0 else if (record %in% c("ftrl", "rmsprop")) NULL else 1
  }
  layer_moments(case, d, arrays)
}

case_weights <- function(case) {
  slots <- unlist(lapply(case$layers, function(l) layer_state(l)$slots), recursive = FALSE)
  sum(vapply(slots, function(s) if (s$is_state) 0 else prod(as.double(s$dims)), 0))
}

# Where a slot's numbers are among all weights.
slot_places <- function(case, layer, name) {
  before <- 0
  for (i in seq_along(case$layers)) {
    for (slot in layer_state(case$layers[[i]])$slots) {
      size <- if (slot$is_state) 0 else prod(as.double(slot$dims))
      if (i == layer && slot$name == name) return(before + seq_len(size))
      before <- before + size
    }
  }
  integer()
}

# What tells equal units of hidden layer i of a chain apart, in words.
what_parts <- function(case, i, groups) {
  layer <- case$dense[[i]]
  following <- case$dense[[i + 1L]]
  between <- case$nodes$type[seq_len(nrow(case$nodes)) > layer$node & seq_len(nrow(case$nodes)) < following$node]
  found <- c(
    "the noise behind them" = any(between %in% drawing_layers),
    "what earlier steps left in the optimizer" = !equal_moments(case, layer, following, groups),
    "R functions of the model" = has_r_functions(case)
  )
  names(found)[found]
}

equal_moments <- function(case, layer, following, groups) {
  into <- layer_moments(case, layer)
  out <- layer_moments(case, following)[seq_len(layer$width), , , drop = FALSE]
  rows <- cbind(matrix(aperm(into, c(2, 1, 3)), layer$width), matrix(out, layer$width))
  first <- match(groups, groups)
  all(rows == rows[first, , drop = FALSE])
}

# "a", "a or b", "a, b or c"
either <- function(words) {
  if (length(words) < 2) return(words)
  paste(toString(utils::head(words, -1)), "or", utils::tail(words, 1))
}
