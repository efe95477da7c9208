x <- matrix(c(-3, -1, -0.5, 0, 0.5, 1, 2, 7), 2)

test_that("each layer computes its formula", {
  expect_identical(layer_activation_relu()(x), pmax(x, 0))
  expect_identical(layer_activation_relu(max_value = 1)(x), pmin(pmax(x, 0), 1))
  general <- ifelse(x >= 3, 3, ifelse(x > 1, x, 0.5 * (x - 1)))
  expect_equal(layer_activation_relu(max_value = 3, negative_slope = 0.5, threshold = 1)(x),
    general)
  expect_equal(layer_activation_leaky_relu()(x), ifelse(x > 0, x, 0.3 * x))
  expect_equal(layer_activation_leaky_relu(negative_slope = 0.1)(x), ifelse(x > 0, x, 0.1 * x))
  expect_equal(layer_activation_elu(alpha = 2)(x), ifelse(x > 0, x, 2 * expm1(x)))
  selu <- 1.0507009873554805 * ifelse(x > 0, x, 1.6732632423543772 * expm1(x))
  expect_equal(layer_activation_selu()(x), selu)
  expect_identical(layer_activation_thresholded_relu(theta = 1)(x), ifelse(x > 1, x, 0))
  expect_equal(layer_activation(activation = "sigmoid")(x), plogis(x))
  expect_equal(layer_activation(activation = activation_tanh)(x), tanh(x))
  expect_equal(layer_activation_softmax()(x), exp(x) / rowSums(exp(x)))
})

test_that("softmax takes any axis of a sample", {
  z <- counted(2, 3, 4)
  along <- function(z, margin) {
    for (i in seq_len(dim(z)[1])) {
      if (margin == 2) for (k in 1:4) z[i, , k] <- exp(z[i, , k]) / sum(exp(z[i, , k]))
      if (margin == 3) for (j in 1:3) z[i, j, ] <- exp(z[i, j, ]) / sum(exp(z[i, j, ]))
    }
    z
  }
  for (axis in c(-1, 2)) expect_equal(layer_activation_softmax(axis = axis)(z), along(z, 3))
  for (axis in c(-2, 1)) expect_equal(layer_activation_softmax(axis = axis)(z), along(z, 2))
  expect_refused(layer_activation_softmax(axis = 3)(z), "shape")
  expect_refused(layer_activation_softmax(axis = 0), "argument", "axis")
})

test_that("alpha is another name of the slope", {
  expect_identical(layer_activation_leaky_relu(alpha = 0.1)(x),
    layer_activation_leaky_relu(negative_slope = 0.1)(x))
  expect_refused(layer_activation_leaky_relu(alpha = 0.1, negative_slope = 0.1), "argument",
    "alpha")
})

test_that("a layer is the string in a dense layer", {
  w <- list(matrix(cos(1:12), 4), c(0.1, 0.2, 0.3))
  for (name in c("relu", "tanh", "softmax", "selu", "gelu")) {
    one <- keras_model_sequential(input_shape = 4) %>%
      layer_dense(3, activation = name, weights = w)
    two <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, weights = w) %>%
      layer_activation(name)
    expect_identical(predict(two, small_x()), predict(one, small_x()))
  }
})

test_that("settings are checked and come back from the config", {
  for (bad in list(-1, NA, "a", c(1, 2))) {
    expect_refused(layer_activation_relu(negative_slope = bad), "argument", "negative_slope")
    expect_refused(layer_activation_relu(threshold = bad), "argument", "threshold")
    expect_refused(layer_activation_relu(max_value = bad), "argument", "max_value")
    expect_refused(layer_activation_leaky_relu(alpha = bad), "argument", "alpha")
    expect_refused(layer_activation_elu(alpha = bad), "argument", "alpha")
    expect_refused(layer_activation_thresholded_relu(theta = bad), "argument", "theta")
  }
  for (layer in list(
    layer_activation_relu(max_value = 3, negative_slope = 0.5, threshold = 1),
    layer_activation_leaky_relu(alpha = 0.1), layer_activation_elu(alpha = 2),
    layer_activation_selu(), layer_activation_thresholded_relu(theta = 2),
    layer_activation_softmax(axis = 1), layer_activation(activation = "gelu")
  )) expect_config_round_trip(layer, x)
  expect_snapshot(error = TRUE, {
    layer_activation()
    layer_activation(activation = "rleu")
    layer_activation_relu(max_value = 0)
    layer_activation_softmax(axis = 0)
  })
})
