# Calls of custom layers with more than one argument. Such a call is its arguments by name, `given`,
# in which places stand for tensors and arrays, the inputs of its node (see take_out()). The dims of
# the inputs bear it as an attribute on their way to the node.

#' @export
call_layer.kestrel_layer_custom <- function(layer, x, ..., training = NULL, call = caller_env()) {
  more <- list(...)
  args <- call_arguments(layer, if (!missing(x)) list(x), more[names2(more) != ".around"], call)
  around <- if (!missing(x) && is_symbolic(x)) more$.around %||% tensors_around(layer, call)
  if (length(around)) args$.around <- around
  nameless <- is.null(names(args[[1]])) || !is_parts(args[[1]])
  if (length(args) == 1 &&
    nameless) return(call_layer.default(layer, args[[1]], training, call = call))
  check_phase(training, call)
  if (is_model(args[[1]])) check_dots(args[-1], names(args)[1], call)
  if (is_inner_input(args[[1]])) {
    inner <- taken_out(args, function(arg) length(dim(arg)) > 1)
    return(call_on_traced(layer, inner$tensors, call, training, inner$given))
  }
  symbolic <- taken_out(args, is_tensor)
  if (length(symbolic$tensors)) {
    return(layer_on_tensors(layer, symbolic$tensors, call, training, symbolic$given))
  }
  arrays <- layer_arrays(layer, args[[1]], call)
  args[[1]] <- if (is_parts(args[[1]])) stats::setNames(arrays, names(args[[1]])) else arrays[[1]]
  n <- sample_count(arrays[[1]])
  found <- taken_out(args, function(arg) is.numeric(arg) && identical(dim(arg)[1], n))
  layer_on_arrays(layer, found$tensors, training, call, found$given)
}

# By the names that call() gives them.
call_arguments <- function(layer, first, more, call) {
  fn <- layer_instance(layer, call)$call
  takes <- setdiff(names(formals(fn)), "training")
  if (!"..." %in% takes) {
    check_dots(more[nzchar(names2(more)) & !names2(more) %in% takes], takes, call)
  }
  match <- function() as.list(match.call())[-1]
  formals(match) <- formals(fn)[takes]
  args <- tryCatch(do.call(match, c(first, more)), error = function(e) {
    stop_kestrel("argument",
      sprintf("call() of layer \"%s\" takes %s, not %d arguments.", layer$name,
      paste0("`", takes, "`", collapse = ", "),
      length(c(first, more))), argument = "...", call = call)
  })
  needed <- Filter(function(name) identical(formals(fn)[[name]], quote(expr = )),
    setdiff(takes, c("...", "mask")))
  absent <- setdiff(needed, names(args))
  if (length(absent)) stop_missing(absent[1], call)
  args
}

# Arrays through call(), which may give anything; what it assigns stays.
run_eagerly <- function(layer, arrays, training, call, given) {
  state <- layer_state(layer)
  label <- sprintf("call() of layer \"%s\"", layer$name)
  run <- instance_node(layer_instance(layer), label, !state$trainable, given)
  made <- run(arrays, unname(state$weights), training, call)
  for (i in which(lengths(made$states) > 0)) state$weights[[i]] <- made$states[[i]]
  if (is_parts(made$y)) lapply(made$y, plain) else plain(made$y)
}

# list(given, tensors): arguments without those that are `wanted`, and these.
taken_out <- function(args, wanted) {
  found <- list2env(list(tensors = list()), parent = emptyenv())
  given <- lapply(args, take_out, found, wanted)
  list(given = given, tensors = found$tensors)
}

with_given <- function(input, given) {
  attr(input, "given") <- given
  input
}

given_with <- function(input) attr(input, "given", exact = TRUE)

# What build() and compute_output_shape() take: the shape of the input, or the list of several; of a
# call with several arguments that of the first, and of the others as far as there are arguments for
# them.
shape_arguments <- function(fn, input) {
  shapes <- lapply(dims_list(input), function(dims) c(NA, dims))
  given <- given_with(input)
  if (is.null(given)) return(list(one_or_list(shapes)))
  by_argument <- unname(lapply(Filter(holds_places, given), put_in, shapes))
  by_argument[seq_len(min(length(by_argument), length(setdiff(names(formals(fn)), "..."))))]
}

holds_places <- function(arg) {
  inherits(arg, "kestrel_place") || is_parts(arg) && any(vapply(arg, holds_places, NA))
}

# The call of a graph on other tensors, or with another layer or model.
call_again <- function(part, inputs, call) {
  args <- if (is.null(call$given)) list(inputs) else put_in(call$given, inputs)
  do.call(part, c(args, list(training = call$training)))
}
