# Sparse matrices of package 'Matrix' as x: the rows of a batch are made dense when their turn
# comes.

is_sparse <- function(x) isS4(x) && inherits(x, "sparseMatrix")

# Batches for as long as they are asked for, a pass after the other: list(x, y), with weights where
# there are any; of y NULL list(x). `shuffle`: as in fit(). The transposed matrix has rows at hand.
sparse_batches <- function(x, y, weight, size, shuffle = FALSE, rows = seq_len(nrow(x))) {
  force(y)
  force(weight)
  across <- Matrix::t(x)
  order <- rows
  make <- function(i) {
    if (i == 1L && isTRUE(shuffle)) order <<- rows[sample.int(length(rows))]
    part <- part_of(order, i, size)
    c(list(t(as.matrix(across[, part, drop = FALSE]))), if (!is.null(y)) list(rows_of(y, part)),
      if (!is.null(weight)) list(rows_of(weight, part)))
  }
  new_batches(batches_in(length(rows), size), make, shuffle = identical(shuffle, "batch"),
    class = "sparse_batches", endless = TRUE, samples = length(rows))
}

# Of a list, which is by output, each element's.
rows_of <- function(y, rows) {
  if (is.data.frame(y)) return(y[rows, , drop = FALSE])
  if (is.list(y) && !is.object(y)) return(lapply(y, rows_of, rows))
  if (length(dim(y)) > 1) some_samples(y, rows) else y[rows]
}

check_sparse <- function(x, y, weight, args, call) {
  if (!requireNamespace("Matrix", quietly = TRUE)) stop_no_matrix(args[1], call)
  if (nrow(x) < 1) {
    stop_kestrel("data", sprintf("`%s` must have at least one row, not none.", args[1]),
      argument = args[1], call = call)
  }
  check_sparse_finite(x, args[1], call)
  check_given(y, args[2], call)
  each <- function(v) if (is.list(v) && !is.object(v)) v else list(v)
  for (part in each(y)) check_same_count(nrow(x), part, args[1:2], call)
  for (part in each(weight)) if (!is.null(part)) check_same_count(nrow(x), part, args[c(1, 3)],
    call)
}

# By rows of x, which those of a shuffled batch are not.
check_sparse_finite <- function(x, arg, call) {
  if (all(is.finite(attr(x, "x")))) return(invisible(x))
  entries <- as.data.frame(Matrix::mat2triplet(x))
  bad <- entries[!is.finite(entries$x), ]
  first <- bad[order(bad$j, bad$i)[1], ]
  stop_not_finite(arg, nrow(bad), first$x, cbind(first$i, first$j), any(is.na(bad$x)), call)
}

# What fit() trains on and evaluates: list(x, validation_data), generators.
sparse_fit_data <- function(x, y, weight, split, validation_data, shuffle, settings, call) {
  check_sparse(x, y, weight, c("x", "y", "sample_weight"), call)
  n <- nrow(x)
  cut <- if (is.null(validation_data) && split > 0) floor(n * (1 - split)) else n
  if (cut < 1 || (cut == n && split > 0 && is.null(validation_data))) {
    stop_split(split, cut, n, call)
  }
  size <- settings$batch_size %||%
    if (is.null(settings$steps_per_epoch)) 32L else
    ceiling(cut / min(settings$steps_per_epoch, cut))
  later <- settings$validation_batch_size %||% size
  if (cut < n) validation_data <- sparse_batches(x, y, weight, later, rows = seq(cut + 1, n))
  list(x = sparse_batches(x, y, weight, size, shuffle, seq_len(cut)),
    validation_data = sparse_validation(validation_data, later, call))
}

sparse_validation <- function(validation_data, size, call) {
  sparse <- is.list(validation_data) && length(validation_data) %in% 2:3 &&
    is_sparse(validation_data[[1]])
  if (!sparse) return(validation_data)
  weight <- if (length(validation_data) == 3) validation_data[[3]]
  check_sparse(validation_data[[1]], validation_data[[2]], weight,
    sprintf("validation_data[[%d]]", 1:3), call)
  sparse_batches(validation_data[[1]], validation_data[[2]], weight, size)
}

# Of a single batch.
dense_batch <- function(x) {
  if (is_sparse(x) && requireNamespace("Matrix", quietly = TRUE)) as.matrix(x) else x
}

dense_at_most <- 1e7

# For what looks at all rows at once.
all_dense <- function(x, arg, call) {
  if (!is_sparse(x)) return(x)
  if (!requireNamespace("Matrix", quietly = TRUE)) stop_no_matrix(arg, call)
  if (prod(as.double(dim(x))) <= dense_at_most) return(as.matrix(x))
  stop_kestrel("memory",
    sprintf("A sparse `%s` is made dense here, and may hold at most %s numbers, not %d x %d.",
    arg, format(dense_at_most), nrow(x), ncol(x)), hint = "Take a part of its rows.",
    argument = arg,
    value = dim(x), expected = dense_at_most, call = call)
}

# list(x, y), of which x may be sparse.
dense_validation <- function(data, call) {
  if (!is.list(data) || is.object(data) || !length(data)) return(data)
  data[1] <- list(all_dense(data[[1]], "validation_data[[1]]", call))
  data
}

stop_no_matrix <- function(arg, call) {
  stop_kestrel("state", sprintf("Package \"Matrix\" is needed for a sparse `%s`.", arg),
    argument = arg, call = call)
}
