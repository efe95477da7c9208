# Batches that are made when they are asked for: a function that returns the next one, NULL at the
# end of a pass, whose environment holds n, make(i), shuffle, samples, and where it is.

# `endless`: one pass after the other; `samples`: how many there are in all, where that is known.
new_batches <- function(n, make, shuffle = FALSE, class, endless = FALSE, samples = NULL) {
  order <- NULL
  at <- 0L
  structure(function() {
    if (at == n) {
      at <<- 0L
      if (!endless) return(NULL)
    }
    if (at == 0L) order <<- if (shuffle) sample.int(n) else seq_len(n)
    at <<- at + 1L
    make(order[at])
  }, class = c(class, "kestrel_batches"))
}

#' @export
length.kestrel_batches <- function(x) as.integer(environment(x)$n)

#' @export
`[[.kestrel_batches` <- function(x, i) {
  n <- length(x)
  i <- check_count(i)
  if (i > n) stop_argument("i", sprintf("a batch from 1 to %d", n), i)
  environment(x)$make(i)
}

#' @export
`[.kestrel_batches` <- function(x, i) x[[i]]

#' @export
print.kestrel_batches <- function(x, ...) {
  cat(sprintf("<%s: %d batch%s>\n", class(x)[1], length(x), if (length(x) == 1) "" else "es"))
  invisible(x)
}
