# Layers in a custom layer have their weights as weights of that layer, by these names; both hold
# the numbers, which go over from where they were changed.

# A variable for each of the layer's weights, which self takes over.
inner_variables <- function(layer, self) {
  state <- layer_state(layer)
  owned <- !is.null(state$variables) && identical(state$owner, self)
  if (owned) return(state$variables)
  state$owner <- self
  self$.inner <- c(self$.inner, list(layer))
  state$variables <- lapply(seq_along(state$slots), function(i) {
    slot <- state$slots[[i]]
    setting <- function(what) slot_setting(layer, slot$name, what)
    start <- array_initializer(state$weights[[i]], "weights")
    v <- add_weight(self, slot$dims, start, state$trainable && !slot$is_state,
      setting("regularizer"),
      setting("constraint"), paste(layer$name, slot$name, sep = "_"))
    cell <- variable_cell(v)
    cell$now <- state$weights[[i]]
    v
  })
  state$variables
}

inner_names <- function(state) vapply(state$variables, function(v) variable_cell(v)$name, "")

# From a custom layer to the layers in it.
settle_inner <- function(state) {
  for (layer in state$instance$.inner) {
    inner <- layer_state(layer)
    if (!identical(inner$owner, state$instance)) next
    inner$weights[] <- state$weights[inner_names(inner)]
    settle_inner(inner)
  }
}

settle_all <- function(states) for (state in states) if (!is.null(state$instance)) settle_inner(state)

# From a layer to the one that it is in.
tell_outer <- function(state) {
  outer <- state$owner$.home
  if (is.null(outer)) return(invisible())
  at <- match(inner_names(state), names(outer$weights))
  if (anyNA(at)) return(invisible())
  outer$weights[at] <- state$weights
  tell_outer(outer)
}

# Which of its weights a custom layer trains: not those of layers in it that were frozen since it
# was built. TRUE where that has changed.
settle_inner_flags <- function(layer, call) {
  state <- layer_state(layer)
  self <- state$instance
  if (!state$built || !length(self$.inner)) return(FALSE)
  names <- vapply(self$.weights, `[[`, "", "name")
  changed <- FALSE
  for (inner in self$.inner) {
    own <- layer_state(inner)
    at <- match(inner_names(own), names)
    trained <- own$trainable & !own$is_state
    if (length(at) && layer_state(inner)$type == "custom") settle_inner_flags(inner, call)
    for (k in seq_along(at)) {
      if (is.na(at[k]) || self$.weights[[at[k]]]$trainable == trained[k]) next
      self$.weights[[at[k]]]$trainable <- trained[k]
      changed <- TRUE
    }
  }
  if (changed) list2env(layer_info(layer, with_given(state$input, state$given), call),
    envir = state)
  changed
}
