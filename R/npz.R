# NumPy's arrays in files: .npz is a zip archive of .npy, each a header in the words of Python and
# the numbers, the last index fastest.

read_npz <- function(file, name, call = caller_env()) {
  members <- tryCatch(utils::unzip(file, list = TRUE)$Name, error = function(e) NULL,
    warning = function(w) NULL)
  member <- paste0(name, ".npy")
  if (is.null(members)) stop_unread(file, "is no .npz archive", call)
  if (!member %in% members) stop_unread(file, sprintf("has no array \"%s\"", name), call)
  con <- unz(file, member, "rb")
  on.exit(close(con))
  read_npy(con, sprintf("%s in %s", member, file), call)
}

read_npy <- function(con, label, call) {
  magic <- readBin(con, "raw", 8)
  if (!identical(magic[1:6], as.raw(c(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)))) {
    stop_unread(label, "is no array of NumPy", call)
  }
  size <- if (magic[7] == 1) readBin(con, "integer", 1, 2, FALSE, "little") else {
    readBin(con, "integer", 1, 4, endian = "little")
  }
  header <- rawToChar(readBin(con, "raw", size))
  type <- header_field(header, "'descr': *'([^']*)'")
  dims <- header_field(header, "'shape': *\\(([^)]*)\\)")
  dims <- as.integer(strsplit(dims, "[, ]+")[[1]])
  if (identical(type, "|O")) return(read_lists(con, dims, label, call))
  values <- read_numbers(con, type, prod(dims), label, call)
  by_columns <- grepl("'fortran_order': *True", header)
  if (by_columns || length(dims) < 2) array(values, dims) else aperm(array(values, rev(dims)))
}

header_field <- function(header, pattern) regmatches(header, regexec(pattern, header))[[1]][2]

# Types are "<f8": order of bytes, kind, bytes.
read_numbers <- function(con, type, n, label, call) {
  kind <- substr(type, 2, 2)
  bytes <- suppressWarnings(as.integer(substring(type, 3)))
  endian <- if (substr(type, 1, 1) == ">") "big" else "little"
  if (is.na(type) || !kind %in% c("u", "i", "f", "b") || !bytes %in% c(1L, 2L, 4L, 8L)) {
    stop_unread(label, sprintf("has numbers of type \"%s\", which are not read", type), call)
  }
  values <- if (kind == "f") {
    readBin(con, "double", n, bytes, endian = endian)
  } else if (bytes == 8) {
    eight_bytes(readBin(con, "integer", 2 * n, 4, endian = endian), endian)
  } else if (bytes == 4) {
    from_32(readBin(con, "integer", n, 4, endian = endian), kind == "u")
  } else {
    readBin(con, "integer", n, bytes, signed = kind == "i", endian = endian)
  }
  if (length(values) != n) {
    stop_unread(label, sprintf("ends after %d of %d numbers", length(values), n), call)
  }
  values
}

# An array of objects, which are lists of whole numbers.
read_lists <- function(con, dims, label, call) {
  parts <- list()
  while (length(part <- readBin(con, "raw", 2^24))) parts <- c(parts, list(part))
  lists <- unpickle_lists(unlist(parts), label, call)
  if (length(lists) == prod(dims)) return(lists)
  stop_unread(label, sprintf("has %d lists, not %d", length(lists), prod(dims)), call)
}

# R's NA is the least of 32 bits.
from_32 <- function(x, unsigned) {
  if (!unsigned && !anyNA(x)) return(x)
  x <- as.double(x)
  x[is.na(x)] <- -2^31
  if (unsigned) x %% 2^32 else x
}

# Whole numbers of 64 bits as doubles, from pairs of 32.
eight_bytes <- function(parts, endian) {
  pairs <- matrix(as.double(from_32(parts, FALSE)), 2)
  if (endian == "big") pairs <- pairs[2:1, , drop = FALSE]
  pairs[2, ] * 2^32 + pairs[1, ] %% 2^32
}

# The format of MNIST's own files: a number that tells type and rank, the dims, bytes.
read_idx <- function(file, call) {
  con <- gzfile(file, "rb")
  on.exit(close(con))
  magic <- readBin(con, "raw", 4)
  good <- length(magic) == 4 && all(magic[1:2] == 0) && magic[3] == 8
  if (!good) stop_unread(file, "is no file of bytes in the IDX format", call)
  dims <- readBin(con, "integer", as.integer(magic[4]), 4, endian = "big")
  values <- readBin(con, "integer", prod(dims), 1, FALSE)
  if (length(values) != prod(dims)) stop_unread(file, "ends too early", call)
  if (length(dims) < 2) array(values, dims) else aperm(array(values, rev(dims)))
}

stop_unread <- function(file, why, call) {
  stop_kestrel("file", sprintf("%s %s.", file, why), argument = "path", value = file, call = call)
}
