# S and C: what functions the layers can be at all.

structure_checks <- function() {
  list(
    new_check("S1", "only linear layers", "model", find_linear_collapse),
    new_check("S3", "linear layers in a row", "model", find_linear_runs, "chain"),
    new_check("S5", "units that are copies of each other", "weights", find_twins, "plain")
  )
}

find_linear_collapse <- function(case) {
  hidden <- length(case$dense) > 1
  if (!case$affine || !length(case$dense)) return(NULL)
  if (!hidden) return(linear_model_note(case))
  floor <- if (has_data(case) && case$computable) case$affine_floor else NA
  harmless <- !is.na(floor) && isTRUE(floor <= 1e-6 * case$constant_loss)
  # What a bottleneck adds is S2's.
  share <- if (is.na(floor)) {
    NA
  } else {
    share_between(case, case$base, min(floor, full_rank_floor(case), na.rm = TRUE))
  }
  found(
    "Linear collapse", "PROVEN", linear_sentence(case),
    if (!is.na(floor)) linear_numbers(case, floor),
    sprintf("activation = \"%s\" in the %s.", "tanh",
      if (length(case$dense) > 2) "hidden layers" else "first layer"),
    explains = share,
    severity = if (harmless || isTRUE(share < 0.01) || has_no_bend(case)) "note" else "fault",
    certificate = linear_certificate(case, floor),
    fix = list(what = "hidden_activation", to = "tanh")
  )
}

# Nothing but noise about a linear model: by validation data, or by enough rows to tell.
has_no_bend <- function(case) {
  if (!has_data(case) || !case$computable) return(FALSE)
  if (is.na(case$bend_held)) isTRUE(case$bend_p > 1e-3) else case$bend_held > 0.9
}

full_rank_floor <- function(case) if (case$last == "linear") case$affine_loss else NA_real_

linear_model_note <- function(case) {
  found("A linear model", "PROVEN", "There is no hidden layer: the model is linear in x.",
    severity = "note", certificate = linear_certificate(case, NA))
}

linear_sentence <- function(case) {
  end <- if (case$last %in% c("linear", "softmax", "sigmoid")) {
    ""
  } else {
    paste(" before the last", case$last)
  }
  line <- if (case$widths[1] == 1 && case$units == 1L) "a straight line in x" else "linear in x"
  logits <- if (case$last %in% c("softmax", "sigmoid")) {
    sprintf("; its %s only squashes that", case$last)
  } else {
    ""
  }
  sprintf("%s layers are linear, so the model is %s%s, whatever the weights%s.",
    if (length(case$dense) == 2) "Both" else "All", line, end, logits)
}

linear_numbers <- function(case, floor) {
  kind <- gap_kind(case, floor)
  if (isTRUE(case$best$rounding)) return(rounded_numbers(case, floor))
  c(
    sprintf("Lowest loss any %s reaches here: %s (you are %s)",
      if (case$widths[1] == 1 && case$units == 1L) "straight line" else "linear model",
      digits(floor),
      switch(kind,
        at = sprintf("at it, gap %s", digits(max(case$loss - floor, 0), 1)),
        near = sprintf("within %s of it", gap_share(case, floor)),
        far = sprintf("at %s", digits(case$loss))
      )),
    switch(kind,
      at = paste("This is the global minimum of this model, not a bad local one; no learning rate or",
        "number of epochs can improve it."),
      near = "No learning rate or number of epochs can gain more than that."
    )
  )
}

# Where the floor rests on differences of inputs that are but rounding, nobody gets there.
rounded_numbers <- function(case, floor) {
  c("Some columns of x are sums of others but for rounding.",
    if (!is.na(case$affine_loss)) sprintf("Lowest loss without what was rounded: %s (you are at %s)",
      digits(case$affine_loss), digits(case$loss)),
    sprintf("Proven for weights of any size: %s", digits(floor)))
}

# Equality on lines, f(a x + b x') = a f(x) + b f(x') where a + b = 1, at points not seen; and
# the certificate of the floor.
linear_certificate <- function(case, floor) {
  if (is.na(floor)) return(certificate("floor", quote(is_affine())))
  certificate("floor",
    quote(is_affine() && floor_holds(proof) && !isTRUE(loss < floor - 1e-10 * constant_loss)),
    list(floor = floor, proof = attr(case$floor, "certificate")))
}

