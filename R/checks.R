# check_*(): argument in, argument out, or a classed error that names it. The value comes
# back in the type that the rest of the package uses: counts as integers, numbers as doubles.
# Where a check assigns to its argument, `arg`, which reads the caller's words, comes first.

check_count <- function(x, min = 1L, max = .Machine$integer.max, null = FALSE,
                        hint = NULL, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (null && is.null(x)) return(NULL)
  if (is_number(x) && x == trunc(x) && x >= min && x <= max) return(as.integer(x))
  must <- sprintf("a whole number from %d to %d", as.integer(min), as.integer(max))
  stop_argument(arg, must, x, hint = hint, call = call)
}

# Numbers of batches are often quotients, nrow(x) / 32: as in R keras the last part of one is left
# out.
check_step_count <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  force(arg)
  if (is_number(x) && x > 1) x <- trunc(x)
  check_count(x, null = TRUE, hint = if (is_number(x) && x > 0) "There is less than one batch.",
    arg = arg, call = call)
}

# Bounds are inclusive unless `open` names a side: "min", "max".
check_number <- function(x, min = -Inf, max = Inf, open = character(), null = FALSE,
                         hint = NULL, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (null && is.null(x)) return(NULL)
  if (is_number(x) && within_bounds(x, min, max, open)) return(as.double(x))
  stop_argument(arg, describe_bounds(min, max, open), x, hint = hint, call = call)
}

within_bounds <- function(x, min, max, open) {
  above <- if ("min" %in% open) x > min else x >= min
  below <- if ("max" %in% open) x < max else x <= max
  above && below
}

describe_bounds <- function(min, max, open) {
  number <- "a single finite number"
  if (min == -Inf && max == Inf) return(number)
  if (max == Inf) {
    return(sprintf("%s %s %s", number, if ("min" %in% open) "above" else "of at least", min))
  }
  if (min == -Inf) {
    return(sprintf("%s %s %s", number, if ("max" %in% open) "below" else "of at most", max))
  }
  sprintf("%s in %s%s, %s%s", number, if ("min" %in% open) "(" else "[", min, max,
    if ("max" %in% open) ")" else "]")
}

check_flag <- function(x, null = FALSE, hint = NULL, arg = caller_arg(x), call = caller_env()) {
  if (null && is.null(x)) return(NULL)
  if (is_flag(x)) return(as.logical(x))
  stop_argument(arg, "TRUE or FALSE", x, hint = hint, call = call)
}

check_string <- function(x, null = FALSE, hint = NULL, arg = caller_arg(x),
                         call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (null && is.null(x)) return(NULL)
  if (is_string(x) && nzchar(x)) return(x)
  stop_argument(arg, "a single string", x, hint = hint, call = call)
}

check_choice <- function(x, choices, what = "one of its choices", arg = caller_arg(x),
                         call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (is_string(x) && x %in% choices) return(x)
  stop_unknown(arg, what, x, choices, call = call)
}

# Names of layers and models: printable, at most 255 bytes.
check_name <- function(x, null = TRUE, arg = caller_arg(x), call = caller_env()) {
  if (null && is.null(x)) return(NULL)
  force(arg)
  x <- check_string(x, arg = arg, call = call)
  if (!validUTF8(x) || nchar(x, "bytes") > 255) {
    stop_argument(arg, "a string of valid text of at most 255 bytes", x, call = call)
  }
  if (grepl("[[:cntrl:]/\\\\]", x)) {
    stop_argument(arg, "a string without slashes and control characters", x, call = call)
  }
  x
}

# Whatever landed in `...` and is not an old spelling of a known argument is a mistake.
check_dots <- function(dots, known, call = caller_env()) {
  if (!length(dots)) return(invisible())
  name <- names2(dots)[1]
  if (!nzchar(name)) {
    stop_kestrel("argument", "There are more unnamed arguments than the function takes.",
      hint = "Name the arguments.", value = shorten(dots[[1]]), call = call)
  }
  near <- nearest(name, known)
  stop_kestrel(
    "argument", sprintf("`%s` is not an argument of this function.", name),
    hint = if (length(near)) sprintf("Did you mean `%s`?", near),
    argument = name, expected = known, call = call
  )
}

# A single number that is no NA and finite; logicals are no numbers.
is_number <- function(x) {
  is.numeric(x) && !is.object(x) && length(x) == 1 && is.finite(x)
}

is_flag <- function(x) is.logical(x) && length(x) == 1 && !is.na(x)

is_string <- function(x) is.character(x) && length(x) == 1 && !is.na(x)

`%||%` <- function(x, y) if (is.null(x)) y else x

# Arguments of the caller by their names, of which none may be missing.
check_present <- function(...) {
  call <- caller_env()
  for (name in c(...)) if (eval(call("missing", as.name(name)), call)) stop_missing(name, call)
}
