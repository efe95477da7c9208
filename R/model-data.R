# x, y and weights of a model as lists: an array for each input, a target and weights for each
# output. Users give them by position or by the names of inputs and outputs.

# x as a list of arrays that fit the inputs; builds the model for them when it is not built.
model_input <- function(model, x, arg, call = caller_env()) {
  x <- plain_column(x)
  if (is_plain_input(model, x)) return(list(x))
  check_layers_present(model, call)
  check_fits_input(model, input_arrays(model, x, arg, call), arg, call)
}

# Checked by themselves, and as many samples in each.
input_arrays <- function(model, x, arg, call) {
  if (is_open_class(model)) return(opened_arrays(model, x, arg, call))
  n <- input_count(model)
  check <- function(text) if (text) check_strings else check_data
  if (n == 1) return(list(check(input_is_text(model, x))(x, arg, call)))
  x <- arrange_inputs(model, x, arg, call)
  args <- element_args(arg, x)
  strings <- takes_strings(model)
  arrays <- lapply(seq_len(n), function(i) check(strings[i])(x[[i]], args[i], call))
  check_counts(arrays, args, call)
  arrays
}

input_count <- function(model) {
  state <- model_state(model)
  if (is.null(state$graph)) 1L else length(state$graph$inputs)
}

# How messages name the elements of a list.
element_args <- function(arg, x) {
  named <- nzchar(names2(x))
  ifelse(named, paste0(arg, "$", names2(x)), sprintf("%s[[%d]]", arg, seq_along(x)))
}

arrange_inputs <- function(model, x, arg, call) {
  if (is.data.frame(x)) x <- as.list(x)
  names <- input_names(model)
  arrange(named_inputs(x, names, arg, call), names, "input", arg, call)
}

# As in Keras, what is no input's is left out where every input is there by its name.
named_inputs <- function(x, names, arg, call) {
  others <- if (is.list(x) && !is.object(x)) setdiff(names2(x), names)
  if (!length(others) || !all(names %in% names(x))) return(x)
  warn_kestrel("inputs", sprintf("`%s` has more than the model's inputs: %s %s left out.", arg,
    some_names(others), if (length(others) == 1) "is" else "are"), call = call)
  x[names2(x) %in% names]
}

# The elements of a list in the order of `names`: by its own names, or by position without any.
arrange <- function(x, names, what, arg, call) {
  n <- length(names)
  if (!is.list(x) || is.object(x) || length(x) != n) stop_arrange(x, names, what, arg, call)
  keys <- names2(x)
  if (n == 1 || !any(nzchar(keys))) return(x)
  if (!setequal(keys, names)) stop_keys(keys, names, what, arg, call)
  x[match(names, keys)]
}

stop_arrange <- function(x, names, what, arg, call) {
  one <- if (length(names) == 1) sprintf("a list with one element, for the %s", what)
  stop_argument(arg, one %||% sprintf("a list of %d elements, one for each %s (%s)", length(names),
    what, paste(names, collapse = ", ")), x, kind = "shape", call = call)
}

stop_keys <- function(keys, names, what, arg, call) {
  other <- setdiff(keys, names)
  bad <- if (length(other)) other[1] else keys[duplicated(keys)][1]
  stop_unknown(sprintf("names(%s)", arg), sprintf("an %s", what), bad, names, call = call)
}

check_counts <- function(arrays, args, call) {
  counts <- vapply(arrays, sample_count, 0L)
  other <- which(counts != counts[1])
  if (!length(other)) return(invisible(arrays))
  stop_count(c(args[1], args[other[1]]), c(counts[1], counts[other[1]]), call)
}

stop_count <- function(args, counts, call) {
  stop_kestrel(
    "shape", sprintf("`%s` and `%s` must have as many samples: `%s` has %.0f, `%s` has %.0f.",
      args[1], args[2], args[1], counts[1], args[2], counts[2]),
    argument = args[2], value = counts[2], expected = counts[1], call = call
  )
}

# Arrays that were checked by themselves, as the engine takes them.
check_fits_input <- function(model, arrays, arg, call) {
  dims <- lapply(arrays, sample_dims)
  state <- model_state(model)
  if (is.character(arrays[[1]]) && !state$built) state$strings <- TRUE
  build_model(model, one_or_list(dims), call)
  expected <- model_inputs(model)
  if (length(dims) == 1) {
    hint <- row_hint(arrays[[1]], expected[[1]], arg) %||% length_hint(model, dims[[1]],
      expected[[1]], arg)
    check_input_dims(dims[[1]], expected[[1]], "the model", call, arg, hint)
    check_input_codes(model, arrays, arg, call)
    return(engine_arrays(model, arrays, call))
  }
  args <- sprintf("%s[[%d]]", arg, seq_along(dims))
  what <- sprintf("input \"%s\" of the model", input_names(model))
  for (i in seq_along(dims)) check_input_dims(dims[[i]], expected[[i]], what[i], call, args[i],
    length_hint(model, dims[[i]], expected[[i]], args[i]))
  check_input_codes(model, arrays, args, call)
  engine_arrays(model, arrays, call)
}

# What layers that read codes ask of the inputs they are called on.
check_input_codes <- function(model, arrays, args, call) {
  state <- model_state(model)
  if (is.null(state$graph)) return(check_part_codes(state$layers[[1]], arrays[[1]], args[1], call))
  for (made in state$graph$calls) {
    i <- match(made$call[1], state$graph$inputs, 0L)
    if (i > 0) check_part_codes(state$layers[[made$part]], arrays[[i]], args[i], call)
  }
}

check_part_codes <- function(part, x, arg, call) {
  if (is_layer(part)) return(check_layer_codes(part, x, arg, call))
  if (input_count(part) == 1) check_input_codes(part, list(x), arg, call)
}

# y as a list, by the outputs that have a loss.
output_list <- function(model, y, arg, call) {
  names <- output_names(model)
  if (length(names) == 1) return(list(only_column(only_element(y))))
  trained <- model_state(model)$compiled$trained
  some <- is.list(y) && !is.object(y) && length(y) == length(trained)
  if (some && length(trained) < length(names)) return(arrange(y, names[trained], "output", arg,
    call))
  arrange(y, names, "output", arg, call)[trained]
}

# One weight array for each output, or NULL: the same for all, or a list by output.
weight_list <- function(model, sample_weight, n, arg, call) {
  names <- output_names(model)[model_state(model)$compiled$trained]
  count <- length(names)
  if (count == 1 || !is.list(sample_weight)) {
    return(rep(list(weight_array(sample_weight, n, arg, call)), count))
  }
  if (length(names2(sample_weight)) && all(names2(sample_weight) %in% names)) {
    sample_weight <- stats::setNames(lapply(names, function(key) sample_weight[[key]]), names)
  }
  weights <- arrange(sample_weight, names, "output", arg, call)
  args <- element_args(arg, weights)
  lapply(seq_len(count), function(o) weight_array(weights[[o]], n, args[o], call))
}
