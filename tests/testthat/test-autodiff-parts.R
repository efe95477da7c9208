test_that("c() of tensors is a list of them where one is asked for", {
  f <- function(x) k_concatenate(c(k_relu(x), k_relu(-x)), axis = 2)
  expect_equal(masked(f)(m), cbind(pmax(m, 0), pmax(-m, 0)))
  expect_equal(plain(masked(f)(trace_value(m, new_tape()))), cbind(pmax(m, 0), pmax(-m, 0)))
  expect_equal(gradient(function(x) sum(f(x) * 1:2), m)[[1]], sign(m) * 1:2)
  stacked <- aperm(simplify2array(list(m, q)), c(3, 1, 2))
  expect_equal(masked(function(x) k_stack(c(x, q)))(m), stacked)
  expect_equal(masked(function(x) op_concatenate(c(x, q), axis = 1))(m), rbind(m, q))
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_lambda(function(x) layer_concatenate(c(x, k_square(x))))
  expect_equal(predict(model, m), cbind(m, m^2), tolerance = 1e-6)
})

test_that("it is a vector for all else, and changed numbers are no parts", {
  expect_equal(gradient(function(x) sum(c(x, 2 * x)^2), m)[[1]], 10 * m)
  expect_equal(masked(function(x) sum(c(x, q)))(m), sum(m, q))
  expect_equal(plain(masked(function(x) c(list(x), x)[[2]])(trace_value(m, new_tape()))), m)
  expect_error(masked(function(x) k_concatenate(2 * c(x, q)))(m), class = "kestrel_error_argument")
  expect_identical(masked(function(a) c(a, b = 2))(c(a = 1)), c(a = 1, b = 2))
})
