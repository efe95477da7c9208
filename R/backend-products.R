# Cumulated sums, norms and products over named axes.

#' @rdname backend
#' @export
k_l2_normalize <- operation(function(x, axis = -1) {
  sums <- reduce_tensor("sum", x^2, axis, TRUE)
  operate("/", list(x, sqrt(operate("pmax", list(sums, 1e-12)))))
})

#' @rdname backend
#' @export
op_normalize <- operation(function(x, axis = -1, order = 2, epsilon = NULL) {
  if (!is.null(epsilon) || order != 2) {
    size <- norm_tensor(x, order, axis, TRUE)
    return(operate("/", list(x, operate("pmax", list(size, epsilon %||% 1e-12)))))
  }
  k_l2_normalize(x, axis)
})

#' @rdname backend
#' @export
op_norm <- operation(function(x, ord = NULL, axis = NULL, keepdims = FALSE) {
  norm_tensor(x, ord %||% 2, axis, keepdims)
})

#' @rdname backend
#' @export
k_cumsum <- operation(function(x, axis = 1) cumulate("cumsum", x, axis))

#' @rdname backend
#' @export
op_cumsum <- operation(function(x, axis = NULL, dtype = NULL) cumulate("cumsum", x, axis))

#' @rdname backend
#' @export
k_cumprod <- operation(function(x, axis = 1) cumulate("cumprod", x, axis))

#' @rdname backend
#' @export
op_cumprod <- operation(function(x, axis = NULL, dtype = NULL) cumulate("cumprod", x, axis))

#' @rdname backend
#' @export
op_count_nonzero <- operation(function(x, axis = NULL) {
  reduce_tensor("sum", 0 + (plain(x) != 0), axis)
})

#' @rdname backend
#' @export
op_average <- operation(function(x, axis = NULL, weights = NULL) {
  if (is.null(weights)) return(k_mean(x, axis))
  if (is.null(dim(plain(weights))) && length(axis) == 1) weights <- along_axis(weights, x, axis)
  sums <- reduce_tensor("sum", operate("*", list(x, weights)), axis)
  ones <- finite_zero(x) + 1
  operate("/", list(sums, reduce_tensor("sum", operate("*", list(ones, weights)), axis)))
})

#' @rdname backend
#' @export
k_bias_add <- operation(function(x, bias) {
  operate("+", list(x, along_axis(bias, x, -1)))
})

#' @rdname backend
#' @export
op_einsum <- operation(function(subscripts, ...) {
  tensors <- list(...)
  form <- read_subscripts(subscripts, tensors)
  y <- contract_tensors(tensors, form$inputs, form$output)
  if (length(form$output) > 1) y else as.vector(y)
})

# (sum |x|^p)^(1/p); Inf: the largest.
norm_tensor <- function(x, p, axis, keepdims) {
  if (identical(p, "fro") || identical(p, "euclidean")) p <- 2
  if (!identical(p, Inf)) check_number(p, min = 0, open = "min", arg = "ord")
  if (p == Inf) return(reduce_tensor("max", abs(x), axis, keepdims))
  if (p == 1) return(reduce_tensor("sum", abs(x), axis, keepdims))
  if (p == 2) return(sqrt(reduce_tensor("sum", x^2, axis, keepdims)))
  reduce_tensor("sum", abs(x)^p, axis, keepdims)^(1 / p)
}

cumulate <- function(name, x, axis) {
  x <- if (is.null(axis)) reshape_tensor(x, -1) else with_dims(x, tensor_dims(plain(x)))
  operate(name, list(x), list(axis = one_axis(x, axis %||% 1)))
}

# A vector with the dims of an array that runs along one of x's axes.
along_axis <- function(v, x, axis) {
  dims <- tensor_dims(plain(x))
  with_dims(v, replace(rep(1L, length(dims)), one_axis(x, axis), length(v)))
}

# list(inputs, output): letters of each tensor's axes.
read_subscripts <- function(subscripts, tensors, call = caller_env()) {
  text <- gsub(" ", "", check_string(subscripts), fixed = TRUE)
  sides <- strsplit(text, "->", fixed = TRUE)[[1]]
  inputs <- strsplit(strsplit(sides[1], ",", fixed = TRUE)[[1]], "")
  output <- if (length(sides) > 1) strsplit(sides[2], "")[[1]] else lone_letters(unlist(inputs))
  if (grepl("->$", text)) output <- character()
  ranks <- vapply(tensors, function(x) length(tensor_dims(plain(x))), 0L)
  good <- length(inputs) == length(tensors) && all(lengths(inputs) == ranks) &&
    all(c(unlist(inputs), output) %in% c(letters, LETTERS)) && all(output %in% unlist(inputs)) &&
    !any(vapply(c(inputs, list(output)), anyDuplicated, 0L))
  if (good) return(list(inputs = inputs, output = output))
  stop_argument("subscripts", "letters for the axes of each array, as in \"ij,jk->ik\"", subscripts,
    hint = "Each letter stands once for an axis of an array.", kind = "shape", call = call)
}

lone_letters <- function(all) sort(setdiff(all, all[duplicated(all)]))

# list(x, letters): axes that are not kept are summed over, the others in the order of `kept`.
reduce_letters <- function(x, own, kept) {
  x <- with_dims(x, tensor_dims(plain(x)))
  if (!all(own %in% kept)) x <- reduce_tensor("sum", x, which(!own %in% kept))
  own <- own[own %in% kept]
  x <- if (length(own) > 1) aperm(x, order(match(own, kept))) else x
  list(x = x, letters = intersect(kept, own))
}

# Pair by pair, from the left.
contract_tensors <- function(tensors, inputs, output) {
  left <- list(x = tensors[[1]], letters = inputs[[1]])
  for (i in seq_along(tensors)[-1]) {
    later <- c(output, unlist(inputs[-seq_len(i)]))
    left <- contract_pair(left, list(x = tensors[[i]], letters = inputs[[i]]), later)
  }
  reduce_letters(left$x, left$letters, output)$x
}

# As products of matrices: for each place of the letters that both have and that stay (`each`), rows
# of one by columns of the other, over the letters that end here (`over`).
contract_pair <- function(a, b, later) {
  both <- intersect(a$letters, b$letters)
  each <- intersect(both, later)
  over <- setdiff(both, later)
  rows <- intersect(setdiff(a$letters, both), later)
  columns <- intersect(setdiff(b$letters, both), later)
  size <- letter_sizes(a, b)
  x <- as_slices(a, list(each, rows, over), size)
  y <- as_slices(b, list(each, over, columns), size)
  left <- c(each, rows, columns)
  y <- operate("matmul", list(x, y))
  list(x = with_dims(y, if (length(left)) size[left]), letters = left)
}

letter_sizes <- function(a, b) {
  size <- c(tensor_dims(plain(a$x)), tensor_dims(plain(b$x)))
  names(size) <- c(a$letters, b$letters)
  sizes <- split(unname(size), names(size))
  unlike <- names(Filter(function(s) length(unique(s)) > 1, sizes))
  if (length(unlike)) {
    stop_kestrel("shape", sprintf("Axis \"%s\" has %s places.", unlike[1],
      paste(sizes[[unlike[1]]], collapse = " and ")), argument = "subscripts", call = NULL)
  }
  vapply(sizes, `[`, 0L, 1L)
}

as_slices <- function(tensor, groups, size) {
  x <- reduce_letters(tensor$x, tensor$letters, unlist(groups))$x
  with_dims(x, vapply(groups, function(g) as.integer(prod(size[g])), 0L))
}
