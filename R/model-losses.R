#' Losses of tensors
#'
#' `model$add_loss(tensor)` adds the mean of a symbolic tensor to the loss of a model made by
#' [keras_model()], or of each in a list of tensors: what R keras scripts do with the
#' Kullback-Leibler term of a variational autoencoder. The tensor may come from any layers between
#' the model's inputs and its outputs, and from operators, mathematics and `k_*` functions of
#' tensors, see [tensor].
#'
#' The loss that [compile()][compile.kestrel_model] is given is added to it. It may be left out
#' where there is such a tensor, or a layer with `self$add_loss()` in the class of [Layer()]; `y`
#' may then be `NULL`. The term is part of the loss in [evaluate()][evaluate.kestrel_model], too.
#'
#' `model$add_metric(tensor, name = )` logs the mean of a tensor under that name, beside the metrics
#' that [compile()][compile.kestrel_model] is given afterwards.
#'
#' @return `model$add_loss()` and `model$add_metric()` the model, invisibly.
#' @section Errors: `kestrel_error_argument` for what is no tensor, or depends on other inputs;
#'   `kestrel_error_state` while the model is being fitted.
#' @source Keras 2: `Model.add_loss()`, `Model.add_metric()`.
#' @family training
#' @name add_loss
#' @examples
#' input <- layer_input(4)
#' code <- layer_dense(input, 2)
#' model <- keras_model(input, layer_dense(code, 4))
#' model$add_loss(0.01 * k_sum(k_abs(code), axis = -1))
#' model$add_metric(k_mean(k_abs(code)), name = "size")
#' model %>% compile(loss = "mse", optimizer = "adam")
#' x <- scale(as.matrix(iris[1:4]))
#' fit(model, x, x, epochs = 2, verbose = 0)
NULL

# The mean is charged by a layer of its own, on which no output depends.
add_model_loss <- function(object, losses, ..., call = caller_env()) {
  check_present("losses")
  check_not_fitting(object, call)
  tensors <- check_tensors(losses, "losses", call)
  for (tensor in tensors) charge_tensor(object, tensor, call)
  invisible(object)
}

# The graph is traced again, with the layer as one more output, which is then taken away.
charge_tensor <- function(model, tensor, call) {
  charged <- layer_on_tensors(layer_add_loss(), list(tensor), call)
  ends <- model_tensors(model)
  hidden <- lapply(charging_layers(model), function(l) call_tensors(layer_state(l)$calls[[1]])[[1]])
  graph <- trace_graph(ends$inputs, c(ends$outputs, unname(hidden), list(charged)), call)
  graph$outputs <- lapply(graph$outputs, `[`, seq_along(ends$outputs))
  state <- model_state(model)
  whole <- model_state(graph_model(graph, state$name, input_names(model), output_names(model),
    call))
  state$tensors <- NULL
  list2env(mget(c("graph", "layers", "nests"), envir = whole), envir = state)
  model_changed(model)
}

# The penalty of nothing makes the engine go back through the layer.
layer_add_loss <- function(object, name = NULL, ...) {
  options <- layer_options(list(...), NULL, name)
  config <- list(activity_regularizer = regularizer_l2(0))
  new_layer("add_loss", config, options[names(options) != "activity"])
}

charging_layers <- function(model) {
  Filter(function(part) is_layer(part) && layer_state(part)$type == "add_loss",
    model_state(model)$layers)
}

# What model$add_loss() was given.
charged_tensors <- function(model) {
  lapply(charging_layers(model), function(layer) layer_state(layer)$calls[[1]]$inputs[[1]])
}

#' @export
layer_nodes.kestrel_layer_add_loss <- function(layer, input) {
  label <- sprintf("layer \"%s\"", layer$name)
  run <- function(x, w, training, call) list(y = x[[1]], charge = mean(x[[1]]))
  list(outside_node(input, run, label))
}

# A metric that reads the tensor, see loss-tensors.R; `aggregation` is "mean".
add_model_metric <- function(object, value, name = NULL, aggregation = NULL, ...,
                             call = caller_env()) {
  check_present("value")
  check_not_fitting(object, call)
  if (!is_tensor(value)) stop_argument("value", "a tensor", value, call = call)
  if (!comes_of(known_calls(object), value$call)) {
    stop_kestrel("argument", "`value` must be a tensor of this model.", argument = "value",
      call = call,
      hint = "It depends on another input, or layers with weights that the model has not.")
  }
  name <- check_name(name, arg = "name", call = call) %||% value$name
  metric <- new_custom_metric(function(y_true, y_pred) value, name)
  append_to(model_state(object), "own_metrics",
    list(metric = metric, weighted = FALSE, output = 1L))
  invisible(object)
}

# Whether it can be trained without a loss: layers of it may charge.
may_charge <- function(model) {
  any(vapply(leaf_layers(model), function(layer) {
    layer_state(layer)$type %in% c("add_loss", "custom", "activity_regularization")
  }, NA))
}

# What stands for the loss of outputs then. It is 0, and the targets do not matter.
no_loss <- function() new_custom_loss(function(y_true, y_pred) 0 * k_sum(y_pred), "none")

is_no_loss <- function(loss) identical(loss$label, "none") && is_custom_loss(loss)

needs_no_targets <- function(model) {
  losses <- model_state(model)$compiled$losses
  length(losses) > 0 && all(vapply(losses, is_no_loss, NA))
}

# Targets of a model without a loss.
blank_targets <- function(model, n) {
  one_or_list(lapply(model_outputs(model), function(dims) array(0, c(n, dims))))
}
