test_that("a function of samples is averaged over them, with weights", {
  m <- custom_metric("off", function(y_true, y_pred) abs(y_true - y_pred))
  expect_identical(m$label, "off")
  m$update_state(c(1, 2), c(2, 4))
  m$update_state(c(0, 0, 0), c(3, 0, 0), sample_weight = c(2, 1, 1))
  expect_equal(m$result(), (1 + 2 + 6) / (2 + 4))
  m$reset_state()
  expect_identical(m$result(), 0)
  expect_equal(m(cbind(1:2, 3:4), cbind(1:2, 5:6)), 1)
})

test_that("a function of batches is averaged over batches", {
  m <- custom_metric("bias", function(y_true, y_pred) mean(y_pred - y_true))
  m$update_state(c(0, 0, 0), c(1, 2, 3))
  m$update_state(0, 10)
  expect_equal(m$result(), 6)
})

test_that("mean and sum take values", {
  m <- metric_mean()
  expect_identical(m$result(), 0)
  m$update_state(c(1, 3, 5))
  m$update_state(7, sample_weight = 3)
  expect_equal(m$result(), 30 / 6)
  expect_equal(c(m$total, m$count), c(30, 6))
  expect_equal(metric_mean()(c(1, 3, 5, 7)), 4)
  expect_equal(m(c(2, 10), c(1, 0)), 32 / 7)
  expect_equal(metric_sum()(c(1, 3), sample_weight = c(2, 1)), 5)
  expect_refused(metric_mean()(), "argument", "values")
  s <- metric_sum(name = "all")
  s$update_state(c(1, 3), c(2, 1))
  s$update_state(10)
  expect_identical(s$result(), 15)
  expect_identical(s$label, "all")
  s$reset_state()
  expect_identical(s$result(), 0)
  wrapped <- metric_mean_wrapper(fn = function(y_true, y_pred, power) abs(y_true - y_pred)^power,
    power = 3, name = "cubes")
  expect_equal(wrapped(c(0, 0), c(1, 2)), 4.5)
  expect_error(m$update_state(c(1, NA)), class = "kestrel_error_data")
  expect_refused(m$update_state(), "argument", "values")
})

test_that("a model's metrics may be functions, under the names of Keras", {
  half <- function(y_true, y_pred) (y_true - y_pred)^2 / 2
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(1)
  labels <- function(...) {
    compile(model, loss = "mse", ...)
    model$metrics_names[-1]
  }
  expect_identical(labels(metrics = half), "half")
  expect_identical(labels(metrics = list("mae", half)), c("mae", "half"))
  expect_identical(labels(metrics = c(half, half)), c("half", "half_1"))
  expect_identical(labels(metrics = list(mine = half, custom_metric("own", half))), c("mine", "own"))
  expect_identical(labels(metrics = list(function(y_true, y_pred) 1)), "metric")
  expect_identical(labels(weighted_metrics = half, metrics = half), c("half", "weighted_half"))
})

test_that("they survive saving with the model", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", metrics = list(mine = function(y_true, y_pred) abs(y_true - y_pred)))
  copy <- unserialize(serialize(model, NULL))
  expect_identical(evaluate(copy, matrix(1:3), 1:3, verbose = 0),
    evaluate(model, matrix(1:3), 1:3, verbose = 0))
})

test_that("what is no metric is refused in words", {
  expect_snapshot(error = TRUE, {
    custom_metric("a", 5)
    custom_metric("a", function(y) 1)
    custom_metric(function(y_true, y_pred) 1, "a")
  })
})

test_that("relative errors are means over samples and outputs, and 0 where nothing divides", {
  y_true <- cbind(c(1, 2, 3), c(10, 20, 30))
  y_pred <- cbind(c(2, 2, 5), c(10, 10, 60))
  metric <- metric_mean_relative_error(normalizer = c(2, 10))
  expect_equal(metric(y_true, y_pred), mean(abs(y_true - y_pred) / rep(c(2, 10), each = 3)))
  metric$update_state(y_true, y_pred)
  expect_equal(metric$result(), mean(abs(y_true - y_pred) / rep(c(2, 10), each = 3)))
  expect_equal(metric_mean_relative_error(normalizer = c(2, 0))(y_true, y_pred), mean(c(0.25, 0, 0.5)))
  expect_identical(metric_mean_relative_error(normalizer = 1)$name, "mean_relative_error")
  expect_refused(metric_mean_relative_error(), "argument", "normalizer")
  expect_refused(metric_mean_relative_error(normalizer = "a"), "argument", "normalizer")
})

test_that("a metric of one's own prints its name", {
  expect_output(print(custom_metric("within", function(y_true, y_pred) 1)), "<kestrel_metric within()", fixed = TRUE)
})
