# Layers whose methods read tensors around them, beside those that are given them.

x <- matrix(sin(1:18), 6)

read_by <- function(way) {
  set.seed(2)
  input <- layer_input(3)
  code <- layer_dense(input, 2, activation = "tanh")
  out <- layer_dense(code, 3)
  scaled <- 0.3 * code
  charge <- function(self, inputs, code, scaled) {
    self$add_loss(mean(code^2))
    inputs + rowSums(scaled)
  }
  if (way == "given") {
    Charging <- Layer("Charging", call = function(inputs, code, scaled) charge(self, inputs, code, scaled))
    y <- Charging()(out, code, scaled)
  } else if (way == "read") {
    Charging <- Layer("Charging", call = function(inputs) charge(self, inputs, code, scaled))
    y <- out %>% Charging()
  } else {
    skip_if_not_installed("R6")
    Charging <- R6::R6Class("Charging", inherit = KerasLayer, public = list(
      term = function() mean(code^2),
      call = function(inputs, mask = NULL) {
        self$add_loss(self$term())
        inputs + rowSums(scaled)
      }))
    y <- create_layer(Charging, out)
  }
  model <- keras_model(input, y)
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.02), metrics = "mae")
  model
}

test_that("tensors that are read are as good as tensors that are given", {
  expected <- all_results(read_by("given"), x, x, NULL)
  for (way in c("read", "R6")) {
    expect_equal(all_results(read_by(way), x, x, NULL), expected, tolerance = 1e-12, info = way)
  }
})

test_that("the model can be saved, and called as a layer", {
  model <- read_by("read")
  file <- withr::local_tempfile()
  saveRDS(model, file)
  again <- readRDS(file)
  expect_equal(predict(again, x), predict(model, x))
  expect_equal(evaluate(again, x, x, verbose = 0), evaluate(model, x, x, verbose = 0))
  outer <- layer_input(3)
  expect_equal(predict(keras_model(outer, model(outer)), x), predict(model, x))
})

test_that("what methods assign or are given hides tensors of the same name", {
  a <- layer_input(3)
  b <- layer_input(2)
  Own <- Layer("Own", call = function(a) {
    b <- a^2
    b + a
  })
  model <- keras_model(a, a %>% Own())
  expect_equal(predict(model, x), x^2 + x)
})
