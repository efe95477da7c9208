# Three units for sin(2 x): more than half of all first weights come to 9.2e-6, some to 0.0547.
sine <- list(x = seq(-3, 3, length.out = 15))
sine$y <- sin(2 * sine$x)

stuck_sine <- function() {
  m <- net(1, c(3, 1), c("tanh", "linear"), optimizer = optimizer_levenberg_marquardt())
  # Two units nearly equal, with large weights of opposite sign.
  set_weights(m, list(matrix(c(1.7264, 1.3154, 1.7264), 1), c(0.487, 0, -0.487), matrix(c(17.1, -35, 17.1)), 0))
  m %>% fit(sine$x, sine$y, epochs = 500, verbose = 0)
  m
}

test_that("a local minimum with large weights is found, by better weights", {
  m <- stuck_sine()
  d <- diagnose(m, sine$x, sine$y, verify = TRUE)
  expect_equal(attr(d, "case")$loss, 0.0546832, tolerance = 1e-4)
  expect_identical(d$confidence[d$id == "K1b"], "PROVEN")
  expect_identical(d$severity[d$id == "K1b"], "fault")
  expect_true(d$verified[d$id == "K1b"])
  better <- attr(d, "case")$elsewhere
  expect_lt(better$there, 1e-4)
  expect_gt(better$here, 0.99 * attr(d, "case")$loss)
})

test_that("a single unit at the worse of two minima is found", {
  x <- -2:2
  m <- net(1, c(1, 1), c("tanh", "linear"), optimizer = optimizer_lbfgs())
  # The constant 1.2: sum((abs(x) - 1.2)^2) / 5 = 0.56, where one branch alone leaves 0.4 or less.
  set_weights(m, list(matrix(0), 0, matrix(0.5), 1.2))
  m %>% fit(x, abs(x), epochs = 500, verbose = 0)
  d <- diagnose(m, x, abs(x), level = "full", budget = 1, verify = TRUE)
  expect_equal(attr(d, "case")$loss, 0.56)
  expect_true("K1b" %in% d$id)
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
})

test_that("where training goes on from here, or all starts end here, nothing is stuck", {
  fresh <- seeded(function() net(1, c(3, 1), c("tanh", "linear"), epochs = 5, x = sine$x, y = sine$y))
  case <- new_case(fresh, sine$x, sine$y, NULL, NULL, NULL, 5, environment())
  expect_identical(with_own_seed(case$elsewhere$there), Inf)
  expect_lt(case$elsewhere$here, 0.9 * case$loss)
  best <- stuck_sine()
  best %>% fit(sine$x, sine$y, epochs = 300, restarts = 20, verbose = 0)
  expect_false("K1b" %in% diagnose(best, sine$x, sine$y, checks = "K1b")$id)
})

test_that("weights and frozen layers count in the search", {
  m <- stuck_sine()
  w <- rep(c(1, 3), length.out = 15)
  case <- new_case(m, sine$x, sine$y, w, NULL, NULL, 5, environment())
  other <- with_own_seed(case$elsewhere)
  expect_lte(other$here, case$loss + 1e-12)
  m$layers[[1]]$trainable <- FALSE
  m %>% compile(loss = "mse", optimizer = optimizer_levenberg_marquardt())
  case <- new_case(m, sine$x, sine$y, NULL, NULL, NULL, 5, environment())
  # Only the last layer is left, whose least squares has one minimum.
  expect_identical(with_own_seed(case$elsewhere$there), Inf)
})

test_that("at a stationary point that cannot be searched from nothing is ruled out", {
  m <- net(2, c(4, 1), c("tanh", "linear"), "huber", layer = list(kernel_initializer = "zeros", kernel_constraint = "max_norm"))
  y <- plane$curved - 5
  w <- get_weights(m)
  w[[4]][] <- stats::optimize(function(b) sum(ifelse(abs(y - b) < 1, (y - b)^2 / 2, abs(y - b) - 0.5)), range(y), tol = 1e-13)$minimum
  set_weights(m, w)
  d <- diagnose(m, plane$x, y, checks = c("K1b", "K2"))
  expect_false("K1b" %in% attr(d, "ruled_out"))
})

test_that("of a loss below 0 no share is taken for lower", {
  m <- net(2, c(3, 2), c("tanh", "linear"), "cosine_similarity", 200, plane$x, cbind(plane$curved, plane$class))
  case <- new_case(m, plane$x, cbind(plane$curved, plane$class), NULL, NULL, NULL, 5, environment())
  expect_lt(case$loss, 0)
  expect_null(case$elsewhere)
})

# The same hidden units for two targets that differ by a factor.
stuck_pair <- function(weights = c(1, 2)) {
  input <- layer_input(1)
  hidden <- input %>% layer_dense(3, "tanh")
  m <- keras_model(input, list(layer_dense(hidden, 1, name = "a"), layer_dense(hidden, 1, name = "b")))
  m %>% compile(loss = "mse", loss_weights = weights, optimizer = optimizer_levenberg_marquardt())
  set_weights(m, c(get_weights(stuck_sine())[c(1:4)], list(matrix(c(8.5, -17.5, 8.5)), 0)))
  m %>% fit(sine$x, list(sine$y, sine$y / 2), epochs = 500, verbose = 0)
  m
}

test_that("of several outputs other weights are looked for as well", {
  m <- stuck_pair()
  y <- list(sine$y, sine$y / 2)
  d <- diagnose(m, sine$x, y, level = "full", budget = 1, verify = TRUE)
  case <- attr(d, "case")
  expect_gt(case$loss, 0.05)
  expect_identical(d$confidence[d$id == "K1b"], "PROVEN")
  expect_true(d$verified[d$id == "K1b"])
  other <- case$elsewhere
  expect_lt(other$there, 0.5 * case$loss)
  # What is said to be reached is what the model has with these weights.
  copy <- clone_model(m)
  unpack_weights(leaf_layers(copy), other$weights)
  p <- predict(copy, sine$x)
  expect_equal(mean((p[[1]] - y[[1]])^2) + 2 * mean((p[[2]] - y[[2]])^2), other$there, tolerance = 1e-6)
})
