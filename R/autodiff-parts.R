# In R keras c() of tensors is a list of them: k_concatenate(c(a, b)). Of arrays it is one vector,
# as in R, which knows the arrays that it was made of as its attribute `parts`.

# In the place of c(), whose methods look at the first argument only.
joining <- function(...) {
  parts <- list(...)
  traced <- vapply(parts, inherits, NA, "kestrel_traced")
  bare <- vapply(parts, function(x) is.list(x) && !is.object(x), NA)
  if (any(traced) && any(bare)) return(do.call(c,
    Map(function(x, bare) if (bare) x else list(x), parts, bare)))
  y <- if (any(traced)) join(unname(parts)) else c(...)
  if (length(parts) == 1 && is_column(parts[[1]])) return(by_row(y))
  if (length(parts) > 1 && all(vapply(parts, has_axes, NA))) attr(y, "parts") <- unname(parts)
  y
}

has_axes <- function(x) {
  (is_traced(x) || !is.object(x)) && length(dim(x)) > 1 &&
    (is.numeric(plain(x)) || is.logical(plain(x)))
}

# The list that is meant. R hands attributes on, so that the numbers must be those of the parts
# still.
tensor_parts <- function(x) {
  parts <- attr(x, "parts", exact = TRUE)
  if (is.null(parts) || !identical(as.vector(plain(x)), unlist(lapply(parts, plain)))) return(x)
  parts
}
