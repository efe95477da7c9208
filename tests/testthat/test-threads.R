# Threads: what is asked for, what is granted, and that results do not depend on it.

# Pretends to a machine of four processors: teams of four run on two as well.
local_processors <- function(most, default = 2L, frame = parent.frame()) {
  before <- thread_limits()
  assign("thread_limits", list(most = most, default = default), envir = the)
  withr::defer(assign("thread_limits", before, envir = the), envir = frame)
}

network_wide <- function() {
  keras_model_sequential(input_shape = 300) %>%
    layer_dense(260, activation = "tanh") %>%
    layer_dropout(0.3) %>%
    layer_batch_normalization() %>%
    layer_dense(270, activation = "relu") %>%
    layer_dense(10, activation = "softmax")
}

network_deep <- function() {
  keras_model_sequential(input_shape = 300) %>%
    layer_dense(200, activation = "gelu", kernel_regularizer = regularizer_l2(1e-4)) %>%
    layer_layer_normalization() %>%
    layer_gaussian_noise(0.1) %>%
    layer_dense(330, activation = "softmax") %>%
    layer_dense(10)
}

# Everything that a fit, a prediction and an evaluation say, of a network large enough that
# threads are woken for it.
results_of <- function(network, optimizer, threads) {
  set_random_seed(7)
  x <- matrix(sin(1.7 * seq_len(900 * 300)), 900)
  y <- matrix(cos(2.3 * seq_len(900 * 10)), 900)
  model <- network()
  model %>% compile(loss = "mse", optimizer = optimizer, metrics = "mae")
  history <- model %>% fit(x, y, epochs = 2, batch_size = 500, validation_split = 0.1, verbose = 0,
    threads = threads)
  list(
    get_weights(model), history$metrics, predict(model, x, threads = threads),
    predict(model, x, batch_size = 900, threads = threads),
    evaluate(model, x, y, verbose = 0, threads = threads)
  )
}

cases <- list(
  list(network_wide, function() optimizer_adam(0.001, amsgrad = TRUE)),
  list(network_wide, function() optimizer_sgd(0.01, momentum = 0.9, nesterov = TRUE)),
  list(network_deep, function() optimizer_rmsprop(0.001, weight_decay = 0.01)),
  list(network_deep, function() optimizer_adam(0.001, clipnorm = 1, use_ema = TRUE))
)

test_that("one, two and four threads give the same numbers, to the bit", {
  local_processors(4L)
  for (precision in c("float32", "float64")) {
    withr::defer(k_set_floatx("float64"))
    k_set_floatx(precision)
    for (case in cases) {
      alone <- results_of(case[[1]], case[[2]](), 1)
      expect_identical(results_of(case[[1]], case[[2]](), 2), alone)
      expect_identical(results_of(case[[1]], case[[2]](), 4), alone)
    }
  }
})

test_that("each kernel gives the same numbers for any number of threads", {
  local_processors(4L)
  for (kernel in kernels_here()) {
    withr::local_options(kestrel.kernel = kernel)
    expect_identical(results_of(network_wide, "adam", 3), results_of(network_wide, "adam", 1))
  }
})

test_that("a number of threads is a whole number from 1 on", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  for (bad in list(0, -1, NA, NA_real_, 1.5, Inf, "2", TRUE, c(1, 2), list(1))) {
    expect_refused(fit(model, 1:4, 1:4, threads = bad, verbose = 0), "argument", names = "threads")
    expect_refused(predict(model, 1:4, threads = bad), "argument", names = "threads")
    expect_refused(evaluate(model, 1:4, 1:4, threads = bad, verbose = 0), "argument",
      names = "threads")
    withr::with_options(list(kestrel.threads = bad), {
      expect_refused(predict(model, 1:4), "argument", names = "kestrel.threads")
      expect_refused(fit(model, 1:4, 1:4, verbose = 0), "argument", names = "kestrel.threads")
    })
  }
})

test_that("the argument goes before the option, and no more than the processors are used", {
  local_processors(4L)
  expect_identical(resolve_threads(NULL, NULL), 2L)
  expect_identical(resolve_threads(NULL, 3), 3L)
  expect_identical(resolve_threads(1, 3), 1L)
  expect_identical(resolve_threads(1e6, NULL), 4L)
  expect_identical(resolve_threads(NULL, 1e6), 4L)
})

test_that("two threads by default, not more than half of the processors, less if asked", {
  default <- function(processors, openmp = "", check = "") {
    limits_of(processors, c(openmp, check))$default
  }
  expect_identical(vapply(c(1L, 2L, 3L, 4L, 16L), default, 0L), c(1L, 2L, 1L, 2L, 2L))
  expect_identical(default(16L, "1"), 1L)
  expect_identical(default(16L, "8,2"), 2L)
  expect_identical(default(16L, "many"), 2L)
  expect_identical(limits_of(16L, c("", ""))$most, 16L)
  for (check in c("TRUE", "true", "warn", "error")) {
    expect_identical(limits_of(16L, c("", check))$most, 2L)
  }
  expect_identical(limits_of(16L, c("", "FALSE"))$most, 16L)
})

