# Dot products against plain R. Keras' values: test-golden-layers.R.

test_that("rows are multiplied with rows", {
  x <- matrix(c(1, -2, 3, 0.5, 4, -1), 2)
  y <- matrix(c(2, 1, -3, 0.5, 0, 7), 2)
  expect_equal(layer_dot(axes = 1)(list(x, y)), matrix(rowSums(x * y)))
  length_of <- function(x) sqrt(rowSums(x^2))
  expect_equal(layer_dot(axes = -1, normalize = TRUE)(list(x, y)),
    matrix(rowSums(x * y) / length_of(x) / length_of(y)))
})

test_that("matrices are multiplied along the axes given", {
  x <- array(sin(1:24), c(2, 3, 4))
  y <- array(cos(1:16), c(2, 4, 2))
  product <- layer_dot(axes = c(2, 1))(list(x, y))
  for (j in 1:2) expect_equal(product[j, , ], x[j, , ] %*% y[j, , ])
})

test_that("axes that do not fit are refused", {
  expect_refused(layer_dot(), "argument", "axes")
  expect_refused(layer_dot(axes = 1:3), "argument", "axes")
  expect_refused(layer_dot(axes = 1)(list(matrix(1, 2, 3), matrix(1, 2, 2))), "shape")
})
