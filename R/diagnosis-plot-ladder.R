# The picture "ladder": the loss by epochs, between what is proven and what is trivial.

# Rungs above 0, those that are equal to five digits as one: loss, label, proven,
# current (the loss of the model is among them).
ladder_rows <- function(case) {
  rungs <- as.data.frame(loss_ladder(case$model, case$x, case$y,
    sample_weight = given_weight(case)))
  rungs$label <- rung_labels(case)[rungs$rung]
  rungs <- rungs[order(rungs$loss), ]
  rungs <- rungs[rungs$loss > 0, ]
  group <- cumsum(c(TRUE, diff(log(rungs$loss)) > 1e-5)[seq_len(nrow(rungs))])
  parts <- lapply(split(rungs, group), function(rung) {
    data.frame(loss = rung$loss[1], proven = any(rung$proven), current = "current" %in% rung$rung,
      label = paste(rung$label, collapse = " = "))
  })
  rows <- do.call(rbind, c(parts, make.row.names = FALSE))
  if (!is.null(rows)) rows$label <- sprintf("%s: %s", rows$label, told_apart(rows$loss, 4))
  rows
}

# Of rows that were held out the loss by epochs knows nothing.
rung_labels <- function(case) {
  held <- isTRUE(case$fit$validation_split > 0)
  c(data = "no network is lower", architecture = "floor of this model",
    cell = "floor with the same units off", current = if (held) "you, on all rows" else "you",
    affine = if (case$widths[1] > 1) "best linear predictor" else "best straight line",
    constant = "best constant")
}

# The loss by epochs of the fit that the diagnosis knows.
loss_rows <- function(case) {
  loss <- as.double(case$history$metrics$loss)
  rows <- data.frame(epoch = seq_along(loss), loss = loss)
  rows[is.finite(loss) & loss > 0, ]
}

draw_ladder <- function(rungs, loss) {
  plot <- ggplot2::ggplot(loss, ggplot2::aes(x = .data$epoch, y = .data$loss)) +
    (if (nrow(loss) == 1) ggplot2::geom_point() else ggplot2::geom_line()) +
    ggplot2::scale_y_log10(expand = ggplot2::expansion(mult = 0.08)) +
    ggplot2::labs(x = if (nrow(loss)) "epoch", y = "training loss") + ggplot2::theme_bw()
  if (is.null(rungs)) return(plot)
  rungs <- place_labels(raise_rungs(rungs, loss), loss)
  plot +
    ggplot2::geom_hline(data = rungs, linetype = rungs$line, colour = "gray47",
      ggplot2::aes(yintercept = .data$loss)) +
    ggplot2::geom_text(data = rungs, size = 3.2, x = ifelse(rungs$right, Inf, -Inf),
      hjust = ifelse(rungs$right, 1.02, -0.02), vjust = ifelse(rungs$above, -0.4, 1.4),
      ggplot2::aes(label = .data$label))
}

# What is four decades below all that was reached would flatten the curve: it is drawn two decades
# below. `line` is the type of line.
raise_rungs <- function(rungs, loss) {
  rungs$line <- ifelse(rungs$proven, "solid", "dashed")
  reached <- min(loss$loss, rungs$loss[rungs$current])
  far <- is.finite(reached) & rungs$loss < reached / 1e4
  rungs$line[far] <- "dotted"
  rungs$label[far] <- paste(rungs$label[far], "(far below)")
  rungs$loss[far] <- reached / 100
  rungs
}

# Each label at the end of its line, above or below it, where it meets the curve, other lines and
# labels least: above at the right, if that is as good as elsewhere.
place_labels <- function(rungs, loss) {
  y <- log10(rungs$loss)
  curve <- list(x = unit_range(loss$epoch), y = log10(loss$loss))
  span <- max(diff(range(y, curve$y)), 1e-9)
  height <- 0.055 * span
  boxes <- NULL
  rungs$right <- rungs$above <- NA
  for (i in order(-nchar(rungs$label))) {
    width <- min(0.0135 * nchar(rungs$label[i]), 1)
    places <- data.frame(right = c(TRUE, TRUE, FALSE, FALSE), above = c(TRUE, FALSE, TRUE, FALSE))
    box <- data.frame(left = ifelse(places$right, 1 - width, 0), width = width,
      low = y[i] + ifelse(places$above, 0, -height))
    met <- vapply(1:4, function(k) meetings(box[k, ], height, curve, y[-i], boxes), 0)
    best <- which.min(met)
    rungs[i, c("right", "above")] <- places[best, ]
    boxes <- rbind(boxes, box[best, ])
  }
  rungs
}

unit_range <- function(x) if (length(x) > 1) (x - min(x)) / (max(x) - min(x)) else 0 * x + 0.5

# Points of the curve, lines, and ten times the labels in a box.
meetings <- function(box, height, curve, lines, boxes) {
  inside <- function(y, margin = 0) y > box$low - margin & y < box$low + height + margin
  beside <- curve$x > box$left - 0.03 & curve$x < box$left + box$width + 0.03
  taken <- if (is.null(boxes)) 0 else {
    sum(boxes$left < box$left + box$width & box$left < boxes$left + boxes$width &
      abs(boxes$low - box$low) < height)
  }
  4 * sum(inside(curve$y, height / 3) & beside) / max(length(curve$y), 1) + sum(inside(lines)) +
    10 * taken
}
