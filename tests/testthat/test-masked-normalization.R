test_that("statistics are of the steps that count", {
  x <- masked_x()
  y <- masked_y()
  kept <- which(mask_of(x) == 1)
  rows <- function(a) matrix(a, 20)[kept, ]
  stack <- function(model) {
    model %>% layer_dense(4, activation = "tanh") %>%
      layer_batch_normalization(gamma_regularizer = regularizer_l2(0.1), momentum = 0.8) %>%
      layer_dense(2)
  }
  masked <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>% layer_masking() %>% stack()
  plain <- keras_model_sequential(input_shape = 3, dtype = "float64") %>% stack()
  w <- get_weights(plain)
  w <- Map(function(v, i) v + 0.1 * abs(cos(i + seq_along(v))), w, seq_along(w))
  for (model in list(masked, plain)) {
    set_weights(model, w)
    compile(model, optimizer = optimizer_sgd(0.1), loss = "mse")
  }
  expect_equal(matrix(predict(masked, x), 20)[kept, ], predict(plain, rows(x)), tolerance = 1e-12)
  h <- fit(masked, x, y, epochs = 4, batch_size = 5, verbose = 0)
  h_plain <- fit(plain, rows(x), rows(y), epochs = 4, batch_size = 20, verbose = 0)
  expect_equal(h$metrics$loss, h_plain$metrics$loss, tolerance = 1e-6)
  expect_equal(get_weights(masked), get_weights(plain), tolerance = 1e-6, ignore_attr = TRUE)
  expect_equal(evaluate(masked, x, y, verbose = 0)[["loss"]], evaluate(plain, rows(x), rows(y), verbose = 0)[["loss"]],
    tolerance = 1e-6)
})

test_that("moments and what masked steps become are Keras'", {
  x <- masked_x()
  m <- as.vector(mask_of(x))
  model <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>% layer_masking() %>%
    layer_batch_normalization(scale = FALSE, momentum = 0)
  compile(model, optimizer = optimizer_sgd(0), loss = "mse") %>% suppressWarnings()
  v <- matrix(x, 20)
  mean <- colSums(v * m) / (sum(m) + 1e-7)
  variance <- colSums(m * sweep(v, 2, mean)^2) / (sum(m) + 1e-7)
  y <- model(x, training = TRUE)
  expect_equal(matrix(y, 20), sweep(sweep(v, 2, mean), 2, sqrt(variance + 1e-3), "/"), tolerance = 1e-9)
  train_on_batch(model, x, x)
  expect_equal(lapply(get_weights(model)[2:3], as.vector), list(mean, variance), tolerance = 1e-9)
})

test_that("a frozen one is as without a mask, and other axes and second derivatives are refused", {
  x <- masked_x()
  model <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>% layer_masking() %>%
    layer_batch_normalization() %>% layer_dense(2)
  compile(model, loss = "mse")
  expect_refused(kestrel:::new_objective(model, x, masked_y()), "state")
  model$layers[[2]]$trainable <- FALSE
  f <- kestrel:::new_objective(model, x, masked_y())
  expect_equal(kestrel:::objective_value(f), evaluate(model, x, masked_y(), verbose = 0)[["loss"]])
  first <- keras_model_sequential(input_shape = c(4, 3)) %>% layer_masking() %>%
    layer_batch_normalization(axis = 1)
  expect_refused(compile(first, loss = "mse"), "shape")
})
