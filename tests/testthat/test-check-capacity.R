test_that("faults of this group are found", {
  expect_checks(capacity_checks())
})

test_that("the last layer is solved as lm() solves it", {
  withr::local_seed(1)
  m <- net(2, c(3, 1), c("tanh", "linear"))
  case <- new_case(m, plane$x, plane$curved, NULL, NULL, NULL, 5, environment())
  solved <- solve_last(case, case$layers)
  hidden <- tanh(plane$x %*% get_weights(m)[[1]])
  expect_equal(solved$loss, mean(residuals(lm(plane$curved ~ hidden))^2))
  w <- seq_len(60) / 30
  case <- new_case(m, plane$x, plane$curved, w, NULL, NULL, 5, environment())
  expect_equal(solve_last(case, case$layers)$loss, sum(w * residuals(lm(plane$curved ~ hidden, weights = w))^2) / 60)
})

test_that("weights that are looked for interpolate the founding data", {
  case <- new_case(net(1, c(10, 1), c("tanh", "linear")), founding$x, founding$y, NULL, NULL, NULL, 5, environment())
  expect_lt(withr::with_seed(1, case$witness$loss), 1e-25)
})

test_that("units for which only noise is left are not too few", {
  skip_if_not_installed("withr")
  withr::local_seed(1)
  x <- sort(stats::runif(200, -3, 3))
  y <- sin(x) + 0.1 * stats::rnorm(200)
  few <- function(units) {
    m <- net(1, c(units, 1), c("relu", "linear"), epochs = 400, x = x, y = y)
    diagnose(m, x, y, checks = "C1")
  }
  expect_identical(few(16)$id, character())
  expect_identical(few(1)$id, "C1")
  expect_lt(few(1)$explains, 1 - 0.01 / 0.1)
})

test_that("a straight line is looked for in outputs of one place", {
  m <- net(c(3, 2), c(4, 1), c("tanh", "linear"), epochs = 1, x = array(0.1, c(6, 3, 2)), y = array(1:18, c(6, 3, 1)))
  d <- diagnose(m, array(stats::rnorm(36), c(6, 3, 2)), array(1:18, c(6, 3, 1)))
  expect_length(attr(d, "failed"), 0)
})

test_that("where signals fade a restless loss is no fault of the learning rate", {
  for (seed in c(1, 3)) {
    d <- withr::with_seed(seed, {
      x <- matrix(stats::rnorm(600), 200)
      y <- sin(2 * x[, 1]) + x[, 2]
      m <- net(3, c(rep(12, 8), 1), c(rep("relu", 8), "linear"), epochs = 20, x = x, y = y, batch_size = 16,
        layer = list(kernel_initializer = initializer_random_uniform(-0.02, 0.02)))
      diagnose(m, x, y)
    })
    expect_identical(d$id[1], "S6")
    expect_true("O3" %in% d$id)
  }
})
