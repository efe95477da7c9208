scaled <- Layer("Scaled", call = function(inputs, scale = 1, shift = 0) scale * inputs + shift)
minus <- Layer("Minus", call = function(a, b) a - b)

data_a <- matrix(c(5, 1, 2, 8, 3, 4), 3)
data_b <- matrix(c(1, 2, 3, 4, 5, 6), 3)

test_that("arguments of a call reach call()", {
  expect_equal(scaled()(data_a, scale = 3), 3 * data_a)
  expect_equal(scaled()(data_a, 3, 1), 3 * data_a + 1)
  expect_equal(scaled()(inputs = data_a, shift = 1), data_a + 1)
  expect_equal(minus()(data_a, data_b), data_a - data_b)
  expect_equal(minus()(b = data_a, a = data_b), data_b - data_a)
  layer <- scaled()
  x <- layer_input(2)
  model <- keras_model(x, list(layer(x), layer(x, scale = 3), layer(x, shift = 2)))
  expect_equal(predict(model, data_a), list(data_a, 3 * data_a, data_a + 2))
})

test_that("several tensors are inputs, and copies of the model know what was given", {
  a <- layer_input(2)
  b <- layer_input(2)
  mixed <- Layer("Mixed", call = function(logits, targets, weights, by = 1) logits - by * targets * weights[[2]])
  model <- keras_model(list(a, b), mixed()(a, targets = b, weights = list(a, b), by = 2))
  expected <- data_a - 2 * data_b^2
  copies <- list(model, clone_model(model), from_config(get_config(model)),
    unserialize(serialize(model, NULL)))
  for (copy in copies) expect_equal(predict(copy, list(data_a, data_b)), expected)
  expect_equal(mixed()(data_a, data_b, list(data_a, data_b), 2), expected)
  # In a model that is called, and in the call() of a layer.
  outer <- keras_model(list(a, b), model(list(b, a)))
  expect_equal(predict(outer, list(data_b, data_a)), expected)
  around <- Layer("Around", initialize = function() {
    super$initialize()
    self$inner <- mixed()
  }, call = function(x) self$inner(x[[1]], x[[2]], weights = x, by = 2))
  expect_equal(predict(keras_model(list(a, b), around()(list(a, b))), list(data_a, data_b)), expected)
})

test_that("weights and gradients are those of a layer that is called with two tensors", {
  bilinear <- Layer("Bilinear", build = function(left, right) {
    self$w <- self$add_weight(shape = c(left[2], right[2]))
  }, call = function(left, right) k_dot(left, self$w) * right)
  a <- layer_input(2)
  b <- layer_input(3)
  layer <- bilinear()
  model <- keras_model(list(a, b), layer(a, b))
  expect_identical(dim(layer$w), c(2L, 3L))
  right <- cbind(data_b, 1:3)
  expect_equal(predict(model, list(data_a, right)), data_a %*% layer$w * right)
  y <- matrix(1:9 / 9, 3)
  compile(model, "sgd", "mse")
  expected <- t(data_a) %*% (2 * (data_a %*% layer$w * right - y) / 9 * right)
  expect_equal(with_gradient(model, list(data_a, right), y)$gradients[[1]], expected, tolerance = 1e-6)
})

test_that("the logistic endpoint of the guides charges for logits and targets", {
  endpoint <- Layer("LogisticEndpoint", initialize = function(name = NULL) {
    super$initialize(name = name)
    self$loss_fn <- loss_binary_crossentropy(from_logits = TRUE)
  }, call = function(targets, logits, sample_weights = NULL) {
    self$add_loss(self$loss_fn(targets, logits, sample_weights))
    k_softmax(logits)
  })
  inputs <- layer_input(2, name = "inputs")
  targets <- layer_input(3, name = "targets")
  dense <- layer_dense(units = 3)
  model <- keras_model(list(inputs = inputs, targets = targets), endpoint(name = "predictions")(targets, dense(inputs)))
  compile(model, "adam")
  t <- matrix(c(0, 1, 1, 0, 0, 1, 1, 1, 0), 3)
  z <- data_a %*% dense$kernel
  loss <- mean(log1p(exp(z)) - t * z)
  expect_equal(evaluate(model, list(inputs = data_a, targets = t), verbose = 0)[["loss"]], loss, tolerance = 1e-6)
  expect_equal(predict(model, list(inputs = data_a, targets = t)), exp(z) / rowSums(exp(z)), tolerance = 1e-6)
  alone <- endpoint()
  expect_equal(alone(logits = z, targets = t), exp(z) / rowSums(exp(z)))
})

test_that("the output may have another shape in another call", {
  repeated <- Layer("Repeated", call = function(inputs, times = 1) do.call(cbind, rep(list(inputs), times)))
  layer <- repeated()
  expect_identical(dim(layer(data_a, times = 3)), c(3L, 6L))
  expect_identical(dim(layer(data_a)), c(3L, 2L))
  expect_identical(layer(layer_input(2), times = 2)$shape[[2]], 4L)
})

test_that("count_weights of layer_category_encoding() are summed", {
  codes <- rbind(c(0, 1), c(0, 0), c(1, 2), c(3, 1))
  weights <- rbind(c(0.1, 0.2), c(0.1, 0.1), c(0.2, 0.3), c(0.4, 0.2))
  # The numbers of Keras' documentation.
  expected <- rbind(c(0.1, 0.2, 0, 0), c(0.2, 0, 0, 0), c(0, 0.2, 0.3, 0), c(0, 0.2, 0, 0.4))
  layer <- layer_category_encoding(num_tokens = 4, output_mode = "count")
  expect_equal(layer(codes, count_weights = weights), expected)
  expect_equal(layer_category_encoding(num_tokens = 4, output_mode = "count")(codes[, 1], count_weights = weights[, 1]),
    rbind(c(0.1, 0, 0, 0), c(0.1, 0, 0, 0), c(0, 0.2, 0, 0), c(0, 0, 0, 0.4)))
  a <- layer_input(2)
  b <- layer_input(2)
  model <- keras_model(list(a, b), layer(a, count_weights = b))
  expect_equal(predict(model, list(codes, weights)), expected)
  expect_equal(predict(clone_model(model), list(codes, weights)), expected)
  expect_refused(layer(codes, count_weights = weights[, 1]), "shape", "count_weights")
  expect_refused(layer_category_encoding(num_tokens = 4)(codes, count_weights = weights), "argument", "count_weights")
})

test_that("what a layer does not take is named", {
  x <- layer_input(2)
  dense <- layer_dense(units = 2)
  expect_refused(dense(x, foo = 1), "argument", "foo")
  expect_refused(dense(data_a, training = FALSE, mask = 1), "argument", "mask")
  expect_refused(scaled()(data_a, scales = 1), "argument", "scales", names = "scale")
  expect_refused(minus()(data_a, data_b, 1), "argument", "...")
  expect_refused(minus()(b = data_a), "argument", "a")
  expect_refused(minus()(data_a), "argument", "b")
  expect_refused(minus()(x), "argument", "b")
  model <- keras_model(x, dense(x))
  expect_equal(model(inputs = data_a, mask = NULL), dense(data_a))
  expect_refused(model(data_a, foo = 1), "argument", "foo")
  expect_equal(dense(inputs = data_a, training = NULL), dense(data_a))
})
