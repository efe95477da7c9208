# The summary of a model in the layout of Keras 3: a box whose columns share the width.

# options(kestrel.summary = ).
summary_layout <- function(call = caller_env()) {
  layout <- getOption("kestrel.summary") %||% "keras2"
  check_choice(layout, c("keras2", "keras3"), "a layout of summaries",
    arg = "options(kestrel.summary)", call = call)
}

# keras3 lets no table that nobody asked for be wider than 180 characters.
summary_width <- function() {
  width <- getOption("width")
  if (identical(getOption("kestrel.summary"), "keras3")) min(width, 180L) else width
}

box_summary <- function(model, width, positions, show_trainable, chosen, expand,
                        call = caller_env()) {
  linked <- is_linked(model)
  check_positions(positions, if (linked) 4L else 3L, call = call)
  shown <- if (is.na(show_trainable)) has_untrained(model) else show_trainable
  columns <- box_columns(linked, shown)
  inner <- box_widths(width, positions %||% box_positions(linked), shown, call)
  rows <- lapply(summary_rows(model, chosen, linked, expand), box_fields, linked = linked)
  rows <- lapply(c(list(columns$title), rows), function(row) row[seq_along(inner)])
  c(box_lines(rows, inner, columns$side, box_marks()), box_totals(model))
}

has_untrained <- function(model) {
  model_state(model)$built && any(vapply(leaf_layers(model), untrained_params, 0) > 0)
}

box_columns <- function(linked, shown) {
  list(
    title = c("Layer (type)", "Output Shape", "Param #", if (linked) "Connected to",
      if (shown) "Trainable"),
    side = c("left", "left", "right", if (linked) "left", if (shown) "centre")
  )
}

box_positions <- function(linked) if (linked) c(0.3, 0.56, 0.74, 1) else c(0.45, 0.8, 1)

# Characters inside of each column, borders and blanks beside them apart. Keras' shares count a
# column's text alone, so 3 characters a column and 1 have to be taken off again, from all
# columns alike.
box_widths <- function(width, positions, shown, call) {
  scale <- max(as.integer(width), 40L)
  if (max(positions) > 1) {
    width <- as.integer(max(positions))
    scale <- 1
  } else {
    width <- scale
  }
  ends <- if (shown) c(trunc(positions * 0.9 * scale), width) else trunc(positions * scale)
  text <- diff(c(0, ends))
  if (any(text < 4)) stop_narrow(width, call)
  padded <- text + 2
  excess <- sum(padded) + length(padded) + 1 - width
  if (excess < 0) return(padded + split_by_ratio(-excess, padded, ceiling) - 2)
  padded - split_by_ratio(excess, rep(1, length(padded)), round) - 2
}

stop_narrow <- function(width, call) {
  stop_kestrel("argument", sprintf(
    "`positions` must leave 4 characters to each column, which they do not in a width of %d.",
    width
  ), hint = "Give a greater `line_length`, or positions that are wider apart.",
    argument = "positions", call = call)
}

# A whole number in whole parts by ratios, each part of what the ones before it have left.
split_by_ratio <- function(total, ratios, rounding) {
  parts <- numeric(length(ratios))
  for (i in seq_along(ratios)) {
    rest <- ratios[i:length(ratios)]
    parts[i] <- rounding(ratios[i] * (total - sum(parts)) / sum(rest))
  }
  parts
}

# Name and class, output, weights, connections where they are shown, trainable.
box_fields <- function(row, linked) {
  part <- row$part
  built <- environment(part)$built
  params <- if (built) part_params(part) else 0
  c(sprintf("%s%s (%s)", box_indent(row$level), part$name, part_class(part)),
    if (built) box_output(part) else "?",
    paste0(with_commas(params), if (!built && !needs_no_building(part)) " (unbuilt)"),
    if (linked) box_links(row$links), if (params == 0) "-" else if (part$trainable) "Y" else "N")
}

box_indent <- function(level) {
  corner <- if (l10n_info()[["UTF-8"]]) "\u2514 " else "+ "
  if (level) paste0(strrep("   ", level), corner) else ""
}

# What Keras 3 builds when it makes them.
needs_no_building <- function(part) {
  is_layer(part) && grepl(paste0("Dropout|Pooling|Padding1D|^Gaussian|^Activ|^Softmax$|^Input|",
    "^(Leaky)?ReLU$|^ELU$"), part_class(part))
}

