test_that("objects come back, and expressions are evaluated where they stand", {
  cube <- function(x) x^3
  expect_identical(register_keras_serializable(cube, "cube", "mine"), cube)
  here <- 2
  expect_identical(with_custom_object_scope(list(cube = cube), cube(here)), 8)
  with_custom_object_scope(c(cube = cube), here <- 5)
  expect_identical(here, 5)
  expect_error(register_keras_serializable(), class = "kestrel_error_argument")
  expect_error(register_keras_serializable(cube, 3), class = "kestrel_error_argument")
  expect_error(with_custom_object_scope(list(cube), 1), class = "kestrel_error_argument")
  expect_error(with_custom_object_scope(list(a = cube)), class = "kestrel_error_argument")
})
