# Models and layers whose state was lost, or changed by hand through environment() and attributes.
# When a function of a model fails in R's own words, or in the engine's, the state is examined as a
# whole, and blamed where it deserves that. Functions of which nobody makes many calls a second have
# a look at the fields before they begin.

# A copy that was written as text has lost its environment, and with it all but the class.
check_intact <- function(x, call = caller_env()) {
  state <- environment(x)
  if (is.environment(state) && !is.null(state[["built"]])) return(x)
  stop_kestrel("state", sprintf("This object is not an intact %s: its state is missing.",
    if (is_model(x)) "model" else "layer"),
    hint = "Text from dput() cannot hold it; use saveRDS().", call = call)
}

# `f` with its argument `arg`, the name of a model or a layer, blamed for bare errors; `ahead`: its
# fields are looked at before, which takes some microseconds for each layer.
guarded <- function(f, arg, ahead) {
  arg <- as.name(arg)
  look <- if (ahead) bquote(check_fields(.(arg), environment())) else arg
  body(f) <- bquote({
    if (!missing(.(arg))) .(look)
    withCallingHandlers(.(body(f)),
      error = function(e) blame_state(e, .(arg), parent.env(environment())))
  })
  f
}

check_fields <- function(object, frame) {
  if (!is_part(object)) return(invisible(object))
  fault <- state_fault(object, deep = FALSE)
  if (!is.null(fault)) stop_forged(object, fault, frame)
}

# What is no fault of the state goes its way as it is: a user's error, or one of ours. `frame`: of
# the guarded function, which may be told by `call` whom the user called.
blame_state <- function(e, object, frame) {
  if (inherits(e, c("kestrel_error", "stackOverflowError"))) return(invisible(e))
  if (!is_part(object)) return(invisible(e))
  fault <- with_own_seed(state_fault(object)) %||%
    if (is_layer(object)) with_own_seed(state_fault(layer_state(object)$home))
  if (!is.null(fault)) stop_forged(object, fault, frame)
  internal <- startsWith(conditionMessage(e), "Internal error")
  if (internal) stop_forged(object, "its parts contradict each other", frame, e)
}

stop_forged <- function(object, fault, frame, parent = NULL) {
  stop_kestrel("state",
    sprintf("The %s is not intact: %s.", if (is_model(object)) "model" else "layer",
    fault), hint = "Its state was changed by hand. Make it anew, or read it from a file.",
    call = get0("call", frame, "environment", inherits = FALSE, ifnotfound = frame),
    parent = parent)
}

# In words what is wrong with a model or a layer, or NULL. deep: not only its fields by themselves.
state_fault <- function(object, deep = TRUE) {
  if (is.null(object)) return(NULL)
  tryCatch(part_fault(object, list(), deep), error = function(e) "it cannot be read")
}

# `above`: states of the models that it is in.
part_fault <- function(part, above, deep) {
  state <- environment(part)
  if (!is.environment(state)) return("its state is missing")
  if (!is_model(part)) return(layer_fault(part, state, deep))
  if (any(vapply(above, identical, NA, state))) return("it is in itself")
  model_fault(part, state, c(above, state), deep)
}

model_fault <- function(model, state, above, deep) {
  wrong_field(state, model_fields) %||% wrong_parts(state$layers, above, deep) %||%
    if (deep) wrong_graph(state) %||% wrong_compiled(state$compiled) %||% wrong_cache(model, state)
}

wrong_field <- function(state, rules) {
  for (name in names(rules)) {
    good <- rules[[name]](state[[name]])
    if (!isTRUE(good)) return(sprintf("its `%s` is %s", name, describe(state[[name]])))
  }
}

wrong_parts <- function(parts, above, deep) {
  for (i in seq_along(parts)) {
    if (!is_part(parts[[i]])) return(sprintf("its layer %d is %s", i, describe(parts[[i]])))
    fault <- part_fault(parts[[i]], above, deep)
    if (is.null(fault) && is.null(environment(parts[[i]])$name)) fault <- "its `name` is NULL"
    if (!is.null(fault)) return(sprintf("in layer %d, %s", i, fault))
  }
}

or_null <- function(rule) function(x) is.null(x) || rule(x)

is_dims <- function(x) {
  is.integer(x) && !is.object(x) && is.null(dim(x)) && length(x) %in% 1:4 && all(is.finite(x)) &&
    all(x >= 1L)
}

is_input_dims <- function(x) {
  is_dims(x) || is.list(x) && !is.object(x) && length(x) > 0 && all(vapply(x, is_dims, NA))
}

is_precision <- function(x) is_string(x) && x %in% c("float32", "float64")

is_layer_type <- function(x) is_precision(x) || identical(x, "string")

is_plain_list <- function(x) is.list(x) && !is.object(x) && is.null(dim(x))

is_optimizer_state <- function(x) {
  is_plain_list(x) && is.double(x$moments) && is.double(x$scalars) && is_number(x$iterations)
}

model_fields <- list(
  name = is_string, layers = is_plain_list, graph = or_null(is_plain_list),
  input = or_null(is_input_dims),
  input_keys = or_null(is.character), output_keys = or_null(is.character), built = is_flag,
  automatic = or_null(is_flag), nests = or_null(is_flag), part = or_null(is_flag),
  precision = is_precision,
  own_precision = or_null(is_flag), strings = or_null(is_flag), compiled = or_null(is_plain_list),
  optimizer_state = or_null(is_optimizer_state), features = or_null(is.character),
  stop_training = is_flag, dirty = is_flag, last_fit = or_null(is_plain_list),
  history = or_null(is.list), own_metrics = or_null(is_plain_list)
)

