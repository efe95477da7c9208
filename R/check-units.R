# U: hidden units that do nothing on these data, and predictions that do not depend on them.

unit_checks <- function() {
  list(
    new_check("U1", "dead units", "units", find_dead),
    new_check("U2", "saturated units", "slopes", find_saturated),
    new_check("U4", "codes of low rank", "floor", find_low_rank),
    new_check("U3", "constant prediction", "forward", find_constant_prediction)
  )
}

# For each dense layer with a relu, hidden or last: what is off on all rows, and on which rows
# everything is off. A quick look goes on to all rows only of layers where some rows are off, or a
# unit is on all that it has seen.
evidence_dead <- function(case) {
  relus <- Filter(function(d) flat_threshold(case, d) >= 0, case$dense)
  seen <- dead_among(case, relus, case$some_outputs)
  suspect <- vapply(seen, function(d) length(d$units) > 0 || length(d$rows) > 0, NA)
  if (!any(suspect) || !is_sampled(case)) return(seen)
  layers <- vapply(seen[suspect], `[[`, 0L, "layer")
  dead <- c(seen[!suspect], dead_on_all_rows(case, case$dense[layers]))
  dead[order(vapply(dead, `[[`, 0L, "layer"))]
}

dead_on_all_rows <- function(case, layers) {
  nodes <- unlist(lapply(layers, `[[`, "after"))
  outputs <- vector("list", nrow(case$nodes))
  outputs[nodes] <- node_outputs(case, nodes)
  dead_among(case, layers, outputs)
}

dead_among <- function(case, layers, outputs) {
  names <- vapply(case$dense, `[[`, "", "name")
  dead <- lapply(layers, function(d) {
    a <- unit_values(case, d, outputs)
    if (min(a) < 0) return(NULL)
    list(name = d$name, layer = match(d$name, names), width = d$width, units = off_columns(a),
      rows = off_rows(a), last = any(d$after %in% case$place))
  })
  Filter(Negate(is.null), dead)
}

# Up to where a relu is 0 and has no slope; -Inf for one that has, and for other activations.
flat_threshold <- function(case, d) {
  if (d$activation != "relu") return(-Inf)
  h <- activation_settings(case, d)
  if (h[["negative_slope"]] == 0) h[["threshold"]] else -Inf
}

# Columns that are 0 in all rows: none that is not in the first ones.
off_columns <- function(a) {
  off <- which(colSums(utils::head(a, 100) != 0) == 0)
  off[colSums(a[, off, drop = FALSE] != 0) == 0]
}

# Rows that are 0 in all columns: column by column fewer are left.
off_rows <- function(a) {
  rows <- seq_len(nrow(a))
  for (j in seq_len(ncol(a))) {
    rows <- rows[a[rows, j] == 0]
    if (!length(rows)) break
  }
  rows
}

find_dead <- function(case) {
  if (!has_data(case)) return(find_idle(case, "relu"))
  if (!length(case$dead)) return(NULL)
  dead <- vapply(case$dead, function(d) length(d$units), 0L)
  off <- vapply(case$dead, function(d) length(d$rows), 0L)
  if (!any(dead) && !any(off)) return(NULL)
  cell <- case$cell_floor
  share <- if (is.na(cell)) NA else share_between(case, dead_low(case), cell)
  whole <- any(dead == vapply(case$dead, `[[`, 0L, "width"))
  harmful <- whole || isTRUE(share >= least_harm(case, any(dead)))
  if (!any(dead) && !harmful) return(NULL)
  if (whole && !isTRUE(share >= 0.05)) share <- NA
  worst <- case$dead[[which.max(dead / vapply(case$dead, `[[`, 0L, "width") + off / case$rows)]]
  found(
    if (any(dead)) "Dead units" else "Rows on which all units are off", "PROVEN",
    dead_sentence(worst, other_moves(case, case$dense[[worst$layer]], worst$units)),
    c(if (any(dead)) sprintf("Layer \"%s\": %d of %d units are off on every row", worst$name,
      length(worst$units),
      worst$width),
      if (length(worst$rows)) sprintf("%s of %d rows have all units of the layer off.",
        format(length(worst$rows), big.mark = ","), case$rows),
      if (!is.na(cell) &&
        isTRUE(share > 0)) sprintf("Lowest loss while what is flat on rows stays so: %s (now %s)",
        digits(cell), digits(case$loss))),
    dead_remedy(worst), explains = share, severity = if (harmful) "fault" else "note",
    certificate = dead_certificate(case, worst, cell),
    symptom = if (whole && dies_of_start(case) || is_too_small(case)) 0.5 else 0,
    fix = if (worst$last) list(what = "last_activation", to = "linear") else {
      list(what = "hidden_activation", to = "leaky_relu", initializer = "he_uniform")
    }
  )
}

