test_that("gradients of products of matrices are slopes", {
  expect_slopes(matrix_operations())
})

test_that("cross products and their relatives have their gradients", {
  expect_gradients(
    function(x) sum(crossprod(x) * diag(3)) + sum(tcrossprod(x))
  )
})

test_that("a product's gradients are the products with the other factor", {
  g <- gradient(function(a, b) sum(a %*% b), m, t(q))
  expect_equal(g, list(matrix(1, 2, 2) %*% q, t(m) %*% matrix(1, 2, 2)))
  expect_equal(gradient(function(x) drop(crossprod(x)), c(1, 2))[[1]], c(2, 4))
})
