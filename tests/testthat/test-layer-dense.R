# The last axis contracted, by loops.
dense_by_loops <- function(x, w, b) {
  dims <- dim(x)
  last <- length(dims)
  flat <- matrix(x, ncol = dims[last])
  y <- matrix(0, nrow(flat), ncol(w))
  for (i in seq_len(nrow(flat))) for (u in seq_len(ncol(w))) {
    y[i, u] <- b[u]
    for (k in seq_len(ncol(flat))) y[i, u] <- y[i, u] + flat[i, k] * w[k, u]
  }
  array(y, c(dims[-last], ncol(w)))
}

test_that("y = x W + b, on the last axis of ranks 2 to 5", {
  w <- matrix(cos(1:12), 4)
  b <- c(0.1, -0.2, 0.3)
  for (dims in list(c(5, 4), c(3, 2, 4), c(2, 3, 2, 4), c(2, 2, 3, 2, 4))) {
    x <- counted(dims)
    layer <- layer_dense(units = 3, weights = list(w, b))
    expect_equal(layer(x), dense_by_loops(x, w, b), tolerance = 1e-14)
    expect_identical(unlist(layer$output_shape), as.integer(c(dims[-1][-(length(dims) - 1)], 3)))
  }
})

test_that("the activation comes after the sum, by name, function or object", {
  x <- small_x()
  w <- list(matrix(cos(1:8), 4), c(1, -1))
  z <- x %*% w[[1]] + rep(w[[2]], each = 6)
  for (f in list("tanh", activation_tanh, activation_tanh())) {
    expect_equal(layer_dense(units = 2, activation = f, weights = w)(x), tanh(z))
  }
  expect_equal(layer_dense(units = 2, activation = "softmax", weights = w)(x),
    exp(z) / rowSums(exp(z)))
  leaky <- activation_relu(negative_slope = 0.1)
  expect_equal(layer_dense(units = 2, activation = leaky, weights = w)(x),
    ifelse(z > 0, z, 0.1 * z))
  expect_equal(layer_dense(units = 2, activation = NULL, weights = w)(x), z)
  # The string has slope 0.2, unlike the layer of the same name.
  expect_equal(layer_dense(units = 2, activation = "leaky_relu", weights = w)(x),
    ifelse(z > 0, z, 0.2 * z))
})

test_that("initializers fill kernel and bias", {
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_dense(2, kernel_initializer = "ones", bias_initializer = initializer_constant(0.5))
  expect_identical(get_weights(model), list(matrix(1, 3, 2), array(c(0.5, 0.5))))
  set.seed(4)
  model <- keras_model_sequential(input_shape = 300) %>% layer_dense(200)
  kernel <- get_weights(model)[[1]]
  limit <- sqrt(6 / 500)
  expect_true(all(abs(kernel) <= limit))
  expect_equal(mean(kernel), 0, tolerance = 4 * limit / sqrt(3 * length(kernel)))
  expect_equal(var(as.vector(kernel)), limit^2 / 3, tolerance = 0.02)
  expect_identical(get_weights(model)[[2]], array(0, 200))
})

test_that("regularizers of kernel and bias are in the loss", {
  x <- small_x()
  w <- list(matrix(c(1, -2, 3, 4), 4), -2)
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(1, weights = w, kernel_regularizer = regularizer_l1(0.1),
      bias_regularizer = regularizer_l2(0.2))
  compile(model, loss = "mse")
  loss <- evaluate(model, x, predict(model, x), verbose = 0)
  expect_equal(loss[["loss"]], 0.1 * 10 + 0.2 * 4)
})

test_that("constraints hold after a step", {
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(3, kernel_constraint = constraint_maxnorm(0.1), bias_constraint = "nonneg")
  compile(model, loss = "mse", optimizer = optimizer_sgd(1))
  fit(model, small_x(), small_y(6, 3) - 5, epochs = 2, verbose = 0)
  w <- get_weights(model)
  expect_true(all(sqrt(colSums(w[[1]]^2)) <= 0.1))
  expect_true(all(w[[2]] >= 0))
})

test_that("without bias there is one array", {
  layer <- layer_dense(units = 2, use_bias = FALSE, weights = list(matrix(1, 4, 2)))
  x <- small_x()
  expect_equal(layer(x), x %*% matrix(1, 4, 2))
  expect_length(get_weights(layer), 1)
})

test_that("a frozen layer keeps its weights, the others learn", {
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(3, trainable = FALSE) %>% layer_dense(1)
  compile(model, loss = "mse", optimizer = "sgd")
  before <- get_weights(model)
  fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
  after <- get_weights(model)
  expect_identical(after[1:2], before[1:2])
  expect_false(identical(after[[3]], before[[3]]))
})

test_that("every setting comes back from the config", {
  layer <- layer_dense(units = 2, activation = "tanh", use_bias = TRUE,
    kernel_initializer = "he_normal", kernel_regularizer = "l2", bias_constraint = "nonneg",
    activity_regularizer = regularizer_l1(0.5), name = "d")
  expect_config_round_trip(layer, small_x())
})

test_that("units and activations are refused in words", {
  expect_snapshot(error = TRUE, {
    layer_dense()
    layer_dense(units = 0)
    layer_dense(units = 1, activation = function() 1)
    layer_dense(units = 1, kernel_initializer = "glorot")
    layer_dense(units = 1, kernel_regularizer = "l3")
    layer_dense(units = 1, use_bias = 1)
  })
})
