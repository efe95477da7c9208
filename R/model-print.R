# The summary of a model, in the layout of Keras 2.

#' Summary of a model
#'
#' One row for each layer: name and class, shape of its output (with `None` for the number of
#' samples), number of weights; a column `Trainable` appears once a weight is not trained.
#'
#' @param object,x a model.
#' @param line_length width of the table.
#' @param positions where the columns end, as shares of the width or as positions.
#' @param show_trainable whether to show the column `Trainable`; `NA` shows it when needed.
#' @param ... not used.
#' @return `summary()` the text, invisibly; `print()` the model, invisibly; `format()` the
#'   lines.
#' @section Errors: `kestrel_error_argument` for a width, positions or a flag that are none.
#' @source Keras 2.15, `Model.summary()`.
#' @family models
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_dense(256, activation = "relu", input_shape = 784) %>%
#'   layer_dense(10)
#' summary(model)
#' @export
summary.kestrel_model <- function(object, line_length = getOption("width"), positions = NULL,
                                  show_trainable = NA, ...) {
  check_dots(list(...), c("line_length", "positions", "show_trainable"))
  text <- format(object, line_length = line_length, positions = positions, show_trainable = show_trainable)
  cat(text, sep = "\n")
  invisible(paste(text, collapse = "\n"))
}

#' @rdname summary.kestrel_model
#' @export
print.kestrel_model <- function(x, ...) {
  cat(format(x, ...), sep = "\n")
  invisible(x)
}

#' @rdname summary.kestrel_model
#' @export
format.kestrel_model <- function(x, line_length = getOption("width"), positions = NULL,
                                 show_trainable = NA, ...) {
  check_intact(x)
  check_count(line_length)
  check_positions(positions)
  if (!identical(show_trainable, NA)) check_flag(show_trainable)
  state <- model_state(x)
  title <- sprintf("Model: \"%s\"", state$name)
  if (!length(state$layers)) return(c(title, "No layers yet: pipe the model into layer_dense(), for example."))
  if (!state$built) return(c(title, unbuilt_lines(state$layers)))
  rows <- lapply(state$layers, summary_row)
  frozen <- any(vapply(state$layers, untrained_params, 0) > 0)
  shown <- if (is.na(show_trainable)) frozen else show_trainable
  ends <- summary_ends(line_length, positions, shown)
  c(title, strrep("_", max(ends)), summary_lines(rows, ends, shown), totals_lines(state), strrep("_", max(ends)))
}

#' @export
str.kestrel_model <- function(object, ...) {
  layers <- model_state(check_intact(object))$layers
  lines <- vapply(layers, format, "")
  cat(sprintf(" Model \"%s\" of %d layer%s\n", object$name, length(layers),
    if (length(layers) == 1) "" else "s"), sprintf("  $ %s\n", lines), sep = "")
}

check_positions <- function(x, arg = caller_arg(x), call = caller_env()) {
  good <- is.null(x) || is.numeric(x) && !is.object(x) && length(x) == 3 &&
    all(is.finite(x)) && all(diff(c(0, x)) > 0)
  if (good) return(invisible(x))
  stop_argument(arg, "three increasing numbers above 0, where the columns end", x, call = call)
}

unbuilt_lines <- function(layers) {
  c(
    vapply(layers, function(l) sprintf(" %s (%s)", l$name, layer_class_name(l)), ""),
    "Not built yet: the shape of its input is unknown."
  )
}

summary_row <- function(layer) {
  state <- layer_state(layer)
  output <- sprintf("(%s)", paste(c("None", state$output), collapse = ", "))
  if (length(state$output) == 0) output <- "(None,)"
  trainable <- if (state$trainable) "Y" else "N"
  c(sprintf(" %s (%s)", layer$name, layer_class_name(layer)), output,
    format(layer_params(layer), scientific = FALSE), trainable)
}

# Where columns end. The column `Trainable` takes 11 characters of the width.
summary_ends <- function(width, positions, shown) {
  width <- max(as.integer(width), 40L) - if (shown) 11L else 0L
  shares <- positions %||% c(0.45, 0.85, 1)
  ends <- if (max(shares) <= 1) as.integer(width * shares) else as.integer(shares)
  if (shown) c(ends, max(ends) + 11L) else ends
}

summary_lines <- function(rows, ends, shown) {
  columns <- seq_along(ends)
  header <- c(" Layer (type)", "Output Shape", "Param #", "Trainable")[columns]
  rows <- lapply(rows, function(row) summary_row_lines(row[columns], ends))
  c(
    summary_row_lines(header, ends), strrep("=", max(ends)),
    unlist(rows), strrep("=", max(ends))
  )
}

# Fields that are too long for their column, of which two characters stay free, go on in the
# next line.
summary_row_lines <- function(fields, ends) {
  widths <- diff(c(0L, ends))
  space <- ifelse(seq_along(ends) < length(ends), 2L, 0L)
  lines <- character()
  while (any(nzchar(fields))) {
    fit <- strtrim(fields, widths - space)
    padding <- strrep(" ", pmax(0, widths - nchar(fit, "width")))
    lines <- c(lines, paste0(fit, padding, collapse = ""))
    fields <- substring(fields, nchar(fit) + 1)
    if (nzchar(fields[1])) fields[1] <- paste0(" ", fields[1])
  }
  lines
}

untrained_params <- function(layer) {
  state <- layer_state(layer)
  counts <- vapply(state$slots, function(s) prod(as.double(s$dims)), 0)
  fixed <- vapply(state$slots, function(s) s$is_state || !state$trainable, NA)
  sum(counts[as.logical(fixed)])
}

totals_lines <- function(state) {
  total <- sum(vapply(state$layers, layer_params, 0))
  fixed <- sum(vapply(state$layers, untrained_params, 0))
  size <- if (state$precision == "float32") 4 else 8
  sprintf("%s params: %s (%s)", c("Total", "Trainable", "Non-trainable"),
    format_count(c(total, total - fixed, fixed)), bytes_text(c(total, total - fixed, fixed) * size))
}

format_count <- function(x) vapply(x, format, "", scientific = FALSE)

# Keras 2: two decimals, steps of 1024.
bytes_text <- function(bytes) {
  units <- c("Byte", "KB", "MB", "GB", "TB", "PB")
  step <- pmin(floor(log(pmax(bytes, 1), 1024)), length(units) - 1)
  sprintf("%.2f %s", bytes / 1024^step, units[step + 1])
}
