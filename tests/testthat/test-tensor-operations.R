m <- matrix(c(0.3, -0.7, 1.1, 0.4, -0.2, 0.9), 2)

# What a model of the tensor computes, against the same function of the array.
expect_tensor <- function(f, shape) {
  input <- layer_input(3)
  y <- f(input)
  label <- paste(deparse(substitute(f)), collapse = " ")
  expect_s3_class(y, "kestrel_tensor")
  expect_identical(dim(y), c(NA, shape), label = label)
  expected <- kestrel:::masked(f)(m)
  expect_equal(c(predict(keras_model(input, y), m)), rep_len(as.double(expected), 2 * prod(shape)),
    tolerance = 1e-14, label = label)
}

test_that("activations and products of matrices take tensors", {
  x <- layer_input(3)
  data <- matrix(c(-1, 2, 0.5, -3, 1, 4), 2)
  value <- function(y) predict(keras_model(x, y), data)
  expect_equal(value(activation_relu(x)), pmax(data, 0))
  expect_equal(value(activation_softmax(x)), exp(data) / rowSums(exp(data)))
  expect_equal(value(activation_leaky_relu(negative_slope = 0.1)(x)), ifelse(data > 0, data, 0.1 * data))
  w <- matrix(1:6, 3)
  product <- kestrel:::matrixOps.kestrel_tensor
  environment(product) <- list2env(list(.Generic = "%*%"), parent = environment(product))
  expect_equal(value(product(x, w)), data %*% w)
  skip_if(getRversion() < "4.3.0")
  expect_equal(value(x %*% w), data %*% w)
})

test_that("operators, mathematics and operations of tensors are layers", {
  expect_tensor(function(x) 2 * x + 1, 3L)
  expect_tensor(function(x) -x / (1 + x^2), 3L)
  expect_tensor(function(x) exp(x) - abs(x), 3L)
  expect_tensor(function(x) (x > 0.3) * x, 3L)
  expect_tensor(function(x) x[, 2:3], 2L)
  expect_tensor(function(x) op_multiply(x[, 1, drop = FALSE], x), 3L)
  expect_tensor(function(x) k_square(x) - k_mean(x, axis = -1, keepdims = TRUE), 3L)
  expect_tensor(function(x) op_multiply(x, op_softmax(x)), 3L)
  expect_tensor(function(x) k_concatenate(list(x, x^2)), 6L)
  expect_tensor(function(x) k_expand_dims(x), c(3L, 1L))
  expect_tensor(function(x) k_sum(x, axis = 2), 1L)
  expect_tensor(function(x) k_mean(x), 1L)
  expect_tensor(function(x) k_dot(x, diag(3)[, 1:2]), 2L)
  expect_tensor(function(x) op_where(k_greater(x, 0), x, k_exp(x) - 1), 3L)
})

test_that("losses of tensors are their values", {
  input <- layer_input(3)
  out <- layer_dense(input, 3, activation = "sigmoid")
  loss <- keras_model(input, 3 * loss_binary_crossentropy(input, out))
  p <- predict(keras_model(input, out), plogis(m))
  expect_equal(c(predict(loss, plogis(m))), 3 * loss_binary_crossentropy(plogis(m), p), tolerance = 1e-12)
})

test_that("shapes of tensors are known, and k_shape() and k_is_tensor() tell", {
  x <- layer_input(c(3, 2))
  expect_identical(k_int_shape(x), list(NA_integer_, 3L, 2L))
  expect_identical(k_ndim(x), 3L)
  expect_true(k_is_tensor(x))
  expect_false(k_is_tensor(m))
})

test_that("names count, and a saved model holds no graph of others", {
  x <- layer_input(3)
  model <- keras_model(x, (x + 1) + 2)
  expect_identical(vapply(model$layers, function(l) l$name, ""), c("input_1", "add", "add_1"))
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_equal(predict(readRDS(file), m), m + 3)
})

test_that("what cannot be done with a tensor is refused", {
  x <- layer_input(3)
  expect_error(x %% 2, "%%", class = "kestrel_error_argument")
  expect_error(k_sum(x, axis = 4), class = "kestrel_error")
  expect_error(x + matrix(1, 5, 5), class = "kestrel_error")
})
