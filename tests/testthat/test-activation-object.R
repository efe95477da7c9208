points <- c(-4, -2.5, -1, -0.5, 0, 0.3, 0.5, 1, 2.5, 4, 7)

test_that("shapes are kept, missing values stay missing, large numbers do no harm", {
  x <- array(c(NA, -1:10), c(2, 3, 2))
  along_axis <- c("softmax", "log_softmax", "sparsemax", "glu")
  for (name in setdiff(registry("activations")$name, along_axis)) {
    y <- get(paste0("activation_", name))(x)
    expect_identical(dim(y), dim(x), label = name)
    expect_identical(which(is.na(y)), 1L, label = name)
  }
  expect_identical(activation_relu(c(-1L, 2L)), c(0, 2))
  expect_identical(activation_relu(numeric()), numeric())
  expect_identical(activation_softmax(c(1000, 0)), c(1, 0))
  expect_identical(activation_sigmoid(c(-Inf, -1e4, 1e4, Inf)), c(0, 0, 1, 1))
  expect_identical(activation_softplus(c(-1e4, 1e4)), c(0, 1e4))
  expect_equal(activation_log_softmax(c(1000, 0)), c(0, -1000))
})

test_that("layers are given names, functions or objects", {
  expect_identical(as_activation(NULL)$name, "linear")
  expect_identical(as_activation("swish")$name, "silu")
  expect_identical(as_activation("hard_swish")$name, "hard_silu")
  expect_identical(as_activation(activation_elu)$name, "elu")
  leaky <- activation_relu(negative_slope = 0.3)
  expect_identical(as_activation(leaky), leaky)
  expect_identical(leaky$config, list(negative_slope = 0.3, max_value = NULL, threshold = 0))
  expect_identical(leaky$choice$h, c(0.3, NaN, 0))
  expect_identical(activation_softmax(axis = 1)$choice$h, 0)
})

test_that("objects survive saving", {
  f <- unserialize(serialize(activation_elu(alpha = 0.5), NULL))
  expect_identical(f(points), activation_elu(points, 0.5))
  expect_lt(length(serialize(activation_elu(), NULL)), 5000)
})

test_that("a layer has the values of its activation", {
  x <- matrix(points[1:10], 5)
  for (f in list(activation_gelu(approximate = TRUE), activation_softmax, activation_glu,
    activation_softmax(axis = 1))) {
    layer <- layer_activation(activation = f)
    expected <- as_activation(f)(x)
    expect_equal(layer(x), expected)
  }
})

test_that("what is no activation is refused", {
  for (bad in list(c("relu", "tanh"), 5, NA, "", function() 1, list(), "Relu")) {
    expect_error(as_activation(bad, "activation"), class = "kestrel_error_argument")
  }
  for (bad in list(NULL, "a", list(1), factor(1), data.frame(a = 1), TRUE, mean, 1i)) {
    expect_error(activation_tanh(bad), class = "kestrel_error_argument")
    expect_error(activation_tanh()(bad), class = "kestrel_error_argument")
  }
  for (bad in list(NA, "a", NULL, c(1, 2), Inf)) {
    expect_error(activation_elu(1, alpha = bad), class = "kestrel_error_argument")
    expect_error(activation_relu(threshold = bad), class = "kestrel_error_argument")
    expect_error(activation_softmax(1, axis = bad), class = "kestrel_error_argument")
  }
  expect_error(activation_celu(alpha = 0), class = "kestrel_error_argument")
  expect_error(activation_hard_shrink(threshold = -1), class = "kestrel_error_argument")
  expect_error(activation_gelu(1, "yes"), class = "kestrel_error_argument")
  expect_error(activation_softmax(1:3, axis = 1), class = "kestrel_error_shape")
  expect_error(activation_softmax(matrix(0, 2, 0)), class = "kestrel_error_shape")
  samples <- activation_softmax(axis = 0)
  expect_error(as_activation(samples, "activation"), class = "kestrel_error_argument")
})

test_that("layers of activations are activations, and Keras 2 names of theirs", {
  x <- c(-2, -0.5, 1)
  of <- function(activation) kestrel:::as_activation(activation)(x)
  expect_equal(of(layer_activation_leaky_relu()), c(-0.6, -0.15, 1))
  expect_equal(of(layer_activation_relu(max_value = 0.5)), c(0, 0, 0.5))
  expect_equal(of(layer_activation_elu(alpha = 2)), c(2 * expm1(-2), 2 * expm1(-0.5), 1))
  expect_equal(of(layer_activation(activation = "tanh")), tanh(x))
  expect_equal(of("LeakyReLU"), c(-0.6, -0.15, 1))
  expect_equal(of("ReLU"), c(0, 0, 1))
  rows <- rbind(x, rev(x))
  expect_equal(kestrel:::as_activation(layer_activation_softmax())(rows), activation_softmax(rows))
  expect_error(kestrel:::as_activation(layer_activation_parametric_relu()), "layers of the model",
    class = "kestrel_error_argument")
  for (name in c("PReLU", "prelu")) {
    expect_error(layer_dense(units = 2, activation = name), "layer_activation_parametric_relu",
      class = "kestrel_error_argument")
  }
})
