#' Inputs of a model
#'
#' `layer_input()`, in keras3 `keras_input()`, gives a symbolic tensor: it stands for samples
#' of these dims. Layers are piped onto it, or called on it, and [keras_model()] makes a model
#' of what came out.
#'
#' @param shape dims of one sample, the number of samples left out: 4 for a matrix of four
#'   columns. `NA` or `NULL` for a length that is not known, as in `c(NA, 3)`: it is that of the
#'   first data, which build the model, and from then on all data have it; see [pad_sequences()].
#' @param batch_shape the same with the number of samples first, which is ignored.
#' @param name name of the input, by which data can be given in a named list; `input_1`,
#'   `input_2`, ... by default.
#' @param dtype precision of the model, "float32" or "float64"; integer types are accepted and
#'   have no effect. "string" for strings, which [layer_string_lookup()], [layer_hashing()] and
#'   [layer_text_vectorization()] can read.
#' @param sparse,ragged,tensor,optional,batch_size accepted from R keras scripts, without
#'   effect where they are `NULL`, `FALSE` or a number; anything else is an error.
#' @param ... not used.
#' @return a symbolic tensor.
#' @section Errors: `kestrel_error_argument` for a shape, name or type that cannot be meant, and
#'   for ragged, sparse and given tensors.
#' @source Keras: `keras.Input`; R packages 'keras' and 'keras3'.
#' @family models
#' @examples
#' x <- layer_input(shape = 4)
#' y <- x %>% layer_dense(8, activation = "relu") %>% layer_dense(1)
#' keras_model(x, y)
#' @export
layer_input <- function(shape = NULL, batch_shape = NULL, name = NULL, dtype = NULL,
                        sparse = FALSE, tensor = NULL, ragged = FALSE, batch_size = NULL,
                        optional = FALSE, ...) {
  check_dots(list(...), names(formals(layer_input)))
  check_unused(list(sparse = sparse, tensor = tensor, ragged = ragged, optional = optional))
  check_count(batch_size, null = TRUE)
  if (missing(shape)) shape <- batch_shape[-1] %||% batch_shape
  else if (is.null(shape)) shape <- batch_shape[-1] %||% NA
  if (is.null(shape)) {
    stop_kestrel("argument", "`shape` is missing.", argument = "shape",
      hint = "The dims of a sample, for example layer_input(shape = 4).")
  }
  new_input(check_shape(shape, arg = "shape", open = TRUE), check_name(name),
    check_input_type(dtype))
}

#' @rdname layer_input
#' @export
keras_input <- layer_input

check_unused <- function(x, call = caller_env()) {
  for (arg in names(x)) {
    if (is.null(x[[arg]]) || identical(x[[arg]], FALSE)) next
    stop_argument(arg, "NULL or FALSE", x[[arg]], call = call)
  }
}

# NULL for types that say nothing of the precision.
check_input_type <- function(x, arg = "dtype", call = caller_env()) {
  if (identical(x, "string")) return(x)
  others <- c("int32", "int64", "int16", "int8", "uint8", "bool")
  if (is.null(x) || is_string(x) && x %in% others) return(NULL)
  check_choice(x, c("float32", "float64", others, "string"), "a type", arg = arg, call = call)
}

# The tensor of a new input layer. NA in dims: see open-inputs.R.
new_input <- function(dims, name = NULL, dtype = NULL) {
  open <- is.na(dims)
  dims[open] <- open_length
  layer <- new_layer("input", list(), list(name = name, dtype = dtype, trainable = TRUE,
    input_shape = dims))
  list2env(list(open = if (any(open)) open, input = dims, output = dims, slots = list(),
    is_state = logical(),
    by_node = integer(), weights = list(), built = TRUE), envir = layer_state(layer))
  new_call(layer, list(), list(dims))[[1]]
}

is_input <- function(part) inherits(part, "kestrel_layer_input")

#' @export
layer_nodes.kestrel_layer_input <- function(layer, input) list()
