test_that("steps are there several times, and gradients add up", {
  x <- counted(4, 3, 2)
  y <- layer_upsampling_1d(size = 2)(x)
  expect_identical(y, x[, c(1, 1, 2, 2, 3, 3), ])
  input <- layer_input(c(3, 2))
  by_layer <- keras_model(input, input %>% layer_dense(2) %>% layer_upsampling_1d(3) %>% layer_flatten())
  weights <- get_weights(by_layer)
  hidden <- function(w) {
    h <- x
    for (i in 1:4) h[i, , ] <- x[i, , ] %*% w[[1]] + rep(c(w[[2]]), each = 3)
    h
  }
  expect_equal(predict(by_layer, x), t(sapply(1:4, function(i) c(t(hidden(weights)[i, rep(1:3, each = 3), ])))),
    tolerance = 1e-12)
  by_layer %>% compile(loss = "mse", optimizer = "sgd")
  y <- counted(4, 18)
  gradient <- with_gradient(by_layer, x, y, training = FALSE)$gradients
  loss_at <- function(flat) {
    w <- list(matrix(flat[1:4], 2), flat[5:6])
    out <- t(sapply(1:4, function(i) c(t(hidden(w)[i, rep(1:3, each = 3), ]))))
    mean((out - y)^2)
  }
  flat <- unlist(weights)
  differences <- vapply(seq_along(flat), function(i) {
    h <- replace(0 * flat, i, 1e-5)
    (loss_at(flat + h) - loss_at(flat - h)) / 2e-5
  }, 0)
  expect_equal(unlist(gradient), differences, tolerance = 1e-8)
  expect_config_round_trip(layer_upsampling_1d(size = 2), x)
  expect_output(print(layer_upsampling_1d()), "UpSampling1D")
})

test_that("bad settings are refused", {
  for (bad in list(0, -1, 1.5, "a", NULL)) expect_refused(layer_upsampling_1d(size = bad), "argument", "size")
  expect_refused(layer_upsampling_1d(size = 2)(counted(2, 3)), "shape")
})
