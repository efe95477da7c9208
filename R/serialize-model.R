#' Models as raw vectors
#'
#' `serialize_model()` makes a raw vector of a model, with its weights, what [compile()] chose and
#' the state of the optimizer; `unserialize_model()` makes the model again. What [saveRDS()] stores
#' is the same, in a file.
#'
#' @param model a model; of `unserialize_model()` the raw vector.
#' @param include_optimizer whether optimizer, loss and metrics come along.
#' @param custom_objects accepted from R keras scripts; classes and functions are in the vector.
#' @param compile whether the model is compiled as it was.
#' @return `serialize_model()` a raw vector; `unserialize_model()` a model.
#' @section Errors: `kestrel_error_argument` for what is no model, and for what is no such vector.
#' @source R package 'keras' 2.x.
#' @family models
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' same <- unserialize_model(serialize_model(model))
#' identical(get_weights(same), get_weights(model))
#' @export
serialize_model <- function(model, include_optimizer = TRUE) {
  check_model(model)
  check_flag(include_optimizer)
  if (include_optimizer) return(serialize(model, NULL))
  serialize(uncompiled(unserialize(serialize(model, NULL))), NULL)
}

#' @rdname serialize_model
#' @export
unserialize_model <- function(model, custom_objects = NULL, compile = TRUE) {
  check_present("model")
  check_flag(compile)
  made <- if (is.raw(model)) tryCatch(unserialize(model), error = function(e) NULL)
  if (!is_model(made)) stop_argument("model", "what serialize_model() returned", model)
  check_intact(made)
  if (compile) made else uncompiled(made)
}

uncompiled <- function(model) {
  state <- model_state(model)
  for (name in c("compiled", "optimizer_state", "compile_later")) assign(name, NULL, envir = state)
  model
}
