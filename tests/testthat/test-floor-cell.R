# Hidden relus with given weights.
relu_model <- function(input, kernel, bias, loss = "mse", last = "linear") {
  model <- floor_model(input, c(length(bias), 1), c("relu", last), loss)
  set_weights(model, list(kernel, bias, matrix(1, length(bias)), 0))
  model
}

test_that("rows with all relus off share an output", {
  model <- relu_model(1, matrix(c(1, 2), 1), c(-0.5, -1.5))
  ladder <- loss_ladder(model, founding$x, founding$y)
  expect_equal(ladder$rungs$cell$value, (founding$y[1] - founding$y[2])^2 / 6)
  expect_true(ladder$rungs$cell$certificate$open)
  expect_equal(ladder$rungs$architecture$value, 0)
  set_weights(model, list(matrix(c(1, 2), 1), c(0, -1.5), matrix(c(1, 1)), 0))
  at_kink <- loss_ladder(model, founding$x, founding$y)$rungs$cell
  expect_false(at_kink$certificate$open)
})

test_that("two relus can lose three rows of XOR", {
  x <- cbind(c(0, 0, 1, 1), c(0, 1, 0, 1))
  y <- c(0, 1, 1, 0)
  model <- relu_model(2, matrix(1, 2, 2), c(-1.5, -1.5), "binary_crossentropy", "sigmoid")
  cell <- loss_ladder(model, x, y)$rungs$cell
  expect_equal(cell$value, 0.75 * (log(3) - 2 / 3 * log(2)))
})

test_that("a last relu that is off keeps its 0", {
  model <- floor_model(1, 1, "relu")
  set_weights(model, list(matrix(1), -0.5))
  ladder <- loss_ladder(model, 0:2, c(3, 1, 2))
  expect_equal(ladder$rungs$cell$value, 9 / 3)
  set_weights(model, list(matrix(1), 10))
  expect_null(loss_ladder(model, 0:2, c(3, 1, 2))$rungs$cell)
})

# Small steps leave the units as they are; the layers behind may be anything.
test_that("no weights of the same cell are below its floor", {
  set.seed(11)
  tried <- 0
  for (i in 1:80) {
    n <- sample(3:8, 1)
    x <- matrix(rnorm(2 * n), n)
    y <- rnorm(n)
    units <- c(sample(2, 1), 3, 1)
    model <- shake(floor_model(2, units, c(sample(constant_pieces, 1), "tanh", "linear")))
    cell <- loss_ladder(model, x, y)$rungs$cell
    if (is.null(cell)) next
    tried <- tried + 1
    model$layers[[1]]$trainable <- FALSE
    compile(model, optimizer_adam(0.1), "mse")
    losses <- fit(model, x, y, epochs = 300, batch_size = n, verbose = 0)$metrics$loss
    expect_gte(min(losses), cell$value - 1e-12)
  }
  expect_gt(tried, 15)
})
