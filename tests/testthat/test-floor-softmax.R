# The best linear softmax classifier, against optimization and the logistic regression.

softmax_search_of <- function(x, y, k) {
  model <- floor_model(ncol(x), k, "softmax", loss = "sparse_categorical_crossentropy")
  convex_affine(floor_problem(model, x, y), TRUE)
}

test_that("two classes are a logistic regression", {
  set.seed(21)
  x <- matrix(rnorm(100), 50)
  y <- rbinom(50, 1, plogis(x[, 1] - x[, 2]))
  found <- softmax_search_of(x, y, 2)
  want <- deviance(glm(y ~ x, family = binomial)) / 100
  expect_near(c(found$low, found$high), c(want, want), 1e-9)
})

test_that("three classes are what general optimization finds", {
  x <- scale(as.matrix(iris[, 1:2]))
  y <- as.integer(iris$Species) - 1
  found <- softmax_search_of(x, y, 3)
  f <- function(b) {
    z <- cbind(1, x) %*% matrix(b, 3)
    mean(log(rowSums(exp(z))) - z[cbind(1:150, y + 1)])
  }
  slope <- function(b) {
    p <- exp(cbind(1, x) %*% matrix(b, 3))
    crossprod(cbind(1, x), p / rowSums(p) - to_categorical(y)) / 150
  }
  b <- rep(0, 9)
  for (i in 1:5) b <- optim(b, f, slope, method = "BFGS", control = list(maxit = 1e4, reltol = 1e-16))$par
  expect_lte(found$low, f(b))
  expect_near(c(found$low, found$high), c(f(b), f(b)), 1e-6)
})

test_that("shares and values do not overflow", {
  z <- rbind(c(1000, 0), c(-1000, 0))
  expect_identical(shares_of(z), rbind(c(1, 0), c(0, 1)))
  data <- list(t = diag(2), s = c(1, 1), m = c(1, 1))
  expect_identical(softmax_value(data, z), 0)
  expect_identical(softmax_value(data, -z), 2000)
  expect_true(all_right(diag(2), z))
  expect_false(all_right(diag(2), -z))
})
