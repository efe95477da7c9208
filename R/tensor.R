# Symbolic tensors: what a layer gives for what it is called on, without numbers.
#
# A tensor has call, output, dims: output number `output` of a call, dims of a sample. It is an
# environment, so that c() of a list and a tensor is a list of them, as in R keras. A call is one,
# so that it is one thing wherever it is held:
#
# part     the layer or the model
# inputs   tensors; none for an input layer
# index    how often the part had been called before
# outputs  dims of each output
# training whether the part works as in training in any pass; NULL: as the pass is
# tensors  those that were made, by number
# given    all arguments of the call, where it has several, see call-arguments.R
# serial   order among the calls of the session

new_tensor <- function(call, output) {
  key <- as.character(output)
  if (is.null(call$tensors[[key]])) {
    fields <- list(call = call, output = output, dims = call$outputs[[output]])
    call$tensors[[key]] <- structure(list2env(fields, parent = emptyenv()),
      class = c("kestrel_tensor", "kestrel_operand"))
  }
  call$tensors[[key]]
}

is_tensor <- function(x) inherits(x, "kestrel_tensor")

# A tensor or a list of tensors.
is_symbolic <- function(x) {
  is_tensor(x) || is.list(x) && !is.object(x) && length(x) > 0 && all(vapply(x, is_tensor, NA))
}

tensor_list <- function(x) if (is_tensor(x)) list(x) else x

# Notes a call with the part and gives its outputs.
new_call <- function(part, inputs, outputs, training = NULL, given = NULL) {
  state <- environment(part)
  assign("calls", (the$calls %||% 0) + 1, envir = the)
  call <- list2env(list(part = part, inputs = unname(inputs), index = length(state$calls),
    outputs = outputs, serial = the$calls, training = training, given = given), parent = emptyenv())
  state$calls <- c(state$calls, list(call))
  call_tensors(call)
}

call_tensors <- function(call) lapply(seq_along(call$outputs), new_tensor, call = call)

# One tensor, or a list of several.
one_or_list <- function(x) if (length(x) == 1) x[[1]] else x

# A layer called on tensors: built by the first of them.
layer_on_tensors <- function(layer, x, call, training = NULL, given = NULL) {
  inputs <- tensor_list(x)
  dims <- lapply(inputs, `[[`, "dims")
  if (!takes_several(layer)) check_one_tensor(layer, inputs, call)
  check_kinds(layer, inputs, call)
  output <- layer_output(layer, joint_input(layer, dims, given), call)
  one_or_list(stats::setNames(new_call(layer, inputs, dims_list(output), training, given),
    output_keys(layer)))
}

check_one_tensor <- function(layer, inputs, call) {
  if (length(inputs) == 1) return(invisible(inputs))
  stop_kestrel("argument", sprintf("Layer \"%s\" takes one tensor, not %d.", layer$name,
    length(inputs)), hint = "layer_concatenate() and other merging layers make one of several.",
    argument = "x", value = length(inputs), expected = 1L, call = call)
}

# The model called on tensors; several outputs are a list, named as the outputs are.
model_on_tensors <- function(model, x, call, training = NULL) {
  check_layers_present(model, call)
  if (is_open_class(model)) build_class_model(model, lapply(tensor_list(x), `[[`, "dims"),
    names(tensor_list(x)), call)
  inputs <- arrange_inputs(model, tensor_list(x), "x", call)
  check_kinds(model, inputs, call)
  dims <- unname(lapply(inputs, `[[`, "dims"))
  build_model(model, one_or_list(dims), call)
  for (i in seq_along(dims)) {
    check_input_dims(dims[[i]], model_inputs(model)[[i]], "the model", call)
  }
  state <- model_state(model)
  state$part <- TRUE
  outputs <- new_call(model, inputs, model_outputs(model), training)
  if (length(outputs) == 1) outputs[[1]] else stats::setNames(outputs, state$output_keys)
}

#' Printing symbolic tensors
#'
#' What [layer_input()] and layers that are called on tensors return: it stands for an array
#' that is not there yet. `x$shape` and `dim(x)` are its dims with `NA` for the number of
#' samples, `x$name` is the name of the layer that it came from.
#'
#' Operators, mathematics,
#' `[`, the operations `k_*` and `op_*` (see [backend-operations]) and `loss_*(y_true, y_pred)` of
#' tensors give tensors, as in Keras: of a [layer_lambda()] each. The first index and axis are those
#' of the samples. What is one number for all samples of a batch is repeated for each.
#'
#' @param x a tensor.
#' @param ... not used.
#' @param name the name of a field.
#' @return `print()` the tensor, invisibly; `format()` a string.
#' @section Errors: `kestrel_error_argument` for a field that there is not.
#' @source Keras: `KerasTensor`.
#' @family models
#' @name tensor
#' @aliases kestrel_tensor
#' @examples
#' x <- layer_input(4)
#' x
#' x %>% layer_dense(2)
#' k_sum(x[, 1:2]^2, axis = -1)
NULL

#' @rdname tensor
#' @export
print.kestrel_tensor <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

#' @rdname tensor
#' @export
format.kestrel_tensor <- function(x, ...) {
  sprintf("<tensor %s from \"%s\">", shape_text(told_dims(x)), x$call$part$name)
}

#' @export
str.kestrel_tensor <- function(object, ...) cat(" ", format(object), "\n", sep = "")

#' @rdname tensor
#' @export
`$.kestrel_tensor` <- function(x, name) {
  switch(name,
    shape = c(NA, told_dims(x)),
    name = .subset2(x, "call")$part$name,
    dtype = if (is_string_tensor(x)) "string" else floatx(),
    call = , output = , dims = .subset2(x, name),
    stop_unknown_field("tensor", name, c("shape", "name", "dtype"), "tensor")
  )
}

# Tensors put together by c() are a list of them, as in R keras.
#' @export
c.kestrel_tensor <- function(...) {
  unlist(lapply(list(...), function(x) if (is_tensor(x)) list(x) else x), recursive = FALSE)
}

#' @export
dim.kestrel_tensor <- function(x) c(NA, told_dims(x))
