# Arrays go to the inputs of a model by place or by name.

sum_of_inputs <- function() {
  a <- layer_input(1, name = "a")
  b <- layer_input(1, name = "b")
  model <- keras_model(list(a, b), layer_subtract(list(a, b)))
  compile(model, loss = "mse")
  model
}

test_that("lists are arranged as the model needs them", {
  model <- sum_of_inputs()
  a <- c(5, 7)
  b <- c(1, 2)
  expect_identical(predict(model, list(a, b)), matrix(c(4, 5)))
  expect_identical(predict(model, list(b = b, a = a)), matrix(c(4, 5)))
})

test_that("what does not fit is refused with the names there are", {
  model <- sum_of_inputs()
  y <- c(1, 1)
  expect_refused(predict(model, list(1:2)), "argument", "x", model)
  expect_refused(predict(model, list(a = 1:2, c = 1:2)), "argument", model = model, names = "\"c\"")
  expect_refused(predict(model, list(a = 1:2, a = 1:2)), "argument", model = model)
  expect_refused(fit(model, list(1:2, 1:3), y), "shape", "x[[2]]", model, names = c("2", "3"))
  expect_refused(fit(model, list(1:2, matrix(1, 2, 2)), y), "shape", "x[[2]]", model)
  expect_refused(fit(model, list(1:2, c(1, NA)), y), "data", "x[[2]]", model)
})

test_that("a row that became a vector is known", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1)
  expect_error(predict(model, wave_x()[1, ]), "drop = FALSE", class = "kestrel_error_shape")
  message <- conditionMessage(expect_error(predict(model, 1:5), class = "kestrel_error_shape"))
  expect_no_match(message, "drop = FALSE")
})
