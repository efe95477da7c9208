test_that("tensors print their shape and where they come from", {
  x <- layer_input(c(5, 4), name = "steps")
  expect_output(print(x), "<tensor (n, 5, 4) from \"steps\">", fixed = TRUE)
  expect_output(str(list(x)), "<tensor (n, 5, 4)", fixed = TRUE)
  y <- layer_dense(x, 2, name = "out")
  expect_identical(y$name, "out")
  expect_identical(dim(y), c(NA, 5L, 2L))
  expect_identical(y$dtype, k_floatx())
  expect_refused(y$shap, "argument", names = "shape")
})

test_that("c() of tensors is a list of them", {
  a <- layer_input(2)
  b <- layer_input(3)
  expect_identical(c(a, b), list(a, b))
  expect_identical(c(a, list(b, a)), list(a, b, a))
  expect_identical(c(a), list(a))
  expect_identical(layer_concatenate(c(a, b))$shape, c(NA, 5L))
})

test_that("a layer that was called twice has no single output", {
  layer <- layer_dense(units = 1)
  x <- layer_input(2)
  expect_identical(layer(x), layer$output)
  expect_identical(layer$input, x)
  layer(x)
  expect_refused(layer$output, "state", names = "2 times")
})
