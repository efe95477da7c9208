# The gradients of all operations are in the files of their groups; here is that they are complete,
# and the tape itself.

test_that("every operation has an example, and is of one group", {
  groups <- list(arithmetic_operations(), math_operations(), matrix_operations(), reducing_operations(),
    choosing_operations(), engine_operations(), fibre_operations(), inner_operations(), linear_operations())
  names <- unlist(lapply(groups, names))
  expect_identical(anyDuplicated(names), 0L)
  expect_setequal(names(differentiable()), c(names, names(symbolic_operations())))
  expect_setequal(names(autodiff_examples()), names)
  expect_slopes(inner_operations())
})

test_that("several arguments have their gradients, and those without influence zeros", {
  g <- gradient(function(a, b, c) sum(a %*% b), m, t(q), 1:3)
  expect_equal(g[[1]], matrix(1, 2, 2) %*% q)
  expect_equal(g[[2]], t(m) %*% matrix(1, 2, 2))
  expect_equal(g[[3]], c(0, 0, 0))
})

test_that("a value that is used twice gets the sum of both slopes", {
  square <- function(x) x * x
  expect_equal(gradient(function(x) sum(square(x) + square(x)), m)[[1]], 4 * m)
  expect_identical(differentiate(function(x) sum(x), list(m))$value, sum(m))
  expect_equal(differentiate(function(x) x^2, list(m), dy = q)$gradients[[1]], 2 * m * q)
})
