# Weights in one block of doubles, as C has them: all parameters, then all running statistics.

# Where the weights of layers are: the layers' states, their slots by layer, and which of all
# slots are statistics (NULL: none). `codes`: whether any layer reads codes.
layout_of <- function(layers) {
  states <- lapply(layers, environment)
  is_state <- unlist(lapply(states, `[[`, "is_state"))
  slots <- lapply(states, function(state) state$slots %||% list())
  list(states = states, slots = slots, is_state = if (any(is_state)) is_state,
    custom = Filter(function(state) length(state$instance$.inner) > 0, states),
    codes = !all(vapply(layers, function(layer) is.null(code_limit(layer)), NA)))
}

# One vector of doubles: parameters of all layers, then statistics of all layers.
pack_weights <- function(layers) pack_layout(layout_of(layers))

pack_layout <- function(layout) pack_states(layout$states, layout$is_state)

# As they are, shared with the layers: a list of arrays for each.
held_weights <- function(layout) lapply(layout$states, `[[`, "weights")

unpack_weights <- function(layers, w) unpack_layout(layout_of(layers), w)

# Returns what it has put there, a list for each layer.
unpack_layout <- function(layout, w) {
  held <- unpack_states(layout$states, layout$slots, w)
  settle_all(layout$custom)
  held
}

# Takes statistics and other weights that are no parameters over from packed weights.
keep_states <- function(layout, after) {
  if (is.null(after) || is.null(layout$is_state)) return(invisible())
  w <- pack_layout(layout)
  sizes <- unlist(lapply(layout$slots, vapply, function(slot) prod(slot$dims), 0))
  states <- length(w) + 1 - rev(seq_len(sum(sizes[layout$is_state])))
  if (identical(w[states], after[states])) return(invisible())
  w[states] <- after[states]
  unpack_layout(layout, w)
}
