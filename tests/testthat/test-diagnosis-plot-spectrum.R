test_that("the spectrum of a linear model is that of its normal equations", {
  set.seed(8)
  x <- matrix(rnorm(60), 20)
  rows <- spectrum_rows(picture_case(straight_line(3, 1:4), x, rnorm(20)))
  expect_equal(rows$value, eigen(line_hessian(x))$values, tolerance = 1e-6)
  expect_true(all(rows$exact))
  expect_identical(rows$number, 1:4)
})

test_that("a saddle has a negative eigenvalue, and sizes fall", {
  # mean((v w x + c - y)^2) at v = w = c = 0: the Hessian is 2 for c, and -2 mean(x y) for v and w.
  x <- c(1, 2, 4)
  y <- c(2, 1, 3)
  model <- keras_model_sequential() %>% layer_dense(1, use_bias = FALSE, input_shape = 1) %>%
    layer_dense(1)
  set_weights(model, list(matrix(0), matrix(0), array(0)))
  rows <- spectrum_rows(picture_case(model, x, y))
  expect_equal(abs(rows$value), c(2 * mean(x * y), 2 * mean(x * y), 2), tolerance = 1e-6)
  expect_equal(min(rows$value), -2 * mean(x * y), tolerance = 1e-6)
  expect_match(spectrum_words(rows), "3 eigenvalues: 2 positive, 1 negative\nlowest -10.7")
})

test_that("the ends of many eigenvalues are found, and R's random numbers stay", {
  set.seed(9)
  x <- matrix(rnorm(310 * 40), 40) %*% diag(seq(0.2, 3, length.out = 310))
  model <- straight_line(310, rep(0.1, 311))
  case <- picture_case(model, x, rnorm(40))
  seed <- .Random.seed
  rows <- spectrum_rows(case)
  expect_identical(.Random.seed, seed)
  expect_false(any(rows$exact))
  expect_equal(rows$value[1], eigen(line_hessian(x), TRUE, TRUE)$values[1], tolerance = 1e-6)
})

test_that("directions below 1e-8 of the largest count as flat", {
  rows <- data.frame(number = 1:4, value = c(2, -1, 1e-9, 0), exact = TRUE)
  expect_identical(spectrum_words(rows),
    "4 eigenvalues: 1 positive, 1 negative, 2 flat\nlowest -1, highest 2")
})

test_that("steps of SGD are stable below 2 / rate, (2 + 2 m) / rate with momentum", {
  x <- matrix(1:6 / 6)
  stable <- function(optimizer) {
    stable_curvature(picture_case(straight_line(1, 1:2), x, 1:6, optimizer = optimizer, epochs = 1))
  }
  expect_equal(stable(optimizer_sgd(0.05)), 40, tolerance = 1e-6)
  expect_equal(stable(optimizer_sgd(0.05, momentum = 0.5)), 60, tolerance = 1e-6)
  expect_identical(stable(optimizer_adam()), NA_real_)
  # What is said to be stable is, and what is not is not.
  far <- function(share) {
    rate <- share * 2 / max(eigen(line_hessian(x))$values)
    model <- straight_line(1, c(5, 5))
    picture_case(model, x, as.vector(x), optimizer = optimizer_sgd(rate), epochs = 200,
      batch_size = 6)
    max(abs(unlist(get_weights(model)) - c(1, 0)))
  }
  expect_lt(far(0.95), 1)
  expect_gt(far(1.05), 100)
})

test_that("derivatives that are not finite are refused", {
  x <- matrix(1:6 / 6, 3)
  model <- straight_line(2, 1:3)
  wild <- optimizer_sgd(1e12)
  case <- suppressWarnings(picture_case(model, x, 1:3, optimizer = wild, epochs = 60))
  expect_refused(spectrum_rows(case), "state", "x")
})
