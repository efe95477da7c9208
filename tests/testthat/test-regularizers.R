w <- matrix(c(-1.5, 2, 0.5, 0, 3, -0.25), 3)

test_that("penalties follow their formulas", {
  expect_equal(regularizer_l1(0.3)(w), 0.3 * sum(abs(w)))
  expect_equal(regularizer_l2(0.3)(w), 0.3 * sum(w^2))
  expect_equal(regularizer_l1_l2(0.1, 0.2)(w), 0.1 * sum(abs(w)) + 0.2 * sum(w^2))
  expect_equal(regularizer_l1()(w), 0.01 * sum(abs(w)))
  expect_equal(regularizer_l1_l2()(w), 0.01 * sum(abs(w) + w^2))
  expect_equal(regularizer_l2(1)(array(1, c(2, 2, 2, 2))), 16)
  expect_equal(regularizer_l2(1)(3), 9)
})

test_that("orthogonality is that of rows or columns", {
  mean_product <- function(v) {
    v <- v / sqrt(rowSums(v^2))
    g <- abs(v %*% t(v))
    mean(g[upper.tri(g)])
  }
  expect_equal(regularizer_orthogonal(0.5)(w), 0.5 * mean_product(w))
  expect_equal(regularizer_orthogonal(0.5, "columns")(w), 0.5 * mean_product(t(w)))
  expect_equal(regularizer_orthogonal()(diag(3)), 0)
  expect_identical(regularizer_orthogonal()(matrix(1:3, 1)), 0)
  expect_refused(regularizer_orthogonal()(1:3), "shape")
  model <- keras_model_sequential(input_shape = 3)
  expect_refused(layer_dense(model, 2, bias_regularizer = "orthogonal_regularizer"), "shape",
    model = model)
})

test_that("keras3's names of the factors act", {
  expect_identical(regularizer_l1(l1 = 0.3)(w), regularizer_l1(l = 0.3)(w))
  expect_identical(regularizer_l2(l2 = 0.3)(w), regularizer_l2(0.3)(w))
  expect_refused(regularizer_l2(0.1, l2 = 0.1), "argument", "l2")
  expect_refused(regularizer_l2(l1 = 0.1), "argument", "l1")
  expect_identical(regularizer_l1_l2(l1 = NULL, l2 = 0.1)$config$l1, 0)
})

test_that("names stand for the defaults", {
  for (name in c("l1", "l2", "l1_l2", "L1", "L2")) {
    expect_s3_class(as_regularizer(name), "kestrel_regularizer")
  }
  expect_equal(as_regularizer("l2")(w), 0.01 * sum(w^2))
  expect_equal(as_regularizer(regularizer_l1)(w), 0.01 * sum(abs(w)))
  expect_null(as_regularizer(NULL))
  expect_warning(zero <- as_regularizer("l1l2"), class = "kestrel_warning_regularizer")
  expect_identical(zero(w), 0)
})

test_that("bad factors and weights are refused", {
  for (bad in list(-1, NA, Inf, "a", NULL, c(1, 2))) {
    expect_refused(regularizer_l1(bad), "argument", "l")
    expect_refused(regularizer_orthogonal(bad), "argument", "factor")
  }
  expect_refused(regularizer_l1_l2(-1), "argument", "l1")
  for (bad in list("a", NULL, list(1), NA_real_, Inf, array(1, rep(1, 5)))) {
    expect_refused(regularizer_l2()(bad), "argument", "w")
  }
  expect_snapshot(error = TRUE, {
    regularizer_l2(-1)
    regularizer_l2(0.1, l2 = 0.1)
    regularizer_orthogonal(mode = "row")
    regularizer_orthogonal()(1:3)
    layer_dense(units = 1, kernel_regularizer = "l3")
    layer_dense(units = 1, kernel_regularizer = function() 1)
  })
})
