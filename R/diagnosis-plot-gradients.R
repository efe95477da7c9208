# The picture "gradients": how much of the gradient arrives at each layer.

# A row for each layer with trainable weights, in order: layer (its name), weights (how many), norm
# of the gradient of the loss, and elasticity ||w|| ||dL/dw|| / |L|, which is free of scales.
gradient_rows <- function(case, call = caller_env()) {
  check_trainable(case, call)
  owner <- factor(case$owners$layer, unique(case$owners$layer))
  norm <- sqrt(as.vector(tapply(case$gradient^2, owner, sum)))
  size <- sqrt(as.vector(tapply(case$weights^2, owner, sum)))
  loss <- abs(objective_value(case$objective))
  data.frame(
    layer = vapply(case$layers[as.integer(levels(owner))], `[[`, "", "name"),
    weights = as.vector(table(owner)), norm = norm,
    elasticity = ifelse(norm * size == 0, 0, norm * size / loss)
  )
}

check_trainable <- function(case, call) {
  if (length(case$weights)) return(invisible())
  frozen <- length(get_weights(case$model)) > 0
  stop_kestrel("state", "This model has no trainable weights, by which the loss has derivatives.",
    hint = if (frozen) "unfreeze_weights() makes them trainable.", argument = "x", call = call)
}

draw_gradients <- function(rows) {
  places <- rbind(
    gradient_places(rows, rows$norm, "norm of the gradient"),
    gradient_places(rows, rows$elasticity, "norm x norm of weights / loss")
  )
  plot <- ggplot2::ggplot(places, ggplot2::aes(x = .data$place, y = .data$layer))
  if (nrow(rows) > 1) {
    plot <- plot + ggplot2::geom_path(ggplot2::aes(group = .data$measure), colour = "gray47")
  }
  plot + ggplot2::geom_point(ggplot2::aes(shape = .data$drawn), size = 2.5, fill = "white") +
    ggplot2::geom_text(ggplot2::aes(label = .data$text), vjust = -0.9, size = 3.2) +
    ggplot2::scale_shape_manual(values = c(`TRUE` = 16, `FALSE` = 21), guide = "none") +
    ggplot2::scale_x_log10(limits = whole_decades, breaks = decades) +
    ggplot2::scale_y_discrete(expand = ggplot2::expansion(add = c(0.4, 0.7))) +
    ggplot2::labs(x = NULL, y = "layer, the first on top") + ggplot2::theme_bw() +
    in_panels("measure", scales = "free_x")
}

# On a logarithmic axis; what has no logarithm stands, as an open point, left of the rest.
gradient_places <- function(rows, value, measure) {
  drawn <- is.finite(value) & value > 0
  left <- if (any(drawn)) min(value[drawn]) / 10 else 1
  layer <- make.unique(rows$layer)
  data.frame(layer = factor(layer, rev(layer)), measure = factor(measure), drawn = drawn,
    place = ifelse(drawn, value, left), text = digits(value, 2))
}

# At least one, and room for the labels.
whole_decades <- function(limits) {
  10^c(floor(log10(limits[1]) - 0.2), ceiling(log10(limits[2]) + 0.2))
}

# At most five.
decades <- function(limits) {
  powers <- seq(ceiling(log10(limits[1]) - 1e-6), floor(log10(limits[2]) + 1e-6))
  10^powers[(powers - powers[1]) %% ceiling(length(powers) / 5) == 0]
}
