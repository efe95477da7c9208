# The picture "units": what each unit puts out over the rows, and which are dead or saturated.

# A row for each unit of dense layers and activations: layer (its name), activation, unit, the
# quantiles low (5 %), middle and high (95 %) of its outputs, and its state: "dead" (a relu that
# is 0 on all rows), "saturated" (on most rows where the slope is below a hundredth of that at 0),
# "not finite" or "".
unit_rows <- function(case, call = caller_env()) {
  nodes <- case$nodes
  shown <- which(!is.na(nodes$activation) | is_bare_dense(nodes))
  if (!length(shown)) {
    stop_kestrel("state", "This model has no units to draw: no dense layers and no activations.",
      argument = "x", call = call)
  }
  rows <- do.call(rbind, lapply(shown, function(i) units_of_node(case, i)))
  if (any(is.finite(rows$middle))) return(rows)
  stop_kestrel("state", "No unit puts out a finite number.",
    hint = "Train again from fresh weights, with a lower learning rate.", argument = "x",
    call = call)
}

# Dense nodes that no activation follows.
is_bare_dense <- function(nodes) {
  followed <- nodes$from[!is.na(nodes$activation)]
  nodes$type == "dense" & !seq_len(nrow(nodes)) %in% followed
}

units_of_node <- function(case, i) {
  a <- unit_columns(case$outputs[[i]])
  from <- case$nodes$from[i]
  z <- if (from == 0) case$inputs else unit_columns(case$outputs[[from]])
  activation <- case$nodes$activation[i]
  data.frame(node = i, layer = case$layers[[case$nodes$layer[i]]]$name,
    activation = if (is.na(activation)) "linear" else activation, unit = seq_len(ncol(a)),
    quantile_columns(a), state = unit_states(z, a, activation))
}

quantile_columns <- function(a) {
  a[!is.finite(a)] <- NA
  q <- apply(a, 2, stats::quantile, c(0.05, 0.5, 0.95), na.rm = TRUE, names = FALSE)
  data.frame(low = q[1, ], middle = q[2, ], high = q[3, ])
}

unit_states <- function(z, a, activation) {
  state <- character(ncol(a))
  bound <- saturation_bounds[activation]
  if (!is.na(bound)) state[colMeans(abs(z) > bound) > 0.5] <- "saturated"
  if (activation %in% "relu" && isTRUE(min(a) >= 0)) state[colSums(a) == 0] <- "dead"
  state[colSums(!is.finite(a)) > 0] <- "not finite"
  state
}

draw_units <- function(rows) {
  rows$panel <- unit_panels(rows)
  width <- stats::ave(rows$unit, rows$node, FUN = max)
  rows$size <- ifelse(width > 100, 0.7, 1.8)
  finite <- rows[is.finite(rows$middle), ]
  ggplot2::ggplot(finite, ggplot2::aes(x = .data$unit, y = .data$middle)) +
    ggplot2::geom_linerange(ggplot2::aes(ymin = .data$low, ymax = .data$high), colour = "gray47") +
    ggplot2::geom_point(ggplot2::aes(shape = .data$state), size = finite$size) +
    ggplot2::scale_shape_manual(values = unit_shapes, guide = "none") +
    ggplot2::scale_x_continuous(breaks = whole_breaks) +
    ggplot2::facet_wrap("panel", scales = "free", ncol = if (nlevels(rows$panel) > 4) 2 else 1) +
    ggplot2::labs(x = "unit", y = "output on the rows: median, 5 to 95 %") + ggplot2::theme_bw()
}

unit_shapes <- c(1, dead = 4, saturated = 15, `not finite` = 8)
names(unit_shapes)[1] <- ""

unit_signs <- c(dead = "crosses", saturated = "squares", `not finite` = "left out")

# "hidden (relu): 10 units, 3 dead (crosses)", in the order of the nodes.
unit_panels <- function(rows) {
  texts <- vapply(split(rows, rows$node), function(part) {
    marks <- vapply(names(unit_signs), function(state) {
      n <- sum(part$state == state)
      if (n) sprintf("%d %s (%s)", n, state, unit_signs[[state]]) else ""
    }, "")
    counts <- c(count_of(nrow(part), "unit"), marks[nzchar(marks)])
    sprintf("%s (%s): %s", part$layer[1], part$activation[1], paste(counts, collapse = ", "))
  }, "")
  texts <- make.unique(texts, " #") # split() is in the order of the nodes
  factor(texts[match(rows$node, unique(rows$node))], texts)
}
