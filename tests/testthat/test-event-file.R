test_that("CRC-32C is that of its definition", {
  expect_identical(crc32c(charToRaw("123456789")), 3808858755)
  expect_identical(crc32c(raw()), 0)
  # RFC 3720, B.4
  expect_identical(crc32c(raw(32)), 2324772522)
  expect_identical(crc32c(rep(as.raw(255), 32)), 1655221059)
  expect_identical(crc32c(as.raw(0:31)), 1188919630)
  set.seed(1)
  for (n in c(1, 7, 100)) {
    bytes <- as.raw(sample(0:255, n, replace = TRUE))
    expect_identical(crc32c(bytes), bits_number(crc32c_bits(bytes)))
    expect_identical(bytes_number(crc32c_masked(bytes)), masked_number(crc32c_bits(bytes)))
  }
})

test_that("whole numbers of any size are written", {
  expect_identical(varint(0), as.raw(0))
  expect_identical(varint(300), as.raw(c(0xac, 0x02)))
  for (x in c(1, 127, 128, 16383, 16384, 2^31, 2^53 - 1)) expect_identical(read_varint(varint(x))$x, x)
  expect_identical(as_bytes(258, 8), as.raw(c(2, 1, 0, 0, 0, 0, 0, 0)))
})

test_that("a file holds what was written", {
  folder <- file.path(withr::local_tempdir(), "new", "deep")
  before <- as.numeric(Sys.time())
  path <- event_file_new(folder)
  event_file_add(path, list(event_scalar("a/b", 0.1, 0), event_scalar("\u00e4", NaN, 2^40)))
  event_file_add(path, list(event_scalar("c", -Inf, 3)))
  events <- read_events(path)
  expect_identical(events$version, "brain.Event:2")
  expect_identical(events$tag, c("a/b", rawToChar(charToRaw("\u00e4")), "c"))
  expect_identical(events$step, c(0, 2^40, 3))
  expect_equal(events$value[[1]], 0.1, tolerance = 2^-24)
  expect_identical(events$value[2:3], list(NaN, -Inf))
  expect_identical(events$plugin, rep("scalars", 3))
  expect_true(all(events$times >= before & events$times <= as.numeric(Sys.time())))
})

test_that("files of one second have names of their own", {
  folder <- withr::local_tempdir()
  paths <- c(event_file_new(folder), event_file_new(folder))
  expect_false(paths[1] == paths[2])
  expect_match(basename(paths), "^events\\.out\\.tfevents\\.[0-9]+\\.[A-Za-z0-9._-]+\\.[0-9]+\\.[0-9]+\\.v2$")
})

test_that("bins hold all numbers", {
  set.seed(1)
  x <- rnorm(1000)
  bins <- histogram_bins(x)
  expect_identical(dim(bins), c(30L, 3L))
  expect_identical(sum(bins[, 3]), 1000)
  expect_identical(bins[c(1, 60)], range(x))
  expect_identical(bins[-1, 1], bins[-30, 2])
  # Left edges belong to their bin, as the right one of the last does.
  counts <- vapply(1:30, function(i) {
    as.numeric(sum(x >= bins[i, 1] & (x < bins[i, 2] | i == 30)))
  }, 0)
  expect_identical(bins[, 3], counts)
  expect_identical(histogram_bins(c(2, 2, 2)), matrix(c(rep(2, 60), rep(0, 29), 3), ncol = 3))
  # One of two neighbours is above the sums that make the edges.
  for (i in 1:200) {
    pair <- rnorm(2)
    expect_identical(sum(histogram_bins(c(pair, pair[1] * (1 + 2^-52)))[, 3]), 3)
    expect_identical(sum(histogram_bins(pair[1] * c(1, 1 + 2^-52))[, 3]), 2)
  }
  for (wide in list(c(-1, 1) * .Machine$double.xmax, c(0, 5e-324))) {
    bins <- histogram_bins(wide)
    expect_true(all(is.finite(bins)))
    expect_identical(sum(bins[, 3]), 2)
  }
})

test_that("a matrix is written by row", {
  path <- event_file_new(withr::local_tempdir())
  bins <- histogram_bins(c(1, 2, 4, 8))
  event_file_add(path, list(event_histogram("w", bins, 5)))
  events <- read_events(path)
  expect_identical(events$value[[1]], bins)
  expect_identical(events$plugin, "histograms")
})

test_that("files that cannot be written are errors", {
  file <- withr::local_tempfile(lines = "a file is no folder")
  expect_error(event_file_new(file.path(file, "logs")), class = "kestrel_error_file")
})
