#' Picture of a model
#'
#' Draws the graph of a model with base graphics: a box for each call of a layer, arrows from its
#' inputs. A layer that is called twice has two boxes of its name.
#'
#' @param x a model.
#' @param y not used.
#' @param show_shapes whether boxes tell the dims of inputs and outputs, `n` samples first.
#' @param show_layer_names whether they tell names beside the kinds of layers.
#' @param show_layer_activations,show_trainable,show_dtype whether they tell activations, whether
#'   layers are trained, and the precision.
#' @param rankdir where the data go: `"TB"` down, `"BT"` up, `"LR"` to the right, `"RL"` to the
#'   left.
#' @param expand_nested whether models in the model are drawn by their layers, whose names then
#'   begin with that of the model, as in `encoder/dense`.
#' @param layer_range names of two layers: those from the first to the second are drawn.
#' @param to_file path of a PNG file to draw to, or `NULL`: on the current device.
#' @param dpi dots per inch of the file.
#' @param ... not used.
#' @return the model, invisibly.
#' @section Errors: `kestrel_error_state` for a model without layers; `kestrel_error_argument` for
#'   arguments that are none of these.
#' @source Keras: `keras.utils.plot_model()`; R packages 'keras' and 'keras3'.
#' @family models
#' @examples
#' input <- layer_input(4)
#' hidden <- layer_dense(input, 8, activation = "relu")
#' model <- keras_model(input, layer_dense(layer_concatenate(list(input, hidden)), 1))
#' plot(model, show_shapes = TRUE)
#' @export
plot.kestrel_model <- function(x, y, show_shapes = FALSE, show_layer_names = TRUE, ...,
                               show_layer_activations = FALSE, show_trainable = FALSE,
                               show_dtype = FALSE,
                               rankdir = "TB", expand_nested = FALSE,
                               layer_range = NULL, to_file = NULL, dpi = 96) {
  check_model(x)
  check_layers_present(x)
  check_dots(list(...), names(formals(plot.kestrel_model)))
  shows <- list(shapes = check_flag(show_shapes), names = check_flag(show_layer_names),
    activations = check_flag(show_layer_activations), trainable = check_flag(show_trainable),
    type = if (check_flag(show_dtype)) model_state(x)$precision)
  rankdir <- check_choice(rankdir, c("TB", "BT", "LR", "RL"), "a direction")
  boxes <- boxes_between(model_boxes(x, check_flag(expand_nested)), layer_range, environment())
  dpi <- check_number(dpi, min = 10, max = 1000)
  nodes <- picture_nodes(boxes)
  if (!is.null(to_file)) {
    open_picture(check_string(to_file), nodes, dpi, rankdir, environment())
    on.exit(grDevices::dev.off())
  }
  draw_model(nodes, lapply(boxes, box_words, shows), rankdir)
  invisible(x)
}

# A level takes half an inch or more.
open_picture <- function(path, nodes, dpi, rankdir, call) {
  levels <- max(nodes$level)
  size <- if (runs_across(rankdir)) c(max(7, 1.6 * levels), 4) else c(7, max(3, 0.7 * levels))
  tryCatch(grDevices::png(path, size[1], size[2], units = "in", res = dpi), error = function(e) {
    stop_argument("to_file", "a path that can be written to", path, call = call)
  })
}

runs_across <- function(rankdir) rankdir %in% c("LR", "RL")

# What stands in a box.
box_words <- function(box, shows) {
  kind <- part_class(box$part)
  activation <- if (is_layer(box$part)) layer_config(box$part)$activation
  input <- shapes_text(box$input)
  arrow <- if (length(input)) "-> "
  c(if (shows$names) paste0(box$within, box$part$name), kind,
    if (shows$activations && !is.null(activation)) activation$name,
    if (isTRUE(shows$trainable)) if (has_trained_layers(box$part)) "trained" else "not trained",
    shows$type,
    if (shows$shapes) c(input, paste0(arrow, shapes_text(box$output))))
}

has_trained_layers <- function(part) {
  layers <- if (is_model(part)) leaf_layers(part) else list(part)
  any(vapply(layers, function(layer) isTRUE(layer_state(layer)$trainable), NA))
}

# Nothing of shapes that are not known yet.
shapes_text <- function(dims) {
  dims <- Filter(Negate(is.null), dims)
  if (length(dims)) paste(vapply(dims, shape_text, ""), collapse = ", ")
}

# Boxes go below what they read; where there is nothing, right above what reads them.
box_levels <- function(boxes) {
  level <- integer(length(boxes))
  for (i in seq_along(boxes)) level[i] <- 1L + max(0L, level[boxes[[i]]$from])
  for (i in which(!lengths(lapply(boxes, `[[`, "from")))) {
    readers <- which(vapply(boxes, function(b) i %in% b$from, NA))
    if (length(readers)) level[i] <- min(level[readers]) - 1L
  }
  level
}

