# Which layers a summary shows, in the order in which it does.

# Of each layer chosen, and with `expand` after each model of the layers in it: how deep it lies
# in models, its connections (those of layers in models belong to these), whether the rows of its
# own layers follow, and how many models end below it.
summary_rows <- function(model, chosen, linked, expand) {
  parts <- shown_layers(model)
  rows <- lapply(chosen, function(i) {
    part_rows(parts[[i]], if (linked) part_links(model, i), 0L, expand)
  })
  unlist(rows, recursive = FALSE)
}

part_rows <- function(part, links, level, expand) {
  inner <- if (expand && is_model(part)) shown_layers(part)
  rows <- lapply(inner, part_rows, links = character(), level = level + 1L, expand = expand)
  rows <- unlist(rows, recursive = FALSE)
  if (length(rows)) rows[[length(rows)]]$closes <- rows[[length(rows)]]$closes + 1L
  row <- list(part = part, links = links, level = level, opens = length(rows) > 0, closes = 0L)
  c(list(row), rows)
}

# The places of the layers from the first whose name `range[1]` matches to the last that `range[2]`
# does, or the other way round.
chosen_layers <- function(layers, range, call = caller_env()) {
  if (is.null(range)) return(seq_along(layers))
  range <- unlist(range)
  if (!is.character(range) || length(range) != 2 || anyNA(range)) {
    stop_argument("layer_range", "the names of the first and the last layer to show", range,
      call = call)
  }
  names <- vapply(layers, function(part) part$name, "")
  first <- which(begins_with(names, range[1]))
  last <- which(begins_with(names, range[2]))
  if (!length(first) || !length(last)) stop_no_layer_in_range(range, names, call)
  if (min(first) <= max(last)) min(first):max(last) else min(last):max(first)
}

begins_with <- function(names, pattern) {
  fit <- tryCatch(regexpr(pattern, names, perl = TRUE) == 1L, error = function(e) FALSE,
    warning = function(w) FALSE)
  fit | names == pattern
}

stop_no_layer_in_range <- function(range, names, call) {
  stop_kestrel("argument", sprintf("`layer_range` must match names of layers, not %s and %s.",
    dQuote(range[1], FALSE), dQuote(range[2], FALSE)), argument = "layer_range", call = call,
    hint = if (length(names)) sprintf("The layers are %s.", toString(names)) else
      "The model has no layers yet.")
}
