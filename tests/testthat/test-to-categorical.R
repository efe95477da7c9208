one_hot <- function(codes, k) {
  m <- matrix(0, length(codes), k)
  for (i in seq_along(codes)) m[i, codes[i] + 1] <- 1
  m
}

test_that("each code gets its column", {
  expect_identical(to_categorical(c(0, 2, 1)), one_hot(c(0, 2, 1), 3))
  expect_identical(to_categorical(3), one_hot(3, 4))
  expect_identical(to_categorical(c(0L, 1L), 5), one_hot(c(0, 1), 5))
  expect_identical(to_categorical(c(TRUE, FALSE)), one_hot(c(1, 0), 2))
  expect_identical(to_categorical(c(0, 0)), matrix(1, 2, 1))
})

test_that("factors count by level, those that do not occur, too", {
  f <- factor(c("b", "a"), levels = c("a", "b", "c"))
  expect_identical(to_categorical(f), one_hot(c(1, 0), 3))
  expect_identical(to_categorical(f, 4), one_hot(c(1, 0), 4))
})

test_that("arrays keep their dims, but for a last one of 1", {
  x <- matrix(c(0, 1, 2, 1, 0, 2), 2)
  y <- to_categorical(x)
  expect_identical(dim(y), c(2L, 3L, 3L))
  for (i in 1:2) for (j in 1:3) expect_identical(y[i, j, ], one_hot(x[i, j], 3)[1, ])
  expect_identical(to_categorical(matrix(c(0, 1, 2))), one_hot(0:2, 3))
  expect_identical(to_categorical(array(0:2)), one_hot(0:2, 3))
})

test_that("old names act", {
  expect_identical(to_categorical(y = c(0, 1)), to_categorical(c(0, 1)))
  expect_identical(to_categorical(c(0, 1), dtype = "float32"), to_categorical(c(0, 1)))
})

test_that("codes that are none are refused with their place", {
  for (bad in list(c(0, -1), c(0, 1.5), c(0, NA), c(0, Inf))) {
    expect_refused(to_categorical(bad), "data", "x", names = "position 2")
  }
  expect_refused(to_categorical(factor(c("a", NA))), "data", "x")
  for (bad in list("a", NULL, list(0), numeric(), 1i)) {
    expect_refused(to_categorical(bad), "argument", "x")
  }
  for (bad in list(0, 2.5, NA, "3")) {
    expect_refused(to_categorical(0, bad), "argument", "num_classes")
  }
  expect_refused(to_categorical(), "argument", "x")
  expect_refused(to_categorical(0:1, numclasses = 3), "argument", "numclasses",
    names = "num_classes")
  expect_snapshot(error = TRUE, {
    to_categorical(c("a", "b"))
    to_categorical(c(0, -1))
    to_categorical(1:3, 3)
  })
})
