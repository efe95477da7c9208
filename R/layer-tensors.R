# Custom layers whose methods read symbolic tensors around them, as the R6 class of a variational
# autoencoder does its `z_mean`: these are further inputs of the layer, and its methods see arrays
# in their place. A call bears them by name in the argument `.around`, see call-arguments.R.

# By name, those that the methods of a layer find.
tensors_around <- function(layer, call) {
  found <- list()
  for (method in own_methods(layer_instance(layer, call))) {
    names <- setdiff(variable_names(body(method)),
      c(names(formals(method)), assigned(body(method)), names(found)))
    values <- lapply(names,
      function(name) tryCatch(get0(name, environment(method)), error = function(e) NULL))
    tensors <- vapply(values, is_tensor, NA)
    found <- c(found, stats::setNames(values[tensors], names[tensors]))
  }
  found
}

# Symbols of an expression that stand for variables: not those of fields, as in x$name, and
# functions.
variable_names <- function(expression) {
  if (is.symbol(expression)) return(as.character(expression))
  if (!is.call(expression)) return(NULL)
  field <- is.symbol(expression[[1]]) && as.character(expression[[1]]) %in% c("$", "@")
  parts <- if (field) as.list(expression)[2] else as.list(expression)[-1]
  if (is.call(expression[[1]])) parts <- c(expression[[1]], parts)
  parts <- Filter(function(part) !identical(part, quote(expr = )), parts)
  unique(unlist(lapply(parts, variable_names)))
}

# Those that the user wrote.
own_methods <- function(self) {
  names <- Filter(function(name) !bindingIsActive(name, self), ls(self))
  members <- mget(setdiff(names, c("clone", "add_weight", "add_loss")), envir = self)
  Filter(function(m) is.function(m) && !is.primitive(m) && !is.object(m), members)
}

# Runs code while the methods see `around`, arrays by name.
with_around <- function(self, around, code) {
  if (!length(around)) return(code)
  envs <- unique(lapply(own_methods(self), environment))
  envs <- Filter(function(env) !isNamespace(env) && !environmentIsLocked(env), envs)
  on.exit(for (env in envs) rm(list = names(around), envir = env))
  for (env in envs) list2env(around, env)
  code
}
