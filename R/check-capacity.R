# C, and S where widths and initial weights matter: what this architecture can do at best.

capacity_checks <- function() {
  list(
    new_check("S2", "bottleneck", "floor", find_bottleneck, "chain"),
    new_check("S4", "a network that is a straight line on these data", "floor",
      find_effectively_linear, "plain"),
    new_check("S6", "scale of initial weights", "forward", find_initial_scale, "plain"),
    new_check("C1", "too few units for the bends", "floor", find_capacity, "chain"),
    new_check("C2", "weights with a lower loss", "floor", find_witness)
  )
}

# That the bound which loss_floor() gives holds.
floor_certificate <- function(case) {
  certificate("floor", quote(floor_holds(proof)),
    list(floor = as.double(case$floor), proof = attr(case$floor, "certificate")))
}

find_bottleneck <- function(case) {
  if (!case$chain || length(case$hidden) == 0) return(NULL)
  widths <- vapply(case$hidden, `[[`, 0L, "width")
  if (case$affine &&
    attr(case$floor, "type") == "reduced-rank") return(rank_bottleneck(case, min(widths)))
  narrow <- min(widths) < min(case$widths[1], case$units) ||
    (min(widths) == 1 && case$widths[1] > 1)
  if (case$affine || !narrow || !does_badly(case)) return(NULL)
  found(
    "A narrow layer", "LIKELY",
    sprintf("Layer \"%s\" has %s: all that is known of x must pass through.",
      case$hidden[[which.min(widths)]]$name, count_of(min(widths), "unit")),
    remedy = "more units in this layer.", fix = list(what = "widen")
  )
}

rank_bottleneck <- function(case, width) {
  wide <- case$affine_loss
  floor <- as.double(case$floor)
  if (is.na(wide) || !has_share(case, floor) || floor - wide < 0.05 * floor) return(NULL)
  found(
    "Bottleneck of a linear model", "PROVEN",
    sprintf("The narrowest layer has %s, so the linear map has rank %d at most.",
      count_of(width, "unit"), width),
    c(sprintf("Lowest loss at that rank: %s; without the bottleneck: %s", digits(floor),
      digits(wide))),
    "more units in this layer.", explains = share_between(case, wide, floor),
    certificate = floor_certificate(case),
    fix = list(what = "widen")
  )
}

# A network that could bend and does not. Only with weights at hand that do much better.
find_effectively_linear <- function(case) {
  if (case$affine || !case$plain || !is_trained(case) || case$rows < 3) return(NULL)
  if (!is_flat(case)) return(not_told)
  f <- unit_columns(case$ends[[1]])
  rest <- least_squares(cbind(1, case$inputs), f)$residuals
  total <- sum(scale(f, scale = FALSE)^2)
  if (!isTRUE(sum(rest^2) < 1e-6 * total) || ncol(case$inputs) + 1 >= case$rows) return(NULL)
  if (!isTRUE(case$witness$honest <= 0.5 * case$loss)) return(NULL)
  found(
    "A straight line for now", "STRONG",
    "The network can bend, but its units work where their activations are straight on these rows.",
    c(sprintf("1 - R^2 of the best straight line through its outputs: %s",
      digits(sum(rest^2) / total, 2)),
      sprintf("Other weights of this network reach %s (now %s).", digits(case$witness$loss),
        digits(case$loss))),
    "train longer or at a higher learning rate; scale x; larger initial weights.",
    explains = share_between(case, case$witness$loss, case$loss), fix = list(what = "train"),
    symptom = 1
  )
}

# Of fresh kernels, biases being 0: variances of z in the last hidden layer and the first.
find_initial_scale <- function(case) {
  if (!case$plain || length(case$hidden) < 2 || !is_trained(case)) return(NULL)
  if (is_squared(case) && !does_badly(case)) return(NULL)
  outputs <- fresh_outputs(case)
  spread <- vapply(case$hidden,
    function(d) mean(column_vars(unit_columns(outputs[[d$node]]))), 0)
  ratio <- spread[length(spread)] / spread[1]
  if (is.na(ratio) || (ratio > 0.1 && ratio < 10) || !does_badly(case)) return(NULL)
  found(
    if (ratio < 1) "Signals that fade with depth" else "Signals that grow with depth", "LIKELY",
    "With fresh weights the layers do not keep the scale of what they get.",
    sprintf("Variance in the last hidden layer over that in the first: %s", digits(ratio, 2)),
    "kernel_initializer = \"he_normal\" for relu, \"glorot_uniform\" for tanh; fewer layers.",
    fix = if (has_default_kernels(case)) {
      list(what = "hidden_activation", to = "relu", initializer = "he_normal")
    } else {
      list(what = "reinitialize")
    }
  )
}

# Drawing them anew would change nothing.
has_default_kernels <- function(case) {
  all(vapply(case$hidden, function(d) {
    initializer <- layer_config(case$layers[[d$layer]])$kernel_initializer
    isTRUE(initializer$name %in% c("glorot_uniform", "glorot_normal"))
  }, NA))
}

fresh_outputs <- function(case) {
  layers <- lapply(case$layers, function(layer) without_bias(redrawn_layer(layer)))
  plan <- case$plan
  plan$outputs <- seq_along(plan$nodes) - 1L
  rows <- seq_len(min(case$rows, 200L))
  some <- lapply(x_list(case$x), some_samples, rows)
  engine_predict(plan, pack_weights(layers), case_arrays(some), 256L)
}

