# A reader of event files that shares nothing with their writer: CRCs bit by bit from the
# polynomial's definition, messages field by field.

# Bits are logical, the lowest first; the register is shifted towards the lowest.
crc32c_bits <- function(bytes) {
  # x^28 + x^27 + x^26 + x^25 + x^23 + x^22 + x^20 + x^19 + x^18 + x^14 + x^13 + x^11 + x^10 +
  # x^9 + x^8 + x^6 + 1, and x^32; the lowest bit is that of x^31.
  polynomial <- 31:0 %in% c(28:25, 23, 22, 20:18, 14, 13, 11:8, 6, 0)
  register <- rep(TRUE, 32)
  for (bit in as.logical(rawToBits(bytes))) {
    odd <- xor(register[1], bit)
    register <- c(register[-1], FALSE)
    if (odd) register <- xor(register, polynomial)
  }
  !register
}

bits_number <- function(bits) sum(2^(seq_along(bits) - 1)[bits])

masked_number <- function(bits) (bits_number(bits[c(16:32, 1:15)]) + 2726488792) %% 2^32

bytes_number <- function(bytes) sum(as.integer(bytes) * 256^(seq_along(bytes) - 1))

# Payloads of a file, all CRCs checked.
read_records <- function(path) {
  bytes <- readBin(path, "raw", file.size(path))
  payloads <- list()
  at <- 0
  while (at < length(bytes)) {
    n <- bytes_number(bytes[at + 1:8])
    payload <- bytes[at + 12 + seq_len(n)]
    sums <- c(bytes_number(bytes[at + 9:12]), bytes_number(bytes[at + 12 + n + 1:4]))
    stopifnot(
      identical(sums[1], masked_number(crc32c_bits(bytes[at + 1:8]))),
      identical(sums[2], masked_number(crc32c_bits(payload)))
    )
    payloads <- c(payloads, list(payload))
    at <- at + n + 16
  }
  payloads
}

# A message as a list of its fields, named by their numbers.
read_message <- function(bytes) {
  fields <- list()
  while (length(bytes)) {
    key <- read_varint(bytes)
    bytes <- bytes[-seq_len(key$n)]
    type <- key$x %% 8
    if (type == 0) {
      x <- read_varint(bytes)
      value <- x$x
      used <- x$n
    } else if (type == 1) {
      value <- readBin(bytes[1:8], "double", endian = "little")
      used <- 8
    } else if (type == 2) {
      x <- read_varint(bytes)
      value <- bytes[x$n + seq_len(x$x)]
      used <- x$n + x$x
    } else {
      stop("a type that is not used")
    }
    fields <- c(fields, stats::setNames(list(value), key$x %/% 8))
    bytes <- bytes[-seq_len(used)]
  }
  fields
}

read_varint <- function(bytes) {
  n <- which(as.integer(bytes) < 128)[1]
  list(x = sum(as.integer(bytes[seq_len(n)]) %% 128 * 128^(seq_len(n) - 1)), n = n)
}

# list(version, times, tag, step, plugin, value): the last four of each event but the first.
read_events <- function(path) {
  messages <- lapply(read_records(path), read_message)
  events <- lapply(messages[-1], read_event)
  list(version = rawToChar(messages[[1]][["3"]]), times = vapply(messages, `[[`, 0, "1"),
    tag = vapply(events, `[[`, "", "tag"), step = vapply(events, `[[`, 0, "step"),
    plugin = vapply(events, `[[`, "", "plugin"), value = lapply(events, `[[`, "value"))
}

read_event <- function(message) {
  value <- read_message(read_message(message[["5"]])[["1"]])
  metadata <- read_message(value[["9"]])
  list(tag = rawToChar(value[["1"]]), step = message[["2"]], value = read_tensor(value[["8"]]),
    plugin = rawToChar(read_message(metadata[["1"]])[["1"]]))
}

# Single numbers of type 1, arrays by row of type 2.
read_tensor <- function(bytes) {
  tensor <- read_message(bytes)
  if (tensor[["1"]] == 1) return(readBin(tensor[["5"]], "double", size = 4, endian = "little"))
  shape <- read_message(tensor[["2"]])
  dims <- vapply(shape, function(dim) read_message(dim)[["1"]], 0)
  values <- readBin(tensor[["4"]], "double", prod(dims), endian = "little")
  matrix(values, dims[1], dims[2], byrow = TRUE)
}

# All files of a folder, in the order of their names.
read_board <- function(folder) {
  files <- list.files(folder, full.names = TRUE)
  lapply(files, read_events)
}

# The values of a tag, named by their steps.
tag_values <- function(events, tag) {
  at <- events$tag == tag
  stats::setNames(unlist(events$value[at]), events$step[at])
}
