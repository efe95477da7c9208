# Byte code for what is on the way of a prediction, a batch and a fit, and for what diagnose() does
# a thousand times. All of the package as byte code would take more than a megabyte on disk (so
# DESCRIPTION says ByteCompile: false), and what R compiles at run time leaves out small functions
# of packages, which these ways are made of.
# This file comes last: the functions that it compiles are there when it is read, at installation.

# Names of the functions of `env` that `names` call, and these in turn, but for those in `without`
# and those that word errors.
functions_reached <- function(names, env, without = character()) {
  reached <- character()
  while (length(names)) {
    reached <- c(reached, names)
    called <- unique(unlist(lapply(names, function(name) all.names(body(env[[name]])))))
    called <- called[!grepl("^(stop|warn)_", called)]
    names <- setdiff(called[vapply(called, function(name) is.function(env[[name]]), NA)],
      c(reached, without))
  }
  reached
}

compile_functions <- function(names, env) {
  for (name in names) assign(name, compiler::cmpfun(env[[name]]), envir = env)
}

hot_functions <- c("fit.kestrel_model", "predict.kestrel_model", "train_on_batch", "test_on_batch",
  "diagnose_begin", "diagnose_look", "diagnose_wakes", "diagnose_sleeps", "diagnose_end",
  "walk_checks", "$.kestrel_case")

# On the way once: what models, layers and their compile() are made of, and what plans are. And what
# parts that are R functions need, which spend their time in R's own functions.
cold_functions <- c("add_layer", "as_initializer", "as_regularizer", "base_masks", "best_start",
  "blame_state", "build_class_model", "build_layer", "build_model", "check_no_custom",
  "compile_model", "compose_layer", "diagnosis_checks", "differentiable", "initial_weights",
  "layer_info", "layer_on_tensors", "layer_options", "layer_output", "masked", "metric_from",
  "network_spec", "new_optimizer", "new_training_parts", "note_tensors", "operate",
  "operation_on_tensors", "own_call", "own_rules", "rank_findings", "rule_parts",
  "tensor_operation")

compile_functions(functions_reached(hot_functions, environment(), cold_functions), environment())