# Where loss_floor() knows more than that losses are not negative; for squared losses that is
# always so, though it may be 0.
evidence_affine_floor <- function(case) {
  known <- attr(case$floor, "type") != "none" || (is_squared(case) && case$last == "linear")
  if (case$affine && known) as.double(case$floor) else NA_real_
}

# Dense layers with nothing but linear nodes between them, where others bend.
find_linear_runs <- function(case) {
  if (case$affine || !case$chain) return(NULL)
  dense <- case$hidden
  stops <- which(case$nodes$type %in% c("dense",
    "layer_normalization") | !case$nodes$activation %in% c(NA, "linear"))
  straight <- vapply(dense, function(d) {
    behind <- stops[stops > d$node]
    length(behind) > 0 && case$nodes$type[behind[1]] == "dense"
  }, NA)
  if (!any(straight)) return(NULL)
  found(
    "Linear layers in a row", "LIKELY",
    sprintf("Layer \"%s\" has no activation: with the next one it is one linear layer.",
      dense[[which(straight)[1]]]$name),
    remedy = "give it an activation, or leave it out.", severity = "note",
    fix = list(what = "hidden_activation", to = "relu")
  )
}

# Units with the same incoming and outgoing weights have the same gradient, for ever.
find_twins <- function(case) {
  if (!case$plain) return(NULL)
  for (i in seq_along(case$hidden)) {
    twins <- twin_units(case$dense[[i]], case$dense[[i + 1L]])
    alike <- twins$distinct < case$dense[[i]]$width && twins$largest > 1
    if (alike) return(twins_found(case, i, twins))
  }
  NULL
}

twin_units <- function(layer, following) {
  if (!anyDuplicated(signif(layer$kernel[1, ], 14))) return(list(distinct = layer$width,
    largest = 1))
  bias <- layer$bias %||% rep(0, layer$width)
  rows <- cbind(t(layer$kernel), bias, following$kernel)
  rows <- signif(rows, 14)
  groups <- row_groups(rows)
  list(distinct = max(groups), largest = max(tabulate(groups)), groups = groups)
}

# Where something tells them apart they may do as well as others.
twins_found <- function(case, i, twins) {
  layer <- case$dense[[i]]
  parts <- what_parts(case, i, twins$groups)
  stuck <- is_stuck_at_zero(case) && !length(parts)
  harmful <- (twins$distinct == 1 || stuck) && !length(parts)
  found(
    "Units that are copies of each other", "PROVEN", twins_sentence(layer, parts),
    c(sprintf("%d units, %d of them distinct", layer$width, twins$distinct),
      if (stuck) "All kernels are zero, and so are their gradients: only the last bias learns."),
    "kernel_initializer = \"glorot_uniform\", the default.",
    explains = if (has_data(case) && case$computable) {
      if (stuck) share_between(case, case$base, case$loss) else NA
    },
    severity = if (harmful) "fault" else "note",
    certificate = if (stuck) {
      certificate("zero gradient", quote(all(kernels == 0) && all(abs(kernel_gradient) <= 1e-12)))
    } else {
      certificate("fact", quote(nrow(unique(signif(units_of(layer), 14))) == distinct),
        list(layer = i, distinct = twins$distinct))
    },
    fix = list(what = "reinitialize")
  )
}

twins_sentence <- function(layer, parts) {
  if (length(parts)) {
    return(sprintf("Units of layer \"%s\" have equal weights: only %s can tell them apart.",
      layer$name,
      either(parts)))
  }
  sprintf("Units of layer \"%s\" with equal weights get equal gradients: nothing but rounding tells them apart.",
    layer$name)
}

# Hidden units are 0 on all rows, and what they get back is, too.
is_stuck_at_zero <- function(case) {
  zero <- function(name) all(vapply(case$dense, function(d) all(d[[name]] == 0), NA))
  offsets <- lapply(case$hidden, `[[`, "bias")
  odd <- c("tanh", "relu", "linear", "elu", "selu", "leaky_relu", "softsign")
  zero("kernel") && all(unlist(offsets) == 0) &&
    !any(case$nodes$type %in% c("gaussian_noise", "alpha_dropout")) &&
    all(vapply(case$hidden, `[[`, "", "activation") %in% odd)
}
