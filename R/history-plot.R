#' Plot the history of a fit
#'
#' One panel for each metric, training and validation together. With ggplot2 the plot is a
#' ggplot object, which can be changed further, and must be printed inside functions and
#' loops; with base graphics it is drawn at once.
#'
#' Up to 1,000 epochs are drawn as points, more as lines. Five panels or more stand in two columns.
#'
#' @param x a history, as returned by [fit()][fit.kestrel_model].
#' @param y not used.
#' @param metrics names of the metrics to plot, such as `c("loss", "accuracy")`; all by
#'   default.
#' @param method `"ggplot2"`, `"base"`, or `"auto"`: ggplot2 when it is installed.
#' @param smooth whether to add a loess smooth to curves of 10 values or more (ggplot2 only).
#' @param theme_bw whether to plot in black and white (ggplot2 only).
#' @param ... graphical parameters for base graphics, such as `log = "y"`.
#' @return a ggplot object, or `NULL`, invisibly, for base graphics.
#' @section Errors: `kestrel_error_argument` for unknown metrics and for a history without
#'   epochs; `kestrel_error_state` when ggplot2 is asked for and not installed.
#' @source R packages 'keras' and 'keras3'.
#' @family training
#' @aliases plot.keras_training_history
#' @importFrom rlang .data
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' history <- model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 30, verbose = 0)
#' plot(history, method = "base")
#' @export
plot.kestrel_history <- function(x, y, metrics = NULL, method = c("auto", "ggplot2", "base"),
                                 smooth = getOption("keras.plot.history.smooth", TRUE),
                                 theme_bw = getOption("keras.plot.history.theme_bw", FALSE),
                                 ...) {
  method <- plot_method(method, environment())
  smooth <- check_flag(smooth)
  theme_bw <- check_flag(theme_bw)
  rows <- plot_rows(x, metrics, environment())
  if (method == "ggplot2") return(history_ggplot(rows, smooth, theme_bw))
  history_base_plot(rows, ...)
}

plot_method <- function(method, call) {
  if (length(method) == 3) method <- method[1]
  method <- check_choice(method, c("auto", "ggplot2", "base"), "a method", call = call)
  installed <- method != "base" && requireNamespace("ggplot2", quietly = TRUE)
  if (method == "ggplot2" && !installed) {
    stop_kestrel("state", "`method` is \"ggplot2\", which is not installed.",
      hint = "Use method = \"base\".", argument = "method", call = call)
  }
  if (installed) "ggplot2" else "base"
}

# What is drawn, as a data frame of the asked metrics.
plot_rows <- function(history, metrics, call) {
  rows <- epochs_run(as.data.frame(history))
  if (!nrow(rows)) {
    stop_kestrel("argument", "There is nothing to plot: `x` is a history without epochs.",
      argument = "x", call = call)
  }
  if (is.null(metrics)) return(rows)
  if (!is.character(metrics) || !length(metrics)) {
    stop_argument("metrics", "names of metrics", metrics, call = call)
  }
  metrics <- sub("^val_", "", metrics)
  unknown <- setdiff(metrics, levels(rows$metric))
  if (length(unknown)) {
    stop_unknown("metrics", "metrics of the history", unknown[1], levels(rows$metric), call = call)
  }
  rows <- rows[rows$metric %in% metrics, ]
  rows$metric <- factor(rows$metric, unique(metrics))
  rows
}

# Up to the last epoch in which anything was measured.
epochs_run <- function(rows) {
  known <- !is.na(rows$value) | is.nan(rows$value)
  rows[rows$epoch <= max(rows$epoch[known], -Inf), ]
}

# More would run into each other.
plot_points_up_to <- 1000L

history_ggplot <- function(rows, smooth, theme_bw) {
  several <- any(rows$data == "validation")
  plot <- ggplot2::ggplot(rows, history_aes(several))
  if (theme_bw) plot <- plot + ggplot2::theme_bw()
  if (several) plot <- plot + history_scales(theme_bw)
  lines <- epoch_count(rows) > plot_points_up_to
  plot <- plot + if (lines) {
    ggplot2::geom_line(na.rm = TRUE)
  } else if (theme_bw) {
    ggplot2::geom_point(colour = "black", size = 2, na.rm = TRUE)
  } else if (several) {
    ggplot2::geom_point(colour = "black", na.rm = TRUE)
  } else {
    ggplot2::geom_point(shape = 21, colour = "black", na.rm = TRUE)
  }
  smoothed <- smoothed_rows(rows)
  if (smooth && !lines && nrow(smoothed)) plot <- plot + history_smooth(smoothed, theme_bw)
  plot + room_for_constants(rows) + history_panels(nlevels(rows$metric)) +
    ggplot2::labs(x = "epoch", y = NULL, caption = not_finite(rows))
}

# What panels without a point are about; NULL where there are none.
not_finite <- function(rows) {
  finite <- rows$metric[is.finite(rows$value)]
  blank <- setdiff(levels(rows$metric), as.character(finite))
  if (length(blank)) sprintf("No finite values: %s", toString(blank))
}

epoch_count <- function(rows) length(unique(rows$epoch))

# Curves of ten finite values or more.
smoothed_rows <- function(rows) {
  counts <- stats::ave(as.double(is.finite(rows$value)), rows$metric, rows$data, FUN = sum)
  rows[counts >= 10, ]
}

