# Losses with slopes in them: gradients against differences, and slopes of slopes against formulas.

set.seed(4)
x <- matrix(rnorm(12), 4)

differences <- function(model, x, y) {
  w <- get_weights(model)
  at <- function(flat) {
    set_weights(model, kestrel:::apart(flat, w))
    evaluate(model, x, y, verbose = 0)[["loss"]]
  }
  flat <- unlist(w)
  slopes <- vapply(seq_along(flat), function(i) {
    h <- replace(0 * flat, i, 1e-5)
    (at(flat + h) - at(flat - h)) / 2e-5
  }, 0)
  set_weights(model, w)
  slopes
}

expect_true_gradient <- function(model, x, y, tolerance = 1e-7) {
  model %>% compile(loss = "mse", optimizer = "sgd")
  given <- with_gradient(model, x, y, training = FALSE)$gradients
  expect_equal(unlist(given), differences(model, x, y), tolerance = tolerance)
}

test_that("a penalty on slopes has its gradient by weights", {
  input <- layer_input(3)
  hidden <- layer_dense(input, 4, activation = "tanh")
  out <- layer_dense(hidden, 2, activation = "sigmoid")
  steep <- k_gradients(out, input)[[1]]
  model <- keras_model(input, out)
  model$add_loss(k_square(k_sqrt(k_sum(k_square(steep), axis = -1)) - 1))
  expect_true_gradient(model, x, x[, 1:2])
})

test_that("it has by inner tensors, several of them, and by other layers' weights", {
  a <- layer_input(3)
  b <- layer_input(2)
  inner <- layer_dense(a, 2, activation = "tanh")
  both <- layer_concatenate(list(inner, b)) %>% layer_dense(3, activation = "softplus")
  out <- layer_dense(both, 1)
  steep <- k_gradients(list(out, k_square(b)[, 1]), list(inner, b))
  model <- keras_model(list(a, b), out)
  model$add_loss(k_sum(steep[[1]]^2, axis = -1) + k_sum(k_abs(steep[[2]]), axis = -1))
  expect_error(expect_true_gradient(model, list(x, x[, 2:3]), x[, 1]), "R functions", class = "kestrel_error")
  alone <- k_gradients(out, list(inner, b))
  model <- keras_model(list(a, b), out)
  model$add_loss(k_sum(alone[[1]]^2, axis = -1) + k_sum(k_abs(alone[[2]]), axis = -1))
  expect_true_gradient(model, list(x, x[, 2:3]), x[, 1])
})

test_that("samples of steps, normalization and outputs for the whole batch are right", {
  set.seed(1)
  steps <- array(rnorm(24), c(4, 3, 2))
  input <- layer_input(c(3, 2))
  out <- layer_dense(input, 3, activation = "tanh") %>% layer_layer_normalization() %>% layer_flatten() %>% layer_dense(1)
  steep <- k_gradients(out, input)[[1]]
  model <- keras_model(input, out)
  model$add_loss(k_sum(k_square(steep) * array(1:6, c(1, 3, 2)), axis = c(1, 2)))
  expect_true_gradient(model, steps, x[, 1], 1e-6)

  input <- layer_input(3)
  out <- layer_dense(input, 2, activation = "tanh")
  steep <- k_gradients(k_mean(k_square(out)), input)[[1]]
  model <- keras_model(input, out)
  model$add_loss(k_sum(k_square(steep), axis = -1))
  expect_error(expect_true_gradient(model, x, x[, 1:2]), "R functions", class = "kestrel_error")
})

test_that("slopes of slopes are those of the formula", {
  input <- layer_input(2)
  out <- layer_dense(input, 3, activation = "tanh") %>% layer_dense(1)
  model <- keras_model(input, out)
  set.seed(2)
  set_weights(model, lapply(get_weights(model), function(w) array(rnorm(length(w)), dim(w))))
  slope <- k_gradients(out, input)[[1]]
  twice <- k_gradients(slope[, 1], input)[[1]]
  w <- get_weights(model)
  p <- x[, 1:2]
  z <- tanh(p %*% w[[1]] + rep(w[[2]], each = 4))
  curve <- -2 * z * (1 - z^2)
  expected <- vapply(1:2, function(j) curve %*% (w[[1]][1, ] * w[[1]][j, ] * w[[3]]), numeric(4))
  expect_equal(k_function(input, twice)(p), expected, tolerance = 1e-12)
  expect_equal(k_function(input, slope)(p), ((1 - z^2) * rep(w[[3]], each = 4)) %*% t(w[[1]]), tolerance = 1e-12)
})

