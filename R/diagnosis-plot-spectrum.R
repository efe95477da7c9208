# The picture "spectrum": the eigenvalues of the Hessian of the loss, by size.

# A row for each eigenvalue (for more than 300 weights, of 40 steps of Lanczos, whose ends are
# close to the ends of the spectrum), from the largest in size: number, value, exact.
spectrum_rows <- function(case, call = caller_env()) {
  check_trainable(case, call)
  check_finite_slope(case, call)
  spectrum <- with_own_seed(case$spectrum)
  value <- spectrum$values[order(-abs(spectrum$values))]
  data.frame(number = seq_along(value), value = value, exact = spectrum$exact)
}

check_finite_slope <- function(case, call) {
  if (all(is.finite(c(objective_value(case$objective), case$gradient)))) return(invisible())
  stop_kestrel("state", "The loss or its gradient is not finite at these weights.",
    hint = "Train again from fresh weights, with a lower learning rate.", argument = "x",
    call = call)
}

# Sizes below 1e-17 of the largest are rounding, and drawn there.
draw_spectrum <- function(rows, limit = NA) {
  top <- max(abs(rows$value))
  rows$size <- if (top > 0) pmax(abs(rows$value), top * 1e-17) else 0
  plot <- ggplot2::ggplot(rows, ggplot2::aes(x = .data$number, y = .data$size)) +
    ggplot2::geom_point(shape = ifelse(rows$value < 0, 1, 16), size = 2) +
    ggplot2::scale_x_continuous(breaks = whole_breaks) +
    ggplot2::labs(x = if (rows$exact[1]) "eigenvalue of the Hessian, from the largest in size" else
      "value of Lanczos, near the Hessian's eigenvalues at the ends", y = "size (open: negative)",
      subtitle = spectrum_words(rows)) + ggplot2::theme_bw()
  if (top == 0) return(plot)
  plot <- plot + ggplot2::scale_y_log10() +
    spectrum_line(top * flat_below, "flat below (1e-8 of the largest)", left = TRUE)
  if (is.na(limit)) plot else plot + spectrum_line(limit, "SGD at this rate is stable below")
}

# Beside the largest, such directions have no curvature that matters.
flat_below <- 1e-8

spectrum_words <- function(rows) {
  flat <- abs(rows$value) <= flat_below * max(abs(rows$value))
  counts <- c(positive = sum(rows$value > 0 & !flat), negative = sum(rows$value < 0 & !flat),
    flat = sum(flat))
  sprintf("%s: %s\nlowest %s, highest %s",
    count_of(nrow(rows), if (rows$exact[1]) "eigenvalue" else "value"),
    paste(counts[counts > 0], names(counts)[counts > 0], collapse = ", "),
    digits(min(rows$value), 3), digits(max(rows$value), 3))
}

# Eigenvalues on the left are large: below a line they leave room.
spectrum_line <- function(at, label, left = FALSE) {
  list(
    ggplot2::geom_hline(yintercept = at, linetype = "dashed", colour = "gray47"),
    ggplot2::annotate("text", x = if (left) -Inf else Inf, y = at, label = label, size = 3.2,
      hjust = if (left) -0.02 else 1.02, vjust = if (left) 1.4 else -0.4)
  )
}

# The curvature up to which steps of SGD are stable, at the rate of the last fit; NA for others.
stable_curvature <- function(case) {
  rate <- case$fit$rate
  if (is_number(rate) && rate > 0) step_limit(case$compiled$optimizer) / rate else NA
}
