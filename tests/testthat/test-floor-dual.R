dual_data <- function(n = 30, d = 2) {
  set.seed(9)
  x <- matrix(rnorm(n * d), n)
  list(x = x, y = as.vector(x %*% rnorm(d)) + rt(n, 3), w = round(runif(n, 0, 2), 1))
}

# The best linear outputs by general optimization, in many restarts.
by_optim <- function(x, y, w, loss, intercept = TRUE) {
  a <- if (intercept) cbind(1, x) else x
  f <- function(b) {
    v <- sum(w * loss(cbind(y), a %*% b)) / length(y)
    if (is.finite(v)) v else 1e10
  }
  b <- lm.wfit(a, y, w)$coefficients
  if (!is.finite(f(b)) || f(b) >= 1e10) b <- c(mean(y), rep(0, ncol(x)))
  for (i in 1:6) b <- optim(b, f, method = if (i %% 2) "Nelder-Mead" else "BFGS",
    control = list(maxit = 5000, reltol = 1e-14))$par
  f(b)
}

test_that("the founding data have the floor of a line for absolute errors", {
  model <- floor_model(1, c(10, 1), loss = "mae")
  floor <- loss_floor(model, founding$x, founding$y)
  expect_equal(as.vector(floor), 0.3196358 / 6, tolerance = 1e-10)
  expect_identical(attr(floor, "type"), "dual")
  expect_true(attr(floor, "attained"))
  expect_certified(floor, model, founding$x, founding$y)
})

test_that("convex losses have the floor of the best linear outputs", {
  d <- dual_data()
  losses <- list(loss_mean_absolute_error, loss_mean_absolute_percentage_error, loss_log_cosh,
    loss_huber(delta = 0.3))
  for (loss in losses) for (bias in c(TRUE, FALSE)) {
    values <- if (inherits(loss, "kestrel_loss")) {
      function(t, y) loss_huber(t, y, delta = 0.3)
    } else {
      loss
    }
    model <- floor_model(2, c(3, 1), loss = loss, bias = bias)
    floor <- loss_floor(model, d$x, d$y, sample_weight = d$w)
    best <- by_optim(d$x, d$y, d$w, values, bias)
    expect_lte(floor, best)
    expect_equal(as.vector(floor), best, tolerance = 1e-5)
    expect_certified(floor, model, d$x, d$y, d$w)
  }
})

test_that("hinge losses, too", {
  d <- dual_data()
  y <- ifelse(d$y > 0.3, 1, 0)
  for (name in c("hinge", "squared_hinge")) {
    values <- get(paste0("loss_", name))
    model <- floor_model(2, 1, loss = name)
    floor <- loss_floor(model, d$x, y, sample_weight = d$w)
    best <- by_optim(d$x, y, d$w, values)
    expect_lte(floor, best)
    expect_gt(floor, 0.01)
    expect_equal(as.vector(floor), best, tolerance = 1e-4)
    expect_certified(floor, model, d$x, y, d$w)
  }
})

test_that("Poisson's loss of linear outputs", {
  set.seed(1)
  x <- matrix(runif(40), 20)
  y <- rpois(20, 1 + 3 * x[, 1])
  model <- floor_model(2, 1, loss = "poisson")
  floor <- loss_floor(model, x, y)
  best <- by_optim(x, y, rep(1, 20), function(t, p) suppressWarnings(loss_poisson(t, p)))
  expect_lte(floor, best)
  expect_equal(as.vector(floor), best, tolerance = 1e-5)
  expect_certified(floor, model, x, y)
})

test_that("a linear classifier has the floor of logistic regression", {
  set.seed(2)
  x <- matrix(rnorm(120), 60)
  y <- rbinom(60, 1, plogis(x[, 1]))
  w <- sample(1:3, 60, TRUE)
  model <- floor_model(2, c(3, 1), c("linear", "sigmoid"), "binary_crossentropy")
  floor <- loss_floor(model, x, y, sample_weight = w)
  fit <- glm(y ~ x, binomial, weights = w, control = list(epsilon = 1e-14, maxit = 100))
  expect_equal(as.vector(floor), fit$deviance / 120, tolerance = 1e-8)
  expect_true(attr(floor, "attained"))
  expect_certified(floor, model, x, y, w)
  compile(model, loss = loss_binary_crossentropy(label_smoothing = 0.2))
  smoothed <- loss_floor(model, x, y)
  t <- y * 0.8 + 0.1
  fit <- suppressWarnings(glm(t ~ x, binomial, control = list(epsilon = 1e-14, maxit = 100)))
  p <- fit$fitted.values
  expect_equal(as.vector(smoothed), -mean(t * log(p) + (1 - t) * log(1 - p)), tolerance = 1e-8)
  expect_certified(smoothed, model, x, y)
})

