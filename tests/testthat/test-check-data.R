test_that("faults of data are found", {
  expect_checks(data_checks())
})

test_that("the floor of equal rows is the variance within them", {
  y <- plane$curved
  within <- mean((y - ave(y, rep(1:15, 4)))^2)
  expect_equal(found_in(faulty$D1, "D1")$certificate$values$floor, within)
})

test_that("weights count in it", {
  x <- cbind(c(1, 1, 2))
  y <- c(0, 1, 5)
  d <- diagnose(net(1, 1, "linear"), x, y, sample_weight = c(1, 3, 1))
  # Weighted mean 0.75: (0.75^2 + 3 * 0.25^2) / 3 rows.
  floor <- attr(d, "findings")[[match("D1", d$id)]]$certificate$values$floor
  expect_equal(floor, 0.25)
})

test_that("repeated measurements at a few values are noted, with their share, and no fault", {
  x <- scale(cars$speed)
  m <- seeded(function() net(1, c(8, 1), c("tanh", "linear"), epochs = 300, x = x, y = cars$dist / 50))
  d <- diagnose(m, x, cars$dist / 50, level = "quick")
  expect_identical(d$severity[d$id == "D1"], "note")
  expect_gt(d$explains[d$id == "D1"], 0.5)
  expect_false(has_problem(d))
})

test_that("copies of rows with other targets are a fault", {
  expect_identical(found_in(faulty$D1, "D1")$severity, "fault")
})

test_that("cross-entropy that is trained to the floor of equal rows is not below it", {
  x <- c(0, 0, 1, 1, 2, 2, 2)
  y <- c(0, 1, 1, 1, 0, 1, 1)
  p <- c(1 / 2, 1, 2 / 3)[x + 1]
  entropy <- -mean(ifelse(y == 1, log(p), log(1 - p)))
  m <- seeded(function() net(1, c(6, 1), c("tanh", "sigmoid"), "binary_crossentropy", 500, x, y, optimizer_lbfgs()))
  d <- diagnose(m, x, y, verify = TRUE)
  expect_equal(attr(d, "case")$data_floor, entropy, tolerance = 1e-14)
  expect_true(d$verified[d$id == "D1"])
  m <- seeded(function() net(1, c(6, 2), c("tanh", "softmax"), "sparse_categorical_crossentropy", 500, x, y, optimizer_lbfgs()))
  d <- diagnose(m, x, y, verify = TRUE)
  expect_equal(attr(d, "case")$data_floor, entropy, tolerance = 1e-14)
  expect_true(d$verified[d$id == "D1"])
})
