# The weights of a layer of 2 inputs and 3 units after each of some steps, and what a rule in
# R makes of the same gradients, array by array.
after_steps <- function(optimizer, steps = 4) {
  model <- keras_model_sequential(input_shape = 2, dtype = "float64") %>%
    layer_dense(3, weights = list(matrix(c(1, -2, 0.5, 3, -1, 0.2), 2), c(0.1, -0.2, 0.3)))
  compile(model, loss = "mse", optimizer = optimizer)
  x <- rbind(c(1, 2), c(-1, 0.5), c(0.3, -2))
  y <- rbind(c(1, 0, 2), c(0, 1, -1), c(2, 2, 0))
  fit(model, x, y, epochs = steps, verbose = 0)
  get_weights(model)
}

by_rule <- function(rule, steps = 4) {
  w <- list(matrix(c(1, -2, 0.5, 3, -1, 0.2), 2), c(0.1, -0.2, 0.3))
  x <- rbind(c(1, 2), c(-1, 0.5), c(0.3, -2))
  y <- rbind(c(1, 0, 2), c(0, 1, -1), c(2, 2, 0))
  past <- list(list(), list())
  for (t in seq_len(steps)) {
    off <- 2 / 9 * (sweep(x %*% w[[1]], 2, w[[2]], "+") - y)
    g <- list(crossprod(x, off), colSums(off))
    for (i in 1:2) {
      past[[i]] <- c(past[[i]], list(g[[i]]))
      w[[i]] <- rule(w[[i]], past[[i]], t)
    }
  }
  list(w[[1]], as.array(w[[2]]))
}

norm2 <- function(x) sqrt(sum(x^2))

# (1 - b) times the sum of b^age times a term for each gradient
running <- function(past, b, term = identity) {
  n <- length(past)
  (1 - b) * Reduce(`+`, Map(function(g, k) b^(n - k) * term(g), past, seq_len(n)))
}

test_that("Lamb moves each array by its own length, in Adam's direction", {
  rule <- function(w, past, t) {
    v <- running(past, 0.7, function(g) g^2) / (1 - 0.7^t)
    r <- running(past, 0.8) / (1 - 0.8^t) / (sqrt(v) + 1e-3)
    w - 0.1 * norm2(w) / norm2(r) * r
  }
  expect_equal(after_steps(optimizer_lamb(0.1, 0.8, 0.7, 1e-3)), by_rule(rule), tolerance = 1e-12)
})

test_that("Lamb moves weights of 0 by the rate alone", {
  model <- keras_model_sequential(input_shape = 1, dtype = "float64") %>%
    layer_dense(2, use_bias = FALSE, kernel_initializer = "zeros")
  compile(model, loss = "mse", optimizer = optimizer_lamb(0.1, epsilon = 1e-12))
  fit(model, 1, matrix(c(3, -5), 1), epochs = 1, verbose = 0)
  expect_equal(get_weights(model)[[1]], matrix(c(0.1, -0.1), 1), tolerance = 1e-9)
})

rms <- function(x) sqrt(mean(x^2))

test_that("Adafactor knows rows and columns of a matrix, and each number of a vector", {
  rule <- function(w, past, t) {
    mean_of <- function(term) {
      m <- 0
      for (k in seq_len(t)) m <- (1 - k^-0.6) * m + k^-0.6 * term(past[[k]]^2 + 1e-30)
      m
    }
    v <- if (is.matrix(w)) {
      r <- mean_of(rowMeans)
      outer(r, mean_of(colMeans)) / mean(r)
    } else {
      mean_of(identity)
    }
    u <- past[[t]] / sqrt(v)
    w - min(0.2, 1 / sqrt(t)) * max(0.5, rms(w)) * u / max(1, rms(u) / 0.9)
  }
  make <- function(...) {
    optimizer_adafactor(0.2, beta_2_decay = -0.6, epsilon_2 = 0.5, clip_threshold = 0.9, ...)
  }
  expect_equal(after_steps(make()), by_rule(rule), tolerance = 1e-12)
  expect_equal(after_steps(make(relative_step = FALSE)), by_rule(rule), tolerance = 1e-12)
})

# The steps of Newton and Schulz on singular values alone.
nearly_orthogonal <- function(x, steps) {
  s <- svd(x)
  d <- s$d / (norm2(x) + 1e-7)
  for (k in seq_len(steps)) d <- 3.4445 * d - 4.7750 * d^3 + 2.0315 * d^5
  s$u %*% (d * t(s$v))
}

