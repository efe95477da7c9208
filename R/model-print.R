# The summary of a model, in the layout of Keras 2; summary-box.R has that of Keras 3.

#' Summary of a model
#'
#' One row for each layer: name and class, shape of its output (with `None` for the number of
#' samples), number of weights; a column `Trainable` appears once a weight is not trained. A
#' model in which layers have several inputs, or are called more than once, also shows what each
#' is connected to, as `<layer>[<call>][<output>]`, counted from 0. Models in it have one row,
#' unless `expand_nested` adds those of their layers.
#'
#' @param object,x a model.
#' @param line_length width of the table, at least 40: narrower ones are drawn with 40. By
#'   default that of the console, for the box at most 180.
#' @param width the same as `line_length`.
#' @param positions where the columns end, as shares of the width or as positions: three, with
#'   connections four.
#' @param show_trainable whether to show the column `Trainable`; `NA` shows it when needed.
#' @param expand_nested whether models in the model are followed by their own layers.
#' @param layer_range `NULL` or the names, or regular expressions that match the beginning of the
#'   names, of the first and the last layer to show; the totals are always those of all layers.
#' @param compact whether to leave out the blank lines between layers that Keras 2 prints; without
#'   effect on the box.
#' @param ... not used.
#' @return `summary()` the text, invisibly; `print()` the model, invisibly; `format()` the
#'   lines.
#' @section Errors: `kestrel_error_argument` for a width, positions, a flag or a range that are
#'   none, for names that no layer has, for positions that leave a column of the box no room, and
#'   for `options(kestrel.summary)` other than `"keras2"` and `"keras3"`.
#' @source Keras 2.15 and 3.15, `Model.summary()`.
#' @family models
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_dense(256, activation = "relu", input_shape = 784) %>%
#'   layer_dense(10)
#' summary(model)
#'
#' old <- options(kestrel.summary = "keras3")
#' summary(model)
#' options(old)
#' @export
summary.kestrel_model <- function(object, line_length = summary_width(), positions = NULL,
                                  show_trainable = NA, expand_nested = FALSE,
                                  layer_range = NULL, compact = TRUE, width = NULL, ...) {
  check_dots(list(...), c("line_length", "positions", "show_trainable", "expand_nested",
    "layer_range", "compact", "width"))
  if (!is.null(width)) line_length <- check_count(width)
  text <- printed_text(object, line_length = line_length, positions = positions,
    show_trainable = show_trainable, expand_nested = expand_nested, layer_range = layer_range,
    compact = compact)
  cat(text, sep = "\n")
  invisible(paste(text, collapse = "\n"))
}

#' @rdname summary.kestrel_model
#' @export
print.kestrel_model <- function(x, ...) {
  cat(printed_text(x, ...), sep = "\n")
  invisible(x)
}

# A model that is not intact prints what is wrong with it.
printed_text <- function(x, ...) {
  tryCatch(format(x, ...),
    kestrel_error_state = function(e) sprintf("<%s>", sub("\n.*", "", e$message)))
}

#' @rdname summary.kestrel_model
#' @export
format.kestrel_model <- function(x, line_length = summary_width(), positions = NULL,
                                 show_trainable = NA, expand_nested = FALSE, layer_range = NULL,
                                 compact = TRUE, width = NULL, ...) {
  check_intact(x)
  if (!is.null(width)) line_length <- check_count(width)
  check_count(line_length)
  if (!identical(show_trainable, NA)) check_flag(show_trainable)
  check_flag(expand_nested)
  check_flag(compact)
  state <- model_state(x)
  title <- sprintf("Model: \"%s\"", state$name)
  layers <- shown_layers(x)
  chosen <- chosen_layers(layers, layer_range)
  if (summary_layout() == "keras3") {
    return(c(title, box_summary(x, line_length, positions, show_trainable, chosen, expand_nested)))
  }
  if (!length(state$layers)) return(c(title,
    "No layers yet: pipe the model into layer_dense(), for example."))
  if (!state$built) return(c(title, unbuilt_lines(layers[chosen])))
  c(title, table_summary(x, line_length, positions, show_trainable, chosen, expand_nested, compact))
}

