# A weight of a custom layer, as add_weight() returns it, or what k_variable() makes: wherever the
# user keeps it, it stands for the numbers that the weight has now, in a pass for a traced value.
#
# cell   an environment: now, the value; assigned, what assign() gave in this pass; name

new_variable <- function(dims, name) variable_of(array(0, dims), name)

variable_of <- function(value, name) {
  cell <- list2env(list(now = value, assigned = NULL, name = name), parent = emptyenv())
  structure(list(cell = cell), class = c("kestrel_variable", "kestrel_traced", "kestrel_operand"))
}

variable_cell <- function(x) .subset2(x, "cell")

#' @export
`$.kestrel_variable` <- function(x, name) {
  cell <- variable_cell(x)
  change <- function(by) function(value) assign_variable(x, by(cell$now, value))
  switch(name,
    assign = change(function(now, value) value),
    assign_add = change(`+`),
    assign_sub = change(`-`),
    value = , numpy = function() plain(x),
    shape = dim(plain(x)),
    name = cell$name,
    dtype = floatx(),
    stop_unknown_field("weight", name, c("assign", "assign_add", "assign_sub", "value", "numpy",
      "shape", "name", "dtype"), "weight")
  )
}

#' @export
as.array.kestrel_variable <- function(x, ...) as.array(plain(x), ...)

#' @export
as.matrix.kestrel_variable <- function(x, ...) as.matrix(plain(x), ...)

#' @export
as.character.kestrel_variable <- function(x, ...) as.character(plain(x), ...)

#' @export
format.kestrel_variable <- function(x, ...) format(plain(x), ...)

# Not differentiated: weights that are assigned are not trained.
assign_variable <- function(x, value) {
  cell <- variable_cell(x)
  value <- plain(value)
  now <- plain(x)
  if (!is.numeric(value) || !length(value) %in% c(1, length(now))) {
    stop_kestrel("shape", sprintf("Weight \"%s\" must be assigned numbers of shape %s, not %s.",
      cell$name, shape_list(tensor_dims(now)), describe(value)), argument = "value", call = NULL)
  }
  cell$now <- cell$assigned <- shape_like(rep_len(as.double(value), length(now)), now)
  invisible(x)
}

#' @export
`$.kestrel_traced` <- function(x, name) {
  switch(name,
    shape = tensor_dims(plain(x)),
    dtype = floatx(),
    stop_unknown_field("tensor", name, c("shape", "dtype"), "tensor")
  )
}