# A data frame of boxes and of the places where arrows pass levels: level, x (widths of a box), box
# (its number or NA), and the attribute `edges`, pairs of rows.
picture_nodes <- function(boxes) {
  nodes <- data.frame(level = box_levels(boxes), box = seq_along(boxes))
  edges <- list()
  for (to in seq_along(boxes)) {
    for (from in unique(boxes[[to]]$from)) {
      between <- seq_len(nodes$level[to] - nodes$level[from] - 1L) + nodes$level[from]
      at <- nrow(nodes) + seq_along(between)
      if (length(between)) nodes <- rbind(nodes, data.frame(level = between, box = NA))
      path <- c(from, at, to)
      edges <- c(edges, list(cbind(path[-length(path)], path[-1])))
    }
  }
  edges <- do.call(rbind, edges)
  nodes$x <- node_places(nodes, edges)
  structure(nodes, edges = edges)
}

# Level by level, each node near the middle of those that it comes from.
node_places <- function(nodes, edges) {
  x <- numeric(nrow(nodes))
  width <- ifelse(is.na(nodes$box), 0.3, 1)
  for (level in seq_len(max(nodes$level))) {
    own <- which(nodes$level == level)
    wish <- vapply(own, function(i) mean(x[edges[edges[, 2] == i, 1]]), 0)
    own <- own[order(ifelse(is.nan(wish), Inf, wish), own)]
    x[own] <- cumsum(width[own]) - width[own] / 2 - sum(width[own]) / 2
    off <- vapply(own, function(i) mean(x[edges[edges[, 2] == i, 1]]), 0) - x[own]
    if (any(is.finite(off))) x[own] <- x[own] + stats::median(off[is.finite(off)])
  }
  x - mean(range(x - width / 2, x + width / 2))
}

draw_model <- function(nodes, lines, rankdir) {
  old <- graphics::par(mar = rep(0.3, 4))
  on.exit(graphics::par(old))
  graphics::plot.new()
  window <- picture_window(nodes, rankdir)
  graphics::plot.window(window[[1]], window[[2]], xaxs = "i", yaxs = "i")
  across <- runs_across(rankdir)
  nodes[c("h", "v")] <- nodes[if (across) c("level", "x") else c("x", "level")]
  text <- fitted_text(lines, if (across) c(0.7, 0.8) else c(0.86, 0.45))
  draw_arrows(nodes, text, across)
  draw_boxes(nodes, text)
}

# Limits across and down the device, where levels go with the data and places aside.
picture_window <- function(nodes, rankdir) {
  half <- max(0.7, abs(nodes$x) + ifelse(is.na(nodes$box), 0.15, 0.5))
  along <- c(0.5, max(nodes$level) + 0.5)
  if (rankdir %in% c("TB", "RL")) along <- rev(along)
  if (runs_across(rankdir)) list(along, c(half, -half)) else list(c(-half, half), along)
}

# One line for each box or several, whichever can be larger: list(labels, cex, width, height), sizes
# in the units of the plot, a level and a box's place being 1; `room`: how much of them a box may
# take.
fitted_text <- function(lines, room) {
  ways <- list(vapply(lines, paste, "", collapse = "  "), vapply(lines, paste, "", collapse = "\n"))
  sizes <- lapply(ways, function(labels) {
    widths <- abs(graphics::strwidth(labels))
    height <- max(abs(graphics::strheight(labels)))
    cex <- min(1.3, room[1] / max(widths), room[2] / height)
    list(labels = labels, cex = cex, width = widths * cex + 0.06,
      height = height * cex + min(0.2, abs(graphics::strheight("M")) * cex))
  })
  sizes[[if (sizes[[2]]$cex >= 0.8 * sizes[[1]]$cex) 2 else 1]]
}

draw_arrows <- function(nodes, text, across) {
  edges <- attr(nodes, "edges")
  if (is.null(edges)) return(invisible())
  # From the middle of a box to its end.
  half <- 0.5 * if (across) c(text$width, max(text$width)) else text$height
  nodes$half <- rep_len(half,
    length(text$labels) + 1L)[ifelse(is.na(nodes$box), length(text$labels) + 1L, nodes$box)]
  before <- ends_of_nodes(nodes, -1, across)
  after <- ends_of_nodes(nodes, 1, across)
  passing <- is.na(nodes$box)
  graphics::segments(before$h[passing], before$v[passing], after$h[passing], after$v[passing])
  draw <- function(rows, line) {
    from <- after[edges[rows, 1], ]
    to <- before[edges[rows, 2], ]
    if (any(rows)) line(from$h, from$v, to$h, to$v)
  }
  draw(passing[edges[, 2]], graphics::segments)
  draw(!passing[edges[, 2]], function(...) graphics::arrows(..., length = 0.07, angle = 20))
}

ends_of_nodes <- function(nodes, sign, across) {
  by <- sign * nodes$half
  data.frame(h = nodes$h + by * across, v = nodes$v + by * !across)
}

draw_boxes <- function(nodes, text) {
  boxes <- nodes[!is.na(nodes$box), ]
  across <- text$width[boxes$box] / 2
  down <- text$height / 2
  graphics::rect(boxes$h - across, boxes$v - down, boxes$h + across, boxes$v + down, col = "white")
  graphics::text(boxes$h, boxes$v, text$labels[boxes$box], cex = text$cex)
}
