test_that("R2 has Keras' values", {
  keras <- function(metric, value) expect_equal(metric(one_hot, shares), value, tolerance = 1e-6)
  keras(metric_r2_score(), .2083334)
  keras(metric_r2_score(class_aggregation = NULL), c(.375, -.025, .2750001))
  keras(metric_r2_score(class_aggregation = "variance_weighted_average"), .1875)
  t <- c(1, 2, 3, 5)
  p <- c(1.1, 1.9, 3.5, 4.5)
  expect_equal(metric_r2_score()(t, p), .9405714, tolerance = 1e-6)
  expect_equal(metric_r2_score(num_regressors = 1)(t, p), .9108571, tolerance = 1e-6)
  expect_equal(metric_r2_score(num_regressors = 3)(t, p), .9405714, tolerance = 1e-6)
})

test_that("R2 is lm()'s, also adjusted, weighted and in batches", {
  fit <- stats::lm(mpg ~ wt + hp, mtcars)
  p <- unname(stats::fitted(fit))
  expect_equal(metric_r2_score()(mtcars$mpg, p), summary(fit)$r.squared)
  expect_equal(metric_r2_score(num_regressors = 2)(mtcars$mpg, p), summary(fit)$adj.r.squared)
  w <- mtcars$qsec
  weighted <- stats::lm(mpg ~ wt + hp, mtcars, weights = w)
  m <- metric_r2_score()
  p <- unname(stats::fitted(weighted))
  m$update_state(mtcars$mpg[1:10], p[1:10], w[1:10])
  m$update_state(mtcars$mpg[11:32], p[11:32], w[11:32])
  expect_equal(m$result(), summary(weighted)$r.squared)
})

test_that("a constant target has an R2 of 0", {
  expect_identical(metric_r2_score()(c(1, 1), c(1, 2)), 0)
})

test_that("correlations are those of rows", {
  set.seed(1)
  t <- matrix(rnorm(20), 4)
  p <- t + matrix(rnorm(20), 4)
  each <- vapply(1:4, function(i) stats::cor(t[i, ], p[i, ]), 0)
  expect_equal(metric_pearson_correlation(t, p), each, tolerance = 1e-6)
  w <- 1:4
  expect_equal(metric_pearson_correlation()(t, p, w), sum(w * each) / 10, tolerance = 1e-6)
  var_n <- function(x) mean((x - mean(x))^2)
  concordance <- vapply(1:4, function(i) {
    2 * mean((t[i, ] - mean(t[i, ])) * (p[i, ] - mean(p[i, ]))) /
      (var_n(t[i, ]) + var_n(p[i, ]) + (mean(t[i, ]) - mean(p[i, ]))^2)
  }, 0)
  expect_equal(metric_concordance_correlation(t, p), concordance, tolerance = 1e-6)
  expect_equal(metric_pearson_correlation(t, p, axis = 0), diag(stats::cor(t, p)), tolerance = 1e-6)
})

test_that("correlations have Keras' values", {
  t <- rbind(c(0, 1, .5), c(1, 1, .2))
  p <- rbind(c(.1, .9, .5), c(1, .9, .2))
  expect_equal(metric_pearson_correlation()(t, p), .9966996338993913, tolerance = 1e-6)
  expect_equal(metric_concordance_correlation()(t, p), .9816320385426076, tolerance = 1e-6)
})

test_that("bad settings are refused", {
  expect_refused(metric_r2_score(class_aggregation = "mean"), "argument", "class_aggregation")
  expect_refused(metric_r2_score(num_regressors = -1), "argument", "num_regressors")
})
