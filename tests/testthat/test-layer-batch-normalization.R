# gamma (x - mean) / sqrt(variance + epsilon) + beta for each index of an R dimension.
normalized <- function(x, dim, mean, variance, gamma = 1, beta = 0, epsilon = 0.001) {
  k <- slice.index(x, dim)
  n <- max(k)
  at <- function(v) array(rep_len(v, n)[k], base::dim(x))
  at(gamma) * (x - at(mean)) / sqrt(at(variance) + epsilon) + at(beta)
}

batch_moments <- function(x, dim) {
  k <- slice.index(x, dim)
  list(
    mean = as.vector(tapply(x, k, mean)),
    variance = as.vector(tapply(x, k, function(v) mean((v - mean(v))^2)))
  )
}

gamma <- function(n) 1 + seq_len(n) / 10
beta <- function(n) seq_len(n) / 5

test_that("in training the batch is normalized, along the last or a middle axis", {
  cases <- list(
    list(dims = c(6, 4), axis = -1, dim = 2), list(dims = c(6, 4), axis = 1, dim = 2),
    list(dims = c(5, 3, 4), axis = -1, dim = 3), list(dims = c(5, 3, 4), axis = 1, dim = 2),
    list(dims = c(5, 3, 4), axis = -2, dim = 2), list(dims = c(3, 2, 3, 4), axis = 2, dim = 3)
  )
  for (case in cases) {
    x <- counted(case$dims)
    k <- case$dims[case$dim]
    w <- list(gamma(k), beta(k), rep(0, k), rep(1, k))
    y <- run_layer(layer_batch_normalization(axis = case$axis), x, w, training = TRUE)
    m <- batch_moments(x, case$dim)
    expect_equal(y, normalized(x, case$dim, m$mean, m$variance, gamma(k), beta(k)),
      tolerance = 1e-12)
  }
})

test_that("outside of training the moving statistics are used", {
  x <- counted(5, 3, 4)
  w <- list(gamma(3), beta(3), c(0.1, 0.2, 0.3), c(1, 2, 3))
  y <- run_layer(layer_batch_normalization(axis = 1, epsilon = 0.1), x, w)
  expect_equal(y, normalized(x, 2, w[[3]], w[[4]], w[[1]], w[[2]], 0.1), tolerance = 1e-12)
})

test_that("moving statistics follow the batches of fit()", {
  x <- small_x(8, 3)
  model <- keras_model_sequential(input_shape = 3) %>% layer_batch_normalization(momentum = 0.9)
  compile(model, loss = "mse", optimizer = optimizer_sgd(0))  |> suppressWarnings()
  fit(model, x, x, batch_size = 4, epochs = 2, shuffle = FALSE, verbose = 0)
  mean <- rep(0, 3)
  variance <- rep(1, 3)
  for (rows in list(1:4, 5:8, 1:4, 5:8)) {
    m <- batch_moments(x[rows, ], 2)
    mean <- 0.9 * mean + 0.1 * m$mean
    variance <- 0.9 * variance + 0.1 * m$variance
  }
  w <- get_weights(model)
  expect_equal(as.vector(w[[3]]), mean, tolerance = 1e-12)
  expect_equal(as.vector(w[[4]]), variance, tolerance = 1e-12)
})

test_that("a frozen layer uses its moving statistics in training and keeps them", {
  x <- small_x(8, 3)
  model <- keras_model_sequential(input_shape = 3) %>% layer_batch_normalization()
  w <- list(gamma(3), beta(3), c(0.1, 0.2, 0.3), c(1, 2, 3))
  set_weights(model, w)
  freeze_weights(model)
  expect_equal(model(x, training = TRUE), normalized(x, 2, w[[3]], w[[4]], w[[1]], w[[2]]),
    tolerance = 1e-12)
  compile(model, loss = "mse", optimizer = "sgd")
  expect_warning(fit(model, x, x, epochs = 1, verbose = 0), class = "kestrel_warning_frozen")
  expect_equal(lapply(get_weights(model), as.vector), w)
  unfreeze_weights(model)
  m <- batch_moments(x, 2)
  expect_equal(model(x, training = TRUE), normalized(x, 2, m$mean, m$variance, w[[1]], w[[2]]),
    tolerance = 1e-12)
})