table_summary <- function(model, width, positions, show_trainable, chosen, expand, compact,
                          call = caller_env()) {
  linked <- is_linked(model)
  check_positions(positions, if (linked) 4L else 3L, call = call)
  shown <- if (is.na(show_trainable)) has_untrained(model) else show_trainable
  ends <- summary_ends(width, positions, shown, linked)
  rows <- summary_rows(model, chosen, linked, expand)
  lines <- c(strrep("_", max(ends)), summary_lines(rows, ends, linked), totals_lines(model),
    strrep("_", max(ends)))
  if (compact) lines[nzchar(trimws(lines))] else lines
}

# Whether it shows connections.
is_linked <- function(model) model_state(model)$built && !is_of_class(model) &&
  !is_stack_like(model)

# Whether each call takes what the one before it gives, and no layer is called twice.
is_stack_like <- function(model) {
  graph <- model_graph(model)
  one_after_another <- vapply(seq_along(graph$calls)[-1], function(i) {
    identical(as.integer(graph$calls[[i]]$call), i - 1L)
  }, NA)
  parts <- vapply(graph$calls, `[[`, 0L, "part")
  all(one_after_another) && !anyDuplicated(parts)
}

#' @export
str.kestrel_model <- function(object, ...) {
  layers <- shown_layers(check_intact(object))
  lines <- vapply(layers, part_line, "")
  cat(sprintf(" Model \"%s\" of %d layer%s\n", object$name, length(layers),
    if (length(layers) == 1) "" else "s"), sprintf("  $ %s\n", lines), sep = "")
}

part_line <- function(part) {
  if (is_model(part)) sprintf("<%s model \"%s\">", part_class(part), part$name) else format(part)
}

check_positions <- function(x, n, arg = caller_arg(x), call = caller_env()) {
  good <- is.null(x) || is.numeric(x) && !is.object(x) && length(x) == n &&
    all(is.finite(x)) && all(diff(c(0, x)) > 0)
  if (good) return(invisible(x))
  stop_argument(arg, sprintf("%s increasing numbers above 0, where the columns end",
    if (n == 3) "three" else "four"), x, call = call)
}

unbuilt_lines <- function(layers) {
  c(
    vapply(layers, function(l) sprintf(" %s (%s)", l$name, part_class(l)), ""),
    "Not built yet: the shape of its input is unknown."
  )
}

# Name and class, output, weights, connections where they are shown, trainable.
summary_fields <- function(row, linked) {
  part <- row$part
  c(sprintf("%s (%s)", part$name, part_class(part)), output_text(part),
    format(part_params(part), scientific = FALSE), if (linked) links_text(row$links),
    if (part$trainable) "Y" else "N")
}

# The class in Keras.
part_class <- function(part) {
  if (!is_model(part)) return(layer_class_name(part))
  if (is_of_class(part)) return(layer_class_name(class_layer(part)))
  if (is.null(model_state(part)$graph)) "Sequential" else "Functional"
}

part_params <- function(part) {
  sum(vapply(if (is_model(part)) leaf_layers(part) else list(part), layer_params, 0))
}

output_text <- function(part) {
  if (!environment(part)$built) return("?")
  dims <- if (is_model(part)) model_outputs(part) else dims_list(layer_state(part)$output)
  text <- vapply(dims, function(dims) {
    if (length(dims)) sprintf("(%s)", paste(c("None", dims), collapse = ", ")) else "(None,)"
  }, "")
  if (length(dims) > 1 || is_layer(part) && is_input(part)) sprintf("[%s]",
    toString(text)) else text
}

# "['a[0][0]', 'b[0][0]']".
links_text <- function(links) sprintf("[%s]", toString(sprintf("'%s'", links)))

# "a[0][0]", "b[0][0]": what all calls of part i take.
part_links <- function(model, i) {
  graph <- model_graph(model)
  parts <- model_state(model)$layers
  links <- lapply(Filter(function(call) call$part == i, graph$calls), function(call) {
    from <- graph$calls[as.integer(call$call)]
    sprintf("%s[%d][%d]", vapply(from, function(c) parts[[c$part]]$name, ""),
      vapply(from, `[[`, 0L, "index"), as.integer(call$output) - 1L)
  })
  as.character(unlist(links))
}