muon_rule <- function(nesterov, steps = 5, scale = 0.2 * sqrt(3), decay = 0.01) {
  function(w, past, t) {
    if (!is.matrix(w)) {
      v <- running(past, 0.9, function(g) g^2) / (1 - 0.9^t)
      m <- running(past, 0.8) / (1 - 0.8^t)
      eps <- 1e-3 / sqrt(1 - 0.9^t)
      return(w - 0.1 * 0.02 * w - 0.05 * m / (sqrt(v) + eps))
    }
    m <- running(past, 0.95) / 0.05
    x <- if (nesterov) past[[t]] + 0.95 * m else m
    w - 0.1 * decay * w - 0.1 * scale * nearly_orthogonal(x, steps)
  }
}

test_that("Muon makes the step of a matrix nearly orthogonal and leaves vectors to Adam", {
  make <- function(...) {
    optimizer_muon(0.1, 0.8, 0.9, adam_weight_decay = 0.02, epsilon = 1e-3, adam_lr_ratio = 0.5,
      ...)
  }
  expect_equal(after_steps(make(weight_decay = 0.01)), by_rule(muon_rule(TRUE)), tolerance = 1e-10)
  expect_equal(after_steps(make(weight_decay = NULL, nesterov = FALSE, ns_steps = 3, rms_rate = NULL)),
    by_rule(muon_rule(FALSE, 3, 1, 0)), tolerance = 1e-10)
})

test_that("what Muon excludes goes by Adam", {
  model <- keras_model_sequential(input_shape = 2) %>%
    layer_dense(3, name = "hidden") %>%
    layer_batch_normalization(name = "norm") %>%
    layer_dense(2, name = "word_Embedding") %>%
    layer_dense(2, name = "out")
  at <- function(...) muon_apart(optimizer_muon(...), model_layout(model_state(model)))
  expect_identical(at(), c(15, 21))
  expect_identical(at(exclude_embeddings = FALSE), numeric())
  expect_identical(at(exclude_layers = c("^out", "hidden/k")), c(0, 15, 21, 23, 27))
  plain <- optimizer_muon(0.1, adam_weight_decay = 0, exclude_layers = list("dense"))
  adam <- optimizer_adam(0.1)
  expect_equal(after_steps(plain), after_steps(adam), tolerance = 1e-12)
})

test_that("float32 comes near, with several matrices, and frozen ones stay", {
  for (make in list(optimizer_lamb, optimizer_adafactor, optimizer_muon)) {
    run <- function(dtype) {
      model <- keras_model_sequential(input_shape = 3, dtype = dtype) %>%
        layer_dense(8, "tanh", weights = list(matrix(sin(1:24), 3), cos(1:8))) %>%
        layer_dense(2, weights = list(matrix(sin(1:16), 8), c(0, 1)), trainable = FALSE) %>%
        layer_dense(1, weights = list(matrix(c(1, -1), 2), 0.5))
      compile(model, loss = "mse", optimizer = make(0.01))
      x <- matrix(sin(1:30), 10)
      fit(model, x, x[, 1], epochs = 3, batch_size = 5, shuffle = FALSE, verbose = 0)
      get_weights(model)
    }
    double <- run("float64")
    expect_equal(run("float32"), double, tolerance = 1e-5)
    expect_identical(double[3:4], list(matrix(sin(1:16), 8), as.array(c(0, 1))))
  }
})

test_that("names find them, settings can be read", {
  for (name in c("lamb", "Adafactor", "MUON")) expect_s3_class(as_optimizer(name), "kestrel_optimizer")
  muon <- optimizer_muon(exclude_layers = "out")
  expect_identical(muon$exclude_layers, "out")
  expect_identical(muon$config$exclude_embeddings, TRUE)
  expect_identical(muon$weight_decay, 0.004)
})

test_that("bad settings are refused", {
  expect_refused(optimizer_lamb(beta_1 = 1), "argument", "beta_1")
  expect_refused(optimizer_adafactor(beta_2_decay = 0), "argument", "beta_2_decay")
  expect_refused(optimizer_adafactor(epsilon_1 = 0), "argument", "epsilon_1")
  expect_refused(optimizer_adafactor(clip_threshold = 0), "argument", "clip_threshold")
  expect_refused(optimizer_muon(ns_steps = 0), "argument", "ns_steps")
  expect_refused(optimizer_muon(momentum = 2), "argument", "momentum")
  for (bad in list(1, NA_character_, "(", list(2))) {
    expect_refused(optimizer_muon(exclude_layers = bad), "argument", "exclude_layers")
  }
})
