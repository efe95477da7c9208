# Two relu units that are off on x = 1, ..., 5.
off_model <- function(optimizer = optimizer_sgd(0.05), noise = 0, ...) {
  m <- keras_model_sequential(input_shape = 1)
  if (noise > 0) layer_gaussian_noise(m, noise)
  m %>% layer_dense(2, "relu", ...) %>% layer_dense(1)
  set_weights(m, list(matrix(c(-2, -3), 1), c(0.5, 0.5), matrix(c(1, 1)), 0))
  m %>% compile(loss = "mse", optimizer = optimizer)
  m
}

incoming <- function(model) unlist(get_weights(model)[1:2])

expect_words <- function(make, words) {
  x <- 1:5
  m <- make()
  d <- diagnose(m, x, 6 - x, checks = "U1", verify = TRUE)
  expect_true(d$verified)
  before <- incoming(m)
  withr::with_seed(1, m %>% fit(x, 6 - x, epochs = 100, batch_size = 5, verbose = 0))
  if (is.null(words)) {
    expect_match(d$evidence, "weights stay as they are")
    expect_identical(incoming(m), before)
  } else {
    expect_match(d$evidence, paste("only", words, "can bring it back"))
    expect_false(identical(incoming(m), before))
  }
}

test_that("dead units are said to stay so only where nothing moves them", {
  skip_if_not_installed("withr")
  expect_words(off_model, NULL)
  expect_words(function() off_model(optimizer_adam(0.05)), NULL)
  expect_words(function() off_model(kernel_regularizer = regularizer_l2(0.1)), "its penalty")
  expect_words(function() off_model(bias_regularizer = "l1"), "its penalty")
  expect_words(function() off_model(kernel_constraint = constraint_maxnorm(1)), "its constraint")
  expect_words(function() off_model(optimizer_adamw(0.05, weight_decay = 0.1)), "weight decay")
  expect_words(function() off_model(noise = 2), "noise drawn before it")
  expect_words(function() off_model(optimizer_ftrl(0.05)), "FTRL, which makes them anew from its sums")
})

test_that("sums that are 0 or less by rounding alone may be above in training", {
  told <- function(x, w, type = "float32") {
    m <- keras_model_sequential(input_shape = 2, dtype = type) %>% layer_dense(1, "relu", use_bias = FALSE) %>% layer_dense(1)
    compile(m, loss = "mse", optimizer = "sgd")
    set_weights(m, list(matrix(w), matrix(1), 0))
    d <- diagnose(m, x, c(1, 2, 3), checks = "U1", verify = TRUE)
    expect_true(d$verified)
    d$evidence
  }
  # x1 - x2 = 0, and -1e-8 of two numbers about 1.
  expect_match(told(matrix(1:3, 3, 2), c(0.1, -0.1)), "only rounding at its kink")
  expect_match(told(matrix(1:3, 3, 2), c(0.1, -0.1 * (1 + 1e-7))), "only rounding at its kink")
  expect_match(told(matrix(1:3, 3, 2), c(0.1, -0.1), "float64"), "only rounding at its kink")
  expect_match(told(matrix(1:3, 3, 2), c(0.1, -0.11)), "stay as they are")
  expect_match(told(matrix(0, 3, 2), c(0.1, -0.1)), "stay as they are")
})

test_that("what is left of earlier steps counts", {
  skip_if_not_installed("withr")
  expect_words(function() {
    m <- off_model(optimizer_sgd(0.01, momentum = 0.9))
    off <- get_weights(m)
    set_weights(m, list(matrix(c(1, 1), 1), c(0, 0), matrix(c(1, 1)), 0))
    m %>% fit(1:5, 5:1, epochs = 2, verbose = 0)
    set_weights(m, off)
    m
  }, "what is left of earlier steps")
})

test_that("layers before may bring a unit back", {
  m <- net(1, c(3, 2, 1), c("tanh", "relu", "linear"), layer = list(kernel_initializer = "ones"))
  w <- get_weights(m)
  w[[4]][] <- -10
  set_weights(m, w)
  d <- diagnose(m, 1:5, 6 - 1:5, checks = "U1")
  expect_match(d$evidence, "only what layers before it learn can bring it back")
  freeze_weights(m, to = 1)
  m %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  expect_match(diagnose(m, 1:5, 6 - 1:5, checks = "U1")$evidence, "stay as they are")
})

# 8 equal units of tanh.
equal_units <- function(rate = 0, before = 0) {
  m <- keras_model_sequential(input_shape = 1)
  if (before > 0) layer_dropout(m, before)
  layer_dense(m, 8, "tanh", kernel_initializer = "ones")
  if (rate > 0) layer_dropout(m, rate)
  m %>% layer_dense(1, kernel_initializer = "ones")
  m %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  m
}

test_that("equal units are said to stay equal only where nothing tells them apart", {
  x <- seq(-1, 1, length.out = 20)
  y <- sin(2 * x)
  different <- function(m) length(unique(signif(as.vector(get_weights(m)[[1]]), 10)))
  for (before in c(0, 0.2)) {
    m <- equal_units(before = before)
    d <- diagnose(m, x, y, checks = "S5", verify = TRUE)
    expect_identical(d$severity, "fault")
    expect_match(d$evidence, "nothing but rounding")
    m %>% fit(x, y, epochs = 50, verbose = 0)
    expect_identical(different(m), 1L)
  }
  m <- equal_units(rate = 0.2)
  d <- diagnose(m, x, y, checks = "S5", verify = TRUE)
  expect_identical(d$severity, "note")
  expect_match(d$evidence, "only the noise behind them can tell them apart")
  m %>% fit(x, y, epochs = 50, verbose = 0)
  expect_identical(different(m), 8L)
})

test_that("moments of the optimizer tell equal units apart", {
  x <- seq(-1, 1, length.out = 20)
  m <- seeded(function() net(1, c(8, 1), c("tanh", "linear"), epochs = 5, x = x, y = x^2))
  w <- get_weights(m)
  for (i in c(1, 3)) w[[i]][] <- 1
  w[[2]][] <- 0
  set_weights(m, w)
  expect_match(diagnose(m, x, x^2, checks = "S5")$evidence, "only what earlier steps left in the optimizer")
  m %>% fit(x, x^2, epochs = 5, verbose = 0)
  expect_length(unique(signif(as.vector(get_weights(m)[[1]]), 8)), 8)
  set_weights(m, w)
  m %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  expect_match(diagnose(m, x, x^2, checks = "S5")$evidence, "nothing but rounding")
})

test_that("moments lie where the optimizer keeps them", {
  m <- seeded(function() net(2, c(3, 1), c("tanh", "linear"), epochs = 1, x = plane$x, y = plane$curved, optimizer = optimizer_sgd(0.1, momentum = 0.5),
    batch_size = 60))
  fresh <- seeded(function() net(2, c(3, 1), c("tanh", "linear")))
  case <- new_case(m, plane$x, plane$curved, NULL, NULL, NULL, 5, environment())
  # The first step of momentum is the step itself.
  step <- Map(`-`, get_weights(m), get_weights(fresh))
  expect_equal(layer_moments(case, case$dense[[1]])[, , 1], rbind(step[[1]], step[[2]]), tolerance = 1e-6)
  expect_equal(layer_moments(case, case$dense[[2]])[, , 1], c(step[[3]], step[[4]]), tolerance = 1e-6)
})

test_that("words are listed", {
  expect_identical(either("a"), "a")
  expect_identical(either(c("a", "b", "c")), "a, b or c")
})
