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
