test_that("which networks are affine", {
  affine <- function(...) {
    model <- keras_model_sequential(input_shape = 3)
    for (layer in list(...)) add_layer(model, layer)
    floor_network(model, FALSE)$affine
  }
  expect_true(affine(layer_dense(units = 2), layer_dropout(rate = 0.5), layer_dense(units = 1)))
  expect_true(affine(layer_activation(activation = "linear"), layer_batch_normalization()))
  expect_true(affine(layer_reshape(target_shape = c(3, 1)), layer_dense(units = 1)))
  expect_false(affine(layer_dense(units = 2, activation = "relu")))
  expect_false(affine(layer_dense(units = 2), layer_layer_normalization()))
})

test_that("the last activation belongs to its own cross-entropy", {
  model <- floor_model(3, c(2, 1), c("linear", "sigmoid"), "binary_crossentropy")
  expect_true(floor_network(model, TRUE)$affine)
  expect_equal(floor_network(model, TRUE)$range, list(low = -Inf, high = Inf))
  expect_false(floor_network(model, FALSE)$affine)
  expect_equal(floor_network(model, FALSE)$range, list(low = 0, high = 1))
})

test_that("the rank of a linear end counts biases that join late", {
  expect_equal(suffix_rank(list(code = 2, width = c(5, 4), bias = c(TRUE, TRUE)))$rank, 2)
  expect_equal(suffix_rank(list(code = 2, width = c(5, 4), bias = c(TRUE, FALSE)))$rank, 3)
  expect_equal(suffix_rank(list(code = 5, width = c(2, 4), bias = c(TRUE, FALSE)))$rank, 2)
  expect_equal(suffix_rank(list(code = 2, width = numeric(), bias = logical()))$rank, 2)
})
