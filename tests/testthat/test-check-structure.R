test_that("faults of structure are found", {
  expect_checks(structure_checks())
})

test_that("a single linear layer, and collapse that costs nothing, are notes", {
  d <- diagnosed(healthy$linear)
  expect_identical(d$severity[d$id == "S1"], "note")
  straight <- as.vector(plane$x %*% c(1, -2))
  d <- diagnosed(function() fitted_net(c(4, 1), c("linear", "linear"), straight, epochs = 50))
  expect_identical(d$severity[d$id == "S1"], "note")
})

test_that("an activation in a layer of its own counts", {
  m <- keras_model_sequential(input_shape = 2) %>% layer_dense(4) %>% layer_activation("tanh") %>% layer_dense(1)
  m %>% compile(loss = "mse")
  expect_false("S1" %in% diagnose(m)$id)
  m <- keras_model_sequential(input_shape = 2) %>% layer_dense(4) %>% layer_activation("linear") %>%
    layer_dropout(0.5) %>% layer_dense(1)
  m %>% compile(loss = "mse")
  expect_true("S1" %in% diagnose(m)$id)
})

test_that("collapse is no fault where nothing but noise is left, and one where a bend is", {
  skip_if_not_installed("withr")
  withr::local_seed(1)
  x <- matrix(stats::rnorm(300), 100)
  straight <- drop(x %*% 1:3) + stats::rnorm(100)
  severity <- function(y, end = "linear", loss = "mse") {
    m <- net(3, c(8, 1), c("linear", end), loss, epochs = 200, x = x, y = y, optimizer = optimizer_adam(0.05))
    d <- diagnose(m, x, y, checks = "S1")
    expect_gt(d$explains, 0.9)
    d$severity
  }
  expect_identical(severity(straight), "note")
  expect_identical(severity(straight + x[, 1]^2), "fault")
  expect_identical(severity(as.double(stats::runif(100) < stats::plogis(straight)), "sigmoid", "binary_crossentropy"), "note")
  expect_identical(severity(as.double(x[, 1] * x[, 2] > 0), "sigmoid", "binary_crossentropy"), "fault")
})

test_that("a floor that rests on rounding is not said to be reached by a linear model", {
  withr::local_seed(1)
  x <- matrix(stats::runif(24), 12)
  y <- 2 * x[, 1] - x[, 2] + stats::rnorm(12)
  x <- cbind(x, x[, 1] + x[, 2], (x[, 1] - x[, 2]) / 3)
  m <- net(4, c(5, 1), c("linear", "linear"), epochs = 10, x = x, y = y)
  d <- diagnose(m, x, y, verify = TRUE)
  said <- d$evidence[d$id == "S1"]
  expect_match(said, "sums of others but for rounding")
  expect_no_match(said, "Lowest loss any linear model reaches")
  expect_match(said, digits(mean(stats::residuals(stats::lm(y ~ x))^2)), fixed = TRUE)
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
})
