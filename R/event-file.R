# Files that TensorBoard reads: records of events, one after the other.
#
# A record is the length of its payload (8 bytes), the masked CRC-32C of these bytes, the payload,
# and the masked CRC-32C of that; numbers begin with their lowest byte. A payload is a message
# in the protobuf encoding, which a list of fields makes, each a number, a type and bytes.

# A new file in a folder, which is made, and its path. Its first event says what it is.
event_file_new <- function(folder) {
  folder <- path.expand(folder)
  dir.create(folder, recursive = TRUE, showWarnings = FALSE)
  path <- event_path(folder)
  event_file_add(path, list(proto_bytes(3, charToRaw("brain.Event:2"))))
  normalizePath(path)
}

# The name that TensorFlow gives; files of one second differ by their number.
event_path <- function(folder) {
  host <- gsub("[^A-Za-z0-9.-]", "_", Sys.info()[["nodename"]])
  second <- floor(as.numeric(Sys.time()))
  stem <- sprintf("events.out.tfevents.%.0f.%s.%d", second, host, Sys.getpid())
  n <- 0
  while (file.exists(path <- file.path(folder, sprintf("%s.%d.v2", stem, n)))) n <- n + 1
  path
}

# `contents`: one for each event, fields that follow its time. All are appended at once.
event_file_add <- function(path, contents) {
  now <- proto_double(1, as.numeric(Sys.time()))
  records <- unlist(lapply(contents, function(content) event_record(c(now, content))))
  tryCatch({
    con <- suppressWarnings(file(path, "ab"))
    on.exit(close(con))
    writeBin(records, con)
  }, error = function(e) {
    stop_kestrel("file", sprintf("Cannot write to \"%s\".", path),
      hint = "May you write in its folder, and is there room?", value = path, call = NULL,
      parent = e)
  })
}

event_record <- function(payload) {
  length <- as_bytes(length(payload), 8)
  c(length, crc32c_masked(length), payload, crc32c_masked(payload))
}

# What an event holds: a number by its tag.
event_scalar <- function(tag, value, step) {
  tensor <- c(proto_int(1, 1), proto_bytes(2, raw()),
    proto_bytes(5, writeBin(as.double(value), raw(), size = 4, endian = "little")))
  event_summary(tag, step, tensor, "scalars", 1)
}

# A matrix of left edge, right edge and count of each bin.
event_histogram <- function(tag, bins, step) {
  dim <- function(n) proto_bytes(2, proto_int(1, n))
  tensor <- c(proto_int(1, 2), proto_bytes(2, c(dim(nrow(bins)), dim(ncol(bins)))),
    proto_bytes(4, double_bytes(t(bins))))
  event_summary(tag, step, tensor, "histograms", 2)
}

# `class`: TensorBoard's, 1 of scalars, 2 of tensors.
event_summary <- function(tag, step, tensor, plugin, class) {
  metadata <- c(proto_bytes(1, proto_bytes(1, charToRaw(plugin))), proto_int(4, class))
  name <- proto_bytes(1, charToRaw(enc2utf8(tag)))
  value <- c(name, proto_bytes(8, tensor), proto_bytes(9, metadata))
  c(proto_int(2, step), proto_bytes(5, proto_bytes(1, value)))
}

# Bins of equal width from the smallest to the largest number; one number alone is the last bin's.
histogram_bins <- function(x, n = 30L) {
  share <- seq(0, n) / n
  edges <- pmin(cummax(min(x) * (1 - share) + max(x) * share), max(x))
  edges[n + 1L] <- max(x)
  at <- findInterval(x, edges, rightmost.closed = TRUE)
  if (edges[1L] == edges[n + 1L]) at[] <- n
  matrix(c(edges[-(n + 1L)], edges[-1L], tabulate(at, n)), ncol = 3)
}

# Fields of a message: number, type (0 varint, 1 eight bytes, 2 length and bytes), content.
proto_int <- function(number, x) c(varint(8 * number), varint(x))

proto_double <- function(number, x) c(varint(8 * number + 1), double_bytes(x))

proto_bytes <- function(number, x) c(varint(8 * number + 2), varint(length(x)), x)

# Seven bits a byte, the lowest first; the eighth says that more follow.
varint <- function(x) {
  bytes <- x %% 128
  while ((x <- x %/% 128) > 0) {
    bytes[length(bytes)] <- bytes[length(bytes)] + 128
    bytes <- c(bytes, x %% 128)
  }
  as.raw(bytes)
}

double_bytes <- function(x) writeBin(as.double(x), raw(), endian = "little")

# A whole number from 0 on.
as_bytes <- function(x, n) as.raw(x %/% 256^(seq_len(n) - 1) %% 256)

# Turned by 15 bits and shifted, so that it is not the CRC of a text that holds its own CRC.
crc32c_masked <- function(bytes) {
  crc <- crc32c(bytes)
  turned <- crc %/% 2^15 + (crc %% 2^15) * 2^17
  as_bytes((turned + 0xa282ead8) %% 2^32, 4)
}

# CRC-32C (Castagnoli), a number below 2^32; in halves of 16 bits, since R's integers have a sign.
crc32c <- function(bytes) {
  high <- low <- 0xffffL
  for (byte in as.integer(bytes)) {
    at <- bitwAnd(bitwXor(low, byte), 255L) + 1L
    low <- bitwXor(low %/% 256L + high %% 256L * 256L, crc32c_low[at])
    high <- bitwXor(high %/% 256L, crc32c_high[at])
  }
  (0xffff - high) * 65536 + (0xffff - low)
}

# What each byte adds: eight divisions by the polynomial 0x82f63b78, whose bits are reversed.
crc32c_step <- function(halves) {
  high <- halves$high
  odd <- halves$low %% 2L == 1L
  low <- halves$low %/% 2L + high %% 2L * 32768L
  high <- high %/% 2L
  list(high = ifelse(odd, bitwXor(high, 0x82f6L), high),
    low = ifelse(odd, bitwXor(low, 0x3b78L), low))
}

crc32c_table <- Reduce(function(halves, i) crc32c_step(halves), 1:8,
  list(high = integer(256), low = 0:255))
crc32c_high <- crc32c_table$high
crc32c_low <- crc32c_table$low
