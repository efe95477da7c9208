# Operations on symbolic tensors: each is a lambda layer of the function, with the tensors taken out of
# its arguments, so that layers hold no graph.

#' @export
Ops.kestrel_tensor <- function(e1, e2) {
  titles <- c(`+` = "add", `-` = "subtract", `*` = "multiply", `/` = "divide", `^` = "power",
    `>` = "greater", `>=` = "greater_equal", `<` = "less", `<=` = "less_equal", `==` = "equal",
    `!=` = "not_equal", `&` = "logical_and", `|` = "logical_or", `!` = "logical_not")
  if (!.Generic %in% names(titles)) stop_not_differentiable(.Generic)
  args <- if (missing(e2)) list(e1) else list(e1, e2)
  tensor_operation(get(.Generic, baseenv()), args, if (missing(e2)) "negative" else titles[[.Generic]])
}

#' @export
Math.kestrel_tensor <- function(x, ...) {
  tensor_operation(get(.Generic, baseenv()), list(x, ...), .Generic)
}

#' @export
`[.kestrel_tensor` <- function(x, ..., drop = TRUE) {
  indices <- as.list(substitute(list(...)))[-1]
  frame <- parent.frame()
  at <- lapply(indices, function(i) if (identical(i, quote(expr = ))) i else eval(i, frame))
  tensor_operation(function(x) do.call(`[`, c(list(x), at, list(drop = drop))), list(x), "slice")
}

# The tensor of a layer that computes fn of args, of which some are tensors or lists with tensors.
tensor_operation <- function(fn, args, title, call = caller_env()) {
  found <- list2env(list(tensors = list()), parent = emptyenv())
  args <- lapply(args, take_out, found)
  options <- layer_options(list(), known = character(), call = call)
  options$title <- title
  config <- list(f = filled_call(fn, args), output_shape = NULL, arguments = NULL)
  layer_on_tensors(new_layer("lambda", config, options), found$tensors, call)
}

# A tensor's place among those found stands for it.
take_out <- function(arg, found) {
  if (is.list(arg) && !is.object(arg)) return(lapply(arg, take_out, found))
  if (!is_tensor(arg)) return(arg)
  found$tensors <- c(found$tensors, list(arg))
  structure(length(found$tensors), class = "kestrel_place")
}

put_in <- function(arg, arrays) {
  if (inherits(arg, "kestrel_place")) return(arrays[[arg]])
  if (is.list(arg) && !is.object(arg)) lapply(arg, put_in, arrays) else arg
}

# One number for the batch is one for each sample.
filled_call <- function(fn, args) {
  force(fn)
  force(args)
  function(inputs) {
    arrays <- inner_parts(inputs)
    y <- do.call(fn, put_in(args, arrays), quote = TRUE)
    n <- dim(arrays[[1]])[1]
    if (!is_parts(y) && length(y) == 1) rep(y, n) else y
  }
}

# Whether the frame of an operation has tensors among its arguments.
has_tensors <- function(frame) {
  args <- as.list(frame)
  given <- !vapply(args, identical, NA, quote(expr = ))
  any(vapply(args[given], function(arg) is_tensor(arg) || holds_tensors(arg), NA))
}

holds_tensors <- function(x) {
  is.list(x) && !is.object(x) && any(vapply(x, is_tensor, NA))
}

operation_on_tensors <- function(fn, frame, call) {
  args <- as.list(frame)[names(formals(fn))]
  missing <- vapply(args, identical, NA, quote(expr = ))
  name <- if (is.symbol(call[[1]])) as.character(call[[1]]) else "operation"
  tensor_operation(fn, args[!missing], sub("^(k|op|random)_", "", name), frame)
}
