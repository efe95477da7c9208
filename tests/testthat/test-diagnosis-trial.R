test_that("small squared problems are solved to rounding in a few steps", {
  skip_if_not_installed("withr")
  case <- function() case_of(net(1, c(10, 1), c("linear", "linear"), epochs = 500, x = founding$x, y = founding$y),
    founding$x, founding$y)
  d <- diagnosed(case)
  expect_match(format(d), "Checked: a copy with", all = FALSE)
  trial <- try_fix(d, "S1", seconds = 0.01)
  expect_lt(trial$after, 1e-28)
  expect_lt(trial$epochs, 50)
})

test_that("targets that were recoded cannot be compared by the model's loss", {
  skip_if_not_installed("withr")
  d <- diagnosed(faulty$L6, checks = "L6")
  trial <- try_fix(d, "L6", seconds = 0.1)
  expect_true(is.na(trial$after))
  expect_true(is.finite(trial$loss))
  expect_setequal(trial$y, 0:1)
})

test_that("where the loss has no lower bound there is no floor and no best constant", {
  skip_if_not_installed("withr")
  case <- attr(diagnosed(faulty$L6, checks = "L6"), "case")
  expect_identical(case$data_floor, -Inf)
  expect_true(is.na(case$constant_loss))
  expect_no_match(names(diagnosis_rungs(case)), "floor|constant")
})

test_that("remedies are tried on graphs, what they leave out hands on what it is given", {
  skip_if_not_installed("withr")
  case <- function() {
    input <- layer_input(2)
    sum <- layer_add(list(layer_dense(input, 3), layer_dense(input, 3)))
    model <- keras_model(input, sum %>% layer_dense(1) %>% layer_activation("sigmoid"))
    compile(model, optimizer = optimizer_adam(0.01), loss = "mse")
    case_of(model, plane$x, 3 * plane$curved)
  }
  d <- diagnosed(case, checks = "L1")
  model <- attr(d, "case")$model
  before <- get_weights(model)
  trial <- try_fix(d, "L1", seconds = 60)
  expect_equal(trial$after, mean(resid(lm(3 * plane$curved ~ plane$x))^2), tolerance = 1e-6)
  expect_identical(lapply(trial$model$layers, `[[`, "name"), lapply(model$layers, `[[`, "name"))
  expect_identical(get_weights(model), before)
})

test_that("remedies are not tried on graphs that hold models", {
  skip_if_not_installed("withr")
  case <- function() {
    inner <- keras_model_sequential(input_shape = 2) %>% layer_dense(3)
    input <- layer_input(2)
    sum <- layer_add(list(inner(input), layer_dense(input, 3)))
    model <- keras_model(input, sum %>% layer_dense(1, activation = "sigmoid"))
    compile(model, optimizer = optimizer_adam(0.01), loss = "mse")
    case_of(model, plane$x, 3 * plane$curved)
  }
  expect_refused(try_fix(diagnosed(case, checks = "L1"), "L1"), "state")
})

test_that("small problems with other losses are trained by L-BFGS first, those of batches never", {
  skip_if_not_installed("withr")
  trial <- list(layers = list(list(type = "dense")), loss = as_loss("binary_crossentropy"),
    y = plane$class, x = plane$x)
  model <- net(2, 1, "sigmoid", "binary_crossentropy")
  expect_identical(whole_optimizer(model, trial)$name, "lbfgs")
  begun <- whole_steps(model, trial, optimizer_lbfgs())
  expect_equal(begun$loss, glm(plane$class ~ plane$x, binomial)$deviance / 120, tolerance = 1e-8)
  trial$loss <- as_loss("mse")
  expect_identical(whole_optimizer(model, trial)$name, "levenberg_marquardt")
  trial$args$class_weight <- list(`0` = 1, `1` = 2)
  expect_identical(whole_optimizer(model, trial)$name, "lbfgs")
  expect_null(whole_optimizer(model, by_batches(trial)))
  bound <- net(2, 1, "sigmoid", layer = list(kernel_constraint = constraint_nonneg()))
  expect_null(whole_optimizer(bound, trial))
})

test_that("bends of relu units are spread over the inputs", {
  set.seed(4)
  x <- matrix(seq(-3, 3, length.out = 60))
  y <- sin(2 * x[, 1])
  m <- keras_model_sequential() %>% layer_dense(2, "relu", input_shape = 1) %>% layer_dense(1)
  m %>% compile(loss = "mse", optimizer = optimizer_adam(0.05))
  m %>% fit(x, y, epochs = 100, verbose = 0)
  d <- diagnose(m, x, y, checks = "C1")
  expect_equal(d$id, "C1")
  trial <- try_fix(d, 1, seconds = 60)
  expect_gt(trial$closed, 0.9)
  w <- with_own_seed(get_weights(keras_model_sequential() %>%
    layer_dense(1000, "relu", input_shape = 1, bias_initializer = spread_biases(1000, 3))))
  bends <- -w[[2]] / as.vector(w[[1]])
  # The ratio of two uniform variables of the same spread, times 3.
  expect_equal(mean(abs(bends) < 3), 0.5, tolerance = 0.1)
})

test_that("class weights are there to begin with, and gone in the end", {
  set.seed(5)
  x <- matrix(rnorm(200), 100)
  y <- as.numeric(x[, 1] > 1.7)
  m <- keras_model_sequential() %>% layer_dense(4, "tanh", input_shape = 2) %>% layer_dense(1, "sigmoid")
  m %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(0.01))
  m %>% fit(x, y, epochs = 40, verbose = 0)
  d <- diagnose(m, x, y, checks = "I1")
  expect_equal(d$id, "I1")
  trial <- try_fix(d, 1, seconds = 60)
  expect_gt(trial$closed, 0.9)
  # The mean of probabilities is the share of the class, which class weights would raise.
  expect_equal(mean(predict(trial$model, x)), mean(y), tolerance = 0.05)
})

test_that("trials are judged by validation data, too, where these are known", {
  skip_if_not_installed("withr")
  withr::local_seed(4)
  x <- matrix(stats::rnorm(420), 140)
  seen <- 1:36
  verdict <- function(y) {
    m <- net(3, c(8, 1), c("linear", "linear"), epochs = 300, x = x[seen, ], y = y[seen], optimizer = optimizer_adam(0.02))
    held <- list(x[-seen, ], y[-seen])
    d <- diagnose(m, x[seen, ], y[seen], validation_data = held, checks = "S1")
    trial <- try_fix(d, "S1", seconds = 0.2)
    expect_equal(trial$validation[["before"]], mean((predict(m, held[[1]]) - held[[2]])^2))
    expect_equal(trial$validation[["after"]], mean((predict(trial$model, held[[1]]) - held[[2]])^2))
    expect_match(format(trial), "Loss of the validation data", all = FALSE)
    d$severity
  }
  expect_identical(verdict(drop(x %*% 1:3) + 2 * stats::rnorm(140)), "note")
  expect_identical(verdict(3 * x[, 1]^2 + 0.1 * stats::rnorm(140)), "fault")
})