# Units that first biases switch off say nothing of the scale of kernels.
without_bias <- function(layer) {
  state <- layer_state(layer)
  if (!is.null(state$weights$bias)) state$weights$bias[] <- 0
  layer
}

redrawn_layer <- function(layer) {
  copy <- clone_layer(layer, layer$name)
  state <- layer_state(copy)
  state$weights <- initial_weights(copy, state$slots, caller_env())
  copy
}

find_capacity <- function(case) {
  if (attr(case$floor, "type") != "piecewise" || length(case$hidden) != 1) return(NULL)
  floor <- as.double(case$floor)
  noise <- noise_left(case)
  if (!has_share(case, floor, 0.05) || floor < 1.5 * noise) return(NULL)
  low <- max(case$base, noise)
  if (share_between(case, low, floor) < 0.05) return(NULL)
  found(
    "Too few units for these bends", "PROVEN",
    sprintf("With one input, %s of relu make at most %d straight pieces.",
      count_of(case$hidden[[1]]$width, "unit"), case$hidden[[1]]$width + 1L),
    sprintf("Lowest loss of any function of so many pieces: %s", digits(floor)),
    paste("more units in the hidden layer, with a bias_initializer that spreads their bends:",
      "with biases of 0 all begin at x = 0."),
    explains = share_between(case, low, floor), certificate = floor_certificate(case),
    fix = list(what = "widen", spread = max(abs(case$inputs)))
  )
}

# What noise alone leaves when a line is fitted to each piece: more units would follow noise.
noise_left <- function(case) {
  fitted <- 2 * (case$hidden[[1]]$width + 1)
  noise <- case$compiled$loss_weights * local_noise(as.vector(case$inputs), case$targets)
  if (is.finite(noise)) noise * max(1 - fitted / case$rows, 0) else 0
}

find_witness <- function(case) {
  witness <- lowest_witness(case)
  if (is.null(witness) || !isTRUE(witness$loss < 0.5 * case$loss - 1e-12)) return(NULL)
  found(
    "Weights with a lower loss exist", "PROVEN",
    "This is not the end of what the architecture can do on these rows.",
    sprintf("Such weights reach %s (now %s).", digits(witness$loss), digits(case$loss)),
    severity = "note", explains = share_between(case, witness$loss, case$loss), symptom = 1,
    certificate = certificate("witness", quote(loss_at(weights) < loss),
      list(weights = witness$weights))
  )
}

# Of those that a search has found, and those without training.
lowest_witness <- function(case) {
  other <- if (is_at_rest(case) && is_above_floor(case)) case$elsewhere
  if (!isTRUE(other$there < min(case$witness$loss, Inf))) return(case$witness)
  list(weights = other$weights, loss = other$there)
}

# Weights with a low loss, without training: hidden layers as they are, or drawn anew with
# biases, and the last layer by least squares. list(weights, loss, honest): `honest` is the
# loss times n / (n - p), as p fitted numbers can follow noise. Frozen layers stay as they are; NULL
# where constraints or a frozen last layer would not let training get there.
evidence_witness <- function(case) {
  squared <- is_squared(case) && is_flat(case) && ends_in_own_layer(case)
  if (!squared) return(NULL)
  if (has_constraints(case) || !layer_trainable(case$layers[[case$last_layers[1]]])) return(NULL)
  tries <- c(list(solve_last(case, case$layers)), lapply(1:3, function(i) {
    solve_last(case, lapply(case$layers, drawn_with_biases))
  }))
  tries[[which.min(vapply(tries, `[[`, 0, "loss"))]]
}

# A linear dense layer, behind others, whose weights nothing else uses.
ends_in_own_layer <- function(case) {
  last <- case$dense[[match(case$last_layers[1], vapply(case$dense, `[[`, 0L, "layer"))]]
  known <- c("dense", "activation", "embedding", "layer_normalization", "rms_normalization",
    merging_types, layers_of_training, layers_that_move)
  !is.null(last) && last$node == case$place && length(last$uses) == 1 && length(case$dense) > 1 &&
    all(case$nodes$type %in% known) && !any(case$nodes$activation %in% "custom")
}

drawn_with_biases <- function(layer) {
  if (!layer_trainable(layer)) return(layer)
  copy <- redrawn_layer(layer)
  state <- layer_state(copy)
  at <- match("bias", names(state$weights))
  if (!is.na(at)) state$weights[[at]][] <- stats::runif(length(state$weights[[at]]), -1, 1)
  copy
}

# The last dense layer by least squares on what the layers before it put out.
solve_last <- function(case, layers) {
  last <- case$dense[[match(case$last_layers, vapply(case$dense, `[[`, 0L, "layer"))]]
  plan <- case$plan
  plan$outputs <- case$nodes$from[last$node] - 1L
  code <- unit_columns(engine_predict(plan, pack_weights(layers), case_arrays(case$x), 256L)[[1]])
  bias <- !is.null(last$bias)
  w <- sqrt(as.vector(case$weight %||% rep(1, case$rows)))
  design <- if (bias) cbind(code, 1) else code
  fit <- least_squares(design * w, case$targets * w)
  solution <- fit$coefficients
  layers <- lapply(layers, function(l) clone_layer(l, l$name))
  state <- layer_state(layers[[last$layer]])
  k <- ncol(code)
  state$weights$kernel[] <- solution[seq_len(k), ]
  if (bias) state$weights$bias[] <- solution[k + 1L, ]
  loss <- loss_with(case, pack_weights(layers))
  free <- case$rows - fit$rank
  list(weights = pack_weights(layers), loss = loss,
    honest = if (free > 0) loss * case$rows / free else Inf)
}
