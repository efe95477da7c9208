test_that("it is the dense layer where the equation is that of one, in values and gradients", {
  x <- counted(5, 4, 3)
  y <- counted(5, 4, 2)
  w <- list(counted(3, 2), counted(2))
  results <- lapply(1:3, function(i) {
    model <- keras_model_sequential(input_shape = c(4, 3)) %>% layer_dense(3, "tanh")
    if (i == 1) model %>% layer_dense(2, "sigmoid")
    if (i == 2) model %>% layer_einsum_dense("abc,cd->abd", list(NULL, 2), activation = "sigmoid", bias_axes = "d")
    if (i == 3) model %>% layer_einsum_dense("...x,xy->...y", 2, activation = "sigmoid", bias_axes = "y")
    set_weights(model, c(list(counted(3, 3), counted(3)), w))
    model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.5))
    fit(model, x, y, epochs = 2, shuffle = FALSE, verbose = 0)
    list(predict(model, x), get_weights(model))
  })
  expect_equal(results[[2]], results[[1]], tolerance = 1e-12)
  expect_equal(results[[3]], results[[1]], tolerance = 1e-12)
})

test_that("kernels of any letters are sums over the shared ones, with biases along some axes", {
  x <- counted(2, 3, 4)
  k <- counted(4, 5, 2)
  layer <- layer_einsum_dense(equation = "abc,cde->abde", output_shape = c(3, 5, 2), bias_axes = "be")
  layer(x)
  expect_identical(lapply(get_weights(layer), dim), list(c(4L, 5L, 2L), c(3L, 1L, 2L)))
  b <- counted(3, 1, 2)
  set_weights(layer, list(k, b))
  y <- layer(x)
  for (i in 1:2) for (s in 1:3) for (d in 1:5) for (e in 1:2) {
    expect_equal(y[i, s, d, e], sum(x[i, s, ] * k[, d, e]) + b[s, 1, e], tolerance = 1e-12)
  }
  expect_config_round_trip(layer_einsum_dense(equation = "abc,cd->abd", output_shape = c(NA, 4)), x)
  bare <- layer_einsum_dense(equation = "ab,bc->ac", output_shape = 3)
  bare(counted(2, 4))
  expect_length(get_weights(bare), 1)
})

test_that("equations that do not fit are refused", {
  expect_refused(layer_einsum_dense(output_shape = 2), "argument", "equation")
  expect_refused(layer_einsum_dense(equation = "ab,bc->ac"), "argument", "output_shape")
  for (bad in list("ab", "ab,bc", "ab,...->a", 3, NA)) {
    expect_refused(layer_einsum_dense(equation = bad, output_shape = 2), "argument", "equation")
  }
  refused_on <- function(x, ...) expect_refused(layer_einsum_dense(...)(x), "shape", "equation")
  refused_on(counted(2, 3), equation = "abc,cd->abd", output_shape = c(3, 2))
  refused_on(counted(2, 3), equation = "ab,bc->ac", output_shape = c(2, 2))
  refused_on(counted(2, 3, 4), equation = "abc,cd->abd", output_shape = c(5, 2))
  refused_on(counted(2, 3), equation = "ab,bc->ca", output_shape = 2)
  refused_on(counted(2, 3), equation = "ab,bc->ac", output_shape = NA)
  refused_on(counted(2, 3), equation = "ab,bc->ac", output_shape = 2, bias_axes = "b")
})
