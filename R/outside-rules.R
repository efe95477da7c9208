# Regularizers and constraints that are R functions of an array.

function_regularizer <- function(f, arg, call) {
  f <- check_node_function(f, arg, "a function of an array", call)
  new_object(function(w) {
    self <- fields_of_self()
    penalty_number(self$fn(check_tensor(w)), "regularizer", sys.call())
  }, list(name = "custom", config = list(f = f), fn = f), "kestrel_regularizer")
}

function_constraint <- function(f, arg, call) {
  f <- check_node_function(f, arg, "a function of an array", call)
  new_object(function(w) {
    self <- fields_of_self()
    w <- check_tensor(w)
    constrained(self$fn(w), dim(w), length(w), "constraint", sys.call())
  }, list(name = "custom", config = list(f = f), fn = f), "kestrel_constraint")
}

# Nodes that own weights under such rules, and are trained.
ruled_nodes <- function(nodes) {
  has <- function(i) {
    node <- nodes[[i]]
    node$trainable && node$weights_from == i - 1L &&
      any(lengths(lapply(node$rules, `[[`, "own")) > 0)
  }
  Filter(has, seq_along(nodes))
}

# list(kind, fn, at, dims, label) of each rule: `at` as in the packed weights.
own_rules <- function(nodes, infos) {
  found <- Map(function(node, info) {
    Map(rule_parts, node$rules, info$slots[seq_along(node$rules)])
  }, nodes, infos)
  unlist(unlist(found, recursive = FALSE), recursive = FALSE)
}

rule_parts <- function(rule, slot) {
  kinds <- if (slot$is_state) character() else names(Filter(Negate(is.null), rule$own))
  lapply(kinds, function(kind) {
    noun <- if (kind == "penalty") "regularizer" else kind
    list(kind = kind, fn = masked(rule$own[[kind]]), at = slot$at, dims = slot$dims,
      label = sprintf("%s of layer \"%s\"", noun, rule$layer))
  })
}

rule_weights <- function(trainer, rule) {
  array(trainer_read(trainer, rule$at, prod(rule$dims)), rule$dims)
}

# Adds the penalties to the loss of the open batch; list(at, g), their gradients where wanted.
charge_penalties <- function(trainer, penalties, gradient, call) {
  slopes <- lapply(penalties, function(rule) {
    w <- trace_value(rule_weights(trainer, rule), new_tape())
    v <- penalty_number(own_call(rule$fn, list(w), rule$label, "layer", call), rule$label, call)
    trainer_charge(trainer, plain(v))
    list(at = rule$at, g = if (gradient) tape_gradients(v, list(w))[[1]])
  })
  if (gradient) slopes
}

penalty_number <- function(v, label, call) {
  value <- plain(v)
  if (is.numeric(value) && length(value) == 1 && is.finite(value)) return(v)
  stop_kestrel("layer", sprintf("The %s must return a number, not %s.", label, describe(value)),
    hint = "sum() and mean() make one.", argument = label, value = shorten(value), call = call)
}

apply_constraints <- function(trainer, constraints, call) {
  for (rule in constraints) {
    w <- own_call(rule$fn, list(rule_weights(trainer, rule)), rule$label, "layer", call,
      hint = NULL)
    trainer_write(trainer, rule$at, constrained(w, rule$dims, prod(rule$dims), rule$label, call))
  }
}

constrained <- function(w, dims, n, label, call) {
  good <- is.numeric(w) && length(w) == n && all(is.finite(w))
  if (good) return(if (is.null(dims)) as.double(w) else array(as.double(w), dims))
  stop_kestrel("layer",
    sprintf("The %s must return %d finite numbers, not %s.", label, n, describe(w)),
    hint = "It returns the whole changed array.", argument = label, value = shorten(w), call = call)
}

# Passes on what a layer gives, and charges for it: an activity regularizer, by sample.
charging_node <- function(nodes, input, layer, regularizer) {
  output <- network_info(layer_spec(nodes, input, "float64"))
  label <- sprintf("activity regularizer of layer \"%s\"", layer$name)
  fn <- masked(regularizer$fn)
  run <- function(x, w, training, call) {
    v <- penalty_number(own_call(fn, x, label, "layer", call), label, call)
    list(y = x[[1]], charge = v / dim(x[[1]])[1])
  }
  dims <- if (output$bad > 0) 1L else output$nodes[[length(nodes)]]$output
  node <- outside_node(dims, run, label)
  c(nodes[[length(nodes)]][c("trainable", "stream")], list(activity = NULL, rules = list()),
    node[c("layer", "activation", "from", "outside")])
}
