regression_data <- function(n = 40, d = 3, k = 4) {
  set.seed(4)
  list(x = matrix(rnorm(n * d), n), y = matrix(rnorm(n * k), n) + 5, w = runif(n) * rbinom(n, 1, 0.9))
}

test_that("an affine model has the residual of weighted least squares", {
  d <- regression_data()
  model <- floor_model(3, c(5, 4))
  expect_equal(as.vector(loss_floor(model, d$x, d$y)), mean(lm(d$y ~ d$x)$residuals^2),
    tolerance = 1e-12)
  fit <- lm(d$y ~ d$x, weights = d$w)
  floor <- loss_floor(model, d$x, d$y, sample_weight = d$w)
  expect_equal(as.vector(floor), sum(d$w * (d$y - fit$fitted.values)^2) / 160, tolerance = 1e-12)
  expect_certified(floor, model, d$x, d$y, d$w)
})

test_that("without biases lines go through 0, and a hidden bias is worth one", {
  d <- regression_data(k = 1)
  model <- floor_model(3, c(5, 1), bias = FALSE)
  expect_equal(as.vector(loss_floor(model, d$x, d$y)), mean(lm(d$y ~ 0 + d$x)$residuals^2))
  model <- floor_model(3, c(5, 1), bias = c(TRUE, FALSE))
  expect_equal(as.vector(loss_floor(model, d$x, d$y)), mean(lm(d$y ~ d$x)$residuals^2))
})

# The best weights for rank r by hand: least squares, then the leading right singular vectors.
test_that("a bottleneck has the floor of reduced-rank regression, which weights attain", {
  d <- regression_data()
  model <- floor_model(3, c(2, 4))
  floor <- loss_floor(model, d$x, d$y, sample_weight = d$w)
  root <- sqrt(d$w)
  fit <- lm(d$y ~ d$x, weights = d$w)
  fitted <- cbind(1, d$x) %*% coef(fit)
  centre <- colSums(d$w * fitted) / sum(d$w)
  v <- svd(root * sweep(fitted, 2, centre))$v[, 1:2]
  slopes <- coef(fit)[-1, ] %*% v
  x_mean <- colSums(d$w * d$x) / sum(d$w)
  set_weights(model, list(slopes, c(0, 0), t(v), as.vector(centre - x_mean %*% slopes %*% t(v))))
  expect_equal(data_loss(model, d$x, d$y, sample_weight = d$w), as.vector(floor), tolerance = 1e-12)
  expect_identical(attr(floor, "type"), "reduced-rank")
  expect_true(attr(floor, "attained"))
  expect_certified(floor, model, d$x, d$y, d$w)
})

test_that("a nonlinear model with a narrow linear end is limited by it", {
  d <- regression_data()
  model <- floor_model(3, c(8, 2, 4), c("tanh", "linear", "linear"))
  floor <- loss_floor(model, d$x, d$y)
  tail <- svd(sweep(d$y, 2, colMeans(d$y)))$d[3:4]
  expect_equal(as.vector(floor), sum(tail^2) / length(d$y), tolerance = 1e-12)
  expect_certified(floor, model, d$x, d$y)
  model <- floor_model(3, c(8, 2, 4), c("tanh", "linear", "linear"), bias = c(TRUE, TRUE, FALSE))
  tail <- svd(d$y)$d[3:4]
  expect_equal(as.vector(loss_floor(model, d$x, d$y)), sum(tail^2) / length(d$y))
})

test_that("reduction, weight of the loss and class weights are in the floor", {
  d <- regression_data(k = 1)
  value <- mean(lm(d$y ~ d$x)$residuals^2)
  model <- floor_model(3, 1)
  compile(model, loss = loss_mean_squared_error(reduction = "sum"), loss_weights = 3)
  expect_equal(as.vector(loss_floor(model, d$x, d$y)), 3 * 40 * value)
  compile(model, loss = loss_mean_squared_error(reduction = "mean_with_sample_weight"))
  expect_equal(as.vector(loss_floor(model, d$x, d$y, sample_weight = rep(2, 40))), value)
  compile(model, loss = "mse")
  y <- rbinom(40, 1, 0.5)
  w <- ifelse(y == 1, 5, 2)
  expect_equal(
    as.vector(loss_floor(model, d$x, y, class_weight = list("0" = 2, "1" = 5))),
    as.vector(loss_floor(model, d$x, y, sample_weight = w))
  )
})

test_that("places share a dense layer's weights, and are mixed by flatten", {
  set.seed(6)
  x <- array(rnorm(60), c(10, 2, 3))
  y <- array(rnorm(40), c(10, 2, 2))
  model <- floor_model(c(2, 3), c(4, 2))
  rows <- rbind(x[, 1, ], x[, 2, ])
  targets <- rbind(y[, 1, ], y[, 2, ])
  floor <- loss_floor(model, x, y)
  expect_equal(as.vector(floor), mean(lm(targets ~ rows)$residuals^2))
  expect_certified(floor, model, x, y)
  model <- keras_model_sequential(input_shape = c(2, 3)) %>% layer_flatten() %>%
    layer_dense(4) %>% layer_dropout(0.5) %>% layer_reshape(c(2, 2))
  compile(model, loss = "mse")
  floor <- loss_floor(model, x, y)
  flat <- lm(matrix(y, 10) ~ matrix(x, 10))
  expect_equal(as.vector(floor), mean(flat$residuals^2))
  expect_certified(floor, model, x, y)
})

test_that("a false certificate is found out", {
  d <- regression_data()
  model <- floor_model(3, c(2, 4))
  problem <- floor_problem(model, d$x, d$y)
  good <- attr(loss_floor(model, d$x, d$y), "certificate")
  expect_true(verify_certificate(good, problem))
  expect_false(verify_certificate(modifyList(good, list(value = good$value * 1.001)), problem))
  expect_false(verify_certificate(modifyList(good, list(residual = good$residual + 0.01)), problem))
  expect_false(verify_certificate(modifyList(good, list(rank = 1)),
    floor_problem(floor_model(3, c(3, 4)), d$x, d$y)))
})
