random <- c("random_normal", "random_uniform", "truncated_normal", "variance_scaling",
  "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
  "lecun_normal", "orthogonal")

test_that("every initializer of the engine has its constructor", {
  names <- registry("initializers")$name
  expect_setequal(c(random, "zeros", "ones", "constant", "identity"), names)
  for (name in names) {
    initializer <- get(paste0("initializer_", name))()
    expect_s3_class(initializer, "kestrel_initializer")
    expect_identical(initializer$choice$name, name)
    expect_identical(as_initializer(name)$choice, initializer$choice)
    expect_identical(dim(initializer(c(3, 2))), c(3L, 2L))
  }
})

test_that("fixed values are what they say", {
  expect_identical(initializer_zeros()(c(2, 3)), matrix(0, 2, 3))
  expect_identical(initializer_ones()(4), array(1, 4))
  expect_identical(initializer_constant(0.3)(c(1, 2, 2)), array(0.3, c(1, 2, 2)))
  expect_identical(initializer_identity(2)(c(3, 3)), 2 * diag(3))
  expect_identical(initializer_identity()(c(2, 3)), cbind(diag(2), 0))
})

# A sample of a distribution with this mean, sd and range: the bounds are five standard errors.
expect_spread <- function(x, sd, limit, mean = 0) {
  n <- length(x)
  expect_lt(abs(mean(x) - mean), 5 * sd / sqrt(n))
  expect_lt(abs(sd(x) / sd - 1), 5 / sqrt(n))
  expect_true(all(abs(x - mean) <= limit))
  if (is.finite(limit)) expect_gt(max(abs(x - mean)), 0.99 * limit)
}

# A normal distribution cut at two standard deviations has this part of its own one.
truncated_sd <- sqrt(1 - 4 * dnorm(2) / (2 * pnorm(2) - 1))

test_that("random values have the variance of their formula", {
  set.seed(1)
  fan_in <- 200
  fan_out <- 50
  draw <- function(initializer) initializer(c(fan_in, fan_out))
  glorot <- 2 / (fan_in + fan_out)
  expect_spread(draw(initializer_random_normal(1, 0.5)), 0.5, Inf, 1)
  expect_spread(draw(initializer_random_uniform(-0.2, 0.4)), 0.6 / sqrt(12), 0.3, 0.1)
  expect_spread(draw(initializer_truncated_normal(1, 0.3)), 0.3 * truncated_sd, 0.6, 1)
  expect_spread(draw(initializer_glorot_uniform()), sqrt(glorot), sqrt(3 * glorot))
  expect_spread(draw(initializer_he_uniform()), sqrt(2 / fan_in), sqrt(6 / fan_in))
  expect_spread(draw(initializer_lecun_uniform()), sqrt(1 / fan_in), sqrt(3 / fan_in))
  expect_cut <- function(x, variance) {
    expect_spread(x, sqrt(variance), 2 * sqrt(variance) / truncated_sd)
  }
  expect_cut(draw(initializer_glorot_normal()), glorot)
  expect_cut(draw(initializer_he_normal()), 2 / fan_in)
  expect_cut(draw(initializer_lecun_normal()), 1 / fan_in)
})

test_that("variance scaling takes its mode and distribution", {
  set.seed(2)
  draw <- function(...) initializer_variance_scaling(...)(c(200, 50))
  expect_spread(draw(), sqrt(1 / 200), 2 * sqrt(1 / 200) / truncated_sd)
  expect_spread(draw(2, "fan_out", "uniform"), sqrt(2 / 50), sqrt(6 / 50))
  expect_spread(draw(3, "fan_avg", "untruncated_normal"), sqrt(3 / 125), Inf)
  fields <- function(...) initializer_variance_scaling(...)$choice
  expect_identical(fields(distribution = "normal"), fields())
  expect_gt(max(abs(draw(1, "fan_in", "untruncated_normal"))), 2 * sqrt(1 / 200) / truncated_sd)
})

test_that("fans of vectors and of more than two dimensions are Keras'", {
  set.seed(3)
  expect_spread(replicate(400, initializer_he_uniform()(10)), sqrt(2 / 10), sqrt(6 / 10))
  x <- replicate(20, initializer_lecun_uniform()(c(3, 4, 5, 6)))
  expect_spread(x, sqrt(1 / 60), sqrt(3 / 60))
})

test_that("orthogonal matrices have orthonormal columns, or rows where they are wide", {
  for (dims in list(c(7, 4), c(4, 4), c(4, 7), c(2, 3, 4), c(1, 5))) {
    w <- matrix(initializer_orthogonal(gain = 1.5)(dims), ncol = dims[length(dims)])
    g <- if (nrow(w) >= ncol(w)) crossprod(w) else tcrossprod(w)
    expect_equal(g, 1.5^2 * diag(nrow(g)))
  }
})

test_that("what is no initializer is refused", {
  for (bad in list("glorot", 5, NA, list(), c("ones", "zeros"), function() 1, regularizer_l2(1))) {
    expect_error(as_initializer(bad, "kernel_initializer"), class = "kestrel_error_argument")
  }
  for (bad in list(-1, 1.5, NA, "a", c(1, 2))) {
    expect_error(initializer_he_normal(seed = bad), class = "kestrel_error_argument")
  }
  for (bad in list(NA, "a", NULL, c(1, 2), Inf)) {
    expect_error(initializer_constant(bad), class = "kestrel_error_argument")
    expect_error(initializer_random_normal(stddev = bad), class = "kestrel_error_argument")
    expect_error(initializer_variance_scaling(bad), class = "kestrel_error_argument")
    expect_error(initializer_orthogonal(gain = bad), class = "kestrel_error_argument")
  }
  expect_error(initializer_random_uniform(1, 0), class = "kestrel_error_argument")
  expect_error(initializer_truncated_normal(stddev = -1), class = "kestrel_error_argument")
  expect_error(initializer_variance_scaling(0), class = "kestrel_error_argument")
  expect_error(initializer_variance_scaling(mode = "fan"), class = "kestrel_error_argument")
  expect_error(initializer_constant(matrix(NA_real_)), class = "kestrel_error_argument")
  for (bad in list(NULL, 0, "a", -1, c(2, NA), 1:5, 2.5)) {
    expect_error(initializer_ones()(bad), class = "kestrel_error_argument")
  }
  expect_error(initializer_identity()(3), class = "kestrel_error_shape")
  expect_error(initializer_identity()(c(2, 2, 2)), class = "kestrel_error_shape")
  expect_error(initializer_orthogonal()(3), class = "kestrel_error_shape")
  expect_error(initializer_constant(diag(2))(c(4, 1)), class = "kestrel_error_shape")
})

test_that("messages and printing read well", {
  expect_snapshot(error = TRUE, layer_dense(units = 1, kernel_initializer = "glorot"))
  expect_snapshot(error = TRUE, layer_dense(units = 1, kernel_initializer = 5))
  expect_snapshot(error = TRUE, initializer_he_normal(seed = -1))
  expect_snapshot(error = TRUE, initializer_variance_scaling(mode = "fan_int"))
  expect_snapshot(error = TRUE, initializer_identity()(3))
  expect_snapshot(error = TRUE, initializer_constant(diag(2))(c(4, 1)))
  expect_snapshot(error = TRUE, as_initializer(function(shape) stop("no"))(2))
  expect_snapshot(error = TRUE, as_initializer(function(shape) 1:3)(2))
  expect_snapshot(initializer_random_normal(stddev = 0.1, seed = 3))
})
