test_that("arrays, types and values", {
  expect_identical(k_zeros_like(m), 0 * m)
  expect_identical(op_ones(list(2, 3)), matrix(1, 2, 3))
  expect_identical(k_cast(c(1.7, -1.7), "int32"), c(1, -1))
  expect_identical(k_cast(m, "bool"), m != 0)
  expect_identical(k_constant(3, shape = c(2, 2)), matrix(3, 2, 2))
  expect_identical(op_convert_to_numpy(op_convert_to_tensor(m)), m)
  expect_operation(k_stop_gradient, m, m, FALSE)
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  k_set_value(model$optimizer$lr, 0.5)
  expect_identical(k_get_value(model$optimizer$lr), 0.5)
  expect_error(k_set_value(3, 4), class = "kestrel_error_argument")
})

test_that("arrays are made as Keras makes them", {
  expect_equal(k_arange(4), array(0:3))
  expect_equal(op_arange(1, 2, 0.25), array(c(1, 1.25, 1.5, 1.75)))
  expect_equal(k_arange(3, 3), array(numeric()))
  expect_equal(k_eye(3), diag(3))
  expect_equal(op_eye(2, 3, 1), cbind(0, diag(2)))
  expect_equal(op_full(c(2, 1), 7), matrix(7, 2))
  expect_equal(op_full_like(m, 7), m * 0 + 7)
  expect_equal(k_batch_get_value(list(1, m)), list(1, m))
  expect_error(k_eye(-1), class = "kestrel_error_argument")
})

test_that("functions of samples are mapped", {
  expect_operation(function(x) k_map_fn(function(row) sum(row^2), x), m, array(rowSums(m^2)))
  expect_operation(function(x) op_map(x, function(s) s[1, ] * s[2, ]), a3, a3[, 1, ] * a3[, 2, ])
})

test_that("a layer knows whether it is training", {
  phase <- layer_lambda(f = function(x) k_in_train_phase(x, function() -x))
  expect_equal(phase(m), -m)
  expect_equal(phase(m, training = TRUE), m)
  expect_equal(layer_lambda(f = function(x) x * k_learning_phase())(m), 0 * m)
  expect_identical(k_learning_phase(), 0L)
  expect_equal(k_in_test_phase(1, 2), 1)
})

test_that("weights that are not trained are updated", {
  counting <- Layer("Counting", build = function(input_shape) {
    self$n <- self$add_weight(shape = 1, initializer = "zeros", trainable = FALSE, name = "n")
  }, call = function(inputs) {
    k_update_add(self$n, 2)
    k_update_sub(self$n, 1)
    inputs
  })
  model <- keras_model_sequential(input_shape = 3) %>% counting() %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  fit(model, m, c(1, 2), batch_size = 1, epochs = 3, verbose = 0)
  expect_equal(c(model$layers[[1]]$n), 6)
})