test_that("what the environment says at the start is obeyed", {
  skip_if_not_installed("callr")
  limits <- function(...) {
    callr::r(function() asNamespace("kestrel")$thread_limits(), libpath = .libPaths(),
      env = c(callr::rcmd_safe_env(), ...))
  }
  expect_identical(limits(OMP_NUM_THREADS = "1")$default, 1L)
  skip_if_not(engine_threads()$openmp)
  expect_identical(limits(OMP_THREAD_LIMIT = "1"), list(most = 1L, default = 1L))
})

test_that("after threads were at work, a forked process computes the same alone", {
  skip_on_os("windows")
  results <- in_process(function(results_of, network) {
    environment(results_of) <- environment(network) <- asNamespace("kestrel")
    run <- function(i) {
      forked <- asNamespace("kestrel")$engine_threads()$forked
      list(forked = forked, results = results_of(network, "adam", 2))
    }
    before <- run(0)
    c(list(before), parallel::mclapply(1:2, run, mc.cores = 2), list(run(3)))
  }, results_of, network_wide)
  expect_identical(lapply(results, `[[`, "results"), rep(list(results[[1]]$results), 4))
  expect_identical(vapply(results, `[[`, NA, "forked"), c(FALSE, TRUE, TRUE, FALSE))
})

test_that("a trainer that was made before a fork goes on alone after it", {
  skip_on_os("windows")
  weights <- in_process(function(network) {
    kestrel <- asNamespace("kestrel")
    environment(network) <- kestrel
    x <- matrix(sin(1.7 * seq_len(900 * 300)), 900)
    y <- matrix(cos(2.3 * seq_len(900 * 10)), 900)
    set_random_seed(7)
    model <- network()
    model %>% compile(loss = "mse", optimizer = "sgd")
    samples <- kestrel$new_samples(list(x), list(y), list(NULL))
    settings <- list(batch_size = 450L, validation_batch_size = 450L, threads = 2L)
    train <- kestrel$train_spec(model, samples, settings, seed = 5)
    w <- kestrel$pack_weights(environment(model)$layers)
    trainer <- kestrel$trainer_new(kestrel$model_plan(model), train, samples, NULL, w)
    kestrel$trainer_run(trainer, 1L, budget = Inf)
    second <- function(i) {
      kestrel$trainer_run(trainer, 2L, budget = Inf)
      kestrel$trainer_get(trainer)$w
    }
    list(parallel::mclapply(1:2, second, mc.cores = 2)[[1]], second(0))
  }, network_wide)
  expect_identical(weights[[1]], weights[[2]])
})

test_that("a kernel that is unknown or does not run here is refused before anything runs", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  for (bad in list("avx1024", "", NA_character_, 1, c("plain", "plain"))) {
    withr::local_options(kestrel.kernel = bad)
    before <- get_weights(model)
    error <- expect_refused(fit(model, 1:4, 1:4, verbose = 0), "argument", names = "kestrel.kernel")
    expect_identical(error$expected, engine_kernels())
    expect_match(conditionMessage(error), "plain", fixed = TRUE)
    expect_refused(predict(model, 1:4), "argument", names = "kestrel.kernel")
    expect_refused(evaluate(model, 1:4, 1:4, verbose = 0), "argument", names = "kestrel.kernel")
    expect_refused(layer_dense(units = 2)(matrix(1, 2, 2)), "argument", names = "kestrel.kernel")
    expect_identical(get_weights(model), before)
  }
})

test_that("options that are plain numbers need no look", {
  local_processors(4L, 2L)
  asked <- function(threads, kernel = NULL) {
    withr::local_options(kestrel.threads = threads, kestrel.kernel = kernel)
    threads_asked(thread_limits())
  }
  expect_identical(asked(NULL), 2L)
  expect_identical(asked(1), 1L)
  expect_identical(asked(3L), 3L)
  expect_identical(asked(100), 4L)
  for (odd in list(0, -1, 1.5, NA, NaN, Inf, 1e10, "1", TRUE, 1:2, list(1), factor(1))) {
    expect_identical(asked(odd), 0L)
  }
  expect_identical(asked(NULL, engine_kernels()[1]), 0L)
  expect_identical(asked(2, engine_kernels()[1]), 0L)
})

test_that("others that compute leave fewer processors", {
  skip_if_not(file.exists("/proc/loadavg"), "The system does not tell.")
  skip_on_cran()
  skip_if_not_installed("callr")
  busy <- lapply(1:2, function(i) callr::r_bg(function() repeat 1))
  withr::defer(for (process in busy) process$kill())
  left <- Inf
  for (i in 1:100) {
    Sys.sleep(0.15)
    left <- min(left, engine_threads()$free)
    if (left < 1e6) break
  }
  expect_lt(left, 1e6)
  x <- matrix(stats::rnorm(2e4), 1000)
  model <- keras_model_sequential(input_shape = 20) %>% layer_dense(64, "relu") %>% layer_dense(1)
  expect_identical(predict(model, x, threads = 2), predict(model, x, threads = 1))
})
