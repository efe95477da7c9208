steps <- c(0, 1, 2.5, 5, 9, 10, 11, 25, 100, 1e6)

test_that("exponential and inverse time decay", {
  f <- learning_rate_schedule_exponential_decay(0.1, 10, 0.5)
  expect_equal(f(steps), 0.1 * 0.5^(steps / 10))
  f <- learning_rate_schedule_exponential_decay(0.1, 10, 0.5, staircase = TRUE)
  expect_equal(f(steps), 0.1 * 0.5^floor(steps / 10))
  f <- learning_rate_schedule_inverse_time_decay(0.1, 10, 0.5)
  expect_equal(f(steps), 0.1 / (1 + 0.5 * steps / 10))
  f <- learning_rate_schedule_inverse_time_decay(0.1, 10, 0.5, staircase = TRUE)
  expect_equal(f(steps), 0.1 / (1 + 0.5 * floor(steps / 10)))
})

test_that("polynomial decay ends, or starts again", {
  f <- learning_rate_schedule_polynomial_decay(0.1, 10, 0.01, power = 2)
  expect_equal(f(steps), 0.09 * (1 - pmin(steps, 10) / 10)^2 + 0.01)
  f <- learning_rate_schedule_polynomial_decay(0.1, 10, 0.01, power = 2, cycle = TRUE)
  length <- 10 * pmax(1, ceiling(steps / 10))
  expect_equal(f(steps), 0.09 * (1 - steps / length)^2 + 0.01)
})

test_that("cosine decay, with warming up and with restarts", {
  cosine <- function(s, d, alpha) (1 - alpha) * (1 + cos(pi * pmin(s, d) / d)) / 2 + alpha
  f <- learning_rate_schedule_cosine_decay(0.1, 10, alpha = 0.2)
  expect_equal(f(steps), 0.1 * cosine(steps, 10, 0.2))
  f <- learning_rate_schedule_cosine_decay(0.1, 10, alpha = 0.2, warmup_target = 0.5,
    warmup_steps = 5)
  expect_equal(f(steps), ifelse(steps < 5, 0.1 + 0.4 * steps / 5, 0.5 * cosine(steps - 5, 10, 0.2)))
  f <- learning_rate_schedule_cosine_decay_restarts(0.1, 4, t_mul = 2, m_mul = 0.5, alpha = 0.1)
  s <- 0:60
  period <- findInterval(s, 4 * (2^(0:4) - 1)) - 1
  within <- (s - 4 * (2^period - 1)) / (4 * 2^period)
  expect_equal(f(s), 0.1 * (0.9 * 0.5^period * (1 + cos(pi * within)) / 2 + 0.1))
})

test_that("piecewise constant rates change after their boundaries", {
  f <- learning_rate_schedule_piecewise_constant_decay(c(5, 10), c(0.1, 0.05, 0.01))
  expect_identical(f(c(0, 5, 6, 10, 11, 1e6)), c(0.1, 0.1, 0.05, 0.05, 0.01, 0.01))
  g <- learning_rate_schedule_piecewise_constant_decay(list(5, 10), list(0.1, 0.05, 0.01))
  expect_identical(g(0:20), f(0:20))
})

test_that("names and configs are Keras' own", {
  f <- learning_rate_schedule_exponential_decay(0.1, 10, 0.5, name = "mine")
  expect_identical(f$config$name, "mine")
  expect_identical(f$class_name, "ExponentialDecay")
  expect_identical(f$config$decay_steps, 10)
})

test_that("bad settings and steps are refused", {
  make <- learning_rate_schedule_exponential_decay
  for (bad in list(0, -1, NA, "a", c(1, 2), NULL)) {
    expect_refused(make(0.1, bad, 0.5), "argument", "decay_steps")
  }
  for (bad in list(-1, NA, Inf, NULL)) {
    expect_refused(make(bad, 10, 0.5), "argument", "initial_learning_rate")
  }
  expect_refused(make(0.1, 10, 0.5, staircase = 1), "argument", "staircase")
  expect_refused(make(0.1, 10, 0.5, stairs = TRUE), "argument")
  pieces <- learning_rate_schedule_piecewise_constant_decay
  for (bad in list(c(5, 5), c(10, 5), NA, "a", numeric(), -1, NULL)) {
    expect_refused(pieces(bad, c(0.1, 0.2, 0.3)), "argument", "boundaries")
  }
  expect_refused(pieces(5, c(0.1, 0.2, 0.3)), "argument", "values")
  expect_refused(pieces(5, c(0.1, -0.2)), "argument", "values")
  expect_refused(learning_rate_schedule_polynomial_decay(0.1, 10, power = 0), "argument", "power")
  f <- make(0.1, 10, 0.5)
  for (bad in list(-1, NA, "a", NULL, list("a"))) expect_refused(f(bad), "argument", "step")
  expect_snapshot(error = TRUE, {
    make(0.1, 0, 0.5)
    pieces(c(5, 5), c(0.1, 0.2, 0.3))
    pieces(5, c(0.1, 0.2, 0.3))
    f(-1)
  })
})
