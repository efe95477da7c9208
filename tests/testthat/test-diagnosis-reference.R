case_for <- function(make) attr(diagnosed(make, checks = "D5"), "case")

test_that("the linear classifier is close to the best one, and never better", {
  skip_if_not_installed("withr")
  case <- case_for(function() fitted_net(c(4, 1), c("relu", "sigmoid"), plane$class, "binary_crossentropy"))
  best <- stats::glm(plane$class ~ plane$x, family = stats::binomial())
  expect_gte(case$linear_loss, best$deviance / 2 / 60 - 1e-9)
  expect_lt(case$linear_loss, 1.1 * best$deviance / 2 / 60)
  expect_lt(case$linear_loss, case$constant_loss)
})

test_that("logits and probabilities have the same linear classifier", {
  skip_if_not_installed("withr")
  plain <- case_for(function() fitted_net(c(4, 3), c("relu", "softmax"), plane$three, "sparse_categorical_crossentropy"))
  logits <- case_for(function() {
    y <- to_categorical(as.integer(plane$three) - 1)
    fitted_net(c(4, 3), c("relu", "linear"), y, loss_categorical_crossentropy(from_logits = TRUE))
  })
  expect_equal(plain$linear_loss, logits$linear_loss, tolerance = 1e-6)
  expect_lt(plain$linear_loss, log(3))
})

test_that("squared losses are compared with least squares, other losses with nothing", {
  skip_if_not_installed("withr")
  squared <- case_for(healthy$regression)
  expect_equal(squared$linear_loss, mean(stats::residuals(stats::lm(plane$curved ~ plane$x))^2))
  absolute <- case_for(function() fitted_net(c(4, 1), c("tanh", "linear"), plane$curved, "mae"))
  expect_true(is.na(absolute$linear_loss))
})

test_that("worse than linear is bad", {
  skip_if_not_installed("withr")
  slow <- optimizer_adam(1e-5)
  short <- function(y, end, loss) case_for(function() fitted_net(c(8, 1), c("tanh", end), y, loss, optimizer = slow))
  expect_true(does_badly(short(plane$curved, "linear", "mse")))
  expect_true(does_badly(short(plane$class, "sigmoid", "binary_crossentropy")))
  expect_false(does_badly(case_for(healthy$binary)))
  expect_false(does_badly(case_for(healthy$regression)))
})

test_that("penalties that cost too much are found for classes, too", {
  skip_if_not_installed("withr")
  with_penalty <- function(penalty) function() {
    fitted_net(c(8, 1), c("tanh", "sigmoid"), plane$class, "binary_crossentropy", epochs = 200,
      layer = list(kernel_regularizer = penalty))
  }
  expect_true("P1" %in% diagnosed(with_penalty(regularizer_l1(0.1)))$id)
  expect_true("P3" %in% diagnosed(with_penalty(regularizer_l2(0.1)))$id)
  expect_false(any(c("P1", "P3") %in% diagnosed(with_penalty(regularizer_l1_l2(1e-5, 1e-5)))$id))
})

test_that("data far from unit scale come before the divergence they cause", {
  skip_if_not_installed("withr")
  d <- diagnosed(function() {
    x <- plane$x * 1e5
    case_of(net(2, c(8, 1), c("relu", "linear"), epochs = 5, x = x, y = plane$curved, optimizer = "sgd"), x, plane$curved)
  })
  expect_identical(d$id[1:2], c("D6", "O0"))
  y <- 1e6 + 1e5 * plane$curved
  d <- diagnosed(function() fitted_net(c(8, 1), c("tanh", "linear"), y, optimizer = optimizer_sgd(1)))
  expect_identical(d$id[1], "D7")
  expect_true("O0" %in% d$id)
})

test_that("weights that early stopping has put back are not overfitted", {
  skip_if_not_installed("withr")
  trained <- function(...) function() {
    withr::with_seed(5, y <- plane$curved + stats::rnorm(60))
    case_of(net(2, c(64, 1), c("relu", "linear"), epochs = 800, x = plane$x, y = y, validation_split = 0.3,
      optimizer = optimizer_adam(0.02), ...), plane$x, y)
  }
  stop <- callback_early_stopping(patience = 400, restore_best_weights = TRUE)
  expect_true("G1" %in% diagnosed(trained())$id)
  expect_false("G1" %in% diagnosed(trained(callbacks = list(stop)))$id)
})

test_that("dropout of nearly everything is found for classes, too", {
  skip_if_not_installed("withr")
  dropped <- function(rate) function() {
    m <- keras_model_sequential(input_shape = 2) %>%
      layer_dense(16, "tanh") %>%
      layer_dropout(rate) %>%
      layer_dense(1, "sigmoid")
    m %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(0.01))
    m %>% fit(plane$x, plane$class, epochs = 200, verbose = 0)
    case_of(m, plane$x, plane$class)
  }
  expect_true("P2" %in% diagnosed(dropped(0.95))$id)
  expect_false("P2" %in% diagnosed(dropped(0.1))$id)
})

test_that("a start that leaves layers dead comes before the dead layers", {
  skip_if_not_installed("withr")
  d <- diagnosed(function() fitted_net(c(rep(16, 8), 1), c(rep("relu", 8), "linear"), plane$curved,
    layer = list(kernel_initializer = initializer_random_uniform(-0.02, 0.02))))
  expect_lt(match("S6", d$id), match("U1", d$id, nomatch = 99))
})

test_that("a loss that fell in the last of two epochs was still falling", {
  expect_identical(late_fall(c(2, 1)), 0.5)
  expect_identical(late_fall(c(8, 4, 2, 2, 1)), 0.5)
  expect_identical(late_fall(1), 0)
})

test_that("a history that is not finite fails no check", {
  skip_if_not_installed("withr")
  d <- diagnosed(function() {
    m <- net(2, c(8, 1), c("tanh", "linear"), epochs = 30, x = plane$x, y = plane$curved, optimizer = optimizer_sgd(1))
    history <- m$history
    history$metrics$loss[3:20] <- NaN
    case_of(m, plane$x, plane$curved, history = history)
  })
  expect_identical(attr(d, "failed"), character())
})