box_output <- function(part) {
  dims <- if (is_model(part)) model_outputs(part) else dims_list(layer_state(part)$output)
  text <- vapply(dims, function(dims) sprintf("(%s)", toString(c("None", dims))), "")
  if (length(text) > 1) sprintf("[%s]", toString(text)) else text
}

box_links <- function(links) if (length(links)) toString(links) else "-"

with_commas <- function(x) {
  vapply(x, format, "", big.mark = ",", scientific = FALSE, digits = 15)
}

# Left, line, crossing and right of the rules above, below the titles, between rows and at the
# end; what stands left, between and right of titles and of rows; what marks text as cut.
box_marks <- function(utf8 = l10n_info()[["UTF-8"]]) {
  if (!utf8) {
    return(list(top = c("+", "-", "-", "+"), head = c("|", "-", "+", "|"),
      rule = c("|", "-", "+", "|"), end = c("+", "-", "-", "+"), title = c("|", "|", "|"),
      row = c("|", "|", "|"), cut = "~"))
  }
  list(top = c("\u250f", "\u2501", "\u2533", "\u2513"),
    head = c("\u2521", "\u2501", "\u2547", "\u2529"),
    rule = c("\u251c", "\u2500", "\u253c", "\u2524"),
    end = c("\u2514", "\u2500", "\u2534", "\u2518"),
    title = c("\u2503", "\u2503", "\u2503"), row = c("\u2502", "\u2502", "\u2502"),
    cut = "\u2026")
}

# `rows`: the titles, then the rows.
box_lines <- function(rows, widths, sides, marks) {
  rule <- function(m) between(strrep(m[2], widths + 2), m[c(1, 3, 4)])
  cells <- function(row) Map(cell_lines, row, widths, sides, marks$cut)
  body <- lapply(rows[-1], function(row) c(rule(marks$rule), row_lines(cells(row), marks$row)))
  c(rule(marks$top), row_lines(cells(rows[[1]]), marks$title, rev), rule(marks$head),
    unlist(body)[-1], rule(marks$end))
}

# Cells of as many lines as the highest of them has; `rev` as the order puts what is lower at
# the bottom.
row_lines <- function(cells, marks, order = identity) {
  lines <- vapply(seq_len(max(lengths(cells))), function(i) {
    between(sprintf(" %s ", vapply(cells, function(cell) {
      if (i <= length(cell)) order(cell)[i] else strrep(" ", nchar(cell[1], "width"))
    }, "")), marks)
  }, "")
  order(lines)
}

between <- function(cells, marks) paste0(marks[1], paste(cells, collapse = marks[2]), marks[3])

# Breaks at blanks only; what is too long for a line of its own is cut.
cell_lines <- function(text, width, side, cut) {
  if (width < 1) return("")
  words <- regmatches(text, gregexpr("\\s*\\S+\\s*", text))[[1]]
  line <- line_of_words(words, width)
  lines <- trimws(vapply(split(words, line), paste, "", collapse = ""), "right")
  long <- nchar(lines, "width") > width
  lines[long] <- paste0(strtrim(lines[long], width - 1), cut)
  space <- width - nchar(lines, "width")
  left <- switch(side, left = 0, right = space, centre = space %/% 2)
  paste0(strrep(" ", left), lines, strrep(" ", space - left))
}

line_of_words <- function(words, width) {
  line <- integer(length(words))
  used <- 0
  for (i in seq_along(words)) {
    fits <- used + nchar(trimws(words[i], "right"), "width") <= width
    line[i] <- if (i == 1) 1L else line[i - 1] + !fits
    used <- nchar(words[i], "width") + if (fits) used else 0
  }
  line
}

box_totals <- function(model) {
  layers <- if (model_state(model)$built) leaf_layers(model) else list()
  all <- sum(vapply(layers, layer_params, 0))
  fixed <- sum(vapply(layers, untrained_params, 0))
  size <- precision_bytes(model)
  state <- optimizer_params(model)
  counts <- c(all + sum(state), all - fixed, fixed, if (length(state)) sum(state))
  bytes <- counts * size + c(1, 0, 0, if (length(state)) 1) * optimizer_extra(state, size)
  sprintf(" %s params: %s (%s)", c("Total", "Trainable", "Non-trainable",
    if (length(state)) "Optimizer"), with_commas(counts), bytes_text(bytes, "B"))
}

# Whole numbers of the optimizer take 8 bytes each in Keras.
optimizer_extra <- function(state, size) sum(state["whole"], na.rm = TRUE) * (8 - size)
