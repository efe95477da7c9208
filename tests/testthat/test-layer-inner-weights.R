# Weights of layers in others, in both places.

auto_encoder <- function() {
  Model("AutoEncoder",
    initialize = function(encoder, decoder, ...) {
      super$initialize(...)
      self$decoder <- decoder
      self$encoder <- encoder
    },
    call = function(inputs) self$decoder(self$encoder(inputs))
  )
}

test_that("models that a model is made of have its weights, and it theirs", {
  set.seed(1)
  x <- matrix(rnorm(40), 10)
  encoder <- keras_model_sequential() %>% layer_dense(2, activation = "tanh")
  decoder <- keras_model_sequential() %>% layer_dense(4)
  model <- auto_encoder()(encoder, decoder, name = "ae")
  expect_identical(model$name, "ae")
  expect_identical(lapply(model$layers, environment), lapply(list(decoder, encoder), environment))
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  fit(model, x, x, epochs = 2, verbose = 0)
  expect_equal(predict(decoder, predict(encoder, x)), predict(model, x), tolerance = 1e-12)
  twice <- function(part) set_weights(part, lapply(get_weights(part), `*`, 2))
  twice(encoder)
  expect_equal(predict(decoder, predict(encoder, x)), predict(model, x), tolerance = 1e-12)
  twice(model)
  expect_equal(predict(decoder, predict(encoder, x)), predict(model, x), tolerance = 1e-12)
  copy <- clone_model(model)
  set_weights(copy, get_weights(model))
  y <- predict(model, x)
  fit(copy, x, x, epochs = 2, verbose = 0)
  expect_identical(predict(model, x), y)
})
