# Element by element, from the definition: the place of an index in row-major order.
place_by_rows <- function(index, dims) {
  place <- 0
  for (d in seq_along(dims)) place <- place * dims[d] + index[d] - 1
  place + 1
}

indices <- function(dims) as.matrix(expand.grid(lapply(dims, seq_len)))

expect_reshaped <- function(x, dims) {
  y <- array_reshape(x, dims)
  expect_identical(dim(y), as.integer(dims))
  from <- dim(x)
  if (is.null(from)) from <- length(x)
  by_place <- x
  for (i in seq_along(x)) by_place[place_by_rows(indices(from)[i, ], from)] <- x[i]
  for (i in seq_along(y)) expect_identical(y[i], by_place[place_by_rows(indices(dims)[i, ], dims)])
}

test_that("elements keep their place in row-major order", {
  expect_reshaped(1:6, c(2, 3))
  expect_reshaped(matrix(1:6, 2), c(3, 2))
  expect_reshaped(array(as.double(1:24), 2:4), c(4, 6))
  expect_reshaped(array(1:24, 2:4), c(2, 2, 3, 2))
  expect_reshaped(array(letters[1:12], c(1, 12)), c(3, 1, 4))
  expect_reshaped(c(TRUE, FALSE), 2)
})

test_that("it gives what NumPy gives", {
  # numpy.reshape(numpy.array([[1, 3, 5], [2, 4, 6]]), (3, 2))
  expect_identical(array_reshape(matrix(1:6, 2), c(3, 2)), rbind(c(1L, 3L), c(5L, 2L), c(4L, 6L)))
  # the same with order = "F"
  expect_identical(array_reshape(matrix(1:6, 2), c(3, 2), "F"), matrix(1:6, 3))
  expect_identical(array_reshape(matrix(1:6, 2), 6), array(c(1L, 3L, 5L, 2L, 4L, 6L)))
})

test_that("there and back again is where one was, in both orders", {
  x <- array(sin(1:24), c(2, 3, 4))
  for (order in c("C", "F")) {
    expect_identical(array_reshape(array_reshape(x, c(4, 6), order), c(2, 3, 4), order), x)
  }
})

test_that("the layers agree with it", {
  x <- array(sin(1:24), c(2, 3, 4))
  expect_equal(layer_flatten()(x), array_reshape(x, c(2, 12)), tolerance = 1e-15)
  expect_equal(layer_reshape(target_shape = c(2, 6))(x), array_reshape(x, c(2, 2, 6)),
    tolerance = 1e-15)
})

test_that("one dim may follow from the others", {
  x <- matrix(1:12, 3)
  for (open in list(-1, NA, NA_integer_, NA_real_)) {
    expect_identical(array_reshape(x, c(2, open)), array_reshape(x, c(2, 6)))
    expect_identical(array_reshape(x, open), array_reshape(x, 12))
  }
  expect_identical(array_reshape(x, list(a = 2L, b = -1)), array_reshape(x, c(2, 6)))
  expect_identical(dim(array_reshape(numeric(), c(0, 3))), c(0L, 3L))
  expect_identical(dim(array_reshape(matrix(0, 0, 3), c(3, -1))), c(3L, 0L))
})

test_that("names are dropped and the type stays", {
  x <- matrix(c(a = 1, b = 2), 1, dimnames = list("r", c("a", "b")))
  expect_identical(array_reshape(x, c(2, 1)), matrix(c(1, 2)))
  expect_type(array_reshape(1:2, 2), "integer")
  expect_type(array_reshape(1i, 1), "complex")
})

test_that("what is no array, no dims or no order is refused", {
  for (bad in list(NULL, iris, list(1), factor("a"), sum, new.env(), Sys.Date())) {
    expect_refused(array_reshape(bad, 1), "argument", "x")
  }
  for (bad in list(NULL, "2", c(-1, NA), 1.5, -2, c(2, NaN), Inf, numeric(), sum, iris,
    list(1:2))) {
    expect_refused(array_reshape(1:2, bad), "argument", "dim")
  }
  for (bad in list("A", 1, NULL, NA)) {
    expect_refused(array_reshape(1:2, 2, bad), "argument", "order")
  }
  expect_refused(array_reshape(), "argument", "x")
  expect_refused(array_reshape(1), "argument", "dim")
  for (bad in list(5, c(4, -1), c(0, -1), 0)) {
    expect_refused(array_reshape(1:6, bad), "shape", "dim", names = "6 elements")
  }
})

test_that("refusals say what was wanted", {
  expect_snapshot(error = TRUE, {
    array_reshape(matrix(1:6, 2), c(4, -1))
    array_reshape(1:6, "a")
    array_reshape(iris, c(600, 1))
    array_reshape(1:6, c(2, 3), order = "K")
  })
})
