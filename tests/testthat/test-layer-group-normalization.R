# Channels last; x: samples x positions x channels.
reference <- function(x, groups, epsilon, gamma, beta) {
  channels <- dim(x)[3]
  group <- rep(seq_len(groups), each = channels / groups)
  for (i in seq_len(dim(x)[1])) for (g in seq_len(groups)) {
    v <- x[i, , group == g]
    x[i, , group == g] <- (v - mean(v)) / sqrt(mean((v - mean(v))^2) + epsilon)
  }
  sweep(sweep(x, 3, gamma, "*"), 3, beta, "+")
}

test_that("groups of channels are normalized over all positions of a sample", {
  x <- counted(3, 4, 6)
  w <- list(array(1:6 / 3), array(6:1 / 5))
  for (groups in c(1, 2, 3, 6)) {
    y <- run_layer(layer_group_normalization(groups = groups, epsilon = 0.01), x, w)
    expect_equal(y, reference(x, groups, 0.01, w[[1]], w[[2]]), tolerance = 1e-13)
  }
  each <- run_layer(layer_group_normalization(groups = -1, epsilon = 0.01), x, w)
  expect_equal(each, reference(x, 6, 0.01, w[[1]], w[[2]]), tolerance = 1e-13)
  first <- run_layer(layer_group_normalization(groups = 3, axis = 1, epsilon = 0.01), aperm(x, c(1, 3, 2)), w)
  expect_equal(aperm(first, c(1, 3, 2)), reference(x, 3, 0.01, w[[1]], w[[2]]), tolerance = 1e-13)
})

test_that("Keras' vector comes out", {
  y <- layer_group_normalization(groups = 2)(rbind(c(1, 2, 3, 6), c(-1, 0, 4, 2)))
  expect_equal(y[1, ], c(-.998006, .998006, -.9997779, .9997778), tolerance = 1e-6)
  expect_equal(y[2, ], c(-.998006, .998006, .9995003, -.9995005), tolerance = 1e-6)
})

test_that("groups must divide the channels", {
  expect_refused(layer_group_normalization(groups = 3)(small_x()), "shape", "groups")
  for (bad in list(0, -2, 1.5, "a", NULL)) {
    expect_refused(layer_group_normalization(groups = bad), "argument", "groups")
  }
  expect_refused(layer_group_normalization(axis = 3, groups = 1)(small_x()), "shape")
  expect_config_round_trip(layer_group_normalization(groups = 2), small_x())
  expect_snapshot(error = TRUE, layer_group_normalization(groups = 3)(small_x()))
})
