# Functions that take a model or a layer, by the name of that argument. This file comes after those
# that define them, and they are guarded when it is read, at installation.

guarded_functions <- list(
  object = c("adapt", "apply_gradients", "compile.kestrel_model", "count_params",
    "diagnose.kestrel_model",
    "evaluate.kestrel_model", "evaluate_generator", "fit.kestrel_model", "fit_generator",
    "freeze_weights", "get_config", "get_input_at", "get_input_shape_at", "get_layer",
    "get_output_at",
    "get_output_shape_at", "get_vocabulary", "get_weights", "pop_layer", "predict.kestrel_model",
    "predict_classes", "predict_generator", "predict_on_batch", "predict_proba", "reset_states",
    "set_vocabulary", "set_weights", "str.kestrel_model", "test_on_batch", "train_on_batch",
    "unfreeze_weights"),
  model = c("add_layer", "call_model", "check_curvature", "check_floor", "check_gradients",
    "check_inputs", "check_labels", "check_step_size", "check_targets", "check_units",
    "clone_model", "serialize_model",
    "loss_floor", "loss_ladder", "model_on_tensors", "with_gradient"),
  x = c("$.kestrel_model", "$<-.kestrel_model", "format.kestrel_model", "format.kestrel_layer",
    "plot.kestrel_model"),
  layer = c("add_layer", "call_layer.default", "layer_field", "layer_on_tensors", "layer_tensor")
)

# Those that may be called many times a second.
quick_functions <- c("$.kestrel_model", "add_layer", "apply_gradients", "call_layer.default",
  "call_model", "fit.kestrel_model", "get_weights",
  "layer_field", "layer_on_tensors", "model_on_tensors",
  "predict.kestrel_model", "predict_on_batch", "set_weights", "test_on_batch", "train_on_batch",
  "with_gradient")

guard_functions <- function(names, arg, env) {
  for (name in names) assign(name, guarded(env[[name]], arg, !name %in% quick_functions),
    envir = env)
}

invisible(Map(guard_functions, guarded_functions, names(guarded_functions), list(environment())))
