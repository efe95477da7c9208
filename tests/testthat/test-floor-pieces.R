# All ways to cut n points in stretches.
by_enumeration <- function(x, y, w, pieces) {
  n <- length(x)
  cuts <- utils::combn(n - 1, pieces - 1, simplify = FALSE)
  min(vapply(cuts, function(cut) {
    stretch <- findInterval(seq_len(n), cut + 1)
    sum(vapply(split(seq_len(n), stretch), function(i) {
      sum(w[i] * lm.wfit(cbind(1, x[i]), y[i, , drop = FALSE], w[i])$residuals^2)
    }, 0))
  }, 0))
}

test_that("few relus of one input make few lines", {
  set.seed(7)
  x <- sort(rnorm(9))
  y <- cbind(sin(3 * x), rnorm(9))
  w <- runif(9)
  for (units in 1:3) {
    model <- floor_model(1, c(units, 2), c("relu", "linear"))
    floor <- loss_floor(model, rev(x), y[9:1, ], sample_weight = rev(w))
    expect_equal(as.vector(floor), by_enumeration(x, y, w, units + 1) / 18, tolerance = 1e-8)
    expect_identical(attr(floor, "type"), "piecewise")
    expect_certified(floor, model, rev(x), y[9:1, ], rev(w))
  }
  expect_equal(as.vector(loss_floor(floor_model(1, c(4, 2), c("relu", "linear")), x, y)), 0)
})

test_that("equal x keep their own squares", {
  x <- c(1, 1, 2, 2, 3, 4, 5, 6, 7)
  y <- c(0, 1, 2, 5, 3, 9, 2, 2, 7)
  model <- floor_model(1, c(1, 1), c("relu", "linear"))
  expect_equal(as.vector(loss_floor(model, x, y)), by_enumeration(x[-c(1, 3)],
    cbind(c(0.5, 3.5, 3, 9, 2, 2, 7)), c(2, 2, 1, 1, 1, 1, 1), 2) / 9 + (0.5 + 4.5) / 9,
    tolerance = 1e-8)
})

test_that("pieces are counted by units, kinks and layers", {
  count <- function(units, activations) {
    piece_count(floor_problem(floor_model(1, units, activations), 1:9, 1:9))
  }
  expect_equal(count(c(3, 1), c("relu", "linear")), 4)
  expect_equal(count(c(3, 1), c("hard_tanh", "linear")), 7)
  expect_equal(count(c(2, 3, 1), c("relu", "relu", "linear")), 3 * 4)
  expect_equal(count(c(2, 1), c("relu", "relu")), 3 * 2)
  expect_identical(count(c(2, 1), c("tanh", "linear")), NA_real_)
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(2) %>%
    layer_activation_relu(max_value = 1) %>% layer_dense(1)
  compile(model, loss = "mse")
  expect_equal(piece_count(floor_problem(model, 1:9, 1:9)), 5)
})

test_that("training stays above", {
  set.seed(8)
  x <- seq(-2, 2, length.out = 11)
  y <- cos(3 * x)
  for (i in 1:10) {
    model <- floor_model(1, c(2, 1), c("relu", "linear"))
    floor <- loss_floor(model, x, y)
    compile(model, optimizer_adam(0.05), "mse")
    losses <- fit(model, x, y, epochs = 500, batch_size = 11, verbose = 0)$metrics$loss
    expect_gte(min(losses), floor)
  }
  expect_gt(floor, 0.01)
})

test_that("lines through stretches of points cost what lm() leaves", {
  set.seed(14)
  x <- sort(c(1e4 + runif(8), 1e4 + 1:4))
  y <- rnorm(12)
  w <- 10^runif(12, -6, 2)
  expect_no_warning(costs <- line_costs(x, cbind(y), w))
  for (i in 1:9) for (j in (i + 3):12) {
    rows <- i:j
    left <- sum(w[rows] * lm.wfit(cbind(1, x[rows] - x[i]), y[rows], w[rows])$residuals^2)
    expect_lte(costs[i, j], left * (1 + 1e-9))
    expect_equal(costs[i, j], left, tolerance = 1e-3)
  }
  expect_identical(diag(costs), numeric(12))
})
