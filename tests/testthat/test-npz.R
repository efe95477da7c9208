types <- function(name) kestrel:::read_npz(test_path("fixtures", "datasets", "types.npz"), name)

test_that("all kinds of numbers are read", {
  expect_identical(types("i8"), array(c(-1, 2^40 + 7, 2^31)))
  expect_identical(types("bigq"), array(-2^35 - 1))
  expect_identical(types("big"), array(c(-5L, 70000L)))
  expect_identical(types("u4"), array(c(2^31, 2^32 - 1)))
  expect_identical(types("i4"), array(c(-2^31, 3)))
  expect_identical(types("f4"), array(c(0.5, -3)))
  expect_identical(types("i2"), array(c(-300L, 300L)))
  expect_identical(types("i1"), array(c(-1L, 1L)))
  expect_identical(types("b1"), array(0:1))
  expect_identical(types("fortran"), matrix(as.double(1:6), 2))
})

test_that("lists of whole numbers are read as pickle writes them, in each of its protocols", {
  for (name in c("lists2", "lists3", "lists4")) {
    lists <- types(name)
    expect_identical(lists[1:4], list(c(1L, 255L, 256L, 65535L, 65536L, .Machine$integer.max), integer(), 7L, -3L))
    # 1500 numbers are written in two parts.
    expect_identical(lists[[5]], rep(c(3L, 300L, 70000L), 500))
  }
})

test_that("what are no numbers is refused in words", {
  refused <- function(name, text) expect_error(types(name), text, class = "kestrel_error_file")
  refused("obj", "objects of Python")
  refused("dicts", "other than lists of whole numbers")
  refused("fewer", "has 1 lists, not 2")
  refused("complex", "c16")
  refused("short", "ends after 2 of 3")
  refused("junk", "no array of NumPy")
  refused("absent", "no array \"absent\"")
})
