# The picture "surface": the loss on a plane, or a line, through the weights.

picture_surface <- function(case, names, call) {
  check_trainable(case, call)
  check_finite_slope(case, call)
  directions <- with_own_seed(slice_directions(case, names, call))
  draw_surface(surface_rows(case, directions), directions)
}

check_directions <- function(directions, call = caller_env()) {
  if (!is.character(directions) || !length(directions)) {
    stop_argument("directions", "names of directions", directions, call = call)
  }
  unknown <- setdiff(directions, slice_names)
  if (!length(unknown)) return(directions)
  stop_unknown("directions", "directions", unknown[1], slice_names, call = call)
}

slice_names <- c("gradient", "sharpest", "lowest")

# Unit vectors in the space of the trainable weights, orthogonal to those before, two of them
# (one for a model of one weight), in the order asked. "gradient" points downhill; it is left out
# where it is 0 but for rounding.
slice_directions <- function(case, names, call = caller_env()) {
  directions <- list()
  for (name in names) {
    d <- direction(case, name)
    for (twice in 1:2) for (other in directions) d <- d - other * sum(d * other)
    if (length(directions) < 2 && sqrt(sum(d^2)) > 1e-6) directions[[name]] <- d / sqrt(sum(d^2))
  }
  if (length(directions) >= min(2, length(case$weights))) return(directions)
  stop_kestrel("argument", "`directions` names no two directions that differ at these weights.",
    hint = sprintf("All of them are %s.", toString(sprintf("\"%s\"", slice_names))),
    argument = "directions", call = call)
}

# Of length 1, or 0 for a gradient that is none.
direction <- function(case, name) {
  if (name == "sharpest") return(case$spectrum$highest)
  if (name == "lowest") return(case$spectrum$lowest)
  size <- sqrt(sum(case$gradient^2))
  scale <- max(abs(case$spectrum$values)) * sqrt(sum(case$weights^2))
  if (size <= 1e-10 * scale || size == 0) 0 * case$gradient else -case$gradient / size
}

# How far to look: to where slope and curvature have changed the loss by as much as it is, or by a
# hundredth of the best constant's, but by no more than the weights' norm (or 1).
slice_reach <- function(case, d) {
  loss <- objective_value(case$objective)
  change <- max(abs(loss), 0.01 * abs(constant_or_base(case)), 1e-12)
  slope <- abs(sum(d * case$gradient))
  bend <- abs(sum(d * objective_hessian(case$objective, d)))
  far <- max(sqrt(sum(case$weights^2)), 1)
  reach <- 2 * change / (slope + sqrt(slope^2 + 2 * bend * change))
  if (is.finite(reach)) min(reach, far) else far
}

# The grid: a and b, steps along the two directions, and the training loss there (b is 0 where there
# is one direction only). The model stays as it is.
surface_rows <- function(case, directions, points = surface_points(case)) {
  steps <- lapply(directions, function(d) slice_reach(case, d) * seq(-1, 1, length.out = points))
  grid <- expand.grid(a = steps[[1]], b = if (length(steps) > 1) steps[[2]] else 0)
  across <- if (length(directions) > 1) directions[[2]] else 0
  f <- case$objective
  on.exit(objective_set(f, case$weights))
  grid$loss <- vapply(seq_len(nrow(grid)), function(i) {
    objective_set(f, case$weights + grid$a[i] * directions[[1]] + grid$b[i] * across)
    objective_value(f)
  }, 0)
  grid
}

# Odd, so that the weights are on the grid; fewer where a pass is dear.
surface_points <- function(case) {
  work <- case$rows * length(case$weights)
  if (work > 1e7) 15L else if (work > 1e6) 21L else if (work > 1e5) 41L else 81L
}

draw_surface <- function(rows, directions) {
  if (length(directions) == 1) return(draw_slice(rows, names(directions)))
  lines <- contour_rows(rows)
  marks <- surface_marks(rows)
  labels <- slice_labels[names(directions)]
  plot <- ggplot2::ggplot(rows, ggplot2::aes(x = .data$a, y = .data$b))
  if (nrow(lines)) {
    plot <- plot + ggplot2::geom_path(ggplot2::aes(group = .data$line), lines, colour = "gray60")
  }
  plot + mark_layers(marks, rbind(marks, contour_labels(lines, marks))) +
    ggplot2::labs(x = labels[1], y = labels[2], subtitle = "training loss") +
    ggplot2::theme_bw() + ggplot2::theme(panel.grid = ggplot2::element_blank())
}

