# An operation: its arguments are checked by their names, and what else goes wrong, in R's own
# functions too, is in the package's words. Of symbolic tensors it makes a layer. `pass`: it hands
# on anything.
operation <- function(f, pass = FALSE) {
  checks <- operand_checks()
  checks <- if (!pass) unname(checks[intersect(names(formals(f)), names(checks))])
  layer <- quote(if (has_tensors(environment())) {
    return(operation_on_tensors(sys.function(), environment(), sys.call()))
  })
  guarded <- as.call(c(quote(`{`), if (!pass) layer, checks, body(f)))
  body(f) <- bquote(tryCatch(.(guarded), error = function(e) stop_operation(e, environment())))
  f
}

# `e`: what went wrong; `frame`: where errors are caught, inside the call of the operation.
stop_operation <- function(e, frame) {
  call <- parent.env(frame)
  if (inherits(e, "kestrel_error")) {
    e$call <- rlang::frame_call(call)
    rlang::cnd_signal(e)
  }
  said <- conditionMessage(e)
  absent <- regmatches(said, regexec("argument \"(.*)\" is missing", said))[[1]]
  if (length(absent) == 2) stop_missing(absent[2], call)
  stop_kestrel("shape", sprintf("This cannot be computed%s: %s.", operand_shapes(call), said),
    hint = "Operations take arrays of numbers, with samples along the first axis.", call = call,
    parent = e)
}

# " of `x` (2, 3) and `y` (4)"
operand_shapes <- function(call) {
  known <- intersect(c("x", "y", "x1", "x2", "target", "output"), ls(call))
  given <- tryCatch(mget(known, envir = call), error = function(e) NULL, warning = function(w) NULL)
  if (!length(given)) return("")
  shapes <- vapply(given, function(x) shape_list(tensor_dims(plain(x))), "")
  paste(" of", paste0("`", names(given), "` ", shapes, collapse = " and "))
}

# What each argument of an operation is asked for: calls, by the argument's name.
operand_checks <- function() {
  array <- c("x", "y", "a", "x1", "x2", "x_min", "x_max", "condition", "target", "output",
    "indices",
    "value", "alpha", "threshold", "negative_slope", "reference", "bias", "new_x", "increment",
    "decrement", "fill_value", "predictions", "targets", "mean", "elems", "elements", "inputs",
    "logits")
  c(
    asked(array, "check_operand"),
    asked(c("min_value", "max_value"), "check_operand", null = TRUE),
    asked(c("tensors", "xs"), "check_operand_list"),
    asked(c("keepdims", "from_logits", "zero_indexed"), "check_flag"),
    asked("shape", "check_operand_dims"),
    asked("pattern", "check_operand_dims", null = FALSE),
    asked("num_classes", "check_count"),
    asked("dtype", "check_string", null = TRUE)
  )
}

asked <- function(names, check, ...) {
  calls <- lapply(names, function(name) as.call(list(as.name(check), as.name(name), ...)))
  stats::setNames(calls, names)
}

check_operand <- function(x, null = FALSE, arg = caller_arg(x), call = caller_env()) {
  if (is_operand(x) || (null && is.null(x))) return(x)
  hint <- if (is.data.frame(x)) "Make it a matrix with as.matrix()."
  stop_argument(arg, "an array of numbers", x, hint = hint, call = call)
}

# Complex numbers are steps of complex differences.
is_operand <- function(x) {
  inherits(x, c("kestrel_traced", "kestrel_variable")) || is.logical(x) || is.complex(x) ||
    (is.numeric(x) && !inherits(x, "integer64"))
}

check_operand_list <- function(x, arg = caller_arg(x), call = caller_env()) {
  x <- tensor_parts(x)
  if (!is.list(x) || is.object(x) || !length(x)) {
    stop_argument(arg, "a list of arrays", x, call = call)
  }
  for (i in seq_along(x)) check_operand(x[[i]], arg = sprintf("%s[[%d]]", arg, i), call = call)
}

# NULL, and NULL and NA in a list, are for what follows from the rest.
check_operand_dims <- function(x, null = TRUE, arg = caller_arg(x), call = caller_env()) {
  dims <- if (is.list(x) && !is.object(x)) unlist(lapply(x, plain)) else x
  if ((null && is.null(dims)) || are_dims(dims)) return(x)
  stop_argument(arg, "whole numbers, one for each axis", x, call = call)
}

are_dims <- function(x) {
  known <- is.atomic(x) && (!is.object(x) || inherits(x, "kestrel_dims")) && length(x) &&
    (is.numeric(x) || all(is.na(x)))
  known && all(is.na(x) | (x == trunc(x) & x >= -1 & x <= .Machine$integer.max))
}

# `two`: its arguments have the names of keras3.
comparison <- function(name, two = FALSE) {
  force(name)
  if (two) return(operation(function(x1, x2) plain_operator(name, plain(x1), plain(x2))))
  operation(function(x, y) plain_operator(name, plain(x), plain(y)))
}