# Where columns end. The column `Trainable` takes 11 characters of the width.
summary_ends <- function(width, positions, shown, linked) {
  width <- max(as.integer(width), 40L) - if (shown) 11L else 0L
  shares <- positions %||% if (linked) c(0.3, 0.6, 0.7, 1) else c(0.45, 0.85, 1)
  ends <- if (max(shares) <= 1) as.integer(width * shares) else as.integer(shares)
  if (shown) c(ends, max(ends) + 11L) else ends
}

summary_lines <- function(rows, ends, linked) {
  header <- c("Layer (type)", "Output Shape", "Param #", if (linked) "Connected to", "Trainable")
  columns <- seq_along(ends)
  lines <- lapply(rows, function(row) {
    fields <- summary_fields(row, linked)[columns]
    c(summary_row_lines(fields, ends, row$level), rules_below(row, max(ends)))
  })
  c(
    summary_row_lines(header[columns], ends), strrep("=", max(ends)),
    unlist(lines), strrep("=", max(ends))
  )
}

# Below a model the upper edge of its layers, below its last layer the lower one, else a blank line.
rules_below <- function(row, width) {
  edge <- if (l10n_info()[["UTF-8"]]) "\u00af" else "-"
  if (row$opens) return(framed(strrep(edge, width - 2 * (row$level + 1)), row$level + 1))
  if (!row$closes) return(framed(strrep(" ", width - 2 * row$level), row$level))
  outer <- row$level - seq_len(row$closes)
  vapply(outer, function(level) framed(strrep(edge, width - 2 * level), level), "")
}

framed <- function(text, level) paste0(strrep("|", level), text, strrep("|", level))

# Lines begin with a blank, and in models in the model with a bar for each of these. Fields that
# are too long for their column, of which three characters stay free, go on in the next line,
# lists after each of their elements.
summary_row_lines <- function(fields, ends, level = 0L) {
  widths <- diff(c(0L, ends))
  last <- seq_along(ends) == length(ends)
  space <- ifelse(last, 0L, 3L) + ifelse(seq_along(ends) == 1, level, 0L)
  lines <- character()
  while (any(nzchar(fields))) {
    fit <- first_element(strtrim(fields, pmax(1, widths - space)))
    fields <- substring(fields, nchar(fit) + 1)
    fit[1] <- paste0(strrep("|", level), " ", fit[1])
    padding <- strrep(" ", pmax(0, widths - nchar(fit, "width") - ifelse(last, level, 0L)))
    lines <- c(lines, paste0(c(paste0(fit, padding), strrep("|", level)), collapse = ""))
  }
  lines
}

# Up to the first comma after a bracket or a quote.
first_element <- function(text) sub("^(.*?[])}'],).*$", "\\1", text, perl = TRUE)

untrained_params <- function(layer) {
  state <- layer_state(layer)
  counts <- vapply(state$slots, function(s) prod(as.double(s$dims)), 0)
  fixed <- vapply(state$slots, function(s) s$is_state || !state$trainable, NA)
  sum(counts[as.logical(fixed)])
}

totals_lines <- function(model) {
  layers <- leaf_layers(model)
  total <- sum(vapply(layers, layer_params, 0))
  fixed <- sum(vapply(layers, untrained_params, 0))
  size <- precision_bytes(model)
  sprintf("%s params: %s (%s)", c("Total", "Trainable", "Non-trainable"),
    format_count(c(total, total - fixed, fixed)), bytes_text(c(total, total - fixed, fixed) * size))
}

precision_bytes <- function(model) if (model_state(model)$precision == "float32") 4 else 8

format_count <- function(x) vapply(x, format, "", scientific = FALSE)

# Two decimals, steps of 1024. `one`: Keras 2 writes bytes out, Keras 3 does not.
bytes_text <- function(bytes, one = "Byte") {
  units <- c(one, "KB", "MB", "GB", "TB", "PB")
  step <- pmin(floor(log(pmax(bytes, 1), 1024)), length(units) - 1)
  sprintf("%.2f %s", bytes / 1024^step, units[step + 1])
}