slice_labels <- c(gradient = "step down the gradient",
  sharpest = "step along the sharpest curvature",
  lowest = "step along the lowest curvature")

draw_slice <- function(rows, name) {
  rows <- rows[is.finite(rows$loss), ]
  marks <- surface_marks(rows)
  ggplot2::ggplot(rows, ggplot2::aes(x = .data$a, y = .data$loss)) +
    ggplot2::geom_line() + mark_layers(marks, marks) +
    ggplot2::labs(x = slice_labels[[name]], y = "training loss") + ggplot2::theme_bw()
}

# Lines of equal loss, at ten quantiles of it: line (a number), label, a, b.
contour_rows <- function(rows) {
  a <- unique(rows$a)
  b <- unique(rows$b)
  z <- matrix(ifelse(is.finite(rows$loss), rows$loss, NA), length(a))
  levels <- stats::quantile(z, seq(0.03, 0.97, length.out = 10), na.rm = TRUE, names = FALSE)
  levels <- unique(levels[levels > min(z, na.rm = TRUE)])
  if (!length(levels)) return(data.frame())
  lines <- grDevices::contourLines(a, b, z, levels = levels)
  labels <- told_apart(levels)
  parts <- lapply(seq_along(lines), function(i) {
    line <- lines[[i]]
    level <- which.min(abs(levels - line$level))
    data.frame(line = i, label = labels[level], a = line$x, b = line$y)
  })
  do.call(rbind, parts)
}

# Numbers in as few digits as tell them apart.
told_apart <- function(x, least = 2) {
  for (n in least:15) {
    text <- digits(x, n)
    if (!anyDuplicated(text)) break
  }
  text
}

# On the longest line of each level, as far as can be from marks and other labels; not at all where
# that is too near. Distances are shares of the picture, those across count half: labels are wide.
contour_labels <- function(lines, marks = NULL) {
  if (!nrow(lines)) return(NULL)
  size <- c(2 * max(abs(lines$a)), max(abs(lines$b)))
  at <- function(rows) cbind(rows$a / size[1], rows$b / size[2])
  taken <- if (is.null(marks)) matrix(0, 0, 2) else at(marks)
  labels <- list()
  for (level in split(lines, factor(lines$label, unique(lines$label)))) {
    line <- level[level$line == names(which.max(table(level$line))), ]
    line <- line[inner_part(nrow(line)), ]
    place <- at(line)
    far <- nearest_distance(place, taken)
    best <- which.max(far)
    if (far[best] < 0.08) next
    taken <- rbind(taken, place[best, ])
    labels <- c(labels, list(data.frame(a = line$a[best], b = line$b[best], loss = NA,
      label = line$label[1],
      hjust = 0.5, vjust = 0.5, face = "plain")))
  }
  do.call(rbind, labels)
}

# Not at the ends, which are at the border.
inner_part <- function(n) {
  inner <- seq_len(n)
  if (n > 10) inner[inner > n / 10 & inner <= 0.9 * n] else inner
}

# Of each row of `places` to the nearest of `taken`; at first to the border's middle.
nearest_distance <- function(places, taken) {
  if (!nrow(taken)) return(rev(seq_len(nrow(places))))
  apply(places, 1, function(p) min(sqrt((taken[, 1] - p[1])^2 + (taken[, 2] - p[2])^2)))
}

# Where the weights are, and the lowest place of the grid if it is another. Labels lean inwards.
surface_marks <- function(rows) {
  here <- which(rows$a == 0 & rows$b == 0)
  low <- which.min(rows$loss)
  if (!isTRUE(rows$loss[low] < rows$loss[here])) low <- NULL
  marks <- rows[c(here, low), ]
  marks$label <- paste0(c("you: ", if (length(low)) "lowest here: "), digits(marks$loss, 4))
  marks$hjust <- 0.5 + marks$a / max(abs(rows$a)) / 2
  marks$vjust <- ifelse(marks$b > 0.8 * max(rows$b) & marks$b > 0, 2, -1)
  marks$face <- rep("bold", nrow(marks))
  marks
}

# Of labels that would overlap, the first are shown.
mark_layers <- function(marks, labels) {
  list(
    ggplot2::geom_point(data = marks, shape = c(16, 2)[seq_len(nrow(marks))], size = 3),
    ggplot2::geom_text(data = labels, size = 3.2, check_overlap = TRUE,
      ggplot2::aes(label = .data$label, hjust = .data$hjust, vjust = .data$vjust,
        fontface = .data$face))
  )
}
