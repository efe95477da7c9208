# Operations on symbolic tensors: each is a lambda layer of the function, with the tensors taken out
# of its arguments, so that layers hold no graph.

tensor_operator <- function(name, e1, e2) {
  titles <- c(`+` = "add", `-` = "subtract", `*` = "multiply", `/` = "divide", `^` = "power",
    `>` = "greater", `>=` = "greater_equal", `<` = "less", `<=` = "less_equal", `==` = "equal",
    `!=` = "not_equal", `&` = "logical_and", `|` = "logical_or", `!` = "logical_not")
  if (!name %in% names(titles)) stop_not_differentiable(name)
  args <- if (missing(e2)) list(e1) else list(e1, e2)
  if (any(vapply(args, is_traced, NA))) {
    stop_kestrel("argument",
      sprintf("`%s` meets a symbolic tensor, which has no numbers here", name), call = NULL)
  }
  if (missing(e2)) return(tensor_operation(get(name, baseenv()), args, "negative"))
  tensor_operation(operator_of(name), args, titles[[name]])
}

# Of plain arrays, too, vectors lie as in Keras.
operator_of <- function(name) {
  force(name)
  if (!name %in% compared_operators) return(function(e1, e2) operate(name, list(e1, e2)))
  function(e1, e2) plain_operator(name, plain(e1), plain(e2))
}

#' @export
Math.kestrel_tensor <- function(x, ...) {
  tensor_operation(get(.Generic, baseenv()), list(x, ...), .Generic)
}

# From R 4.3 on `%*%` asks for methods.
#' @rawNamespace if (getRversion() >= "4.3.0") S3method(matrixOps, kestrel_tensor)
matrixOps.kestrel_tensor <- function(x, y) {
  if (.Generic != "%*%") stop_not_differentiable(.Generic)
  op_matmul(x, y)
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
  f <- filled_call(fn, args, vapply(found$tensors, is_whole, NA))
  tried <- tried_operation(f, lapply(found$tensors, `[[`, "dims"), rows_of_arrays(args))
  whole <- tried$whole
  options <- layer_options(list(), known = character(), call = call)
  options$title <- title
  config <- list(f = if (whole) repeated_call(f) else f, output_shape = tried$shape,
    arguments = NULL)
  layer_on_tensors(new_layer("lambda", config, c(options, whole = whole)), found$tensors, call)
}

# A tensor's place among those found stands for it.
take_out <- function(arg, found, wanted = is_tensor) {
  if (is.list(arg) && !is.object(arg)) return(lapply(arg, take_out, found, wanted))
  if (!wanted(arg)) return(arg)
  found$tensors <- c(found$tensors, list(arg))
  structure(length(found$tensors), class = "kestrel_place")
}

put_in <- function(arg, arrays) {
  if (inherits(arg, "kestrel_place")) return(arrays[[arg]])
  if (is.list(arg) && !is.object(arg)) lapply(arg, put_in, arrays) else arg
}

# What is one for the whole batch comes in as such.
filled_call <- function(fn, args, whole) {
  force(fn)
  force(args)
  force(whole)
  function(inputs) {
    arrays <- inner_parts(inputs)
    arrays[whole] <- lapply(arrays[whole], one_for_all)
    do.call(fn, put_in(args, arrays), quote = TRUE)
  }
}

# A tensor that is one for the whole batch: the mean of all numbers, for example. It is repeated for
# each sample.
is_whole <- function(tensor) isTRUE(environment(tensor$call$part)$whole)

# list(whole, shape). `whole`: the result does not change its dims with the number of samples.
# `shape`: the dims of a sample where an array among the arguments lets no other number of samples
# in.
tried_operation <- function(f, dims, rows) {
  tried <- function(n) {
    x <- lapply(dims, function(d) array(seq(0.1, 0.9, length.out = n * prod(d)), c(n, d)))
    y <- tryCatch(masked(f)(one_or_list(x)), error = function(e) NULL)
    if (is.numeric(y) || is.logical(y)) tensor_dims(y)
  }
  with_own_seed({
    two <- tried(2L)
    fixed <- if (is.null(two)) Filter(function(y) length(y), lapply(rows, tried))
    list(whole = !is.null(two) && identical(two, tried(3L)),
      shape = if (length(fixed)) c(fixed[[1]][-1], if (length(fixed[[1]]) == 1) 1L))
  })
}

rows_of_arrays <- function(args) {
  rows <- lapply(lapply(args, plain),
    function(arg) if (is.numeric(arg) && length(dim(arg)) > 0) dim(arg)[1])
  unique(as.integer(unlist(rows)))
}

one_for_all <- function(x) {
  dims <- tensor_dims(plain(x))[-1]
  first <- pick_along(x, 1L, 1L)
  with_dims(first, if (!identical(dims, 1L)) dims)
}

repeated_call <- function(f) {
  force(f)
  function(inputs) {
    n <- tensor_dims(plain(inner_parts(inputs)[[1]]))[1]
    y <- f(inputs)
    dims <- tensor_dims(plain(y))
    pick_along(with_dims(y, c(1L, dims)), rep(1L, n), 1L)
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
