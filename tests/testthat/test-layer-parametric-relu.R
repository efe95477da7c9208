test_that("each place has a slope, or shares it along axes", {
  x <- counted(5, 3, 4)
  alpha <- matrix(1:12 / 10, 3, 4)
  slopes <- function(a) aperm(array(a, c(3, 4, 5)), c(3, 1, 2))
  expected <- function(a) ifelse(x > 0, x, slopes(a) * x)
  expect_equal(run_layer(layer_activation_parametric_relu(), x, list(alpha)), expected(alpha))
  shared <- run_layer(layer_activation_parametric_relu(shared_axes = 1), x, list(alpha[1, , drop = FALSE]))
  expect_equal(shared, expected(matrix(alpha[1, ], 3, 4, byrow = TRUE)))
  one <- run_layer(layer_activation_parametric_relu(shared_axes = c(1, 2)), x, list(matrix(0.3)))
  expect_equal(one, expected(matrix(0.3, 3, 4)))
  expect_identical(run_layer(layer_activation_parametric_relu(shared_axes = -1), x)[1, 1, 1], x[1, 1, 1])
})

test_that("bad settings are refused", {
  expect_refused(layer_activation_parametric_relu(shared_axes = 0), "argument", "shared_axes")
  expect_refused(layer_activation_parametric_relu(shared_axes = 2)(small_x()), "shape", "shared_axes")
  expect_refused(layer_activation_parametric_relu(alpha_initializer = "zeroes"), "argument")
  expect_config_round_trip(layer_activation_parametric_relu(shared_axes = 1), counted(2, 3, 4))
})
