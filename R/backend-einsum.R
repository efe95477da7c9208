# Einstein sums: products of numbers with the same letters.

#' @rdname backend
#' @export
op_einsum <- operation(function(subscripts, ...) {
  check_string(subscripts)
  tensors <- list(...)
  if (any(vapply(tensors, is_tensor, NA))) {
    return(tensor_operation(op_einsum, c(list(subscripts), tensors), "einsum"))
  }
  for (i in seq_along(tensors)) check_operand(tensors[[i]], arg = sprintf("operand %d", i))
  sum_by_letters(tensors, subscripts)
}, pass = TRUE)

sum_by_letters <- function(tensors, subscripts, call = caller_env()) {
  form <- read_subscripts(subscripts, lapply(tensors, function(x) tensor_dims(plain(x))), call)
  parts <- Map(tensor_by_letters, tensors, form$inputs)
  parts <- lapply(parts, stretched_axes_left_out, letter_sizes(parts))
  y <- contract_tensors(parts, form$output)
  if (length(form$output) > 1) y else as.vector(y)
}

# list(inputs, output): letters of the axes of arrays of these dims. Axes that "..." stands for get
# letters of their own: ".1" for the last, ".2" for that before it. A number alone has none.
read_subscripts <- function(subscripts, dims, call) {
  text <- gsub(" ", "", subscripts, fixed = TRUE)
  sides <- strsplit(paste0(text, if (grepl("->", text)) " "), "->", fixed = TRUE)[[1]]
  inputs <- lapply(strsplit(paste0(sides[1], ","), ",", fixed = TRUE)[[1]], split_letters)
  if (length(inputs) != length(dims)) stop_subscripts(subscripts, call)
  inputs <- Map(named_ellipsis, inputs, lengths(dims))
  dots <- dot_letters(max(0L, vapply(inputs, function(own) sum(startsWith(own, ".")), 0L)))
  told <- length(sides) > 1
  output <- if (told) split_letters(trimws(sides[2])) else c("...", lone_letters(unlist(inputs)))
  if (length(dots) && !"..." %in% output) stop_subscripts(subscripts, call)
  output <- unlist(lapply(output, function(letter) if (letter == "...") dots else letter))
  alone <- lengths(inputs) == 0 & vapply(dims, identical, NA, 1L)
  good <- all(alone | lengths(inputs) == lengths(dims)) && all(output %in% unlist(inputs)) &&
    all(grepl("^([A-Za-z]|[.][0-9]+)$", c(unlist(inputs), output))) && !anyDuplicated(output)
  if (good) list(inputs = inputs, output = output) else stop_subscripts(subscripts, call)
}

stop_subscripts <- function(subscripts, call) {
  stop_argument("subscripts", "letters for the axes of each array, as in \"ij,jk->ik\"", subscripts,
    hint = "\"...\" stands for axes without letters, and must be in the result then.",
    kind = "shape",
    call = call)
}

split_letters <- function(text) regmatches(text, gregexpr("[.]{3}|.", text))[[1]]

dot_letters <- function(n) if (n > 0) paste0(".", rev(seq_len(n))) else character()

# With as many letters as the array has axes, where there is one "...".
named_ellipsis <- function(letters, rank) {
  at <- which(letters == "...")
  if (length(at) != 1) return(letters)
  append(letters[-at], dot_letters(rank - length(letters) + 1L), at - 1L)
}

lone_letters <- function(all) {
  all <- all[!startsWith(all, ".")]
  sort(setdiff(all, all[duplicated(all)]))
}

# list(x, letters), each letter once: of axes with the same letter the diagonal.
tensor_by_letters <- function(x, letters) {
  x <- with_dims(x, tensor_dims(plain(x)))
  if (!anyDuplicated(letters)) return(list(x = x, letters = letters))
  size <- letter_sizes(list(list(x = x, letters = letters)))[unique(letters)]
  all <- arrayInd(seq_len(prod(size)), size)
  at <- places(x)[all[, match(letters, names(size)), drop = FALSE]]
  list(x = take(x, array(at, size)), letters = names(size))
}

# Those of size 1 that others have with more places.
stretched_axes_left_out <- function(part, size) {
  keep <- !startsWith(part$letters, ".") | dim(part$x) == size[part$letters]
  if (all(keep)) return(part)
  list(x = with_dims(part$x, if (any(keep)) dim(part$x)[keep]), letters = part$letters[keep])
}

# list(x, letters): axes that are not kept are summed over, the others in the order of `kept`.
reduce_letters <- function(x, own, kept) {
  x <- with_dims(x, tensor_dims(plain(x)))
  if (!all(own %in% kept)) x <- reduce_tensor("sum", x, which(!own %in% kept))
  own <- own[own %in% kept]
  x <- if (length(own) > 1) aperm(x, order(match(own, kept))) else x
  list(x = x, letters = intersect(kept, own))
}

# Pair by pair, from the left.
contract_tensors <- function(parts, output) {
  left <- parts[[1]]
  for (i in seq_along(parts)[-1]) {
    later <- c(output, unlist(lapply(parts[-seq_len(i)], `[[`, "letters")))
    left <- contract_pair(left, parts[[i]], later)
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
  size <- letter_sizes(list(a, b))
  x <- as_slices(a, list(each, rows, over), size)
  y <- as_slices(b, list(each, over, columns), size)
  left <- c(each, rows, columns)
  y <- operate("matmul", list(x, y))
  list(x = with_dims(y, if (length(left)) size[left]), letters = left)
}

# Places by letter. An axis of "..." may have one place where others have more.
letter_sizes <- function(parts) {
  size <- unlist(lapply(parts, function(part) tensor_dims(plain(part$x))[seq_along(part$letters)]))
  letters <- as.character(unlist(lapply(parts, `[[`, "letters")))
  sizes <- lapply(split(size, letters), unique)
  dots <- startsWith(names(sizes), ".")
  sizes[dots] <- lapply(sizes[dots], function(s) if (length(s) > 1) s[s != 1] else s)
  unlike <- names(Filter(function(s) length(s) > 1, sizes))
  if (!length(unlike)) return(vapply(sizes, `[`, 0L, 1L))
  stop_kestrel("shape", sprintf("Axis \"%s\" has %s places.", sub("^[.].*", "...", unlike[1]),
    paste(sizes[[unlike[1]]], collapse = " and ")), argument = "subscripts", call = NULL)
}

as_slices <- function(tensor, groups, size) {
  x <- reduce_letters(tensor$x, tensor$letters, unlist(groups))$x
  with_dims(x, vapply(groups, function(g) as.integer(prod(size[g])), 0L))
}
