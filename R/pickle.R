# Lists of whole numbers in an array of objects, as Python's pickle writes them: a few operations to
# make an array, then "]" for each list, the first being that of all, and its numbers. Every
# operation is a byte and what it takes; they are found one after the other, and then read all at
# once.

# bytes: raw; list(integer vectors).
unpickle_lists <- function(bytes, label, call) {
  at <- operation_places(bytes, label, call)
  ops <- bytes[at]
  first <- match(list_begins, ops)
  if (is.na(first)) stop_objects(label, call)
  keep <- seq.int(first, length(ops))
  if (!all(ops[keep] %in% list_operations)) stop_objects(label, call)
  number <- keep[ops[keep] %in% number_operations]
  owner <- (cumsum(ops == list_begins) - 1L)[number]
  lists <- split(pickled_numbers(bytes, at[number]),
    factor(owner, seq_len(sum(ops == list_begins) - 1L)))
  unname(lists)
}

list_begins <- as.raw(0x5d)

# One byte, two, and four with a sign.
number_operations <- as.raw(c(0x4b, 0x4d, 0x4a))

# Those that may follow: numbers, lists, ( e a, memoranda, frames, and t b . at the end.
list_operations <- c(number_operations,
  as.raw(c(0x5d, 0x28, 0x65, 0x61, 0x71, 0x72, 0x94, 0x95, 0x74,
  0x62, 0x2e)))

# Bytes that operations of one size take, themselves included.
operation_sizes <- function() {
  sizes <- integer(256)
  set <- function(size, ops) sizes[ops + 1] <<- size
  set(1L, c(0x5d, 0x28, 0x65, 0x61, 0x94, 0x74, 0x62, 0x2e, 0x85, 0x86, 0x87, 0x88, 0x89, 0x4e,
    0x52, 0x93,
    0x29, 0x7d, 0x81))
  set(2L, c(0x4b, 0x71, 0x68, 0x80))
  set(3L, 0x4d)
  set(5L, c(0x4a, 0x72, 0x6a))
  set(9L, 0x95)
  sizes
}

# Texts, which have sizes of their own, stand at the beginning only.
operation_places <- function(bytes, label, call) {
  sizes <- operation_sizes()[as.integer(bytes) + 1L]
  head <- seq_len(min(1000L, length(bytes)))
  sizes[head] <- ifelse(sizes[head] > 0, sizes[head], vapply(head, text_size, 0L, bytes = bytes))
  places <- integer(length(bytes))
  at <- 1L
  n <- 0L
  while (at <= length(bytes)) {
    n <- n + 1L
    places[n] <- at
    if (sizes[at] == 0L) stop_objects(label, call)
    at <- at + sizes[at]
  }
  places[seq_len(n)]
}

# Of a text that begins at a place, 0 for none: two lines, or with its length in one or four bytes.
text_size <- function(at, bytes) {
  op <- as.integer(bytes[at])
  if (op == 0x63) {
    ends <- which(bytes[at + seq_len(200)] == as.raw(0x0a))
    return(if (length(ends) > 1) ends[2] + 1L else 0L)
  }
  if (op %in% c(0x55, 0x8c, 0x43)) return(2L + as.integer(bytes[at + 1L]))
  if (op %in% c(0x58, 0x54, 0x42)) return(5L + as.integer(bytes[at + 1L]))
  0L
}

pickled_numbers <- function(bytes, at) {
  op <- bytes[at]
  byte <- function(i, of) as.integer(bytes[at[of] + i])
  values <- integer(length(at))
  one <- which(op == number_operations[1])
  two <- which(op == number_operations[2])
  four <- which(op == number_operations[3])
  values[one] <- byte(1L, one)
  values[two] <- byte(1L, two) + 256L * byte(2L, two)
  values[four] <- readBin(as.vector(vapply(at[four], function(i) bytes[i + 1:4], raw(4))),
    "integer",
    length(four), 4, endian = "little")
  values
}

stop_objects <- function(label, call) {
  stop_unread(label, "holds objects of Python other than lists of whole numbers", call)
}
