# Rows that were not trained on: validation_data, or the tail that validation_split took, where the
# data are those of that fit.

# The number of rows before the tail; NULL where there is none.
evidence_held_after <- function(case) {
  split <- case$fit$validation_split %||% 0
  n <- floor(case$rows * (1 - split))
  if (split > 0 && n >= 1 && n < case$rows &&
    identical(as.double(n), as.double(case$fit$samples %||% n))) n
}

# list(x, y): lists by input and output.
evidence_held_out <- function(case) {
  if (!is.null(case$validation)) return(case$validation)
  n <- case$held_after
  if (is.null(n)) return(NULL)
  tail <- function(a) some_samples(a, seq(n + 1, case$rows))
  list(x = lapply(x_list(case$x), tail), y = lapply(x_list(case$y), tail))
}

# Those that were.
evidence_trained_rows <- function(case) {
  seq_len(if (is.null(case$validation)) case$held_after %||% case$rows else case$rows)
}

# Training rows and those held out, x and y side by side.
split_rows <- function(case) {
  held <- case$held_out
  if (is.null(held)) return(NULL)
  flat <- function(x) do.call(cbind, lapply(x, function(x) matrix(x, nrow = dim(x)[1])))
  all <- cbind(case$inputs, flat(x_list(case$y)))
  list(train = all[case$trained_rows, , drop = FALSE], held = cbind(flat(held$x), flat(held$y)))
}
