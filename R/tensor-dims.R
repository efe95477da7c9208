# What k_shape() gives: in R keras a tensor, of which `[` counts from 1 and `[[`, which is Python's,
# from 0. k_shape(z)[[1]] of samples of one dim is the size of a sample: the official variational
# autoencoder draws so many numbers.

#' @export
`[[.kestrel_dims` <- function(x, i, ...) {
  dims <- as.vector(x)
  n <- length(dims)
  good <- is_number(i) && i == trunc(i) && i >= -n && i < n
  if (good) return(dims[if (i < 0) n + i + 1 else i + 1])
  stop_kestrel("argument",
    sprintf("k_shape()[[i]] takes a whole number from -%d to %d, not %s.", n, n - 1, describe(i)),
    hint = "[[ counts from 0, as in R keras, and [ from 1.", argument = "i", value = shorten(i),
    call = NULL)
}

#' @export
as.list.kestrel_dims <- function(x, ...) as.list(as.vector(x))

#' @export
print.kestrel_dims <- function(x, ...) {
  print(as.vector(x), ...)
  invisible(x)
}
