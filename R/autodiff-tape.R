# Reverse-mode differentiation of R functions. While such a function runs on traced values, each
# operation is noted on a tape; going back over it, the gradient by an operation's result becomes
# the gradients by its arguments.
#
# A traced value is list(value, id, tape): a vector or array, samples first, and its place on the
# tape. A tape is an environment with `n` operations, each list(row, ids, values, settings, y);
# ids are 0 for arguments that are not traced.
#
# An operation is a row of a table, see differentiable(): list(value, vjp).
#   value(a, b, ..., settings)         what it computes from plain values
#   vjp(dy, y, a, b, ..., settings)    a list, the gradients by a, b, ...

# list(value, gradients): fn at the arguments, and the gradients by each of its single number (by
# sum(dy * value) where dy is given).
differentiate <- function(fn, args, dy = NULL) {
  tape <- new_tape()
  traced <- lapply(args, trace_value, tape = tape)
  y <- do.call(fn, traced, quote = TRUE)
  list(value = plain(y), gradients = tape_gradients(y, traced, dy))
}

new_tape <- function() list2env(list(n = 0L, notes = list()), parent = emptyenv())

trace_value <- function(x, tape) note(tape, x, NULL, integer(), list(), list())

is_traced <- function(x) inherits(x, "kestrel_traced") && inherits(current(x), "kestrel_traced")

# What a variable stands for now, see variable.R; anything else is itself.
current <- function(x) if (inherits(x, "kestrel_variable")) .subset2(x, "cell")$now else x

# The numbers alone.
plain <- function(x) if (is_traced(x)) .subset2(current(x), "value") else current(x)

tape_of <- function(x) .subset2(current(x), "tape")

traced_id <- function(x) if (is_traced(x)) .subset2(current(x), "id") else 0L

# One operation on values of which some may be traced; on plain values it is just computed.
operate <- function(name, tensors, settings = list()) {
  row <- differentiable()[[name]] %||% stop_not_differentiable(name)
  values <- unname(lapply(tensors, plain))
  y <- do.call(row$value, c(values, settings), quote = TRUE)
  traced <- Filter(is_traced, tensors)
  if (!length(traced)) return(y)
  ids <- vapply(tensors, traced_id, 0L)
  note(tape_of(traced[[1]]), y, row, ids, values, settings)
}

note <- function(tape, y, row, ids, values, settings) {
  tape$n <- tape$n + 1L
  tape$notes[[tape$n]] <- list(row = row, ids = ids, values = values, settings = settings, y = y)
  structure(list(value = y, id = tape$n, tape = tape),
    class = c("kestrel_traced", "kestrel_operand"))
}

# Zero where y does not depend on them.
tape_gradients <- function(y, of, dy = NULL) {
  found <- if (is_traced(y)) tape_backward(y, dy %||% ones_like(plain(y)))
  lapply(of, function(x) found[[as.character(traced_id(x))]] %||% (0 * plain(x)))
}

ones_like <- function(x) shape_like(rep(1, length(x)), x)

shape_like <- function(values, x) {
  dim(values) <- dim(x)
  attr(values, "lies") <- attr(x, "lies", exact = TRUE)
  values
}

# Gradients by id, those of operations that have been passed left out.
tape_backward <- function(y, dy) {
  notes <- tape_of(y)$notes
  found <- stats::setNames(list(dy), traced_id(y))
  for (id in rev(seq_len(traced_id(y)))) {
    key <- as.character(id)
    step <- notes[[id]]
    if (is.null(step$row) || is.null(found[[key]])) next
    given <- do.call(step$row$vjp, c(list(found[[key]], step$y), step$values, step$settings),
      quote = TRUE)
    found[[key]] <- NULL
    for (i in which(step$ids > 0L)) {
      to <- as.character(step$ids[i])
      found[[to]] <- if (is.null(found[[to]])) given[[i]] else found[[to]] + given[[i]]
    }
  }
  found
}

# All operations by name.
differentiable <- function() {
  if (is.null(the$differentiable)) {
    rows <- c(arithmetic_operations(), math_operations(), matrix_operations(),
      reducing_operations(), fibre_operations(), choosing_operations(), engine_operations(),
      inner_operations(), linear_operations(), symbolic_operations())
    assign("differentiable", rows, envir = the)
  }
  the$differentiable
}

stop_not_differentiable <- function(name) {
  stop_kestrel("argument", sprintf("`%s()` cannot be differentiated.", name),
    hint = "See ?autodiff for the operations that can be.", argument = name,
    expected = "an operation with a derivative",
    call = NULL)
}

is_refusal <- function(e) inherits(e, "kestrel_error") &&
  identical(e$expected, "an operation with a derivative")

#' @export
dim.kestrel_traced <- function(x) dim(plain(x))

#' @export
length.kestrel_traced <- function(x) length(plain(x))

#' @export
names.kestrel_traced <- function(x) names(plain(x))

#' @export
print.kestrel_traced <- function(x, ...) {
  print(plain(x), ...)
  invisible(x)
}
