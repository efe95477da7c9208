# The three points that the package began with, in numbers: a network 1-10-1 that stays at
# 0.0057, and what there is to know of it.

x <- founding$x
y <- founding$y
line_floor <- 2554176116041 / 450000000000000

ten_units <- function(activation = "linear", ...) {
  keras_model_sequential(dtype = "float64") %>%
    layer_dense(10, activation = activation, input_shape = 1, ...) %>%
    layer_dense(1, ...)
}

# Losses by epochs, of seeds 1 to n.
falls <- function(n, activation, rate, epochs, make = ten_units) {
  lapply(seq_len(n), function(seed) {
    set.seed(seed)
    model <- make(activation)
    compile(model, loss = "mse", optimizer = optimizer_adam(rate))
    fit(model, x, y, epochs = epochs, batch_size = 3, shuffle = FALSE, verbose = 0)$metrics$loss
  })
}

first_below <- function(losses, level) {
  vapply(losses, function(loss) c(which(loss < level), Inf)[1], 0)
}

expect_within <- function(value, low, high) {
  testthat::expect_gte(value, low)
  testthat::expect_lte(value, high)
}

test_that("the plateau is that of a straight line", {
  line <- lm(y ~ x)
  expect_equal(unname(coef(line)), c(0.01671013333333333, 0.2079623), tolerance = 1e-14)
  bend <- sum(c(1, -2, 1) * y)
  expect_equal(bend, -0.3196358)
  expect_equal(unname(residuals(line)), c(1, -2, 1) * bend / 6, tolerance = 1e-12)
  expect_equal(summary(line)$r.squared, 0.83552, tolerance = 1e-5)
  model <- compile(ten_units(), loss = "mse")
  rungs <- as.data.frame(loss_ladder(model, x, y))
  at <- function(name) rungs$loss[rungs$rung == name]
  expect_equal(at("architecture"), line_floor, tolerance = 1e-13)
  expect_equal(at("architecture"), bend^2 / 18, tolerance = 1e-13)
  expect_equal(at("constant"), mean((y - mean(y))^2), tolerance = 1e-13)
  expect_equal(at("constant"), 0.0345081590722062, tolerance = 1e-10)
  compile(model, loss = "mae")
  expect_equal(as.vector(loss_floor(model, x, y)), abs(bend) / 6, tolerance = 1e-8)
})

test_that("in single precision it is what the post displays", {
  model <- keras_model_sequential(input_shape = 1, dtype = "float32") %>% layer_dense(10) %>% layer_dense(1)
  floor <- loss_floor(compile(model, loss = "mse"), x, y)
  expect_equal(as.vector(floor), 0.005675947225272537, tolerance = 1e-12)
  expect_equal(format(round(as.vector(floor), 4)), "0.0057")
})

test_that("at the floor the gradient is zero, and all but two directions are flat", {
  set.seed(1)
  model <- compile(ten_units(), loss = "mse", optimizer = optimizer_levenberg_marquardt())
  history <- fit(model, x, y, epochs = 50, batch_size = 3, verbose = 0)
  expect_lte(length(history$metrics$loss), 20)
  f <- new_objective(model, x, y)
  expect_equal(objective_value(f), line_floor, tolerance = 1e-12)
  expect_lt(sqrt(sum(objective_gradient(f)^2)), 1e-10)
  h <- vapply(1:31, function(i) objective_hessian(f, as.double(1:31 == i)), numeric(31))
  values <- eigen((h + t(h)) / 2, symmetric = TRUE)$values
  expect_gt(min(values), -1e-8)
  expect_equal(sum(abs(values) < 1e-8), 29)
})

test_that("one tanh unit can meet all three points", {
  set.seed(2)
  model <- keras_model_sequential(input_shape = 1, dtype = "float64") %>% layer_dense(1, "tanh") %>% layer_dense(1)
  compile(model, loss = "mse", optimizer = optimizer_levenberg_marquardt())
  fit(model, x, y, epochs = 100, batch_size = 3, verbose = 0, restarts = 10)
  expect_lt(data_loss(model, x, y), 1e-28)
})