test_that("softmax of linear logits, in one step from two classes and by search for three", {
  set.seed(2)
  x <- matrix(rnorm(120), 60)
  y <- rbinom(60, 1, plogis(x[, 1]))
  model <- floor_model(2, 2, "softmax", "sparse_categorical_crossentropy")
  floor <- loss_floor(model, x, y)
  fit <- glm(y ~ x, binomial, control = list(epsilon = 1e-14, maxit = 100))
  expect_equal(as.vector(floor), fit$deviance / 120, tolerance = 1e-8)
  expect_certified(floor, model, x, y)
  codes <- sample(0:2, 60, TRUE)
  model <- floor_model(2, 3, "softmax", "categorical_crossentropy")
  floor <- loss_floor(model, x, to_categorical(codes))
  a <- cbind(1, x)
  f <- function(b) {
    z <- cbind(0, a %*% matrix(b, 3))
    mean(log(rowSums(exp(z))) - z[cbind(1:60, codes + 1)])
  }
  best <- optim(numeric(6), f, method = "BFGS", control = list(maxit = 1000, reltol = 1e-14))$value
  expect_lte(floor, best)
  expect_equal(as.vector(floor), best, tolerance = 1e-6)
  expect_certified(floor, model, x, to_categorical(codes))
})

test_that("separable classes are found, whose loss goes to 0 and never gets there", {
  x <- c(-2, -1, 1, 3)
  model <- floor_model(1, 1, "sigmoid", "binary_crossentropy")
  floor <- loss_floor(model, x, c(0, 0, 1, 1))
  expect_identical(attr(floor, "type"), "separable")
  expect_identical(as.vector(floor), 0)
  expect_false(attr(floor, "attained"))
  expect_certified(floor, model, x, c(0, 0, 1, 1))
  expect_snapshot(floor)
  set.seed(3)
  x <- rbind(matrix(rnorm(20), 10), matrix(rnorm(20) + 9, 10), cbind(rnorm(10), 9 + rnorm(10)))
  model <- floor_model(2, 3, "softmax", "sparse_categorical_crossentropy")
  y <- rep(0:2, each = 10)
  floor <- loss_floor(model, x, y)
  expect_identical(attr(floor, "type"), "separable")
  expect_certified(floor, model, x, y)
})

# One row of each class at 0 is certain to stay at log(2); the others go to 0.
test_that("what cannot be separated is left", {
  x <- c(-2, -1, 0, 0, 1, 3)
  y <- c(0, 0, 0, 1, 1, 1)
  model <- floor_model(1, 1, "sigmoid", "binary_crossentropy")
  floor <- loss_floor(model, x, y)
  expect_equal(as.vector(floor), 2 * log(2) / 6, tolerance = 1e-6)
  expect_certified(floor, model, x, y)
})

test_that("certificates of duals are checked", {
  d <- dual_data()
  model <- floor_model(2, 1, loss = "huber")
  problem <- floor_problem(model, d$x, d$y)
  good <- attr(loss_floor(model, d$x, d$y), "certificate")
  expect_true(verify_certificate(good, problem))
  expect_false(verify_certificate(modifyList(good, list(value = good$value * 1.001)), problem))
  expect_false(verify_certificate(modifyList(good, list(dual = 1.01 * good$dual + 0.001)), problem))
  wrong <- modifyList(good, list(intercept = FALSE))
  expect_false(verify_certificate(wrong, problem))
})

test_that("the search for absolute errors is exact on larger data", {
  set.seed(5)
  x <- matrix(rnorm(3000), 1000)
  y <- as.vector(x %*% 1:3) + rt(1000, 2)
  model <- floor_model(3, 1, loss = "mae")
  best <- convex_affine(floor_problem(model, x, y), TRUE)
  expect_lt(best$high - best$low, 1e-6 * best$high)
})

test_that("outputs that are separable do not spoil those that are not", {
  x <- c(-2, -1, 0, 1, 2, 3)
  y <- cbind(0, c(0, 1, 0, 1, 0, 1))
  model <- floor_model(1, 2, "sigmoid", "binary_crossentropy")
  floor <- loss_floor(model, x, y)
  fit <- glm(y[, 2] ~ x, binomial, control = list(epsilon = 1e-14))
  expect_equal(as.vector(floor), fit$deviance / 24, tolerance = 1e-8)
  expect_false(attr(floor, "attained"))
  expect_certified(floor, model, x, y)
})

# A row at the edge of the domain, where rounding has the wrong sign.
test_that("equal rows of both classes have the floor of their entropy", {
  x <- c(1, 1, 2) * 1e-6
  model <- floor_model(1, 2, "softmax", "sparse_categorical_crossentropy", bias = FALSE)
  floor <- loss_floor(model, x, c(0, 1, 1))
  expect_equal(as.vector(floor), optimize(function(b) {
    (log1p(exp(b)) + log1p(exp(-b)) + log1p(exp(-2 * b))) / 3
  }, c(-9, 9), tol = 1e-10)$objective, tolerance = 1e-8)
})
