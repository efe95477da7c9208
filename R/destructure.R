#' Several assignments at once
#'
#' `c(a, b) %<-% value` assigns the elements of a list or vector to names, one by one. Names may
#' be nested, `c(c(x_train, y_train), c(x_test, y_test)) %<-% data`; `.` skips an element, and a
#' name after three dots, `...rest`, takes all elements that the others leave. Any place that
#' can stand left of `<-` will do: `c(x$a, y[1]) %<-% list(1, 2)`.
#'
#' @param left a name, a place, or `c()` of names, places and such calls.
#' @param value a list, an atomic vector, or whatever a single name shall get.
#' @return `value`, invisibly.
#' @section Errors: `kestrel_error_argument` when `value` has not as many elements as `left` has
#'   names, or no elements at all, such as a function; nothing is assigned then.
#' @source R package 'zeallot', whose operator R keras hands on.
#' @family data
#' @name destructure
#' @rdname destructure
#' @aliases %<-%
#' @examples
#' data <- list(train = list(x = 1:3, y = 4:6), test = list(x = 7:8, y = 9:10))
#' c(c(x_train, y_train), c(x_test, y_test)) %<-% data
#' x_test
#' c(first, ...rest) %<-% 1:4
#' rest
#' @export
`%<-%` <- function(left, value) {
  env <- caller_env()
  if (missing(value)) stop_missing("value")
  pairs <- match_parts(substitute(left), value, environment())
  for (pair in pairs) eval(call("<-", pair$place, call("quote", pair$value)), env)
  invisible(value)
}

# list(place, value) for each assignment, in order.
match_parts <- function(left, value, call) {
  if (identical(left, quote(.))) return(list())
  if (!is.call(left) || !identical(left[[1]], quote(c))) {
    return(list(list(place = left, value = value)))
  }
  places <- as.list(left)[-1]
  values <- elements_of(value, call)
  rest <- grep("^[.]{3}.", vapply(places, deparse1, ""))
  if (length(rest) == 1) {
    values <- gather_rest(values, rest, length(places), call)
    places[[rest]] <- as.name(substring(deparse1(places[[rest]]), 4))
  }
  check_as_many(places, values, call)
  parts <- Map(match_parts, places, values, MoreArgs = list(call = call))
  unlist(unname(parts), recursive = FALSE)
}

elements_of <- function(value, call) {
  if (is.atomic(value) && !is.null(value) || is.list(value)) {
    return(lapply(seq_along(value), function(i) value[[i]]))
  }
  stop_argument("value", "a list or a vector", value, call = call)
}

# The elements that the other names leave become one.
gather_rest <- function(values, at, n, call) {
  more <- length(values) - n + 1L
  if (more < 0) check_as_many(seq_len(n - 1L), values, call)
  taken <- seq_len(more) + at - 1L
  rest <- values[taken]
  if (length(rest) && all(vapply(rest, is.atomic, NA)) && all(lengths(rest) == 1)) {
    rest <- unlist(rest)
  }
  c(values[seq_len(at - 1L)], list(rest), values[seq_along(values) > at - 1L + more])
}

check_as_many <- function(places, values, call) {
  if (length(places) == length(values)) return(invisible())
  stop_kestrel("argument", sprintf("`value` must have %d elements, as there are names, not %d.",
    length(places), length(values)), hint = "`.` skips an element, `...rest` takes the others.",
    argument = "value", value = length(values), expected = length(places), call = call)
}
