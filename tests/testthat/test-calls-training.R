# A call on a tensor may say whether the layer or model works there as in training.

sample_x <- function() {
  set.seed(5)
  matrix(rnorm(400, 2, 3), 100)
}

test_that("dropout and noise called with training = TRUE draw in predict() and evaluate()", {
  x <- layer_input(4)
  model <- keras_model(x, layer_dropout(rate = 0.5)(x, training = TRUE))
  set.seed(1)
  ones <- matrix(1, 3000, 4)
  y <- predict(model, ones)
  expect_setequal(unique(as.vector(y)), c(0, 2))
  expect_lt(abs(mean(y) - 1), 6 / sqrt(12000))
  batches <- lapply(list(1:256, 257:512, 513:768), function(rows) y[rows, ])
  expect_false(identical(batches[[1]], batches[[2]]) || identical(batches[[2]], batches[[3]]))
  expect_false(identical(predict(model, ones), y))
  compile(model, "sgd", "mae", metrics = metric_mean_squared_error())
  # |y - 0.5| is 0.5 or 1.5: batches of 4 numbers, which would not vary if all drew the same.
  half <- matrix(0.5, 64, 4)
  scores <- vapply(1:20, function(i) evaluate(model, ones[1:64, ], half, verbose = 0, batch_size = 1)[["loss"]], 0)
  expect_lt(max(abs(scores - 1)), 6 * 0.5 / sqrt(256))
  expect_gt(stats::sd(scores), 0)

  noisy <- keras_model(x, layer_gaussian_noise(stddev = 2)(x, training = TRUE))
  z <- predict(noisy, 0 * ones)
  expect_equal(stats::sd(z), 2, tolerance = 0.05)
  expect_false(anyDuplicated(as.vector(z)) > 0)
})

test_that("predictions follow set.seed(), and their mean is what comes without dropping", {
  input <- layer_input(4)
  model <- keras_model(input, layer_dense(layer_dropout(rate = 0.5)(input, training = TRUE), 1))
  x <- sample_x()[1:3, ]
  again <- function(seed) {
    set.seed(seed)
    predict(model, x)
  }
  expect_identical(again(3), again(3))
  expect_false(identical(again(3), again(4)))
  w <- get_weights(model)[[1]]
  means <- rowMeans(replicate(400, predict(model, x)[, 1]))
  expect_true(all(abs(means - x %*% w) < 6 * sqrt(x^2 %*% w^2) / 20))
})

# Mean squared error of gamma x / sqrt(1 + epsilon) + beta, one step of gradient descent.
step_by_hand <- function(x, y, rate) {
  z <- x / sqrt(1 + 1e-3)
  error <- z - y
  list(gamma = 1 - rate * 2 * colSums(error * z) / length(y), beta = -rate * 2 * colSums(error) / length(y))
}

test_that("a batch normalization called with training = FALSE uses and keeps its statistics in fit()", {
  x <- sample_x()
  y <- x + 1
  expected <- step_by_hand(x, y, 0.1)
  normalized <- function(part) {
    input <- layer_input(4)
    model <- keras_model(input, part(input, training = FALSE))
    compile(model, optimizer_sgd(0.1), "mse")
    fit(model, x, y, batch_size = 100, epochs = 1, verbose = 0)
    get_weights(model)
  }
  stack <- keras_model_sequential(input_shape = 4) %>% layer_batch_normalization()
  input <- layer_input(4)
  graph <- keras_model(input, layer_batch_normalization(input))
  for (part in list(layer_batch_normalization(), stack, graph, clone_model(graph))) {
    w <- normalized(part)
    expect_equal(as.vector(w[[1]]), expected$gamma, tolerance = 1e-6)
    expect_equal(as.vector(w[[2]]), expected$beta, tolerance = 1e-6)
    expect_identical(as.vector(w[[3]]), rep(0, 4))
    expect_identical(as.vector(w[[4]]), rep(1, 4))
  }
})

