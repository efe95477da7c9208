# An operation: its arguments are checked by their names, and what else goes wrong, in R's own
# functions too, is in the package's words. Of symbolic tensors it makes a layer. `pass`: it hands on
# anything.
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

# What each argument of an operation is asked for.
operand_checks <- function() {
  alist(
    x = check_operand(x), y = check_operand(y), a = check_operand(a), x1 = check_operand(x1),
    x2 = check_operand(x2), x_min = check_operand(x_min), x_max = check_operand(x_max),
    min_value = check_operand(min_value, null = TRUE), condition = check_operand(condition),
    max_value = check_operand(max_value, null = TRUE), target = check_operand(target),
    output = check_operand(output), indices = check_operand(indices), value = check_operand(value),
    alpha = check_operand(alpha), threshold = check_operand(threshold),
    negative_slope = check_operand(negative_slope), tensors = check_operand_list(tensors),
    reference = check_operand(reference), bias = check_operand(bias), new_x = check_operand(new_x),
    increment = check_operand(increment), decrement = check_operand(decrement),
    fill_value = check_operand(fill_value), predictions = check_operand(predictions),
    targets = check_operand(targets), mean = check_operand(mean), elems = check_operand(elems),
    elements = check_operand(elements), xs = check_operand_list(xs), keepdims = check_flag(keepdims), shape = check_operand_dims(shape),
    from_logits = check_flag(from_logits), zero_indexed = check_flag(zero_indexed),
    pattern = check_operand_dims(pattern, null = FALSE), num_classes = check_count(num_classes),
    dtype = check_string(dtype, null = TRUE)
  )
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
  known <- is.atomic(x) && !is.object(x) && length(x) && (is.numeric(x) || all(is.na(x)))
  known && all(is.na(x) | (x == trunc(x) & x >= -1 & x <= .Machine$integer.max))
}

comparison <- function(name) {
  force(name)
  operation(function(x, y) plain_operator(name, plain(x), plain(y)))
}
