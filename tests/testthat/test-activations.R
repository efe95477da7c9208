points <- c(-4, -2.5, -1, -0.5, 0, 0.3, 0.5, 1, 2.5, 4, 7)

# R's own words for the formulas of the help page.
logistic <- function(x) 1 / (1 + exp(-x))
relu6 <- function(x) pmin(pmax(x, 0), 6)

references <- list(
  linear = identity,
  relu = function(x) pmax(x, 0),
  relu6 = relu6,
  leaky_relu = function(x) ifelse(x > 0, x, 0.2 * x),
  thresholded_relu = function(x) ifelse(x > 1, x, 0),
  threshold = function(x) ifelse(x > 0, x, 0),
  elu = function(x) ifelse(x > 0, x, expm1(x)),
  selu = function(x) 1.0507009873554805 * ifelse(x > 0, x, 1.6732632423543772 * expm1(x)),
  celu = function(x) pmax(x, 0) + expm1(pmin(x, 0)),
  gelu = function(x) x * pnorm(x),
  silu = function(x) x * plogis(x),
  mish = function(x) x * tanh(log1p(exp(x))),
  squareplus = function(x) (x + sqrt(x^2 + 4)) / 2,
  softplus = function(x) log1p(exp(x)),
  softsign = function(x) x / (1 + abs(x)),
  exponential = exp,
  sigmoid = plogis,
  log_sigmoid = function(x) plogis(x, log.p = TRUE),
  tanh = tanh,
  tanh_shrink = function(x) x - tanh(x),
  hard_sigmoid = function(x) relu6(x + 3) / 6,
  hard_silu = function(x) x * relu6(x + 3) / 6,
  hard_tanh = function(x) pmin(pmax(x, -1), 1),
  hard_shrink = function(x) ifelse(abs(x) > 0.5, x, 0),
  soft_shrink = function(x) sign(x) * pmax(abs(x) - 0.5, 0),
  sparse_plus = function(x) ifelse(x <= -1, 0, ifelse(x >= 1, x, (x + 1)^2 / 4)),
  sparse_sigmoid = function(x) pmin(pmax((x + 1) / 2, 0), 1),
  softmax = function(x) exp(x) / sum(exp(x)),
  log_softmax = function(x) x - log(sum(exp(x))),
  # The threshold that makes the positive parts sum to 1, found by bisection.
  sparsemax = function(x) {
    over <- function(tau) sum(pmax(x - tau, 0)) - 1
    pmax(x - uniroot(over, range(x) - c(1, 0), tol = 1e-15)$root, 0)
  },
  glu = function(x) x[seq_len(length(x) / 2)] * logistic(x[-seq_len(length(x) / 2)])
)

test_that("every activation of the engine has its constructor and its formula", {
  expect_setequal(names(references), registry("activations")$name)
  x <- c(points, -0.75)
  for (name in names(references)) {
    f <- get(paste0("activation_", name))
    expect_equal(f(x), references[[name]](x), tolerance = 1e-13, label = name)
    expect_identical(f()(x), f(x))
    expect_identical(as_activation(name)$choice, f()$choice)
    expect_identical(f()$name, name)
  }
})

test_that("activations have Keras' values", {
  keras <- function(f, ...) expect_equal(f(points), c(...), tolerance = 1e-6)
  keras(activation_elu, -.9816844, -.917915, -.6321205, -.3934693, 0, .3, .5, 1, 2.5, 4, 7)
  keras(activation_selu, -1.725899, -1.613786, -1.111331, -.6917582, 0, .3152103, .5253505,
    1.050701, 2.626753, 4.202804, 7.354907)
  keras(activation_gelu, -.0001267195, -.01552418, -.1586553, -.1542688, 0, .1853734, .3457312,
    .8413447, 2.484476, 3.999873, 7)
  keras(activation_gelu(approximate = TRUE), -7.021427e-05, -.0150843, -.158808, -.154286, 0,
    .1853709, .345714, .841192, 2.484916, 3.99993, 7)
  keras(activation_silu, -.07194484, -.1896455, -.2689414, -.1887703, 0, .1723328, .3112297,
    .7310586, 2.310354, 3.928055, 6.993623)
  keras(activation_hard_sigmoid, 0, .08333334, .3333333, .4166667, .5, .55, .5833333, .6666667,
    .9166667, 1, 1)
  keras(activation_softplus, .01814993, .07888974, .3132617, .474077, .6931472, .8543553,
    .974077, 1.313262, 2.57889, 4.01815, 7.000912)
  keras(activation_mish, -.07259174, -.1968162, -.3034015, -.2207438, 0, .2080014, .3752452,
    .8650984, 2.471392, 3.997413, 6.999989)
  keras(activation_squareplus, .236068, .3507811, .618034, .7807764, 1, 1.161187, 1.280776,
    1.618034, 2.850781, 4.236068, 7.140055)
  keras(activation_relu(negative_slope = .1, max_value = 3, threshold = 1), -.5, -.35, -.2,
    -.15, -.1, -.07, -.05, 0, 2.5, 3, 3)
})

