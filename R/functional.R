#' A model of a graph of layers
#'
#' Layers are piped onto symbolic tensors or called on them, beginning with [layer_input()];
#' the model is what lies between `inputs` and `outputs`. There may be several of each, layers
#' may be called more than once (their weights are shared), and a model may be called like a
#' layer.
#'
#' A call may say how it works: `dropout(x, training = TRUE)` drops in
#' [predict()][predict.kestrel_model], too, and `base(x, training = FALSE)`, of a layer or a model,
#' neither drops nor moves statistics in [fit()][fit.kestrel_model]. What is said in the model that
#' is called stands above.
#'
#' Data go to the inputs in a list, by position or, in a named list, by the names of the
#' inputs; targets and sample weights to the outputs likewise. The names are those of the
#' lists `inputs` and `outputs` where they have names, else those of the layers. Predictions
#' of several outputs are a list.
#'
#' @param inputs a tensor made by [layer_input()], or a (named) list of tensors. An inner
#'   tensor, such as `layer$output`, becomes an input of the new model.
#' @param outputs a tensor, or a (named) list of tensors.
#' @param name name of the model; `"model"` by default.
#' @param ... `trainable`: `FALSE` freezes all layers.
#' @return the model, of class `kestrel_model`.
#' @section Errors: `kestrel_error_argument` when inputs or outputs are no tensors, when an
#'   output depends on an input that was not given, and when two layers have the same name.
#' @source Keras: `keras.Model`; R packages 'keras' and 'keras3'.
#' @family models
#' @examples
#' a <- layer_input(shape = 3, name = "a")
#' b <- layer_input(shape = 2, name = "b")
#' both <- layer_concatenate(list(a, b)) %>% layer_dense(4, activation = "relu")
#' model <- keras_model(list(a, b), list(
#'   price = layer_dense(both, 1),
#'   class = layer_dense(both, 2, activation = "softmax")
#' ))
#' model
#' predict(model, list(a = matrix(1, 2, 3), b = matrix(0, 2, 2)))
#' @export
keras_model <- function(inputs = NULL, outputs = NULL, name = NULL, ...) {
  call <- environment()
  dots <- list(...)
  check_dots(dots[names2(dots) != "trainable"], c("inputs", "outputs", "name", "trainable"))
  trainable <- check_flag(dots$trainable %||% TRUE, arg = "trainable")
  name <- check_name(name)
  inputs <- check_tensors(inputs, "inputs", call)
  outputs <- check_tensors(outputs, "outputs", call)
  check_numbers_out(outputs, call)
  check_distinct(inputs, call)
  graph <- trace_graph(inputs, outputs, call)
  model <- graph_model(graph, name, names(inputs), names(outputs), call)
  if (!trainable) set_trainable(leaf_layers(model), FALSE)
  model
}

check_tensors <- function(x, arg, call) {
  must <- "a tensor made by layer_input() and layers, or a list of tensors"
  if (is.null(x)) stop_argument(arg, must, x, call = call)
  if (is_tensor(x)) return(list(x))
  if (!is.list(x) || is.object(x) || !length(x)) stop_argument(arg, must, x, call = call)
  for (i in seq_along(x)) {
    if (is_tensor(x[[i]])) next
    stop_argument(sprintf("%s[[%d]]", arg, i), "a tensor", x[[i]], where = i, call = call)
  }
  check_keys(names(x), arg, call)
  x
}

check_numbers_out <- function(outputs, call) {
  bad <- Position(is_string_tensor, outputs)
  if (is.na(bad)) return(invisible(outputs))
  stop_kestrel("argument", sprintf("`outputs[[%d]]` must be numbers, not strings.", bad),
    hint = "Make codes of them, with layer_string_lookup() or layer_hashing().",
    argument = sprintf("outputs[[%d]]", bad), call = call)
}

check_keys <- function(keys, arg, call) {
  if (is.null(keys) || all(nzchar(keys)) && !anyDuplicated(keys)) return(invisible(keys))
  stop_kestrel("argument",
    sprintf("`%s` must have names for all of its elements, each its own, or none.",
    arg), argument = arg, value = keys, call = call)
}

check_distinct <- function(inputs, call) {
  twice <- anyDuplicated(lapply(inputs, function(t) list(t$call, t$output)))
  if (!twice) return(invisible(inputs))
  stop_kestrel("argument", sprintf("`inputs[[%d]]` is there twice.", twice), argument = "inputs",
    where = twice, call = call)
}

# `keys`: names that the user gave to inputs and outputs, or NULL.
graph_model <- function(graph, name, input_keys, output_keys, call) {
  parts <- graph$parts
  name_parts(parts, order(first_serials(parts)), call)
  inputs <- lapply(graph$inputs, function(i) graph$calls[[i]]$dims[[1]])
  options <- list(
    graph = graph[c("calls", "inputs", "outputs")], layers = parts, built = !any_open(parts),
    input = one_or_list(inputs), precision = joint_type(parts, call), own_precision = FALSE,
    nests = any(vapply(parts, is_model, NA)), automatic = is.null(name),
    input_keys = input_keys, output_keys = output_keys
  )
  new_model(name %||% "model", options, "kestrel_model_functional")
}

# Layers count in the order in which they were first called.
first_serials <- function(parts) {
  vapply(parts, function(part) environment(part)$calls[[1]]$serial, 0)
}

# The precision of the model: that which inputs or layers ask for.
joint_type <- function(parts, call) {
  wanted <- setdiff(unlist(lapply(parts, function(part) environment(part)$dtype)), "string")
  if (length(wanted) < 2) return(if (length(wanted)) wanted else floatx())
  stop_kestrel("argument", sprintf("`dtype` is %s in the same model.",
    paste(quote_names(wanted), collapse = " and ")), hint = "A model has one precision.",
    argument = "dtype", value = wanted, call = call)
}

# Names of inputs and outputs, by which data, losses and logs go.
input_names <- function(model) {
  state <- model_state(model)
  if (is.null(state$graph)) return(stack_input_name(state))
  numbers <- vapply(state$graph$calls[state$graph$inputs], `[[`, 0L, "part")
  state$input_keys %||% vapply(state$layers[numbers], function(part) part$name, "")
}

stack_input_name <- function(state) {
  if (length(state$layers)) paste0(state$layers[[1]]$name, "_input") else "input"
}

output_names <- function(model) {
  state <- model_state(model)
  if (!length(state$layers)) return(NULL)
  if (is.null(state$graph)) return(state$layers[[length(state$layers)]]$name)
  numbers <- vapply(state$graph$calls[state$graph$outputs$call], `[[`, 0L, "part")
  if (isTRUE(state$of_class) &&
    length(numbers) > 1) return(state$output_keys %||% paste0("output_", seq_along(numbers)))
  state$output_keys %||%
    make.unique(vapply(state$layers[numbers], function(part) part$name, ""), sep = "_")
}
