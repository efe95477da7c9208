test_that("the founding model stands between 0 and the constant", {
  model <- floor_model(1, c(10, 1))
  ladder <- loss_ladder(model, founding$x, founding$y)
  table <- as.data.frame(ladder)
  expect_equal(table$rung, c("data", "architecture", "current", "affine", "constant"))
  expect_equal(table$loss[-3], c(0, 0.00567594692453556, 0.00567594692453556, 0.0345081590720622),
    tolerance = 1e-12)
  expect_equal(table$loss[3], data_loss(model, founding$x, founding$y), tolerance = 1e-14)
  set_weights(model, lapply(get_weights(model), function(w) 0 * w))
  expect_snapshot(loss_ladder(model, founding$x, founding$y))
})

test_that("the present loss is that of evaluate()", {
  for (seed in 1:60) {
    case <- suppressWarnings(random_case(seed))
    ladder <- suppressWarnings(loss_ladder(case$model, case$x, case$y, case$w))
    value <- suppressWarnings(data_loss(case$model, case$x, case$y, sample_weight = case$w))
    tolerance <- if (case$model$dtype == "float32") 1e-4 else 1e-11
    expect_equal(ladder$rungs$current$value, value, tolerance = tolerance)
  }
})

test_that("rungs below the present loss are below it, in order", {
  for (seed in 1:150) {
    case <- suppressWarnings(random_case(seed))
    shake(case$model)
    table <- as.data.frame(suppressWarnings(loss_ladder(case$model, case$x, case$y, case$w)))
    below <- table$loss[table$proven]
    below <- c(below, table$loss[table$rung == "current"])
    if (anyNA(below)) next
    expect_false(is.unsorted(below + 1e-4 * seq_along(below) * (1 + abs(below[length(below)]))))
  }
})

test_that("constants are the best ones", {
  y <- c(1, 2, 6)
  constant <- function(loss, y, activation = "linear", units = 1) {
    model <- floor_model(1, units, activation, loss)
    loss_ladder(model, 1:3, y)$rungs$constant$value
  }
  expect_equal(constant("mae", y), 5 / 3)
  expect_equal(constant("mse", y), 14 / 3)
  expect_equal(constant("binary_crossentropy", c(0, 1, 1), "sigmoid"), log(3) - 2 / 3 * log(2))
  expect_equal(constant("sparse_categorical_crossentropy", 0:2, "softmax", 3), log(3))
})

test_that("a column that is the sum of others but for rounding adds nothing to the best linear predictor", {
  skip_if_not_installed("withr")
  withr::local_seed(1)
  a <- stats::rnorm(20)
  b <- stats::rnorm(20)
  y <- a + stats::rnorm(20)
  model <- net(4, c(1, 1), c("linear", "linear"))
  rungs <- as.data.frame(loss_ladder(model, cbind(a, b, a + b, 5), y))
  best <- mean(stats::residuals(stats::lm(y ~ a + b))^2)
  expect_equal(rungs$loss[rungs$rung == "affine"], best, tolerance = 1e-10)
  years <- 1e9 + 1:20
  rungs <- as.data.frame(loss_ladder(net(1, 1, "linear"), years, y + 1:20))
  expect_equal(rungs$loss[rungs$rung == "affine"], mean(stats::residuals(stats::lm(y + 1:20 ~ seq_len(20)))^2))
})
