w <- matrix(c(-1.5, 2, 0.5, 0, 3, -0.25, 0.1, 0.2, 0.3), 3)

# f(norm) / norm times the weights, over R's dimensions `over`.
by_norm <- function(w, over, f) {
  kept <- setdiff(seq_along(dim(w)), over)
  n <- sqrt(if (length(kept)) apply(w^2, kept, sum) else sum(w^2))
  factor <- f(n) / (1e-7 + n)
  if (length(kept)) sweep(w, kept, factor, "*") else w * factor
}

test_that("constraints follow their formulas, by columns", {
  expect_equal(constraint_maxnorm(1)(w), by_norm(w, 1, function(n) pmin(n, 1)), tolerance = 1e-14)
  expect_equal(constraint_maxnorm()(w), by_norm(w, 1, function(n) pmin(n, 2)), tolerance = 1e-14)
  expect_equal(constraint_unitnorm()(w), by_norm(w, 1, function(n) 1), tolerance = 1e-14)
  between <- function(n) 0.3 * pmin(pmax(n, 0.5), 0.9) + 0.7 * n
  expect_equal(constraint_minmaxnorm(0.5, 0.9, 0.3)(w), by_norm(w, 1, between), tolerance = 1e-14)
  expect_identical(constraint_nonneg()(w), pmax(w, 0))
})

test_that("axes count from 0, or from the last", {
  unit <- function(n) 1
  for (axis in c(1, -1)) expect_equal(constraint_unitnorm(axis)(w), by_norm(w, 2, unit))
  expect_equal(constraint_unitnorm(c(0, 1))(w), by_norm(w, 1:2, unit))
  expect_equal(constraint_unitnorm(-2)(w), constraint_unitnorm(0)(w))
  v <- array(cos(1:24), c(2, 3, 4))
  for (case in list(list(0, 1), list(1, 2), list(-1, 3), list(c(0, 2), c(1, 3)), list(0:2, 1:3))) {
    expect_equal(constraint_unitnorm(case[[1]])(v), by_norm(v, case[[2]], unit), tolerance = 1e-12)
  }
  expect_equal(constraint_unitnorm()(c(3, 4)), c(0.6, 0.8), tolerance = 1e-7)
  expect_refused(constraint_unitnorm(2)(w), "shape", names = "axis")
  model <- keras_model_sequential(input_shape = 3)
  expect_refused(layer_dense(model, 2, bias_constraint = constraint_unitnorm(1)), "shape", "axis",
    model)
})

test_that("names stand for the defaults", {
  for (name in c("max_norm", "maxnorm", "non_neg", "nonneg", "unit_norm", "unitnorm",
    "min_max_norm", "MaxNorm")) {
    expect_s3_class(as_constraint(name), "kestrel_constraint")
  }
  expect_identical(as_constraint(constraint_nonneg)(w), pmax(w, 0))
  expect_null(as_constraint(NULL))
})

test_that("bad bounds and axes are refused", {
  for (bad in list(-1, NA, "a", c(1, 2), NULL)) {
    expect_refused(constraint_maxnorm(bad), "argument", "max_value")
    expect_refused(constraint_minmaxnorm(rate = bad), "argument", "rate")
  }
  for (bad in list(4, 0.5, NA, "a", c(0, 0), list(), list(1, 1), NULL)) {
    expect_refused(constraint_maxnorm(axis = bad), "argument", "axis")
  }
  for (bad in list("a", NULL, NA_real_)) expect_refused(constraint_nonneg()(bad), "argument", "w")
  expect_snapshot(error = TRUE, {
    constraint_maxnorm(-1)
    constraint_maxnorm(axis = 0.5)
    constraint_unitnorm(2)(w)
    layer_dense(units = 1, kernel_constraint = "maxnrm")
  })
})

test_that("bounds in the wrong order are refused", {
  expect_refused(constraint_minmaxnorm(2, 1), "argument", "max_value", names = "2")
  expect_refused(constraint_minmaxnorm(-1, 1), "argument", "min_value")
  expect_identical(constraint_minmaxnorm(2, 2)(matrix(c(3, 4))), matrix(c(3, 4)) * 2 / (1e-7 + 5))
})