dead_low <- function(case) if (case$level == "quick") case$base else max(case$base,
  as.double(case$floor))

# Rows that are off in a hidden layer come on again when other rows move the weights, unless they
# are all that is left of the loss.
least_harm <- function(case, dead) {
  last <- any(vapply(case$dead, function(d) d$last && length(d$rows) > 0, NA))
  if (last) 0.05 else if (dead) 0.25 else if (is_trained(case)) 0.9 else Inf
}

# Data or first weights that leave a layer no chance.
dies_of_start <- function(case) is_off_scale(case) || !is.null(find_initial_scale(case))

# More units are the way out of both.
is_too_small <- function(case) {
  case$level != "quick" && case$chain && isTRUE(find_capacity(case)$explains >= 0.2)
}

# `moves`: what its incoming weights or its inputs change by all the same.
dead_sentence <- function(d, moves) {
  if (d$last) return(
    "A last layer of relu that is 0 on a row passes no gradient back: that row teaches nothing.")
  if (!length(d$units)) return(sprintf(
    "Rows on which all units of layer \"%s\" are 0 get one output, and pass no gradient back through it.", d$name))
  if (!length(moves)) return(
    "A relu that is 0 on all rows passes no gradient back: its incoming weights stay as they are.")
  sprintf("A relu that is 0 on all rows passes no gradient back: only %s can bring it back.",
    either(moves))
}

dead_remedy <- function(d) {
  if (d$last) return("no activation in the last layer.")
  paste("activation = \"leaky_relu\", kernel_initializer = \"he_uniform\", a lower",
    "learning rate, or more units.")
}

dead_certificate <- function(case, d, cell) {
  values <- list(layer = d$layer, dead = d$units, rows = d$rows)
  off <- quote(all(z_of(layer)[, dead] <= threshold_of(layer)) &&
    all(z_of(layer)[rows, ] <= threshold_of(layer)))
  if (is.na(cell)) return(certificate("zero gradient", off, values))
  certificate("zero gradient", bquote(.(off) && cell_holds(groups, floor)),
    c(values, list(groups = case$cell$certificate$group, floor = cell)))
}

# The lowest loss while the rows on which a layer is off stay so (see R/floor-cell.R).
evidence_cell <- function(case) {
  off <- any(vapply(case$dead, function(d) length(d$rows) > 0, NA))
  if (off) cell_floor(case$model, case$problem)
}

evidence_cell_floor <- function(case) {
  floor <- if (is.null(case$cell)) -Inf else case$cell$about
  if (is.finite(floor)) floor else NA_real_
}

# Where the slope is below a hundredth of that at 0.
saturation_bounds <- c(sigmoid = 5.3, tanh = 3, softsign = 9, hard_sigmoid = 3, hard_tanh = 1)

evidence_saturated <- function(case) {
  vapply(case$hidden, function(d) {
    bound <- saturation_bounds[d$activation]
    if (is.na(bound)) 0 else mean(abs(unit_sums(case, d)) > bound)
  }, 0)
}

