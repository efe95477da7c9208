test_that("faults of this group are found", {
  expect_checks(unit_checks())
})

test_that("the effective rank counts equal singular values", {
  expect_equal(effective_rank(diag(4)), 4)
  expect_equal(effective_rank(outer(1:5, 1:3)), 1, tolerance = 1e-6)
  expect_identical(effective_rank(matrix(0, 3, 3)), 0)
})

test_that("the floor of collapsed rows is that of the plateau", {
  # y1 and y2 share a code, y3 does not: (y1 - y2)^2 / 6.
  m <- net(1, c(1, 1), c("relu", "linear"))
  set_weights(m, list(matrix(1), -0.5, matrix(1), 0))
  case <- new_case(m, founding$x, founding$y, NULL, NULL, NULL, 5, environment())
  expect_equal(case$cell_floor, diff(founding$y[1:2])^2 / 6)
})

test_that("a quick look at many rows finds the units that are off on all of them", {
  # Units x - 2, x and 1 - x of x in 0, ..., 1: the first is off but in the row put in below.
  m <- net(1, c(3, 1), c("relu", "linear"))
  set_weights(m, list(matrix(1, 1, 3) * c(1, 1, -1), c(-2, 0, 1), matrix(1, 3, 1), 0))
  x <- seq(0, 1, length.out = 5000)
  off <- function(x) {
    case <- new_case(m, x, x, NULL, NULL, NULL, 5, environment())
    expect_identical(case$level, "quick")
    case$dead[[1]]$units
  }
  expect_identical(off(x), 1L)
  expect_identical(off(replace(x, 2, 3)), integer())
})

test_that("rows on which all units are off are told in words of rows, and are no fault by themselves", {
  m <- net(1, c(2, 1), c("relu", "linear"))
  x <- cbind(c(-2, -1, 1, 2, 3, 4, 5))
  y <- c(-1, 1, 2, 4, 6, 8, 10)
  # Both units are off for x < 0; what is left of the loss is theirs, but nobody has trained.
  set_weights(m, list(matrix(1, 1, 2), c(0, 0), matrix(1, 2, 1), 0))
  expect_identical(diagnose(m, x, y, checks = "U1")$id, character())
  m %>% fit(x, y, epochs = 1, verbose = 0)
  set_weights(m, list(matrix(1, 1, 2), c(0, 0), matrix(1, 2, 1), 0))
  d <- diagnose(m, x, y, checks = "U1", verify = TRUE)
  expect_identical(d[c("cause", "severity")], data.frame(cause = "Rows on which all units are off", severity = "fault"))
  expect_true(d$verified)
  expect_match(d$evidence, "get one output")
  expect_no_match(d$evidence, "0 of 2 units")
  set_weights(m, list(matrix(1, 1, 2), c(0, 0), matrix(0.8, 2, 1), 0))
  expect_identical(diagnose(m, x, y, checks = "U1")$id, character())
})

test_that("a relu is off up to its threshold, and never where it has a slope on the left", {
  told <- function(activation, x = c(0.1, 0.2, 0.3)) {
    m <- keras_model_sequential(input_shape = 1) %>% layer_dense(1, activation, use_bias = FALSE) %>% layer_dense(1)
    compile(m, loss = "mse")
    set_weights(m, list(matrix(1), matrix(1), 0))
    d <- diagnose(m, x, c(1, 2, 3), checks = "U1", verify = TRUE)
    d$verified
  }
  expect_true(told(activation_relu(threshold = 0.5)))
  expect_true(told(activation_relu(), -1:-3))
  # 0 on all rows, with a slope there.
  expect_length(told(activation_relu(negative_slope = 0.5), c(0, 0, 0)), 0)
  expect_length(told(activation_relu(threshold = -0.5), c(0, 0, 0)), 0)
})

test_that("rows whose codes are equal by chance are not taken for rows that stay so", {
  # Both rows have code 1, as the second input has the weight 0; both units are on.
  m <- net(2, c(1, 1), c("relu", "linear"))
  set_weights(m, list(matrix(c(1, 0)), 0, matrix(1), 0))
  x <- rbind(c(1, 0), c(1, 1), c(-1, 0), c(-1, 1))
  y <- c(0, 1, 0, 1)
  d <- diagnose(m, x, y, verify = TRUE)
  # The last two get one output, the first two need not: (1 / 2)^2 / 2.
  expect_equal(attr(d, "case")$cell_floor, 0.125)
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
})

test_that("a quick look at many rows finds in the layers what a look at all of them does", {
  withr::local_seed(3)
  x <- matrix(stats::rnorm(3000), 1500)
  m <- net(2, c(6, 5, 4, 1), c("relu", "relu", "relu", "linear"))
  w <- get_weights(m)
  w[[2]][2] <- -100
  w[[5]][] <- abs(w[[5]])
  w[[6]][4] <- -100
  set_weights(m, w)
  dead <- function(level) attr(diagnose(m, x, x[, 1], level = level), "case")$dead
  expect_true(is_sampled(attr(diagnose(m, x, x[, 1], level = "quick"), "case")))
  expect_identical(lapply(dead("quick"), `[[`, "units"), lapply(dead("standard"), `[[`, "units"))
  expect_identical(dead("quick")[[1]]$units, 2L)
  expect_identical(dead("quick")[[3]]$units, 4L)
  expect_identical(dead("quick")[[3]]$rows, dead("standard")[[3]]$rows)
})

test_that("units that first biases switch off are the cause, not a symptom of kernels", {
  for (seed in 1:3) {
    d <- withr::with_seed(seed, {
      m <- net(2, c(4, 4, 1), c("relu", "relu", "linear"), epochs = 20, x = plane$x, y = plane$curved,
        layer = list(bias_initializer = initializer_constant(-8)))
      diagnose(m, plane$x, plane$curved)
    })
    expect_identical(d$id[1], "U1")
    expect_false("S6" %in% d$id)
  }
})
