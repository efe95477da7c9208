# By loops: each sample by itself, over the R dimensions `over`.
layer_normalized <- function(x, over, gamma = 1, beta = 0, epsilon = 0.001) {
  kept <- setdiff(seq_along(dim(x)), over)
  y <- x
  groups <- Reduce(function(a, d) paste(a, slice.index(x, d)), kept, "")
  for (g in unique(groups)) {
    v <- x[groups == g]
    m <- mean(v)
    y[groups == g] <- gamma * (v - m) / sqrt(mean((v - m)^2) + epsilon) + beta
  }
  y
}

test_that("each sample is normalized over its last axis", {
  for (dims in list(c(5, 4), c(3, 2, 4), c(2, 3, 2, 4))) {
    x <- counted(dims)
    w <- list(c(1, 2, 3, 4), c(0.1, 0.2, 0.3, 0.4))
    y <- run_layer(layer_layer_normalization(), x, w)
    expect_equal(y, layer_normalized(x, length(dims), w[[1]], w[[2]]), tolerance = 1e-12)
    expect_identical(run_layer(layer_layer_normalization(), x, w, training = TRUE), y)
  }
})

test_that("a middle axis and several axes are taken, from either end", {
  x <- counted(3, 2, 4, 5)
  plain <- function(axis) layer_layer_normalization(axis = axis)(x)
  for (axis in list(c(2, 3), c(-2, -1), c(3, 2), list(2, 3), c(2, -1))) {
    expect_equal(plain(axis), layer_normalized(x, 3:4), tolerance = 1e-12)
  }
  expect_equal(plain(1), layer_normalized(x, 2), tolerance = 1e-12)
  expect_equal(plain(2), layer_normalized(x, 3), tolerance = 1e-12)
  expect_equal(plain(c(1, 2)), layer_normalized(x, 2:3), tolerance = 1e-12)
  expect_equal(plain(1:3), layer_normalized(x, 2:4), tolerance = 1e-12)
})

test_that("weights have the dims of the axes", {
  x <- counted(2, 3, 4)
  layer <- layer_layer_normalization(axis = c(1, 2))
  layer(x)
  g <- matrix(1:12 / 10, 3)
  b <- matrix(12:1 / 10, 3)
  set_weights(layer, list(g, b))
  y <- layer(x)
  for (i in 1:2) {
    v <- x[i, , ]
    expected <- g * (v - mean(v)) / sqrt(mean((v - mean(v))^2) + 0.001) + b
    expect_equal(y[i, , ], expected, tolerance = 1e-12)
  }
})

test_that("center, scale, epsilon, initializers and penalties act", {
  x <- small_x()
  bare <- layer_layer_normalization(center = FALSE, scale = FALSE, epsilon = 0.5)
  expect_equal(bare(x), layer_normalized(x, 2, epsilon = 0.5), tolerance = 1e-12)
  expect_length(get_weights(bare), 0)
  layer <- layer_layer_normalization(scale = FALSE, beta_initializer = "ones")
  layer(x)
  expect_equal(get_weights(layer), list(array(rep(1, 4))))
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_layer_normalization(gamma_regularizer = regularizer_l2(0.1))
  compile(model, loss = "mse")
  expect_equal(evaluate(model, x, predict(model, x), verbose = 0)[["loss"]], 0.4)
})

test_that("bad settings are refused", {
  for (bad in list(0, 5, 1.5, NA, "a", list(), NULL, numeric())) {
    expect_refused(layer_layer_normalization(axis = bad), "argument", "axis")
  }
  expect_refused(layer_layer_normalization(epsilon = -1), "argument", "epsilon")
  expect_refused(layer_layer_normalization(axis = c(1, 3))(counted(2, 2, 2, 2)), "shape", "axis")
  expect_refused(layer_layer_normalization(axis = 3)(small_x()), "shape")
  expect_refused(layer_layer_normalization(axis = -3)(small_x()), "shape")
  expect_refused(layer_layer_normalization(axis = c(1, -1))(small_x()), "shape")
  expect_config_round_trip(layer_layer_normalization(axis = c(1, 2), epsilon = 0.1),
    counted(2, 3, 4))
  expect_snapshot(error = TRUE, {
    layer_layer_normalization(axis = 0)
    layer_layer_normalization(axis = c(1, 3))(array(0, c(2, 2, 2, 2)))
    layer_layer_normalization(axis = 3)(small_x())
  })
})
