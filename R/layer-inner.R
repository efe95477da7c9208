# Layers of the package in the call() of a custom layer: one operation each on traced values. Their
# weights are weights of the custom layer, from the first call on.

inner_operations <- function() {
  list(layer = list(value = function(x, ..., spec, training, seed) {
    engine_predict(spec, packed(...), data_arrays(list(x)), nrow(x), training, seed)[[1]]
  }, vjp = function(dy, y, x, ..., spec, training, seed) {
    v <- data_arrays(list(array(dy, dim(y))))
    pass <- engine_gradient(spec, packed(...), data_arrays(list(x)), v, training, seed)
    c(list(pass$dx[[1]]), apart(pass$dw, list(...)))
  }))
}

packed <- function(...) as.double(unlist(list(...)))

call_on_traced <- function(layer, x, call) {
  self <- the$instance
  dims <- dim(plain(x))[-1]
  state <- layer_state(layer)
  layer_output(layer, dims, call)
  spec <- layer_spec(built_chain(layer, 1L, dims), dims, "float64")
  check_inner(layer, spec, call)
  weights <- inner_variables(layer, self)
  seed <- if (isTRUE(the$instance_training)) draw_seed() else 0
  settings <- list(spec = spec, training = isTRUE(the$instance_training), seed = seed)
  operate("layer", c(list(x), weights), settings)
}

# What passes of a layer alone cannot do.
check_inner <- function(layer, spec, call) {
  why <- if (any(layer_state(layer)$is_state)) {
    "keeps statistics"
  } else if (!is.null(spec$outside) || !is.null(layer_config(layer)$activity_regularizer)) {
    "has R functions or an activity regularizer"
  }
  if (is.null(why)) return(invisible(layer))
  stop_kestrel("layer", sprintf("Layer \"%s\" %s, so it cannot be called in another layer.",
    layer$name, why), hint = "Put it before or behind.", argument = layer$name, call = call)
}

# A variable for each of the layer's weights, which self takes over.
inner_variables <- function(layer, self) {
  state <- layer_state(layer)
  owned <- !is.null(state$variables) && identical(state$owner, self)
  if (owned) return(state$variables)
  state$owner <- self
  state$variables <- lapply(seq_along(state$slots), function(i) {
    slot <- state$slots[[i]]
    setting <- function(what) slot_setting(layer, slot$name, what)
    start <- array_initializer(state$weights[[i]], "weights")
    v <- add_weight(self, slot$dims, start, state$trainable, setting("regularizer"),
      setting("constraint"), paste(layer$name, slot$name, sep = "_"))
    cell <- variable_cell(v)
    cell$now <- state$weights[[i]]
    v
  })
  state$variables
}
