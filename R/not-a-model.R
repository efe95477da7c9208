# What is taken for a model by mistake: fit() returns a history, while the model is changed in
# place, and layers and tensors are parts of one. Other things get the generics' own error,
# which other packages share.

stop_not_a_model <- function(object, what, hint) {
  stop_kestrel("argument", sprintf("`object` must be a model, not %s.", what), hint = hint,
    argument = "object", value = what, call = caller_env())
}

history_hint <- "fit() changes the model in place and returns its history: keep them apart."

layer_hint <- "Add it to keras_model_sequential(), or call it on layer_input()."

tensor_hint <- "keras_model(inputs, outputs) makes a model of tensors."

#' @export
fit.kestrel_history <- function(object, ...) stop_not_a_model(object, "a history", history_hint)

#' @export
compile.kestrel_history <- function(object, ...) stop_not_a_model(object, "a history", history_hint)

#' @export
evaluate.kestrel_history <- function(object, ...) stop_not_a_model(object, "a history",
  history_hint)

#' @export
predict.kestrel_history <- function(object, ...) stop_not_a_model(object, "a history", history_hint)

#' @export
fit.kestrel_layer <- function(object, ...) stop_not_a_model(object, "a layer", layer_hint)

#' @export
compile.kestrel_layer <- function(object, ...) stop_not_a_model(object, "a layer", layer_hint)

#' @export
evaluate.kestrel_layer <- function(object, ...) stop_not_a_model(object, "a layer", layer_hint)

#' @export
predict.kestrel_layer <- function(object, ...) stop_not_a_model(object, "a layer", layer_hint)

#' @export
fit.kestrel_tensor <- function(object, ...) stop_not_a_model(object, "a tensor", tensor_hint)

#' @export
compile.kestrel_tensor <- function(object, ...) stop_not_a_model(object, "a tensor", tensor_hint)

#' @export
evaluate.kestrel_tensor <- function(object, ...) stop_not_a_model(object, "a tensor", tensor_hint)

#' @export
predict.kestrel_tensor <- function(object, ...) stop_not_a_model(object, "a tensor", tensor_hint)

# The generic of package generics masks ours where that is attached later. Its first argument is
# called x: in evaluate(model, x = , y = ) it is the data that it asks for a method, and a model
# comes here.
#' @export
#' @rawNamespace S3method(generics::evaluate, kestrel_model, evaluate.kestrel_model)
#' @rawNamespace S3method(generics::evaluate, default, evaluate.default)
evaluate.default <- function(object, ...) {
  check_model(if (missing(object)) NULL else object, arg = "object", call = environment())
  evaluate.kestrel_model(object, ...)
}