# A panel of a single value would reach from 0.05 below it to 0.05 above, however small it is.
room_for_constants <- function(rows) {
  ends <- lapply(split(rows, rows$metric), function(panel) {
    value <- unique(panel$value[is.finite(panel$value)])
    if (length(value) != 1 || value == 0) return(NULL)
    transform(panel[c(1, 1), ], value = value * c(0.5, 1.5))
  })
  ends <- do.call(rbind, ends)
  if (!is.null(ends)) ggplot2::geom_blank(data = ends)
}

history_aes <- function(several) {
  if (!several) return(ggplot2::aes(x = .data$epoch, y = .data$value))
  ggplot2::aes(
    x = .data$epoch, y = .data$value, colour = .data$data, fill = .data$data,
    linetype = .data$data, shape = .data$data
  )
}

# Told apart without colour, too. The same limits for all make one legend of them, also where one of
# the curves has no smooth.
history_scales <- function(theme_bw) {
  both <- c("training", "validation")
  list(
    ggplot2::scale_shape_manual(values = if (theme_bw) c(1, 2) else c(21, 24), limits = both),
    ggplot2::scale_linetype_manual(values = c("solid", "22"), limits = both),
    ggplot2::scale_colour_discrete(limits = both), ggplot2::scale_fill_discrete(limits = both)
  )
}

history_smooth <- function(rows, theme_bw) {
  # A line in the legend is one in the plot.
  shown <- if (all(c("training", "validation") %in% rows$data)) NA else FALSE
  args <- list(data = rows, method = "loess", formula = y ~ x, se = FALSE, na.rm = TRUE,
    show.legend = shown)
  if (theme_bw) args$colour <- "gray47"
  do.call(ggplot2::geom_smooth, args)
}

# Points at the edge of a panel are drawn whole.
history_panels <- function(n) {
  list(
    history_facets(n),
    ggplot2::coord_cartesian(clip = "off", default = TRUE),
    ggplot2::scale_x_continuous(breaks = whole_breaks),
    ggplot2::scale_y_continuous(breaks = pretty, labels = short_numbers),
    ggplot2::theme(
      axis.title.y = ggplot2::element_blank(), strip.placement = "outside",
      strip.text = ggplot2::element_text(colour = "black", size = 11,
        hjust = if (n > 3) 0 else 0.5),
      strip.background = ggplot2::element_rect(fill = NA, colour = NA),
      legend.title = ggplot2::element_blank()
    )
  )
}

# Names stand beside panels that are high enough for them, else above.
history_facets <- function(n) {
  if (n > 3) return(ggplot2::facet_wrap("metric", ncol = plot_columns(n), scales = "free_y"))
  ggplot2::facet_grid(metric ~ ., switch = "y", scales = "free_y",
    labeller = ggplot2::as_labeller(broken_names))
}

plot_columns <- function(n) if (n > 4) 2L else 1L

# Lines of about 14 letters, broken after "_", which fit beside low panels.
broken_names <- function(names) {
  vapply(strsplit(as.character(names), "(?<=_)", perl = TRUE), function(words) {
    Reduce(function(text, word) {
      line <- sub(".*\n", "", text)
      paste0(text, if (nchar(line) + nchar(word) > 14) "\n", word)
    }, words)
  }, "")
}

# Of a loss that grew without bounds, too.
short_numbers <- function(breaks) formatC(breaks, digits = 4, format = "g")

whole_breaks <- function(limits) {
  breaks <- pretty(limits)
  breaks[breaks %% 1 == 0]
}

history_base_plot <- function(rows, ...) {
  metrics <- levels(rows$metric)
  n <- length(metrics)
  columns <- plot_columns(n)
  old <- graphics::par(mfrow = c(ceiling(n / columns), columns), mar = c(1.5, 3, 1.8, 1),
    oma = c(2, 0, 0, 0))
  on.exit(graphics::par(old))
  for (i in seq_len(n)) {
    history_base_panel(rows[rows$metric == metrics[i], ], metrics[i], i > n - columns, columns, ...)
  }
  graphics::mtext("epoch", side = 1, outer = TRUE, line = 0.8, cex = 0.8)
  invisible(NULL)
}

# Points on the frame are drawn whole, but for those outside of limits that were asked for.
history_base_panel <- function(rows, metric, bottom, columns, ...) {
  lines <- epoch_count(rows) > plot_points_up_to
  finite <- rows[is.finite(rows$value), ]
  limits <- if (nrow(finite)) range(finite$value) else c(0, 1)
  graphics::plot(range(rows$epoch), limits, type = "n", xaxt = "n", xlab = "", ylab = "", ...)
  graphics::axis(1, at = whole_breaks(graphics::par("usr")[1:2]), labels = bottom)
  parts <- split(finite, finite$data)
  for (i in seq_along(parts)) {
    graphics::points(parts[[i]]$epoch, parts[[i]]$value, type = if (lines) "l" else "p",
      pch = c(1, 4)[i], lty = i, xpd = !any(c("xlim", "ylim") %in% names(list(...))))
  }
  if (!nrow(finite)) return(graphics::mtext(not_finite(droplevels(rows)), adj = 0, line = 0.3,
    cex = 0.7))
  history_legend(parts, c(metric, if (columns > 1) "validation" else paste0("val_", metric)), lines)
}

# Above the panel, where there are no points.
history_legend <- function(parts, names, lines) {
  shown <- vapply(parts, nrow, 0L) > 0
  graphics::legend(
    graphics::grconvertX(0, "npc", "user"), graphics::grconvertY(1, "npc", "user"), xjust = 0,
    yjust = 0, horiz = TRUE, xpd = NA, bty = "n", x.intersp = 0.6, y.intersp = 0.6,
    legend = names[shown],
    pch = if (!lines) c(1, 4)[shown], lty = if (lines) (1:2)[shown]
  )
}