test_that("what is said in a model stands above what the model is called with", {
  x <- layer_input(4)
  inner <- keras_model(x, layer_dropout(layer_dropout(rate = 0.5)(x, training = FALSE), rate = 0.5))
  model <- keras_model(x, inner(x, training = TRUE))
  set.seed(2)
  y <- predict(model, matrix(1, 500, 4))
  # Dropped once: by both it would be 0 or 4.
  expect_setequal(unique(as.vector(y)), c(0, 2))
  expect_identical(predict(inner, matrix(1, 5, 4)), matrix(1, 5, 4))
})

test_that("the calls of a shared layer are told apart, and copies know them", {
  x <- layer_input(4)
  drop <- layer_dropout(rate = 0.5)
  model <- keras_model(x, list(drop(x), drop(x, training = TRUE), drop(x, training = FALSE)))
  ones <- matrix(1, 50, 4)
  copies <- list(model, clone_model(model), from_config(get_config(model)),
    unserialize(serialize(model, NULL)))
  for (copy in copies) {
    y <- predict(copy, ones)
    expect_identical(y[[1]], ones)
    expect_setequal(unique(as.vector(y[[2]])), c(0, 2))
    y <- copy(ones, training = TRUE)
    expect_setequal(unique(as.vector(y[[1]])), c(0, 2))
    expect_identical(y[[3]], ones)
  }
})

test_that("gradients and second derivatives are those of the calls", {
  x <- sample_x()[1:20, ]
  y <- x[, 1, drop = FALSE]
  input <- layer_input(4)
  normalized <- function(x, training) layer_batch_normalization()(x, training = training)
  model <- keras_model(input, input %>% layer_dense(3, "tanh") %>%
    normalized(FALSE) %>% layer_dense(1))
  frozen <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "tanh") %>%
    layer_batch_normalization(trainable = FALSE) %>% layer_dense(1)
  set_weights(frozen, get_weights(model))
  for (m in list(model, frozen)) compile(m, "sgd", "mse")
  a <- with_gradient(model, x, y, training = TRUE)
  b <- with_gradient(frozen, x, y, training = TRUE)
  expect_equal(a$loss, b$loss)
  expect_equal(a$gradients[c(1, 2, 5, 6)], b$gradients, ignore_attr = TRUE)
  # In an objective that does not train, one that is called with training = TRUE has the batch's.
  model <- keras_model(input, input %>% layer_dense(3, "tanh") %>%
    normalized(TRUE) %>% layer_dense(1))
  compile(model, "sgd", "mse")
  f <- kestrel:::new_objective(model, x, y)
  v <- cos(seq_len(f$p))
  g <- kestrel:::objective_gradient(f)
  expect_equal(sum(g * v), objective_slope(f, v, kestrel:::objective_value), tolerance = 1e-7)
  turn <- objective_slope(f, v, kestrel:::objective_gradient)
  expect_equal(kestrel:::objective_hessian(f, v), turn, tolerance = 1e-6)
  expect_equal(kestrel:::objective_value(f),
    kestrel:::objective_value(kestrel:::new_objective(model, x, y, training = TRUE)))
})

test_that("functions of layers are told, too", {
  x <- layer_input(2)
  told <- layer_lambda(f = function(x, training) if (isTRUE(training)) 2 * x else x)
  twice <- Layer("Twice", call = function(inputs, training = NULL) if (isTRUE(training)) 2 * inputs else inputs)
  outer <- Layer("Outer", initialize = function() {
    super$initialize()
    self$twice <- twice()
  }, call = function(inputs) self$twice(inputs, training = TRUE))
  data <- matrix(1:4 / 4, 2)
  for (layer in list(told, twice())) {
    expect_equal(predict(keras_model(x, layer(x, training = TRUE)), data), 2 * data)
    expect_equal(predict(keras_model(x, layer(x)), data), data)
    expect_equal(keras_model(x, layer(x, training = FALSE))(data, training = TRUE), data)
  }
  expect_equal(predict(keras_model(x, outer()(x)), data), 2 * data)
})

test_that("training must be TRUE or FALSE", {
  x <- layer_input(2)
  expect_refused(layer_dropout(rate = 0.5)(x, training = "yes"), "argument", "training")
  model <- keras_model(x, layer_dense(x, 1))
  expect_refused(model(x, training = NA), "argument", "training")
})
