# Merging layers against plain R, and what they refuse. Keras' values: test-golden-layers.R.

a <- matrix(c(1, -2, 3, 0.5, 4, -1), 2)
b <- matrix(c(2, 1, -3, 0.5, 0, 7), 2)
d <- matrix(c(-1, 5, 3, 2, 2, 1), 2)

test_that("they are R's operators", {
  expect_equal(layer_add()(list(a, b, d)), a + b + d)
  expect_equal(layer_subtract()(list(a, b)), a - b)
  expect_equal(layer_multiply()(list(a, b, d)), a * b * d)
  expect_equal(layer_average()(list(a, b, d)), (a + b + d) / 3)
  expect_equal(layer_maximum()(list(a, b, d)), pmax(a, b, d))
  expect_equal(layer_minimum()(list(a, b, d)), pmin(a, b, d))
  expect_equal(layer_concatenate()(list(a, b, d)), cbind(a, b, d))
})

test_that("axes of size 1 are repeated, and shorter shapes begin with 1s", {
  x <- array(1:12, c(2, 3, 2))
  y <- matrix(c(10, 20, 30, 40), 2)
  expected <- x
  for (i in 1:3) expected[, i, ] <- x[, i, ] + y
  expect_equal(layer_add()(list(x, y)), expected)
  expect_equal(layer_multiply()(list(a, matrix(c(2, 3), 2))), a * c(2, 3))
})

test_that("an axis can be chosen to concatenate along", {
  x <- array(1:12, c(2, 3, 2))
  y <- array(13:16, c(2, 1, 2))
  expect_equal(dim(layer_concatenate(axis = 1)(list(x, y))), c(2L, 4L, 2L))
  expect_equal(layer_concatenate(axis = 1)(list(x, y))[, 4, ], y[, 1, ])
})

test_that("all forms of the call are the same", {
  x <- layer_input(3)
  y <- layer_input(3)
  shape <- function(t) dim(t)[-1]
  expect_identical(shape(layer_concatenate(list(x, y))), 6L)
  expect_identical(shape(layer_concatenate(x, y)), 6L)
  expect_identical(shape(list(x, y) %>% layer_concatenate()), 6L)
  expect_identical(shape(layer_concatenate()(list(x, y))), 6L)
})

test_that("they are called on arrays where these are given", {
  x <- matrix(1:6, 2)
  y <- matrix(c(2, 9, 4, 1, 1, 7), 2)
  expect_equal(layer_add(x, y), x + y)
  expect_equal(layer_add(list(x, y, x)), 2 * x + y)
  expect_equal(list(x, y) %>% layer_maximum(), pmax(x, y))
  expect_equal(layer_concatenate(list(x, y)), cbind(x, y))
  expect_equal(layer_dot(x, y, axes = 1), matrix(rowSums(x * y)))
  expect_refused(layer_add(x, "a"), "argument", "inputs")
})

test_that("what does not fit is refused", {
  expect_refused(layer_add()(list(a, matrix(1, 2, 2))), "shape")
  expect_refused(layer_add()(list(a, b[1, , drop = FALSE])), "shape", "x[[2]]")
  expect_refused(layer_subtract()(list(a, b, d)), "shape", names = "two")
  expect_refused(layer_add()(a), "argument", "x")
  expect_refused(layer_add(a), "argument", "inputs")
  expect_refused(layer_concatenate(axis = 0), "argument", "axis")
})