find_saturated <- function(case) {
  if (!has_data(case)) return(find_idle(case, names(flat_outputs)))
  if (!length(case$hidden) || max(case$saturated) <= 0.5) return(NULL)
  at <- which.max(case$saturated)
  layer <- case$hidden[[at]]
  starved <- isTRUE(case$layer_gradients[layer$layer] < 1e-3 * sum(case$layer_gradients))
  worse <- does_badly(case)
  bad <- worse || (is_trained(case) && case$saturated[at] > 0.9)
  if (!bad && !starved) return(NULL)
  found(
    "Saturated units", if (bad) "STRONG" else "LIKELY",
    sprintf("Most outputs of layer \"%s\" lie where %s is flat, so hardly any gradient passes.",
      layer$name, layer$activation),
    c(sprintf("%s of its values lie beyond %s; largest |z|: %s", percent(case$saturated[at]),
      saturation_bounds[[layer$activation]], digits(max(abs(unit_sums(case, layer))), 3)),
      saturation_cause(case, layer)),
    "scale x to unit deviation, smaller initial weights, or activation = \"relu\".",
    explains = if (worse) share_between(case, linear_or_base(case), case$loss) else NA,
    severity = if (bad) "fault" else "note",
    fix = list(what = if (largest_input(case) > 10) "scale_x" else "reinitialize")
  )
}

largest_input <- function(case) max(sqrt(colMeans(case$inputs^2)))

saturation_cause <- function(case, layer) {
  large <- largest_input(case)
  if (layer$layer == case$dense[[1]]$layer && large > 10) {
    return(sprintf("Inputs are large: up to %s in root mean square.", digits(large, 3)))
  }
  sprintf("Weights are large: up to %s.", digits(max(abs(layer$kernel)), 3))
}

# exp of the entropy of the normalized singular values.
effective_rank <- function(a) {
  s <- svd(a, 0, 0)$d
  p <- s[s > 0] / sum(s)
  if (length(p)) exp(-sum(p * log(p))) else 0
}

find_low_rank <- function(case) {
  wide <- Filter(function(d) d$width >= 16, case$hidden)
  if (!length(wide) || !does_badly(case)) return(NULL)
  codes <- lapply(wide, function(d) some_rows(unit_values(case, d), 2000))
  long <- vapply(codes, function(a) nrow(a) > ncol(a), NA)
  if (!any(long)) return(NULL)
  wide <- wide[long]
  ranks <- vapply(codes[long], effective_rank, 0)
  share <- ranks / vapply(wide, `[[`, 0L, "width")
  if (min(share) >= 0.1) return(NULL)
  layer <- wide[[which.min(share)]]
  found(
    "Units that say the same", "LIKELY",
    sprintf("The %d units of layer \"%s\" carry hardly more than %.1f different signals.",
      layer$width, layer$name, min(ranks)),
    remedy = "another kernel_initializer, or scaled inputs.", fix = list(what = "reinitialize")
  )
}

some_rows <- function(x, most) {
  if (nrow(x) <= most) x else x[spread_rows(nrow(x), most), , drop = FALSE]
}

# What a model does that has learnt nothing: found last, for others may say why.
find_constant_prediction <- function(case) {
  y <- case$targets
  p <- matrix(case$prediction, case$rows)
  if (!is_trained(case) || is.null(y) || case$rows < 2 ||
    all(column_vars(y) == 0)) return(NULL)
  flat <- sum(column_vars(p)) < 1e-4 * sum(column_vars(y))
  null <- isTRUE(abs(case$loss - case$constant_loss) < 0.01 * abs(case$constant_loss))
  if (!flat && !null) return(NULL)
  found(
    "The prediction hardly depends on x", "LIKELY",
    "The model does as well as the best constant: it has not learnt from x.",
    sprintf("Loss %s; best constant %s", digits(case$loss), digits(case$constant_loss)),
    "look at the other findings first; then learning rate, scales and the link of x and y.",
    symptom = 1
  )
}

# Exactly 0 for columns that are constant.
column_vars <- function(x) {
  apart <- x - rep(colMeans(x), each = nrow(x))
  vars <- colSums(apart^2) / (nrow(x) - 1)
  flat <- which(colSums(utils::head(x, 100) != rep(x[1, ], each = min(nrow(x), 100))) == 0)
  vars[flat[vapply(flat, function(j) all(x[, j] == x[1, j]), NA)]] <- 0
  vars
}

is_trained <- function(case) {
  state <- model_state(case$model)
  isTRUE(state$last_fit$epochs > 0) || isTRUE(state$optimizer_state$iterations > 0)
}
