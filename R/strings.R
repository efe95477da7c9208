# Inputs of strings. The engine knows numbers only: layers that read strings make codes of them as
# soon as data come in. In the place of a string input the engine has an input for each layer that
# reads it, of that layer's codes; what is to become of the codes, indicators say, it does itself.

# Whether parts take strings, by input; NA: strings or numbers.
takes_strings <- function(part) {
  if (is_layer(part)) reads_strings(part) else state_takes_strings(model_state(part))
}

state_takes_strings <- function(state) {
  if (is.null(state$graph)) return(isTRUE(state$strings) || isTRUE(first_takes_strings(state)))
  inputs <- vapply(state$graph$calls[state$graph$inputs], `[[`, 0L, "part")
  vapply(state$layers[inputs], is_string_input, NA)
}

first_takes_strings <- function(state) length(state$layers) > 0 && takes_strings(state$layers[[1]])

is_string_input <- function(layer) identical(layer_state(layer)$dtype, "string")

is_string_tensor <- function(x) is_layer(x$call$part) && is_string_input(x$call$part)

reads_strings <- function(layer) UseMethod("reads_strings")

#' @export
reads_strings.default <- function(layer) FALSE

#' @export
reads_strings.kestrel_layer_string_lookup <- function(layer) !layer_config(layer)$invert

#' @export
reads_strings.kestrel_layer_hashing <- function(layer) NA

# What a layer that reads strings gives the engine: of an array of strings, none missing, an array
# of numbers; dims of a sample of it, for input of these dims; and the node that goes on from there.
string_codes <- function(layer, x, call) UseMethod("string_codes")

code_dims <- function(layer, input) UseMethod("code_dims")

#' @export
code_dims.default <- function(layer, input) input

code_node <- function(layer, input) UseMethod("code_node")

codes_as <- function(mode, tokens) {
  if (mode != "int") return(encoding_node(tokens, mode))
  linear <- choice("activations", "linear")
  list(layer = list(name = "activation", h = linear$h), activation = "linear")
}

check_kinds <- function(part, tensors, call) {
  bad <- which(vapply(tensors, is_string_tensor, NA) != takes_strings(part))
  if (length(bad)) stop_kind(part, is_string_tensor(tensors[[bad[1]]]), call)
}

# `strings`: whether it was given some.
stop_kind <- function(part, strings, call) {
  kinds <- c("numbers", "strings")
  hint <- if (strings) "Make codes of them first, with layer_string_lookup() or layer_hashing()."
  stop_kestrel("argument", sprintf("%s \"%s\" takes %s, not %s.",
    if (is_model(part)) "Model" else "Layer", part$name, kinds[2 - strings], kinds[1 + strings]),
    hint = hint %||% "It reads an input of strings: layer_input(1, dtype = \"string\").",
    argument = "object", call = call)
}

# In a stack of layers only the first can.
check_stack_kind <- function(model, part, call) {
  state <- model_state(model)
  strings <- !length(state$layers) && isTRUE(state$strings)
  takes <- takes_strings(part)[1]
  known <- length(state$layers) > 0 || !is.null(state$strings)
  if (known && !is.na(takes) && takes != strings) stop_kind(part, strings, call)
}

# What the engine is given: list(input, dims, layer), the layer NULL where it is the numbers of an
# input, which come first.
engine_inputs <- function(model) {
  strings <- takes_strings(model)
  dims <- dims_list(model_inputs(model))
  numbers <- lapply(which(!strings), function(i) list(input = i, dims = dims[[i]]))
  if (!any(strings)) return(numbers)
  reads <- string_reads(model, ifelse(strings, seq_along(dims), NA))
  reads <- reads[!duplicated(lapply(reads, function(r) list(r$input, environment(r$layer))))]
  c(numbers, lapply(reads, function(r) c(r, list(dims = code_dims(r$layer, dims[[r$input]])))))
}

