#' Picture of a model
#'
#' Draws the graph of a model with base graphics: a box for each call of a layer, arrows from its
#' inputs, the data going down. A layer that is called twice has two boxes of its name.
#'
#' @param x a model.
#' @param y not used.
#' @param show_shapes whether boxes tell the dims of inputs and outputs, `n` samples first.
#' @param show_layer_names whether they tell names beside the kinds of layers.
#' @param show_layer_activations whether they tell activations.
#' @param to_file path of a PNG file to draw to, or `NULL`: on the current device.
#' @param dpi dots per inch of the file.
#' @param ... accepted from R keras scripts, without effect: `show_dtype`, `rankdir`,
#'   `expand_nested`, `layer_range`, `show_trainable`.
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
                               show_layer_activations = FALSE, to_file = NULL, dpi = 96) {
  check_model(x)
  check_layers_present(x)
  old <- c("show_dtype", "rankdir", "expand_nested", "layer_range", "show_trainable")
  dots <- list(...)
  check_dots(dots[!names2(dots) %in% old], names(formals(plot.kestrel_model)))
  shows <- list(shapes = check_flag(show_shapes), names = check_flag(show_layer_names),
    activations = check_flag(show_layer_activations))
  dpi <- check_number(dpi, min = 10, max = 1000)
  boxes <- model_boxes(x)
  nodes <- picture_nodes(boxes)
  if (!is.null(to_file)) {
    open_picture(check_string(to_file), nodes, dpi, environment())
    on.exit(grDevices::dev.off())
  }
  draw_model(nodes, lapply(boxes, box_words, shows))
  invisible(x)
}

# A level takes half an inch or more.
open_picture <- function(path, nodes, dpi, call) {
  height <- max(3, 0.7 * max(nodes$level))
  tryCatch(grDevices::png(path, 7, height, units = "in", res = dpi), error = function(e) {
    stop_argument("to_file", "a path that can be written to", path, call = call)
  })
}

# For each call of a layer: part, from (numbers of boxes), input and output (lists of dims, or NULL).
model_boxes <- function(model) {
  state <- model_state(model)
  if (is.null(state$graph)) {
    return(lapply(seq_along(state$layers), function(i) {
      part <- state$layers[[i]]
      before <- if (i > 1) part_output(state$layers[[i - 1]]) else state$input
      list(part = part, from = setdiff(i - 1L, 0L), input = list(before), output = list(part_output(part)))
    }))
  }
  calls <- state$graph$calls
  lapply(calls, function(call) {
    list(part = state$layers[[call$part]], from = call$call, output = call$dims,
      input = Map(function(at, output) calls[[at]]$dims[[output]], call$call, call$output))
  })
}

# What stands in a box.
box_words <- function(box, shows) {
  kind <- part_class(box$part)
  activation <- if (is_layer(box$part)) layer_config(box$part)$activation
  input <- shapes_text(box$input)
  arrow <- if (length(input)) "-> "
  c(if (shows$names) box$part$name, kind,
    if (shows$activations && !is.null(activation)) activation$name,
    if (shows$shapes) c(input, paste0(arrow, shapes_text(box$output))))
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

# A data frame of boxes and of the places where arrows pass levels: level, x (widths of a box), box (its
# number or NA), and the attribute `edges`, pairs of rows.
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

draw_model <- function(nodes, lines) {
  old <- graphics::par(mar = rep(0.3, 4))
  on.exit(graphics::par(old))
  graphics::plot.new()
  levels <- max(nodes$level)
  half <- max(0.7, abs(nodes$x) + ifelse(is.na(nodes$box), 0.15, 0.5))
  graphics::plot.window(c(-half, half), c(levels + 0.5, 0.5), xaxs = "i", yaxs = "i")
  text <- fitted_text(lines)
  draw_arrows(nodes, 0.5 * text$height)
  draw_boxes(nodes, text)
}

# One line for each box or several, whichever can be larger: list(labels, cex, width, height), sizes in
# the units of the plot, a level and a box's place being 1.
fitted_text <- function(lines) {
  ways <- list(vapply(lines, paste, "", collapse = "  "), vapply(lines, paste, "", collapse = "\n"))
  sizes <- lapply(ways, function(labels) {
    width <- max(graphics::strwidth(labels))
    height <- max(abs(graphics::strheight(labels)))
    cex <- min(1.3, 0.86 / width, 0.45 / height)
    list(labels = labels, cex = cex, width = graphics::strwidth(labels) * cex + 0.06,
      height = height * cex + min(0.2, abs(graphics::strheight("M")) * cex))
  })
  sizes[[if (sizes[[2]]$cex >= 0.8 * sizes[[1]]$cex) 2 else 1]]
}

draw_arrows <- function(nodes, half) {
  edges <- attr(nodes, "edges")
  if (is.null(edges)) return(invisible())
  from <- nodes[edges[, 1], ]
  to <- nodes[edges[, 2], ]
  ends <- is.na(to$box)
  passing <- nodes[is.na(nodes$box), ]
  graphics::segments(passing$x, passing$level - half, passing$x, passing$level + half)
  draw <- function(rows, line) {
    if (any(rows)) line(from$x[rows], from$level[rows] + half, to$x[rows], to$level[rows] - half)
  }
  draw(ends, graphics::segments)
  draw(!ends, function(...) graphics::arrows(..., length = 0.07, angle = 20))
}

draw_boxes <- function(nodes, text) {
  boxes <- nodes[!is.na(nodes$box), ]
  across <- text$width[boxes$box] / 2
  down <- text$height / 2
  graphics::rect(boxes$x - across, boxes$level - down, boxes$x + across, boxes$level + down, col = "white")
  graphics::text(boxes$x, boxes$level, text$labels[boxes$box], cex = text$cex)
}