test_that("softmax has Keras' values, along any axis", {
  x <- rbind(c(1, 2, 3), c(-1, 0, 4))
  y <- rbind(c(.09003057, .2447285, .6652409), c(.006573263, .01786798, .9755587))
  expect_equal(activation_softmax(x), y, tolerance = 1e-6)
  expect_equal(activation_softmax(x, axis = 1), y, tolerance = 1e-6)
  expect_equal(activation_softmax(t(x), axis = 0), t(y), tolerance = 1e-6)
  expect_equal(activation_softmax(x[1, ]), y[1, ], tolerance = 1e-6)
  logs <- c(-2.407606, -1.407606, -.4076059)
  expect_equal(activation_log_softmax(x[1, ]), logs, tolerance = 1e-6)
  a <- array(sin(1:24), c(2, 3, 4))
  for (axis in 0:2) {
    e <- exp(a)
    sums <- apply(e, setdiff(1:3, axis + 1), sum)
    expect_equal(activation_softmax(a, axis), sweep(e, setdiff(1:3, axis + 1), sums, "/"))
    expect_identical(activation_softmax(a, axis - 3), activation_softmax(a, axis))
  }
})

test_that("glu halves its axis", {
  a <- array(sin(1:24), c(2, 3, 4))
  expect_equal(activation_glu(a), a[, , 1:2] * logistic(a[, , 3:4]))
  first <- a[1, , , drop = FALSE]
  second <- a[2, , , drop = FALSE]
  expect_equal(activation_glu(a, axis = 0), first * logistic(second))
  expect_error(activation_glu(a, axis = 1), class = "kestrel_error_shape")
})

test_that("sparsemax is a point of the simplex and keeps one", {
  x <- matrix(sin(1:40) * 3, 8)
  y <- activation_sparsemax(x)
  expect_equal(rowSums(y), rep(1, 8))
  expect_true(all(y >= 0) && any(y == 0))
  expect_equal(activation_sparsemax(y), y)
})

test_that("old names of settings work", {
  expect_identical(activation_relu(points, alpha = 0.1), activation_relu(points, 0.1))
  expect_identical(activation_leaky_relu(points, alpha = 0.1), activation_leaky_relu(points, 0.1))
  expect_error(activation_relu(1, 0.1, alpha = 0.1), class = "kestrel_error_argument")
  expect_error(activation_relu(1, slope = 0.1), class = "kestrel_error_argument")
  expect_identical(activation_swish, activation_silu)
  expect_identical(activation_hard_swish, activation_hard_silu)
})

test_that("messages and printing read well", {
  expect_snapshot(error = TRUE, activation_tanh("a"))
  expect_snapshot(error = TRUE, activation_relu()(list(1)))
  expect_snapshot(error = TRUE, activation_softmax(1:3, axis = 1))
  expect_snapshot(error = TRUE, activation_glu(1:3))
  expect_snapshot(error = TRUE, activation_relu(1, alfa = 1))
  expect_snapshot(error = TRUE, layer_dense(units = 1, activation = "rellu"))
  expect_snapshot(error = TRUE, layer_dense(units = 1, activation = activation_softmax(axis = 0)))
  expect_snapshot(activation_relu(negative_slope = 0.1, max_value = 6))
})
