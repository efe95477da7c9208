test_that("a dense layer at each step is that of each step by itself", {
  x <- counted(3, 4, 2)
  w <- list(counted(2, 5), array(1:5 / 3))
  y <- run_layer(layer_time_distributed(layer = layer_dense(units = 5, activation = "tanh")), x, w)
  alone <- layer_dense(units = 5, activation = "tanh")
  for (t in 1:4) expect_equal(y[, t, ], run_layer(alone, x[, t, ], w), tolerance = 1e-15)
})

test_that("it joins a model with its weights and settings", {
  model <- keras_model_sequential(input_shape = c(4, 2)) %>%
    layer_time_distributed(layer_dense(units = 3, use_bias = FALSE)) %>%
    layer_flatten() %>%
    layer_dense(1)
  expect_identical(dim(get_weights(model)[[1]]), c(2L, 3L))
  compile(model, loss = "mse")
  before <- get_weights(model)[[1]]
  fit(model, counted(3, 4, 2), 1:3, verbose = 0)
  expect_false(identical(get_weights(model)[[1]], before))
  expect_config_round_trip(layer_time_distributed(layer = layer_dense(units = 2)), counted(3, 4, 2))
})

# f of (samples, ...) at each step of x; the steps stand second again.
at_each_step <- function(x, f) {
  made <- lapply(seq_len(dim(x)[2]), function(t) f(array(x[slice.index(x, 2) == t], dim(x)[-2])))
  rank <- length(dim(made[[1]]))
  aperm(array(unlist(made), c(dim(made[[1]]), length(made))), c(1, rank + 1, seq_len(rank)[-1]))
}

test_that("any layer is applied step by step", {
  x <- sin(counted(3, 4, 2, 5))
  layers <- list(layer_flatten(), layer_global_average_pooling_1d(), layer_permute(dims = c(2, 1)),
    layer_reshape(target_shape = 10), layer_dense(units = 2), layer_max_pooling_1d(),
    layer_layer_normalization(axis = c(1, 2)), layer_group_normalization(groups = 5),
    layer_normalization(mean = 0.5, variance = 2), layer_cropping_1d(cropping = c(1, 0)))
  for (layer in layers) {
    by_step <- at_each_step(x, layer)
    expect_equal(layer_time_distributed(layer = layer)(x), by_step, tolerance = 1e-12,
      label = kestrel:::layer_class_name(layer))
  }
  codes <- array(c(0, 2, 1, 1, 0, 2, 2, 0), c(2, 2, 2))
  embed <- layer_embedding(input_dim = 3, output_dim = 2)
  by_step <- at_each_step(codes, embed)
  expect_equal(layer_time_distributed(layer = embed)(codes), by_step)
})

test_that("layers that R computes are applied step by step", {
  x <- sin(counted(3, 4, 2))
  double <- layer_lambda(f = function(x) 2 * x^2)
  expect_equal(layer_time_distributed(layer = double)(x), 2 * x^2)
  scaled <- new_layer_class("Scaled", build = function(self, input_shape) {
    self$w <- self$add_weight(name = "w", shape = list(2L), initializer = "ones")
  }, call = function(self, x) x * k_reshape(self$w, c(1L, 2L)))
  model <- keras_model_sequential(input_shape = c(4, 2), dtype = "float64") %>%
    layer_time_distributed(scaled())
  set_weights(model, list(array(c(2, 3), 2)))
  expect_equal(predict(model, x), x * rep(c(2, 3), each = 12))
  compile(model, optimizer = optimizer_sgd(1), loss = loss_mean_squared_error(reduction = "sum"))
  train_on_batch(model, x, 0 * x)
  slope <- apply(x^2, 3, sum) * c(2, 3)
  expect_equal(as.vector(get_weights(model)[[1]]), c(2, 3) - slope, tolerance = 1e-12)
})