test_that("features have rank 3 with biases, and 2 as long as these are zero", {
  set.seed(3)
  codes <- function(activation, bias) {
    first <- keras_model_sequential(input_shape = 1, dtype = "float64") %>%
      layer_dense(10, activation, bias_initializer = bias)
    cbind(1, predict(first, x))
  }
  for (activation in c("tanh", "sigmoid")) {
    expect_equal(qr(codes(activation, "zeros"))$rank, 2)
    a <- codes(activation, initializer_random_normal(stddev = 1))
    expect_equal(qr(a)$rank, 3)
    expect_lt(max(abs(qr.resid(qr(a), y))), 1e-14)
  }
})

test_that("first losses are those of Glorot's weights", {
  set.seed(4)
  first <- vapply(1:300, function(i) mean((y - predict(ten_units(), x))^2), 0)
  expect_within(median(first), 0.09, 0.17)
  expect_within(quantile(first, 0.05, names = FALSE), 0.004, 0.012)
  expect_within(quantile(first, 0.95, names = FALSE), 0.7, 1.4)
})

test_that("10000 epochs at 1e-5 are about what the floor takes", {
  ends <- vapply(falls(30, "linear", 1e-5, 10000), function(loss) loss[c(1, 10000)], numeric(2))
  excess <- ends[2, ] - line_floor
  expect_gt(min(excess), -1e-9)
  expect_within(mean(excess < 1e-6), 0.3, 0.75)
  expect_true(all(excess[ends[1, ] < 0.0085] < 1e-6))
})

test_that("every rate ends at the floor of the line", {
  numbers <- list(`0.001` = c(94, 110, 139), `0.01` = c(27, 72, 115), `0.1` = c(47, 93, 138))
  for (rate in names(numbers)) {
    losses <- falls(31, "linear", as.numeric(rate), 1000)
    for (i in 1:3) {
      steps <- first_below(losses, line_floor * (1 + c(1e-2, 1e-4, 1e-6)[i]))
      expect_lt(max(steps), Inf)
      if (rate != "0.001") expect_within(median(steps) / numbers[[rate]][i], 0.6, 1.6)
    }
    expect_gt(min(unlist(losses)), line_floor * (1 - 1e-9))
  }
})

test_that("with a bend Adam reaches zero in as many steps as noted", {
  steps <- list(tanh = c(248, 203), sigmoid = c(800, 220), relu = c(162, 178))
  for (activation in names(steps)) {
    for (i in 1:2) {
      losses <- falls(11, activation, c(0.01, 0.1)[i], 2500)
      expect_within(median(first_below(losses, 1e-10)) / steps[[activation]][i], 0.6, 1.6)
      expect_lt(median(vapply(losses, min, 0)), 1e-28)
    }
  }
})

test_that("weights that are all zero stay so, but for sigmoids", {
  zeros <- function(activation) ten_units(activation, kernel_initializer = "zeros")
  lowest <- function(activation) min(falls(1, activation, 0.01, 20000, zeros)[[1]])
  expect_equal(lowest("tanh"), 0.0345082, tolerance = 1e-5)
  expect_equal(lowest("relu"), 0.0345082, tolerance = 1e-5)
  expect_lt(lowest("sigmoid"), 1e-11)
})

test_that("with all units off on two points there is a spurious local minimum", {
  model <- compile(ten_units("relu"), loss = "mse")
  middle <- mean(y[1:2])
  set_weights(model, list(matrix(1, 1, 10), rep(-0.5, 10), matrix((y[3] - middle) / 5, 10, 1), middle))
  rungs <- as.data.frame(loss_ladder(model, x, y))
  expect_equal(rungs$loss[rungs$rung == "cell"], 0.02254371, tolerance = 1e-6)
  expect_equal(rungs$loss[rungs$rung == "current"], 0.02254371, tolerance = 1e-6)
  f <- new_objective(model, x, y)
  expect_lt(max(abs(objective_gradient(f))), 1e-12)
  d <- diagnose(model, x, y)
  expect_true(verify_finding(d, "K1b"))
  expect_match(d$cause[d$id == "K1b"], "spurious local minimum")
})
