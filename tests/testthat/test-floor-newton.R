# Newton's search for the best linear outputs, against other programs that find them.

linear_search <- function(loss, x, y, activation = "linear") {
  model <- floor_model(ncol(x), 1, activation, loss = loss)
  convex_affine(floor_problem(model, x, y), TRUE)
}

test_that("log-loss and Poisson loss are those of generalized linear models", {
  set.seed(11)
  x <- matrix(rnorm(120), 60)
  y <- rbinom(60, 1, plogis(x[, 1]))
  found <- linear_search("binary_crossentropy", x, y, "sigmoid")
  want <- deviance(glm(y ~ x, family = binomial)) / 120
  expect_near(c(found$low, found$high), c(want, want), 1e-9)
})

test_that("smooth distances meet their duals", {
  set.seed(12)
  x <- matrix(rnorm(80), 40)
  y <- x[, 1] + rt(40, 3)
  for (name in c("log_cosh", "huber")) {
    found <- linear_search(name, x, y)
    values <- get(paste0("loss_", name))
    f <- function(b) mean(values(cbind(y), cbind(1, x) %*% b))
    best <- optim(coef(lm(y ~ x)), f, method = "BFGS", control = list(reltol = 1e-15))$value
    expect_lte(found$low, best)
    expect_near(c(found$low, found$high), c(best, best), 1e-6)
  }
})

test_that("classes that a line separates have a ray", {
  found <- linear_search("binary_crossentropy", matrix(c(-2, -1, 1, 3)), c(0, 0, 1, 1), "sigmoid")
  expect_true(all(sign(found$ray) == c(-1, -1, 1, 1)))
})

test_that("singular systems are solved as far as they go", {
  h <- diag(c(2, 0))
  expect_near(ridge_solve(h, c(4, 0)), c(2, 0), 1e-6)
  expect_true(is_better(1, 0.5))
  expect_false(is_better(1, 1))
  expect_false(is_better(NaN, 1))
})
