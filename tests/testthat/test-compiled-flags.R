# A model within another one that is compiled later.
adversaries <- function() {
  part <- keras_model_sequential(input_shape = 2) %>% layer_dense(3, activation = "tanh") %>% layer_dense(1)
  part %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  freeze_weights(part)
  input <- layer_input(4)
  whole <- keras_model(input, part(layer_dense(input, 2)))
  whole %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  list(part = part, whole = whole)
}

x2 <- matrix(sin(1:10), 5)
x4 <- matrix(cos(1:20), 5)
y <- 1:5 / 5

test_that("a model that was frozen after compile() is trained by itself, and not in another one", {
  set.seed(1)
  models <- adversaries()
  part <- models$part
  before <- get_weights(part)
  train_on_batch(models$whole, x4, y)
  expect_identical(get_weights(part), before)
  # The step of an ordinary model.
  plain <- keras_model_sequential(input_shape = 2) %>% layer_dense(3, activation = "tanh") %>% layer_dense(1)
  plain %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  set_weights(plain, before)
  for (i in 1:2) expect_identical(train_on_batch(part, x2, y), train_on_batch(plain, x2, y))
  expect_identical(get_weights(part), get_weights(plain))
  expect_identical(vapply(part$layers, function(l) l$trainable, NA), c(FALSE, FALSE))
  trained <- get_weights(part)
  train_on_batch(models$whole, x4, y)
  expect_identical(get_weights(part), trained)
  expect_no_warning(fit(models$whole, x4, y, epochs = 1, verbose = 0))
  expect_identical(get_weights(part), trained)
})

test_that("fit() tells of flags that do not count, and leaves them as they are", {
  model <- small_model()
  freeze_weights(model, to = 1)
  before <- get_weights(model)
  expect_warning(fit(model, small_x(), small_y(), epochs = 1, verbose = 0), "since compile",
    class = "kestrel_warning_trainable")
  expect_false(identical(get_weights(model)[1:2], before[1:2]))
  expect_false(model$layers[[1]]$trainable)
  expect_error(suppressWarnings(fit(model, small_x()[, 1:2], small_y(), verbose = 0)), class = "kestrel_error_shape")
  expect_false(model$layers[[1]]$trainable)
  compile_again(model)
  before <- get_weights(model)
  expect_no_warning(fit(model, small_x(), small_y(), epochs = 1, verbose = 0))
  expect_identical(get_weights(model)[1:2], before[1:2])
})

test_that("statistics of a batch normalization move where the model was compiled with it", {
  part <- keras_model_sequential(input_shape = 2) %>% layer_batch_normalization() %>% layer_dense(1)
  part %>% compile(loss = "mse", optimizer = "sgd")
  freeze_weights(part)
  whole <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
  whole$add(part)
  whole %>% compile(loss = "mse", optimizer = "sgd")
  before <- get_weights(part)
  train_on_batch(whole, x4, y)
  expect_identical(get_weights(part), before)
  train_on_batch(part, x2, y)
  expect_false(any(mapply(identical, get_weights(part)[3:4], before[3:4])))
})

test_that("loops of one's own take the layers as they are, and so does diagnose() those of compile()", {
  model <- adversaries()$part
  expect_length(with_gradient(model, x2, y)$gradients, 0)
  unfreeze_weights(model, from = 2)
  expect_length(with_gradient(model, x2, y)$gradients, 2)
  freeze_weights(model)
  expect_false("O10" %in% diagnose(model, x2, y, level = "quick")$id)
  compile_again(model)
  expect_true("O10" %in% diagnose(model, x2, y, level = "quick")$id)
})

test_that("layers that were added since, and models of earlier versions, are as they are", {
  model <- small_model()
  freeze_weights(model, to = 1)
  model %>% layer_dense(1)
  before <- get_weights(model)
  expect_no_warning(fit(model, small_x(), small_y(), epochs = 1, verbose = 0))
  expect_identical(get_weights(model)[1:2], before[1:2])
})