test_that("a model is applied step by step, and trained like a shared one", {
  x <- sin(counted(3, 4, 2, 5))
  y <- cos(counted(3, 4, 2))
  inner <- keras_model_sequential(input_shape = c(2, 5), dtype = "float64") %>% layer_flatten() %>%
    layer_dense(3, activation = "tanh", kernel_regularizer = regularizer_l2(0.1)) %>% layer_dense(2)
  model <- keras_model_sequential(input_shape = c(4, 2, 5), dtype = "float64") %>%
    layer_time_distributed(inner)
  expect_identical(model$output_shape, list(NULL, 4L, 2L))
  expect_equal(predict(model, x), at_each_step(x, function(s) predict(inner, s)), tolerance = 1e-12)
  expect_equal(count_params(model), count_params(inner))
  rows <- function(a) array(a, c(12, dim(a)[-(1:2)]))
  for (one in list(model, inner)) compile(one, optimizer = optimizer_sgd(0.1), loss = "mse")
  h <- fit(model, x, y, epochs = 3, batch_size = 3, verbose = 0)
  expect_equal(h$metrics$loss, fit(inner, rows(x), rows(y), epochs = 3, batch_size = 12, verbose = 0)$metrics$loss)
  expect_equal(get_weights(model), get_weights(inner), ignore_attr = TRUE)
  copy <- clone_model(model)
  set_weights(copy, get_weights(model))
  expect_equal(predict(copy, x), predict(model, x))
  expect_snapshot(summary(model))
})

test_that("its steps have random numbers and statistics of their own, and its gradient is right", {
  ones <- array(1, c(2, 3, 4, 5))
  dropped <- layer_time_distributed(layer = keras_model_sequential() %>% layer_dropout(0.5))(ones, training = TRUE)
  expect_false(identical(dropped[, 1, , ], dropped[, 2, , ]))
  x <- sin(counted(3, 4, 2))
  inner <- keras_model_sequential() %>% layer_dense(3, activation = "tanh") %>%
    layer_batch_normalization() %>% layer_dense(1)
  model <- keras_model_sequential(input_shape = c(4, 2), dtype = "float64") %>% layer_time_distributed(inner)
  compile(model, optimizer = optimizer_sgd(0.1), loss = "mse")
  y <- cos(counted(3, 4, 1))
  f <- kestrel:::new_objective(model, x, y, training = TRUE)
  v <- cos(seq_len(f$p))
  expect_equal(sum(kestrel:::objective_gradient(f) * v), objective_slope(f, v, kestrel:::objective_value),
    tolerance = 1e-6)
  w <- get_weights(model)
  hidden <- lapply(1:4, function(t) tanh(x[, t, ] %*% w[[1]] + rep(w[[2]], each = 3)))
  train_on_batch(model, x, y)
  mean <- 0
  for (h in hidden) mean <- 0.99 * mean + 0.01 * colMeans(h)
  expect_equal(as.vector(get_weights(model)[[5]]), mean, tolerance = 1e-12)
})

test_that("what takes several inputs and samples without steps are refused", {
  expect_refused(layer_time_distributed(), "argument", "layer")
  expect_refused(layer_time_distributed(layer = "a"), "argument", "layer")
  expect_refused(layer_time_distributed(layer = layer_add()), "argument", "layer")
  expect_refused(layer_time_distributed(layer = keras_model_sequential()), "state")
  two <- layer_input(3)
  several <- keras_model(two, list(two, layer_dense(two, 1)))
  expect_refused(layer_time_distributed(layer = several), "argument", "layer")
  half <- keras_model_sequential(input_shape = 2) %>% layer_dense(2) %>% layer_dense(1)
  freeze_weights(half, to = 1)
  expect_refused(layer_time_distributed(layer = half), "argument", "layer")
  whole <- keras_model_sequential(input_shape = 2) %>% layer_dense(2)
  expect_refused(layer_time_distributed(layer = whole)(array(0, c(1, 3, 5))), "shape")
  expect_refused(layer_time_distributed(layer = layer_permute(dims = c(2, 1)))(array(0, c(1, 3, 5))), "shape")
  expect_refused(layer_time_distributed(layer = layer_dense(units = 1))(small_x()), "shape")
})
