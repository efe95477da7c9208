#' Layers that merge several inputs
#'
#' Number by number, for inputs of the same dims: `layer_add()` their sum, `layer_subtract()` the
#' first minus the second, `layer_multiply()` their product, `layer_average()` their mean,
#' `layer_maximum()` and `layer_minimum()` the largest and least of them (whose gradient goes to
#' the first that has it). An axis of size 1 is repeated to the size that the others have, and
#' shorter dims are taken to begin with 1s. `layer_concatenate()` puts inputs one after the
#' other along `axis`; their other dims must be the same.
#'
#' @param inputs a list of tensors or of arrays, or the first of them; without it the layer itself
#'   is returned, to be called on such a list.
#' @param ... more tensors or arrays, and arguments that every layer has: those of [layer_dense()],
#'   and `activity_regularizer`.
#' @param axis the axis: negative ones count from the last, 1 is the first of a sample.
#' @param name name of the layer.
#' @return the tensor, or the array, that came out, or the layer.
#' @section Errors: `kestrel_error_argument` for what is no tensor and no array;
#'   `kestrel_error_shape` when the inputs do not fit each other, or are not as many as the layer
#'   takes.
#' @source Keras: `keras.layers.Add`, `Subtract`, `Multiply`, `Average`, `Maximum`, `Minimum`,
#'   `Concatenate`.
#' @family layers
#' @name layer_add
#' @examples
#' a <- layer_input(3)
#' b <- layer_input(3)
#' layer_add(list(a, b))
#' layer_concatenate(a, b)
#' layer_maximum(rbind(c(1, 5, 2)), rbind(c(4, 0, 2)))
NULL

#' @rdname layer_add
#' @export
layer_add <- function(inputs, ..., name = NULL) merging_layer("add", list(), environment())

#' @rdname layer_add
#' @export
layer_subtract <- function(inputs, ..., name = NULL) merging_layer("subtract", list(),
  environment())

#' @rdname layer_add
#' @export
layer_multiply <- function(inputs, ..., name = NULL) merging_layer("multiply", list(),
  environment())

#' @rdname layer_add
#' @export
layer_average <- function(inputs, ..., name = NULL) merging_layer("average", list(), environment())

#' @rdname layer_add
#' @export
layer_maximum <- function(inputs, ..., name = NULL) merging_layer("maximum", list(), environment())

#' @rdname layer_add
#' @export
layer_minimum <- function(inputs, ..., name = NULL) merging_layer("minimum", list(), environment())

#' @rdname layer_add
#' @export
layer_concatenate <- function(inputs, ..., axis = -1, name = NULL) {
  merging_layer("concatenate", list(axis = check_sample_axis(axis)), environment())
}

# Where these calls end. `frame`: that of the constructor, whose unnamed arguments are tensors.
merging_layer <- function(type, config, frame) {
  dots <- eval(quote(list(...)), frame)
  given <- !eval(quote(missing(inputs)), frame)
  more <- dots[!nzchar(names2(dots))]
  known <- names(formals(sys.function(sys.parent())))
  options <- layer_options(dots[nzchar(names2(dots))], NULL, frame$name, known, frame)
  if (!is.null(options$activity)) config$activity_regularizer <- options$activity
  layer <- new_layer(type, config, options[names(options) != "activity"])
  if (!given) return(layer)
  inputs <- merged_tensors(tensor_parts(frame$inputs), more, frame)
  if (is_symbolic(inputs)) return(layer_on_tensors(layer, inputs, frame))
  if (is_inner_input(inputs)) return(call_on_traced(layer, inputs, frame))
  layer_on_arrays(layer, layer_arrays(layer, inputs, frame), FALSE, frame)
}

# A list of tensors, or tensors one by one.
merged_tensors <- function(inputs, more, call) {
  one <- !is.list(inputs) || is.object(inputs)
  all <- c(if (one) list(inputs) else inputs, unname(more))
  if (is_symbolic(all) || is_inner_input(all)) return(all)
  if (all(vapply(all, is_data, NA)) && (length(all) > 1 || !one)) return(all)
  stop_argument("inputs", "a list of tensors or of arrays", inputs,
    hint = "Tensors come from layer_input() and from layers that are called on them.", call = call)
}

merging_types <- c("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate",
  "dot")

# Layers that take a list of inputs.
is_merging <- function(layer) layer_state(layer)$type %in% merging_types

# Those that take one input, or a list of several.
takes_several <- function(layer) layer_state(layer)$type %in% c(merging_types, "lambda", "custom",
  "category_encoding")

# What a layer takes, from the dims of all of its inputs.
joint_input <- function(layer, dims, given = NULL) {
  several <- is_merging(layer) || takes_several(layer) && length(dims) > 1
  input <- if (several) unname(dims) else dims[[1]]
  if (is.null(given)) input else with_given(input, given)
}

merge_nodes <- function(layer, input) {
  values <- own_settings(layer)
  if (!is.null(values$axis)) values$axis <- engine_axis(values$axis)
  list(new_node(layer_state(layer)$type, values))
}

#' @export
layer_nodes.kestrel_layer_add <- merge_nodes

#' @export
layer_nodes.kestrel_layer_subtract <- merge_nodes

#' @export
layer_nodes.kestrel_layer_multiply <- merge_nodes

#' @export
layer_nodes.kestrel_layer_average <- merge_nodes

#' @export
layer_nodes.kestrel_layer_maximum <- merge_nodes

#' @export
layer_nodes.kestrel_layer_minimum <- merge_nodes

#' @export
layer_nodes.kestrel_layer_concatenate <- merge_nodes

# How many inputs a merging layer takes.
check_merged <- function(layer, input, call) {
  n <- length(input)
  pair <- layer_state(layer)$type %in% c("subtract", "dot")
  if (if (pair) n == 2 else n >= 1 && n <= 256) return(invisible(layer))
  stop_kestrel("shape", sprintf("Layer \"%s\" takes %s inputs, not %d.", layer$name,
    if (pair) "two" else "1 to 256", n), argument = "inputs", value = n, call = call)
}

#' @export
check_fits.kestrel_layer_subtract <- check_merged

#' @export
check_fits.kestrel_layer_add <- check_merged

#' @export
check_fits.kestrel_layer_multiply <- check_merged

#' @export
check_fits.kestrel_layer_average <- check_merged

#' @export
check_fits.kestrel_layer_maximum <- check_merged

#' @export
check_fits.kestrel_layer_minimum <- check_merged

#' @export
check_fits.kestrel_layer_concatenate <- check_merged
