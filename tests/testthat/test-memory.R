test_that("what is available is a number of bytes", {
  free <- memory_available()
  expect_true(is.finite(free) && free > 0)
  skip_if_not(file.exists("/proc/meminfo"))
  line <- system("awk '/^MemAvailable/ {print $2}' /proc/meminfo", intern = TRUE)
  expect_equal(free, 1024 * as.double(line), tolerance = 0.5)
})

test_that("small sizes pass, absurd ones are refused before they are asked for", {
  expect_identical(check_memory(1e6, "This"), 1e6)
  error <- expect_refused(check_memory(1e18, "This"), "memory", names = "GB")
  expect_identical(error$value, 1e18)
  expect_refused(check_memory(Inf, "This"), "memory")
})

test_that("weights beyond any memory are refused", {
  model <- keras_model_sequential(input_shape = 1e6)
  expect_refused(layer_dense(model, 1e6), "memory", model = model)
  expect_refused(to_categorical(c(0, 2147483646)), "memory")
})

test_that("the error says what, how much and how much there is", {
  expect_snapshot(check_memory(2^50, "The matrix"), error = TRUE,
    transform = function(lines) sub("; [0-9.e+]+ GB", "; <n> GB", lines))
})

# Trained and evaluated with the inputs copied, or read from R's arrays batch by batch.
imported <- function(import, x, validation = NULL, threads = 1) {
  withr::local_options(kestrel.import = import)
  set_random_seed(4)
  model <- keras_model_sequential(input_shape = dim(x)[-1]) %>%
    layer_flatten() %>%
    layer_dense(7, activation = "tanh") %>%
    layer_dense(2)
  model %>% compile(loss = "mse", optimizer = "adam", metrics = "mae")
  y <- wave_y(dim(x)[1])
  history <- model %>% fit(x, y, epochs = 3, batch_size = 32, verbose = 0, threads = threads,
    validation_split = if (is.null(validation)) 0.25 else 0, validation_data = validation)
  list(get_weights(model), history$metrics, evaluate(model, x, y, verbose = 0))
}

test_that("inputs that are gathered give the numbers of inputs that are copied, to the bit", {
  withr::defer(k_set_floatx("float64"))
  integers <- matrix(as.integer(50 * wave_x(203, 19)), 203)
  inputs <- list(
    wave_x(203, 19), wave_x(70, 1), integers, integers > 10,
    array(wave_x(203, 60), c(203, 4, 3, 5))
  )
  for (precision in c("float32", "float64")) {
    k_set_floatx(precision)
    for (x in inputs) {
      copied <- imported("copy", x)
      expect_identical(imported("gather", x), copied)
      expect_identical(imported("auto", x), copied)
      expect_identical(imported(NULL, x), copied)
    }
    x <- wave_x(203, 19)
    other <- list(wave_x(31, 19) / 2, wave_y(31))
    expect_identical(imported("gather", x, other), imported("copy", x, other))
  }
})

test_that("threads import and gather large inputs to the same numbers", {
  before <- thread_limits()
  assign("thread_limits", list(most = 4L, default = 2L), envir = the)
  withr::defer(assign("thread_limits", before, envir = the))
  x <- wave_x(2003, 300)
  alone <- imported("copy", x)
  for (import in c("copy", "gather")) for (threads in c(2, 4)) {
    expect_identical(imported(import, x, threads = threads), alone)
  }
})

test_that("data that a hook changes or drops while they are gathered stay what they were", {
  trained <- function(import) {
    withr::local_options(kestrel.import = import)
    set_random_seed(5)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
    model %>% compile(loss = "mse", optimizer = "sgd")
    x <- wave_x()
    hook <- callback_lambda(on_epoch_begin = function(epoch, logs) {
      x[] <<- 1e6
      x <<- NULL
      gc()
    })
    history <- model %>% fit(x, wave_y(), epochs = 3, batch_size = 8, verbose = 0, callbacks = hook)
    list(get_weights(model), history$metrics)
  }
  expect_identical(trained("gather"), trained("copy"))
})

test_that("a copy is made unless it would take more than half of the free memory", {
  set <- function(bytes) list(n = bytes / 80, x = list(list(n = bytes / 80, dims = 10L)))
  free <- memory_available()
  expect_false(gathers("auto", list(set(2^20)), "float64"))
  expect_false(gathers("auto", list(set(0.3 * free)), "float64"))
  expect_true(gathers("auto", list(set(0.8 * free)), "float64"))
  expect_false(gathers("auto", list(set(0.8 * free)), "float32"))
  expect_true(gathers("auto", list(set(0.4 * free), set(0.4 * free)), "float64"))
  expect_false(gathers("copy", list(set(2 * free)), "float64"))
  expect_true(gathers("gather", list(set(80)), "float64"))
})

test_that("kestrel.import is one of three", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  for (bad in list("gahter", NA_character_, 1, c("copy", "auto"))) {
    withr::local_options(kestrel.import = bad)
    expect_refused(fit(model, 1:4, 1:4, verbose = 0), "argument", names = "kestrel.import")
    expect_refused(evaluate(model, 1:4, 1:4, verbose = 0), "argument", names = "kestrel.import")
  }
})