# The layers that read strings, list(input, layer), models in it included. `inputs`: which of the
# outermost inputs stands at each of the model's; NA: none of strings.
string_reads <- function(model, inputs) {
  graph <- model_graph(model)
  parts <- model_state(model)$layers
  reads <- lapply(graph$calls, function(made) {
    from <- inputs[match(made$call, graph$inputs)]
    if (all(is.na(from))) return(NULL)
    part <- parts[[made$part]]
    if (is_model(part)) string_reads(part, from) else list(list(input = from, layer = part))
  })
  unlist(reads, recursive = FALSE)
}

# The place of a string input lies beyond the engine's inputs.
input_places <- function(feeds, n) {
  places <- -length(feeds) - seq_len(n)
  for (k in seq_along(feeds)) if (is.null(feeds[[k]]$layer)) places[feeds[[k]]$input] <- -k
  places
}

# Which of the engine's inputs a layer reads in the place of a string input; NULL: `place` is none.
read_feed <- function(plan, layer, place) {
  input <- -place[1] - length(plan$feeds)
  if (input < 1) return(NULL)
  Position(function(feed) {
    feed$input == input && identical(environment(feed$layer), environment(layer))
  }, plan$feeds)
}

# The arrays of a model's inputs as the engine's.
engine_arrays <- function(model, arrays, call) {
  if (!any(takes_strings(model))) return(arrays)
  lapply(engine_inputs(model), function(feed) {
    x <- arrays[[feed$input]]
    if (is.null(feed$layer)) x else code_samples(feed$layer, x, feed$dims, call)
  })
}

# Samples with missing strings are missing numbers.
code_samples <- function(layer, x, dims, call) {
  n <- sample_count(x)
  there <- rowSums(is.na(matrix(x, n))) == 0
  if (all(there) && n > 0) return(string_codes(layer, x, call))
  codes <- matrix(NA_real_, n, prod(dims))
  if (any(there)) codes[there, ] <- string_codes(layer, some_samples(x, which(there)), call)
  array(codes, c(n, dims))
}

# Strings as an array, samples first.
check_strings <- function(x, arg, call) {
  x <- only_element(x)
  given <- x
  if (is.data.frame(x) && length(x)) {
    check_columns(x, arg, call)
    x <- do.call(cbind, lapply(unname(as.list(x)), as_strings))
  } else {
    x <- as_strings(x)
  }
  if (!is.character(x)) {
    must <- "strings: a character vector, matrix or array, a factor, or a data frame of them"
    stop_argument(arg, must, given,
      hint = if (is.numeric(given)) "Turn them into strings with as.character().", call = call)
  }
  plain_array(x, c(dim(x) %||% length(x), if (length(dim(x)) < 2) 1L), arg, call)
}

as_strings <- function(x) {
  if (is.factor(x)) return(array(as.character(x), dim(x) %||% length(x)))
  if (is.character(x) && inherits(x, c("AsIs", "noquote", "glue"))) unclass(x) else x
}

is_text <- function(x) {
  x <- only_element(x)
  if (is.data.frame(x)) return(any(vapply(x, is_text, NA)))
  is.character(x) || is.factor(x)
}

# What stands first in a stack may take either; then the first data decide.
input_is_text <- function(model, x) {
  state <- model_state(model)
  either <- is.null(state$graph) && !state$built && is.na(first_takes_strings(state))
  takes_strings(model)[1] || either && is_text(x)
}

check_no_missing <- function(x, arg, call) {
  gone <- which(is.na(x))
  if (!length(gone)) return(x)
  at <- arrayInd(gone[1], dim(x))
  stop_kestrel("data", sprintf("`%s` must have no missing strings: %d %s missing, the first at %s.",
    arg, length(gone), if (length(gone) == 1) "is" else "are", position_text(at)),
    hint = "Give them a token of their own, such as \"\", or remove such rows.",
    argument = arg, where = as.vector(at), call = call)
}
