# What plot(model) draws: a box for each call of a layer.

# For each call: part, within (name of the model it is in and a slash, or NULL), from (numbers of
# boxes), input and output (lists of dims, or NULL). `nested`: whether models in it are taken apart.
model_boxes <- function(model, nested = FALSE) {
  found <- list2env(list(boxes = list()), parent = emptyenv())
  add_boxes(found, model, NULL, nested, NULL)
  found$boxes
}

# The boxes that the outputs come from, NA for none; `from`: those that the inputs come from.
add_boxes <- function(found, model, from, nested, within) {
  state <- model_state(model)
  graph <- model_graph(model)
  made <- list()
  for (i in seq_along(graph$calls)) {
    call <- graph$calls[[i]]
    place <- match(i, graph$inputs)
    if (!is.na(place) && (length(from) || is.null(state$graph))) {
      made[[i]] <- if (length(from)) from[place] else NA
      next
    }
    part <- state$layers[[call$part]]
    before <- outputs_at(made, call)
    if (nested && is_model(part)) {
      made[[i]] <- add_boxes(found, part, before, nested, paste0(within, part$name, "/"))
      next
    }
    dims <- function(at, output) call_dims(state, graph, at)[[output]]
    append_to(found, "boxes",
      list(part = part, within = within, from = unique(before[!is.na(before)]),
      input = Map(dims, call$call, call$output), output = call_dims(state, graph, i)))
    made[[i]] <- rep(length(found$boxes), max(1L, length(call$dims)))
  }
  outputs_at(made, graph$outputs)
}

outputs_at <- function(made, ends) {
  unlist(Map(function(call, output) made[[call]][output], ends$call, ends$output))
}

# Those of a stack of layers are its layers'.
call_dims <- function(state, graph, i) {
  if (!is.null(state$graph)) return(graph$calls[[i]]$dims)
  list(if (i == 1L) state$input else part_output(state$layers[[i - 1L]]))
}

# From the first box of the one name to the last of the other.
boxes_between <- function(boxes, range, call) {
  if (is.null(range)) return(boxes)
  names <- vapply(boxes, function(box) paste0(box$within, box$part$name), "")
  range <- unlist(range)
  if (!is.character(range) || length(range) != 2 || !all(range %in% names)) {
    stop_argument("layer_range", "names of two layers of the model", range,
      hint = paste("It has", quote_names(names)), call = call)
  }
  ends <- range(match(range, names), length(names) + 1L - match(range, rev(names)))
  keep <- ends[1]:ends[2]
  lapply(boxes[keep], function(box) {
    box$from <- box$from[box$from %in% keep] - ends[1] + 1L
    box
  })
}
