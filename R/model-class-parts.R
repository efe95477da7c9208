# What is seen of a model of a class: the layers and models that stand in `self`, and its other
# fields.

is_of_class <- function(model) isTRUE(model_state(model)$of_class)

mark_of_class <- function(model) {
  assign("of_class", TRUE, envir = model_state(model))
  name_inner_parts(model)
}

# The custom layer that does the work.
class_layer <- function(model) {
  Find(function(part) is_layer(part) && layer_state(part)$type == "custom",
    model_state(model)$layers)
}

class_self <- function(model) layer_instance(class_layer(model))

# The layers that users see.
shown_layers <- function(model) if (is_of_class(model)) class_parts(model) else model_state(model)$layers

# In the order in which the code of the class puts them into self, as far as it names them there.
class_parts <- function(model) {
  self <- class_self(model)
  own <- Filter(function(name) !bindingIsActive(name, self), ls(self))
  written <- intersect(self_names(layer_config(class_layer(model))$class), own)
  values <- mget(c(written, setdiff(own, written)), envir = self)
  parts <- unlist(lapply(values, parts_of_value), recursive = FALSE, use.names = FALSE) %||% list()
  parts[!duplicated(lapply(parts, environment))]
}

# In any order.
parts_in_self <- function(self) {
  own <- Filter(function(name) !bindingIsActive(name, self), ls(self))
  unlist(lapply(mget(own, envir = self), parts_of_value), recursive = FALSE, use.names = FALSE)
}

parts_of_value <- function(value) {
  if (is_part(value)) return(list(value))
  if (is.list(value) && !is.object(value)) unlist(lapply(unname(value), parts_of_value),
    recursive = FALSE)
}

# Names in `self$name <- value`, those of the class that is inherited from first.
self_names <- function(class) {
  if (is.null(class)) return(character())
  functions <- Filter(function(m) is.function(m) && !is.object(m) && !is.primitive(m),
    class$members)
  unique(c(self_names(class$inherit),
    unlist(lapply(functions, function(fn) assigned_in_self(body(fn))))))
}

assigned_in_self <- function(expression) {
  if (!is.call(expression)) return(NULL)
  target <- if (is.symbol(expression[[1]]) &&
    as.character(expression[[1]]) %in% c("<-", "=")) expression[[2]]
  own <- is.call(target) && identical(target[[1]], quote(`$`)) &&
    identical(target[[2]], quote(self))
  c(unlist(lapply(Filter(is.call, as.list(expression)[-1]), assigned_in_self)),
    if (own) as.character(target[[3]]))
}

# list(value) of a field of self, or NULL.
class_field <- function(model, name) {
  if (!is_of_class(model) || startsWith(name, ".") || !name %in% ls(class_self(model))) return(NULL)
  list(custom_field(class_layer(model), name))
}

# dense, dense_1, ...: names of the layers in self that have none of their own.
name_inner_parts <- function(model) {
  taken <- character()
  for (part in class_parts(model)) {
    state <- environment(part)
    if (has_automatic_name(part)) {
      state$name <- utils::tail(make.unique(c(taken, part_type(part)), sep = "_"), 1)
      state$automatic <- TRUE
    }
    taken <- c(taken, state$name)
  }
}

# Layers come back as they are, as from `model$dense$trainable <- FALSE`; other values are kept in
# self.
set_class_field <- function(model, name, value) {
  now <- class_field(model, name)[[1]]
  parts <- parts_of_value(value)
  same <- length(parts) &&
    identical(lapply(parts, environment), lapply(parts_of_value(now), environment))
  if (same) return(invisible(model))
  if (!is.null(now) && !is.function(now) && !length(parts) && !length(parts_of_value(now))) {
    return(assign(name, value, envir = class_self(model)))
  }
  stop_kestrel("argument", sprintf("`%s` of a model cannot be changed.", name), argument = name,
    call = assignment_call("model", name))
}