test_that("training takes the weights as they are in each step, frozen layers stay", {
  made <- function() {
    set.seed(6)
    input <- layer_input(3)
    hidden <- layer_dense(input, 4, activation = "tanh", name = "hidden")
    out <- layer_dense(hidden, 1)
    steep <- k_gradients(out, input)[[1]]
    model <- keras_model(input, out)
    loss <- function(y_true, y_pred) rowMeans((y_true - y_pred)^2) + 0.3 * rowSums(steep^2)
    model %>% compile(loss = loss, optimizer = optimizer_adam(0.05))
    model
  }
  one <- made()
  two <- made()
  fit(one, x, x[, 1], epochs = 5, batch_size = 4, shuffle = FALSE, verbose = 0)
  for (i in 1:5) apply_gradients(two, with_gradient(two, x, x[, 1])$gradients)
  expect_equal(get_weights(one), get_weights(two), tolerance = 1e-10)
  before <- get_weights(one)
  freeze_weights(one, to = "hidden")
  one <- compile_again(one)
  fit(one, x, x[, 1], epochs = 2, verbose = 0)
  expect_identical(get_weights(one)[1:2], before[1:2])
  expect_false(identical(get_weights(one)[[3]], before[[3]]))
})

test_that("the critic of a Wasserstein network has slopes near 1", {
  set.seed(3)
  real <- matrix(rnorm(200, 1, 0.5), 100)
  fake <- matrix(rnorm(200, -1, 0.5), 100)
  critic <- keras_model_sequential(input_shape = 2) %>%
    layer_dense(16, activation = "tanh") %>%
    layer_dense(1)
  images <- lapply(1:3, function(i) layer_input(2))
  steep <- k_gradients(critic(images[[3]]), images[[3]])[[1]]
  model <- keras_model(images, list(critic(images[[1]]), critic(images[[2]])))
  model$add_loss(10 * k_square(k_sqrt(k_sum(k_square(steep), axis = -1)) - 1))
  wasserstein <- function(y_true, y_pred) k_mean(y_true * y_pred, axis = -1)
  model %>% compile(loss = list(wasserstein, wasserstein), optimizer = optimizer_adam(0.02))
  t <- runif(100)
  mixed <- t * real + (1 - t) * fake
  fit(model, list(real, fake, mixed), list(rep(-1, 100), rep(1, 100)), epochs = 40, batch_size = 50, verbose = 0)
  slopes <- sqrt(rowSums(k_function(images[[3]], steep)(mixed)^2))
  expect_lt(mean(abs(slopes - 1)), 0.2)
  # The distance between the two is that of their middles, about 2.8.
  expect_equal(mean(predict(critic, real)) - mean(predict(critic, fake)), 2 * sqrt(2), tolerance = 0.15)
})

test_that("what cannot be differentiated again is named", {
  input <- layer_input(3)
  dropped <- layer_dense(input, 4, activation = "tanh") %>% layer_dropout(0.5) %>% layer_dense(1)
  model <- keras_model(input, dropped)
  model$add_loss(k_sum(k_square(k_gradients(dropped, input)[[1]]), axis = -1))
  model %>% compile(loss = "mse", optimizer = "sgd")
  expect_error(fit(model, x, x[, 1], verbose = 0), "dropout or noise", class = "kestrel_error")
  expect_true(is.finite(evaluate(model, x, x[, 1], verbose = 0)[["loss"]]))
  own <- layer_dense(input, 2) %>% layer_lambda(function(z) z^3)
  model <- keras_model(input, own)
  model$add_loss(k_sum(k_square(k_gradients(own, input)[[1]]), axis = -1))
  model %>% compile(loss = "mse", optimizer = "sgd")
  expect_error(fit(model, x, x[, 1:2], verbose = 0), "R functions", class = "kestrel_error")
})

test_that("single precision is as good as it can be", {
  models <- lapply(c("float32", "float64"), function(type) {
    set.seed(9)
    input <- layer_input(3, dtype = type)
    out <- layer_dense(layer_dense(input, 4, activation = "tanh"), 1)
    model <- keras_model(input, out)
    model$add_loss(k_sum(k_square(k_gradients(out, input)[[1]]), axis = -1))
    model %>% compile(loss = "mse", optimizer = "sgd")
    with_gradient(model, x, x[, 1])$gradients
  })
  expect_equal(models[[1]], models[[2]], tolerance = 1e-5)
})
