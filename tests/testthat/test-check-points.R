test_that("faults of this group are found", {
  expect_checks(point_checks())
})

test_that("above the floor there is no bottom", {
  d <- diagnosed(function() fitted_net(c(8, 1), c("linear", "linear"), plane$curved, epochs = 2))
  expect_false("K1a" %in% d$id)
})

test_that("a spurious local minimum is proven to be one", {
  # All units are off on the first two rows, which get their mean: (y1 - y2)^2 / 6.
  m <- net(1, c(3, 1), c("relu", "linear"))
  y <- founding$y
  set_weights(m, list(matrix(c(1, 1, 1), 1), c(-0.5, -0.6, -0.7), matrix(c(0, 0, 0), 3), mean(y[1:2])))
  k <- get_weights(m)
  k[[3]][] <- (y[3] - mean(y[1:2])) / sum(c(0.5, 0.4, 0.3)^2) * c(0.5, 0.4, 0.3)
  set_weights(m, k)
  d <- diagnose(m, founding$x, y, verify = TRUE)
  expect_equal(attr(d, "case")$loss, diff(y[1:2])^2 / 6)
  expect_identical(d$cause[d$id == "K1b"], "A spurious local minimum")
  expect_identical(d$confidence[d$id == "K1b"], "PROVEN")
  expect_true(d$verified[d$id == "K1b"])
})

test_that("zero weights are a strict saddle with the curvature of the founding data", {
  m <- net(1, c(10, 1), c("tanh", "linear"), layer = list(kernel_initializer = "zeros"))
  w <- get_weights(m)
  w[[4]][] <- mean(founding$y)
  set_weights(m, w)
  case <- new_case(m, founding$x, founding$y, NULL, NULL, NULL, 5, environment())
  expect_equal(case$loss, 0.0345081590722062)
  # -(2 / n) |sum (y - mean y) x|
  expect_equal(min(case$spectrum$values), -2 / 3 * abs(sum((founding$y - mean(founding$y)) * founding$x)), tolerance = 1e-9)
  expect_lt(case$escape$loss, case$loss)
})
