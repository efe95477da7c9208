# Looking up, removing and copying layers.

layered <- function() {
  keras_model_sequential(input_shape = 4) %>%
    layer_dense(3, activation = "relu", name = "first") %>%
    layer_dropout(0.2) %>%
    layer_dense(2, name = "last")
}

test_that("layers are found by name and number", {
  model <- layered()
  expect_identical(get_layer(model, "first")$units, 3L)
  expect_identical(get_layer(model, index = 2)$name, "dropout")
  expect_identical(get_layer(model, index = -1)$name, "last")
  expect_identical(get_layer(model, index = 3), get_layer(model, "last"))
  error <- expect_error(get_layer(model, "frist"), class = "kestrel_error_argument")
  expect_match(conditionMessage(error), "\"first\"")
  expect_error(get_layer(model, index = 4), class = "kestrel_error_argument")
  expect_error(get_layer(model, index = 0), class = "kestrel_error_argument")
  expect_error(get_layer(model), class = "kestrel_error_argument")
  expect_error(get_layer(model, "first", 1), class = "kestrel_error_argument")
})

test_that("a layer that was looked up is the model's own", {
  model <- layered()
  layer <- get_layer(model, "last")
  set_weights(layer, list(matrix(0, 3, 2), c(5, 7)))
  expect_identical(predict(model, matrix(1, 1, 4)), matrix(c(5, 7), 1))
})

test_that("pop_layer() takes the last layer off", {
  model <- layered()
  model %>% compile(loss = "mse")
  x <- wave_x()
  weights <- get_weights(model)
  last <- pop_layer(model)
  expect_identical(last$name, "last")
  expect_length(model$layers, 2)
  expect_identical(model$output_shape, 3L)
  expect_identical(get_weights(model), weights[1:2])
  expect_near(predict(model, x), pmax(x %*% weights[[1]] + rep(weights[[2]], each = 40), 0), 1e-14)
  expect_error(fit(model, x, x[, 1:3]), class = "kestrel_error_state")
  model %>% layer_dense(1)
  expect_identical(dim(predict(model, x)), c(40L, 1L))
  for (i in 1:3) pop_layer(model)
  expect_error(pop_layer(model), class = "kestrel_error_state")
})

test_that("a copy has the same layers and settings, and weights of its own", {
  set.seed(61)
  model <- trained_model(1)
  freeze_weights(model, which = 1)
  copy <- clone_model(model)
  expect_identical(vapply(copy$layers, function(l) l$name, ""),
    vapply(model$layers, function(l) l$name, ""))
  expect_identical(vapply(copy$layers, function(l) l$trainable, NA), c(FALSE, TRUE, TRUE, TRUE))
  expect_false(identical(get_weights(copy)[[1]], get_weights(model)[[1]]))
  expect_null(environment(copy)$optimizer_state)
  set_weights(copy, get_weights(model))
  expect_identical(predict(copy, wave_x()), predict(model, wave_x()))
  fit(copy, wave_x(), wave_y(), epochs = 1, verbose = 0)
  expect_named(copy$history$metrics, c("loss", "mae"))
})

test_that("the optimizer of a copy is its own", {
  model <- small_model()
  copy <- clone_model(model)
  copy$optimizer$learning_rate <- 0.25
  expect_identical(model$optimizer$learning_rate, 0.01)
  expect_identical(copy$optimizer$learning_rate, 0.25)
  expect_identical(format(clone_model(model)$optimizer), format(model$optimizer))
})

test_that("models that are not built or compiled are copied as they are", {
  model <- keras_model_sequential(name = "mine") %>% layer_dense(2)
  copy <- clone_model(model)
  expect_identical(copy$name, "mine")
  expect_null(copy$input_shape)
  expect_length(get_weights(copy), 0)
  copy %>% compile(loss = "mse")
  expect_error(fit(model, 1:3, 1:3), class = "kestrel_error_state")
})

test_that("from_config() makes an equal model and equal layers", {
  model <- layered()
  config <- get_config(model)
  again <- from_config(config)
  expect_identical(get_config(again), config)
  expect_identical(lapply(get_weights(again), dim), lapply(get_weights(model), dim))
  for (layer in model$layers) {
    expect_identical(get_config(from_config(get_config(layer))), get_config(layer))
  }
  there <- unserialize(serialize(config, NULL))
  expect_identical(get_config(from_config(there)), config)
  expect_error(from_config(list(1)), class = "kestrel_error_argument")
  expect_error(get_config("dense"), class = "kestrel_error_argument")
})
