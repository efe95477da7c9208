# One weight w of a model y = w x with x = 1 and target 0: the gradient of its mse is 2 w.
one_weight <- function(optimizer, w = 1, steps = 1, batches = 1) {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, use_bias = FALSE, weights = list(matrix(w)))
  compile(model, loss = "mse", optimizer = optimizer)
  n <- batches
  fit(model, rep(1, n), rep(0, n), batch_size = 1, epochs = steps, verbose = 0, shuffle = FALSE)
  get_weights(model)[[1]][1]
}

test_that("SGD takes steps against the gradient, with momentum and Nesterov's", {
  expect_equal(one_weight(optimizer_sgd(0.1)), 1 - 0.1 * 2)
  momentum <- function(nesterov) {
    w <- 1
    m <- 0
    for (i in 1:4) {
      g <- 2 * w
      m <- 0.9 * m - 0.1 * g
      w <- if (nesterov) w + 0.9 * m - 0.1 * g else w + m
    }
    w
  }
  expect_equal(one_weight(optimizer_sgd(0.1, momentum = 0.9), steps = 4), momentum(FALSE))
  expect_equal(one_weight(optimizer_sgd(0.1, momentum = 0.9, nesterov = TRUE), steps = 4),
    momentum(TRUE))
})

test_that("RMSprop divides by the root of the mean square", {
  rms <- function(centered) {
    w <- 1
    v <- a <- m <- 0
    for (i in 1:4) {
      g <- 2 * w
      v <- 0.8 * v + 0.2 * g^2
      a <- 0.8 * a + 0.2 * g
      s <- 0.1 * g / sqrt(v - centered * a^2 + 1e-3)
      m <- 0.5 * m + s
      w <- w - m
    }
    w
  }
  for (centered in c(FALSE, TRUE)) {
    optimizer <- optimizer_rmsprop(0.1, rho = 0.8, momentum = 0.5, epsilon = 1e-3,
      centered = centered)
    expect_equal(one_weight(optimizer, steps = 4), rms(centered))
  }
})

test_that("lr is the learning rate", {
  for (make in optimizer_makers()) {
    expect_identical(make(lr = 0.3)$learning_rate, 0.3)
    expect_identical(make(lr = 0.3)$lr, 0.3)
    expect_identical(make(0.3)$learning_rate, 0.3)
    expect_identical(make(learning_rate = 1L)$learning_rate, 1)
    expect_refused(make(lr = 0.3, learning_rate = 0.3), "argument", "lr")
    expect_refused(make(lr = -1), "argument", "lr")
    expect_refused(make(learningrate = 1), "argument", "learningrate", names = "learning_rate")
  }
  expect_equal(one_weight(optimizer_sgd(lr = 0.2)), 1 - 0.2 * 2)
})

test_that("decay divides the rate by 1 + decay * step, as it did in Keras", {
  w <- 1
  for (step in 0:4) w <- w - 0.1 / (1 + 0.5 * step) * 2 * w
  expect_equal(one_weight(optimizer_sgd(lr = 0.1, decay = 0.5), steps = 5), w)
  expect_equal(one_weight(optimizer_sgd(lr = 0.1, decay = 0), steps = 3), 0.8^3)
  for (bad in list(-1, NA, "a")) expect_refused(optimizer_sgd(decay = bad), "argument", "decay")
  rate <- learning_rate_schedule_exponential_decay(0.1, 10, 0.5)
  expect_refused(optimizer_sgd(rate, decay = 0.1), "argument", "decay")
})

test_that("schedules and functions of the step give the rate of each batch", {
  rate <- learning_rate_schedule_inverse_time_decay(0.1, 1, 0.5)
  expect_equal(one_weight(optimizer_sgd(rate), steps = 5),
    prod(1 - 2 * 0.1 / (1 + 0.5 * 0:4)))
  expect_equal(one_weight(optimizer_sgd(function(step) 0.1 / (1 + step)), steps = 2, batches = 2),
    prod(1 - 2 * 0.1 / (1 + 0:3)))
  expect_equal(one_weight(optimizer_sgd(function() 0.1), steps = 2), 0.8^2)
})

test_that("clipping, weight decay, averages and accumulation act", {
  expect_equal(one_weight(optimizer_sgd(0.1, clipvalue = 0.5)), 1 - 0.1 * 0.5)
  expect_equal(one_weight(optimizer_sgd(0.1, clipnorm = 0.3)), 1 - 0.1 * 0.3)
  expect_equal(one_weight(optimizer_sgd(0.1, global_clipnorm = 0.3)), 1 - 0.1 * 0.3)
  # The weight decays before the gradient, taken at the old weight, is subtracted.
  expect_equal(one_weight(optimizer_sgd(0.1, weight_decay = 0.5)), 1 - 0.1 * 0.5 - 0.1 * 2)
  mean <- one_weight(optimizer_sgd(0.1, gradient_accumulation_steps = 2), steps = 2)
  expect_equal(mean, 1 - 0.1 * 2)
  w <- cumprod(rep(0.8, 3))
  # It starts from the weights after the first step.
  average <- Reduce(function(a, w) 0.5 * a + 0.5 * w, w)
  expect_equal(one_weight(optimizer_sgd(0.1, use_ema = TRUE, ema_momentum = 0.5), steps = 3),
    average)
})

test_that("names are found in any case, and constructors without calls", {
  for (name in c("sgd", "SGD", "Adam", "ADAM", "RMSprop", "AdamW", "adam_w", "Nadam", "Lion")) {
    expect_s3_class(as_optimizer(name), "kestrel_optimizer")
  }
  expect_identical(as_optimizer(optimizer_adam)$name, "adam")
  expect_refused(as_optimizer("sdg"), "argument", names = "sgd")
})

test_that("the engine is told all settings", {
  spec <- optimizer_spec(optimizer_sgd(0.1, momentum = 0.9, clipnorm = 2, use_ema = TRUE,
    ema_overwrite_frequency = 5, gradient_accumulation_steps = 3, decay = 0.2))
  expect_identical(spec[c("lr", "decay", "clipnorm", "clipvalue", "ema_every", "accumulate")],
    list(lr = 0.1, decay = 0.2, clipnorm = 2, clipvalue = 0, ema_every = 5L, accumulate = 3L))
  expect_identical(optimizer_spec(optimizer_sgd(function(step) 0.5))$lr, 0.5)
})

test_that("a rate of 0 is told and runs", {
  model <- small_model()
  expect_warning(compile(model, loss = "mse", optimizer = optimizer_sgd(0)),
    class = "kestrel_warning_learning_rate")
  before <- get_weights(model)
  fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
  expect_identical(get_weights(model), before)
})

test_that("bad settings are refused in words", {
  expect_snapshot(error = TRUE, {
    optimizer_sgd(-0.1)
    optimizer_sgd("0.1")
    optimizer_sgd(momentum = 1.5)
    optimizer_sgd(clipnorm = 1, clipvalue = 2)
    optimizer_sgd(lr = 0.1, learning_rate = 0.1)
    optimizer_rmsprop(epsilon = 0)
    compile(small_model(), loss = "mse", optimizer = "sdg")
  })
})
