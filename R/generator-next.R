#' The next batch of a generator
#'
#' Generators are functions, see [fit()][fit.kestrel_model]: calling one gives its next batch. These
#' names of R keras do the same, for loops of one's own.
#'
#' @param x,it,generator a generator.
#' @param completed what is returned when it gives no more.
#' @return `as_iterator()` the generator, the others its next batch.
#' @section Errors: `kestrel_error_argument` for what is no generator, `kestrel_error_callback`
#'   where it fails.
#' @source R packages 'keras', 'keras3' and 'reticulate'.
#' @family data
#' @examples
#' batches <- timeseries_generator(matrix(1:20, 10), 1:10, length = 3, batch_size = 2)
#' str(generator_next(batches))
#' @export
generator_next <- function(generator, completed = NULL) {
  next_of(check_next(generator), "generator") %||% completed
}

#' @rdname generator_next
#' @export
iter_next <- function(it, completed = NULL) next_of(check_next(it), "it") %||% completed

next_of <- function(generator, arg, call = caller_env()) {
  force(generator)
  tryCatch(allowInterrupts(generator()), error = function(e) {
    stop_kestrel("callback", sprintf("Generator `%s` failed: %s", arg, conditionMessage(e)),
      argument = arg, call = call, parent = e)
  })
}

#' @rdname generator_next
#' @export
as_iterator <- function(x) check_next(x)

check_next <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (is_generator(x)) return(x)
  stop_argument(arg, "a generator: a function that returns the next batch", x, call = call)
}
