test_that("faults of this group are found", {
  expect_checks(optimizer_checks())
})

test_that("frozen layers are a fault where they are what keeps the loss up", {
  y <- as.vector(plane$x %*% c(1, -2))
  model <- function(frozen) seeded(function() {
    m <- net(2, c(1, 1), c("tanh", "linear"))
    m$layers[[frozen]]$trainable <- FALSE
    m %>% compile(loss = "mse", optimizer = optimizer_adam(0.05))
    m %>% fit(plane$x, y, epochs = 400, verbose = 0)
    case_of(m, plane$x, y)
  })
  d <- do.call(diagnose, c(model(1), verify = TRUE))
  case <- attr(d, "case")
  expect_identical(d$severity[d$id == "O10"], "fault")
  code <- tanh(plane$x %*% get_weights(case$model)[[1]])
  expect_equal(frozen_floor(case), mean(lm(y ~ code)$residuals^2))
  expect_gt(case$loss, 1.1 * case$affine_loss + 1e-3 * case$constant_loss)
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
  d <- do.call(diagnose, c(model(2), verify = TRUE))
  expect_false(any(c("O1", "C2") %in% d$id))
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
})

test_that("steps of batches are held against their own gradients", {
  # Gradients of the two rows cancel in the sum, but not in batches of one.
  m <- keras_model_sequential(input_shape = 1, dtype = "float32") %>% layer_dense(1, use_bias = FALSE, kernel_initializer = "ones")
  m %>% compile(loss = "mse", optimizer = optimizer_sgd(0.01))
  x <- c(1, 1)
  m %>% fit(x, c(0, 2), epochs = 1, batch_size = 2, verbose = 0)
  expect_identical(get_weights(m)[[1]][1], 1)
  expect_false("O9" %in% diagnose(m, x, c(0, 2), checks = "O9")$id)
})

test_that("at a kink, where the loss may fall though training stands still, nothing is proven of its steps", {
  told <- function(x, w) {
    m <- net(1, c(1, 1), c("relu", "linear"), model = list(dtype = "float32"), layer = list(use_bias = FALSE))
    set_weights(m, list(matrix(w), matrix(1)))
    m$layers[[2]]$trainable <- FALSE
    compile(m, loss = "mse", optimizer = optimizer_sgd(0.01))
    fit(m, x, c(1, 1), epochs = 2, batch_size = 2, verbose = 0)
    expect_identical(get_weights(m)[[1]][1], w)
    d <- diagnose(m, x, c(1, 1), checks = "O9", verify = TRUE)
    list(d$confidence, d$verified)
  }
  expect_identical(told(c(-1, 2), 0), list("STRONG", NA))
  expect_identical(told(c(1, 2), -1), list("PROVEN", TRUE))
})

test_that("the slopes of single precision count, too", {
  # Weights of 0.1 are others in single precision, and so are residuals.
  m <- net(1, 1, "linear", model = list(dtype = "float32"), optimizer = optimizer_sgd(0.1))
  fit(m, c(0, 0), c(0, 0), epochs = 1, verbose = 0)
  set_weights(m, list(matrix(0.1), 0.1))
  x <- c(0.3, 0.7)
  y <- as_single(matrix(get_weights(m)[[1]][1] * as_single(matrix(x)) + get_weights(m)[[2]][1]))
  case <- new_case(m, x, as.vector(y), NULL, NULL, NULL, 5, environment())
  single <- largest_gradients(case, case_objective(case, "float32"))
  double <- largest_gradients(case, case$objective)
  expect_false(identical(single, double))
  d <- diagnose(m, x, as.vector(y), checks = "O9", verify = TRUE)
  most <- attr(d, "findings")[[1]]$certificate$values$most
  expect_true(all(most >= 2 * pmax(single, double)))
  expect_true(d$verified)
})

test_that("a loss that was infinite may come back", {
  m <- keras_model_sequential(input_shape = 1) %>% layer_dense(1, use_bias = FALSE)
  m %>% compile(loss = "mse", optimizer = optimizer_sgd(0.5))
  set_weights(m, list(matrix(1e160)))
  suppressWarnings(m %>% fit(c(1, 1), c(0, 0), epochs = 3, verbose = 0))
  d <- diagnose(m, c(1, 1), c(0, 0), verify = TRUE)
  expect_identical(evaluate(m, c(1, 1), c(0, 0), verbose = 0)[["loss"]], 0)
  expect_identical(d$severity[d$id == "O0"], "note")
  expect_true(d$verified[d$id == "O0"])
  expect_no_match(d$evidence[d$id == "O0"], "no later step")
  d <- diagnosed(function() fitted_net(c(8, 8, 1), c("relu", "relu", "linear"), plane$curved, epochs = 90, optimizer = optimizer_sgd(1e3)))
  expect_identical(d$severity[d$id == "O0"], "fault")
  expect_match(d$evidence[d$id == "O0"], "no later step")
})

test_that("a layer that is off as a whole gets no advice about rates and epochs", {
  m <- seeded(function() net(2, c(8, 1), c("relu", "sigmoid"), "binary_crossentropy", 5, plane$x, plane$class,
    optimizer = optimizer_adam(0.001), layer = list(bias_initializer = initializer_constant(-20))))
  d <- diagnose(m, plane$x, plane$class)
  expect_true("U1" %in% d$id[d$severity == "fault"])
  expect_false("O4" %in% d$id)
})

test_that("what training saw is not called unfinished for what it did not see", {
  skip_if_not_installed("withr")
  withr::local_seed(2)
  x <- scale(as.matrix(iris[, 1:4]))
  m <- net(4, c(8, 3), c("relu", "softmax"), "sparse_categorical_crossentropy", 50, x, iris$Species,
    validation_split = 0.35)
  d <- diagnose(m, x, iris$Species)
  expect_identical(d$id[1], "D11")
  expect_false(any(c("O4", "G1") %in% d$id))
})

test_that("a history alone shows that training diverged", {
  history <- net(2, c(4, 1), c("tanh", "linear"), epochs = 5, x = plane$x, y = plane$curved)$history
  expect_identical(diagnose(history)$id, character())
  history$metrics$loss[3:5] <- NaN
  d <- diagnose(history)
  expect_identical(d$id, "O0")
  expect_match(d$evidence, "It began in epoch 3")
})

test_that("where no gradient is left, nothing is said of the size of steps", {
  for (seed in 1:5) {
    set.seed(seed)
    m <- suppressWarnings(net(2, c(8, 1), c("tanh", "softmax"), "binary_crossentropy"))
    m %>% fit(plane$x, plane$class, epochs = 30, batch_size = 32, verbose = 0)
    d <- diagnose(m, plane$x, plane$class, checks = c("L2", "O3", "O4"))
    expect_identical(d$id, "L2")
  }
})