layer_fields <- list(
  type = is_string, name = or_null(is_string), config = is_plain_list, trainable = is_flag,
  built = is_flag,
  input_shape = or_null(is_dims), input = or_null(is_input_dims), output = or_null(is_input_dims),
  dtype = or_null(is_layer_type), automatic = or_null(is_flag), calls = or_null(is_plain_list),
  slots = or_null(is_plain_list), weights = or_null(is_plain_list)
)

# A layer must be what its settings make of its input.
layer_fault <- function(layer, state, deep) {
  fault <- wrong_field(state, layer_fields)
  if (!is.null(fault) || !deep) return(fault)
  if (!inherits(layer, paste0("kestrel_layer_", state$type))) {
    return("its `type` is not that of its class")
  }
  if (throws(fresh_part(layer))) return("its `config` does not make a layer")
  if (state$built && !is_input(layer)) wrong_slots(layer, state) %||% wrong_weights(state)
}

throws <- function(code) is.null(tryCatch({ code; TRUE }, error = function(e) NULL))

wrong_slots <- function(layer, state) {
  info <- tryCatch(layer_info(clone_layer(layer, state$name), with_given(state$input, state$given),
    NULL),
    error = function(e) NULL)
  if (is.null(info)) return("its `config` does not fit its `input`")
  for (name in names(info)) {
    if (!identical(info[[name]], state[[name]])) {
      return(sprintf("its `%s` is not what its `config` says", name))
    }
  }
}

wrong_weights <- function(state) {
  dims <- lapply(state$slots, `[[`, "dims")
  good <- length(state$weights) == length(dims) && all(vapply(state$weights, is.double, NA)) &&
    all(mapply(function(w, dims) identical(tensor_dims(w), as.integer(dims)), state$weights, dims))
  if (!good) {
    sprintf("its `weights` are not arrays of shape %s",
      paste(vapply(dims, shape_list, ""), collapse = " and "))
  }
}

wrong_graph <- function(state) {
  graph <- state$graph
  if (is.null(graph)) return(NULL)
  calls <- graph$calls
  good <- is_plain_list(calls) &&
    all(vapply(seq_along(calls), function(i) is_call_of(calls, i, state$layers), NA)) &&
    length(graph$inputs) > 0 && is_index(graph$inputs, length(calls)) &&
    are_ends(graph$outputs, calls)
  if (!good) "its `graph` does not connect its layers"
}

is_call_of <- function(calls, i, parts) {
  one <- calls[[i]]
  is_plain_list(one) && length(one$part) == 1 && is_index(one$part, length(parts)) &&
    is_input_dims(one$dims) && is_index(one$index + 1, Inf) && are_ends(one, calls[seq_len(i - 1L)])
}

are_ends <- function(ends, calls) {
  is_plain_list(ends) && length(ends$call) == length(ends$output) &&
    is_index(ends$call, length(calls)) &&
    all(mapply(function(c, o) is_index(o, length(calls[[c]]$dims)), ends$call, ends$output))
}

is_index <- function(x, n) {
  is.numeric(x) && !is.object(x) && !anyNA(x) && all(x >= 1 & x <= n & x == trunc(x))
}

wrong_compiled <- function(compiled) {
  if (is.null(compiled)) return(NULL)
  n <- length(compiled$trained)
  of <- function(objects, class) is_plain_list(objects) && all(vapply(objects, inherits, NA, class))
  good <- inherits(compiled$optimizer, "kestrel_optimizer") && is_index(compiled$trained, Inf) &&
    n > 0 &&
    length(compiled$losses) == n && of(compiled$losses, "kestrel_loss") &&
    length(compiled$loss_weights) == n && is.numeric(compiled$loss_weights) &&
    are_labels(compiled$metric_labels) && are_labels(compiled$loss_labels) &&
    length(compiled$metric_labels) == length(compiled$metrics) &&
    of(lapply(compiled$metrics, `[[`, "metric"), "kestrel_metric")
  if (!good) "its `compiled` is not what compile() makes"
}

are_labels <- function(x) is.null(x) || is.character(x) && !anyNA(x)

# What was worked out from the layers must be what is worked out from them now.
wrong_cache <- function(model, state) {
  if (!state$built) return(NULL)
  layout <- c(layout_of(leaves_of(state)), plain_columns(state))
  plan <- tryCatch(network_spec(model), error = function(e) NULL)
  if (is.null(plan)) return("its layers contradict each other")
  stale <- !same_flags(layout$states, state$planned)
  if (!is.null(state$layout) && !identical(layout, state$layout)) {
    return("its `layout` is not that of its layers")
  }
  if (!is.null(state$plan) && !stale && !same_code(plan, state$plan)) {
    return("its `plan` is not that of its layers")
  }
  if (is.null(state$compiled) || is.null(state$training)) return(NULL)
  parts <- tryCatch(new_training_parts(model, plan, state$compiled),
    error = function(e) NULL)
  if (is.null(parts)) return("its `compiled` does not fit its outputs")
  current <- same_code(state$training$network, plan) &&
    same_code(state$training$compiled, state$compiled)
  if (current && !same_code(parts, state$training)) "its `training` is not what compile() makes"
}

# Functions are made anew each time.
same_code <- function(a, b) identical(a, b, ignore.bytecode = TRUE, ignore.environment = TRUE)
