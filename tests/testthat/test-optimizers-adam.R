# w after each step, for the gradient 2 w.
trajectory <- function(optimizer, steps = 5) {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, use_bias = FALSE, weights = list(matrix(1)))
  compile(model, loss = "mse", optimizer = optimizer)
  vapply(seq_len(steps), function(i) {
    fit(model, 1, 0, epochs = 1, verbose = 0)
    get_weights(model)[[1]][1]
  }, 0)
}

reference <- function(update, steps = 5) {
  w <- 1
  state <- list(m = 0, v = 0, top = 0, u = 0, product = 1)
  vapply(seq_len(steps), function(t) {
    new <- update(w, 2 * w, state, t)
    state <<- new$state
    w <<- new$w
    w
  }, 0)
}

moments <- function(s, g, b1, b2) {
  s$m <- b1 * s$m + (1 - b1) * g
  s$v <- b2 * s$v + (1 - b2) * g^2
  s
}

test_that("Adam follows its formula, with amsgrad and weight decay", {
  adam <- function(amsgrad = FALSE, decay = 0, lr = 0.1, b1 = 0.8, b2 = 0.95, eps = 1e-3) {
    function(w, g, s, t) {
      w <- w - decay * lr * w
      s <- moments(s, g, b1, b2)
      s$top <- max(s$top, s$v)
      v <- if (amsgrad) s$top else s$v
      list(w = w - lr * sqrt(1 - b2^t) / (1 - b1^t) * s$m / (sqrt(v) + eps), state = s)
    }
  }
  make <- function(...) optimizer_adam(0.1, beta_1 = 0.8, beta_2 = 0.95, epsilon = 1e-3, ...)
  expect_equal(trajectory(make(), 30), reference(adam(), 30), tolerance = 1e-12)
  expect_equal(trajectory(make(amsgrad = TRUE), 30), reference(adam(TRUE), 30), tolerance = 1e-12)
  w <- optimizer_adamw(0.1, weight_decay = 0.2, beta_1 = 0.8, beta_2 = 0.95, epsilon = 1e-3)
  expect_equal(trajectory(w), reference(adam(decay = 0.2)), tolerance = 1e-12)
  expect_equal(trajectory(make(weight_decay = 0.2)), reference(adam(decay = 0.2)),
    tolerance = 1e-12)
  expect_equal(trajectory(optimizer_adam()), reference(adam(FALSE, 0, 0.001, 0.9, 0.999, 1e-7)),
    tolerance = 1e-12)
})

test_that("Adamax takes the largest gradient", {
  adamax <- function(w, g, s, t) {
    s <- moments(s, g, 0.8, 0)
    s$u <- max(0.9 * s$u, abs(g))
    list(w = w - 0.1 * s$m / ((1 - 0.8^t) * (s$u + 1e-3)), state = s)
  }
  expect_equal(trajectory(optimizer_adamax(0.1, 0.8, 0.9, 1e-3)), reference(adamax),
    tolerance = 1e-12)
})

test_that("Nadam warms its momentum up by schedule_decay", {
  nadam <- function(decay) {
    function(w, g, s, t) {
      u <- function(t) 0.9 * (1 - 0.5 * 0.96^(decay * t))
      s$product <- s$product * u(t)
      s <- moments(s, g, 0.9, 0.99)
      m <- u(t + 1) * s$m / (1 - s$product * u(t + 1)) + (1 - u(t)) * g / (1 - s$product)
      v <- s$v / (1 - 0.99^t)
      list(w = w - 0.1 * m / (sqrt(v) + 1e-3), state = s)
    }
  }
  for (decay in c(1, 0.004)) {
    optimizer <- optimizer_nadam(0.1, 0.9, 0.99, 1e-3, schedule_decay = decay)
    expect_equal(trajectory(optimizer), reference(nadam(decay)), tolerance = 1e-12)
  }
})

test_that("Lion takes the sign", {
  lion <- function(w, g, s, t) {
    step <- sign(0.7 * s$m + 0.3 * g)
    s$m <- 0.9 * s$m + 0.1 * g
    list(w = w - 0.1 * step, state = s)
  }
  expect_equal(trajectory(optimizer_lion(0.1, 0.7, 0.9), 15), reference(lion, 15),
    tolerance = 1e-12)
})

test_that("bad settings are refused", {
  for (make in list(optimizer_adam, optimizer_adamw, optimizer_adamax, optimizer_nadam)) {
    for (bad in list(-0.1, 1, NA, "a")) {
      expect_refused(make(beta_1 = bad), "argument", "beta_1")
      expect_refused(make(beta_2 = bad), "argument", "beta_2")
    }
    for (bad in list(0, -1, NA)) expect_refused(make(epsilon = bad), "argument", "epsilon")
    expect_identical(make(epsilon = NULL)$epsilon, 1e-7)
  }
  expect_refused(optimizer_adam(amsgrad = 1), "argument", "amsgrad")
  expect_refused(optimizer_adamw(weight_decay = NULL), "argument", "weight_decay")
  expect_refused(optimizer_lion(beta_1 = 0), "argument", "beta_1")
  expect_refused(optimizer_nadam(schedule_decay = -1), "argument", "schedule_decay")
  expect_identical(optimizer_adamw, optimizer_adam_w)
  expect_snapshot(error = TRUE, {
    optimizer_adam(beta_1 = 1)
    optimizer_adam(beta1 = 0.9)
    optimizer_lion(beta_1 = 0)
  })
})
