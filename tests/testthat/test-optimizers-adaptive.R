trajectory <- function(optimizer, steps = 6) {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, use_bias = FALSE, weights = list(matrix(1)))
  compile(model, loss = "mse", optimizer = optimizer)
  vapply(seq_len(steps), function(i) {
    fit(model, 1, 0, epochs = 1, verbose = 0)
    get_weights(model)[[1]][1]
  }, 0)
}

test_that("Adagrad divides by the root of the sum of squares", {
  w <- 1
  a <- 0.2
  expected <- vapply(1:6, function(i) {
    a <<- a + (2 * w)^2
    w <<- w - 0.1 * 2 * w / sqrt(a + 1e-3)
  }, 0)
  optimizer <- optimizer_adagrad(0.1, initial_accumulator_value = 0.2, epsilon = 1e-3)
  expect_equal(trajectory(optimizer), expected, tolerance = 1e-12)
})

test_that("Adadelta takes steps as large as the last ones were", {
  w <- 1
  a <- d <- 0
  expected <- vapply(1:6, function(i) {
    g <- 2 * w
    a <<- 0.9 * a + 0.1 * g^2
    s <- sqrt(d + 1e-3) / sqrt(a + 1e-3) * g
    d <<- 0.9 * d + 0.1 * s^2
    w <<- w - 0.5 * s
  }, 0)
  expect_equal(trajectory(optimizer_adadelta(0.5, rho = 0.9, epsilon = 1e-3)), expected,
    tolerance = 1e-12)
})

test_that("FTRL computes weights anew from its sums", {
  ftrl <- function(lr, power, n0, l1, l2, shrink, beta) {
    w <- 1
    n <- n0
    z <- 0
    l2 <- l2 + beta / (2 * lr)
    vapply(1:6, function(i) {
      g <- 2 * w
      shrunk <- g + 2 * shrink * w
      new <- n + g^2
      z <<- z + shrunk - (new^-power - n^-power) / lr * w
      n <<- new
      quadratic <- n^-power / lr + 2 * l2
      w <<- if (abs(z) > l1) (sign(z) * l1 - z) / quadratic else 0
    }, 0)
  }
  expect_equal(trajectory(optimizer_ftrl(0.1)), ftrl(0.1, -0.5, 0.1, 0, 0, 0, 0), tolerance = 1e-12)
  optimizer <- optimizer_ftrl(0.5, learning_rate_power = -0.4, initial_accumulator_value = 0.2,
    l1_regularization_strength = 0.01, l2_regularization_strength = 0.02,
    l2_shrinkage_regularization_strength = 0.03, beta = 0.1)
  expect_equal(trajectory(optimizer), ftrl(0.5, -0.4, 0.2, 0.01, 0.02, 0.03, 0.1),
    tolerance = 1e-12)
  expect_identical(trajectory(optimizer_ftrl(0.1, l1_regularization_strength = 1e6))[1], 0)
})

test_that("bad settings are refused", {
  for (bad in list(-1, NA, "a")) {
    expect_refused(optimizer_adagrad(initial_accumulator_value = bad), "argument",
      "initial_accumulator_value")
    expect_refused(optimizer_adadelta(rho = bad), "argument", "rho")
    expect_refused(optimizer_ftrl(l1_regularization_strength = bad), "argument",
      "l1_regularization_strength")
    expect_refused(optimizer_ftrl(beta = bad), "argument", "beta")
  }
  expect_refused(optimizer_ftrl(learning_rate_power = 0.5), "argument", "learning_rate_power")
  expect_snapshot(error = TRUE, {
    optimizer_adadelta(rho = 2)
    optimizer_ftrl(learning_rate_power = 0.5)
  })
})