test_that("center and scale decide which weights there are", {
  names <- function(...) {
    layer <- layer_batch_normalization(...)
    layer(small_x())
    length(get_weights(layer))
  }
  expect_identical(c(names(), names(center = FALSE), names(scale = FALSE),
    names(center = FALSE, scale = FALSE)),
    c(4L, 3L, 3L, 2L))
  x <- small_x()
  m <- batch_moments(x, 2)
  bare <- layer_batch_normalization(center = FALSE, scale = FALSE)
  expect_equal(bare(x, training = TRUE), normalized(x, 2, m$mean, m$variance), tolerance = 1e-12)
})

test_that("initializers, penalties and constraints act on their weights", {
  layer <- layer_batch_normalization(beta_initializer = initializer_constant(2),
    gamma_initializer = initializer_constant(3), moving_mean_initializer = initializer_constant(4),
    moving_variance_initializer = initializer_constant(5))
  layer(small_x())
  expect_equal(lapply(get_weights(layer), function(w) unique(as.vector(w))), list(3, 2, 4, 5))
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_batch_normalization(gamma_regularizer = regularizer_l2(0.1),
      beta_regularizer = regularizer_l1(1),
      beta_initializer = initializer_constant(-2), beta_constraint = "nonneg",
      gamma_constraint = "nonneg")
  compile(model, loss = "mse", optimizer = optimizer_sgd(0.01))
  loss <- evaluate(model, small_x(), predict(model, small_x()), verbose = 0)[["loss"]]
  expect_equal(loss, 4 * 0.1 + 4 * 2)
  fit(model, small_x(), small_x(), epochs = 1, verbose = 0)
  expect_true(all(get_weights(model)[[2]] == 0))
})

test_that("bad settings are refused", {
  for (bad in list(-0.1, 1.1, NA, "a")) {
    expect_refused(layer_batch_normalization(momentum = bad), "argument", "momentum")
  }
  for (bad in list(-1, NA, Inf)) {
    expect_refused(layer_batch_normalization(epsilon = bad), "argument", "epsilon")
  }
  for (bad in list(0, 5, 1.5, NA, c(1, 2))) {
    expect_refused(layer_batch_normalization(axis = bad), "argument", "axis")
  }
  expect_refused(layer_batch_normalization(center = NA), "argument", "center")
  expect_refused(layer_batch_normalization(synchronized = 3), "argument", "synchronized")
  expect_refused(layer_batch_normalization(axis = 2)(small_x()), "shape")
  expect_config_round_trip(layer_batch_normalization(axis = 1, momentum = 0.5, center = FALSE),
    counted(3, 2, 4))
  expect_snapshot(error = TRUE, {
    layer_batch_normalization(axis = 0)
    layer_batch_normalization(axis = 2)(small_x())
    layer_batch_normalization(momentum = 2)
  })
})

test_that("R keras 2.x's other arguments are taken with their defaults, and no others", {
  old <- layer_batch_normalization(renorm = FALSE, renorm_clipping = NULL, renorm_momentum = 0.99,
    fused = NULL, virtual_batch_size = NULL, adjustment = NULL)
  expect_identical(get_config(old), get_config(layer_batch_normalization(fused = TRUE)))
  expect_refused(layer_batch_normalization(renorm = TRUE), "argument", "renorm")
  expect_refused(layer_batch_normalization(virtual_batch_size = 4), "argument", "virtual_batch_size")
  expect_refused(layer_batch_normalization(fused = "a"), "argument", "fused")
})
