# How many numbers Keras 3 counts as the state of the optimizer of a model: c(real, whole), or
# NULL before the first step and for solvers, which Keras has not. Trained weights alone have
# moments there; the engine has some for frozen ones, too.
optimizer_params <- function(model) {
  state <- model_state(model)
  if (is.null(state$optimizer_state) || is_solver(state$compiled$optimizer)) return(NULL)
  optimizer <- state$compiled$optimizer
  slots <- trained_slots(leaf_layers(model))
  record <- optimizer_field(optimizer, "record")
  size <- sum(vapply(slots, function(s) prod(s$dims), 0))
  real <- moment_copies(model, record) * size + switch(record,
    adafactor = sum(vapply(slots, adafactor_params, 0)),
    muon = muon_params(slots, optimizer_field(optimizer, "extra")),
    nadam = 1,
    0
  )
  rate <- !is.null(optimizer_field(optimizer, "rate"))
  whole <- if (record == "adafactor") 2 * sum(vapply(slots, is_vector_slot, NA)) else 0
  c(real = real + rate, whole = whole + 1)
}

# Each with dims and path, "layer/name".
trained_slots <- function(layers) {
  slots <- lapply(layers, function(layer) {
    state <- layer_state(layer)
    kept <- Filter(function(s) !s$is_state && state$trainable, state$slots)
    lapply(kept, function(s) list(dims = as.double(s$dims), path = paste0(state$name, "/", s$name)))
  })
  unlist(slots, recursive = FALSE) %||% list()
}

# How many numbers there are for each weight: moments, averages, gathered gradients. The engine
# has two moments for those of Adafactor and Muon, Keras what is counted below.
moment_copies <- function(model, record) {
  state <- model_state(model)
  slots <- unlist(model_layout(state)$slots, recursive = FALSE)
  sizes <- vapply(slots, function(s) if (s$is_state) 0 else prod(as.double(s$dims)), 0)
  if (!sum(sizes)) return(0)
  own <- if (record %in% c("adafactor", "muon")) 2 else 0
  length(state$optimizer_state$moments) / sum(sizes) - own
}

is_vector_slot <- function(slot) length(slot$dims) < 2

# Means of rows and of columns, and the whole; of a vector the whole alone.
adafactor_params <- function(slot) {
  d <- slot$dims
  k <- length(d)
  prod(d) + if (is_vector_slot(slot)) 0 else prod(d[-k]) + prod(d[-(k - 1)])
}

# One moment for matrices, two for what Adam trains.
muon_params <- function(slots, extra) {
  sizes <- vapply(slots, function(s) prod(s$dims), 0)
  matrices <- lengths(lapply(slots, `[[`, "dims")) == 2
  apart <- is_muon_apart(extra, vapply(slots, `[[`, "", "path"))
  sum(sizes * ifelse(matrices & !apart, 1, 2))
}
