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
