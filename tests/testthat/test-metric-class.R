# Metrics as classes, in training and by hand, against sums in plain R.

metric_r2 <- Metric("OwnR2",
  initialize = function(name = "own_r2", ...) {
    super$initialize(name = name, ...)
    self$rss <- self$add_variable(shape = shape(), name = "rss", initializer = "zeros")
    self$sums <- self$add_weight(shape = c(3), name = "sums", initializer = "zeros")
  },
  update_state = function(y_true, y_pred, sample_weight = NULL) {
    self$rss$assign_add(op_sum(op_square(y_true - y_pred)))
    self$sums$assign_add(c(sum(y_true), sum(y_true^2), length(y_true)))
  },
  result = function() {
    s <- self$sums$value()
    1 - self$rss / (s[2] - s[1]^2 / s[3])
  }
)

by_hand <- function(model, x, y) 1 - sum((y - predict(model, x))^2) / sum((y - mean(y))^2)

test_that("a metric of a class is that of all samples, whatever the batches", {
  set.seed(7)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0), metrics = list(metric_r2(), "mae"))
  for (size in c(7, 40)) {
    score <- evaluate(model, wave_x(), wave_y(), batch_size = size, verbose = 0)
    expect_equal(score[["own_r2"]], by_hand(model, wave_x(), wave_y()))
    expect_named(score, c("loss", "own_r2", "mae"))
  }
  suppressWarnings(history <- fit(model, wave_x(), wave_y(), epochs = 3, batch_size = 9, verbose = 0,
    validation_data = list(wave_x()[1:11, ], wave_y()[1:11, ])))
  expect_equal(history$metrics$own_r2, rep(by_hand(model, wave_x(), wave_y()), 3))
  expect_equal(history$metrics$val_own_r2, rep(by_hand(model, wave_x()[1:11, ], wave_y()[1:11, ]), 3))
  on_batch <- suppressWarnings(train_on_batch(model, wave_x()[1:5, ], wave_y()[1:5, ]))
  expect_equal(on_batch[[2]], by_hand(model, wave_x()[1:5, ], wave_y()[1:5, ]))
})

test_that("it counts by hand", {
  metric_hits <- new_metric_class("Hits",
    initialize = function(limit) {
      super$initialize()
      self$limit <- limit
      self$n <- self$add_weight(name = "n", initializer = "zeros")
    },
    update_state = function(y_true, y_pred, sample_weight = NULL) {
      self$n$assign_add(sum(abs(y_true - y_pred) < self$limit))
    },
    result = function() self$n$value)
  hits <- metric_hits(limit = 0.5)
  expect_identical(hits$name, "hits")
  hits$update_state(c(1, 2, 3), c(1.1, 2.9, 3))
  expect_identical(hits$result(), 2)
  hits$update_state(c(1, 2), c(1, 2))
  expect_identical(hits$result(), 4)
  hits$reset_state()
  expect_identical(hits$result(), 0)
})

test_that("variables may stand anywhere in extremes and sums", {
  metric_largest <- Metric("Largest",
    initialize = function() self$v <- self$add_variable(shape(), "zeros"),
    update_state = function(y_true, y_pred, sample_weight = NULL) self$v$assign(max(0, max(y_pred), self$v)),
    result = function() sum(1, self$v) - min(3, self$v))
  largest <- metric_largest()
  largest$update_state(1, c(2, 5))
  largest$update_state(1, 4)
  expect_identical(largest$result(), 1 + 5 - 3)
})

test_that("mistakes are told", {
  expect_error(Metric("Empty"), "`update_state` is missing", class = "kestrel_error_argument")
  broken <- Metric("Broken", update_state = function(y_true, y_pred, ...) stop("no way"), result = function() 1)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
  model %>% compile(loss = "mse", metrics = broken())
  expect_error(evaluate(model, wave_x(), wave_y(), verbose = 0), "\"broken\" failed: no way",
    class = "kestrel_error_metric")
})

test_that("a name that initialize() has by default is the metric's", {
  metric_rmse <- new_metric_class("RootMeanSquaredError",
    initialize = function(name = "rmse", ...) {
      super$initialize(name = name, ...)
      self$sum <- self$add_weight(name = "sum", initializer = "zeros")
      self$n <- self$add_weight(name = "n", initializer = "zeros")
    },
    update_state = function(y_true, y_pred, sample_weight = NULL) {
      self$sum$assign_add(sum((y_true - y_pred)^2))
      self$n$assign_add(length(y_true))
    },
    result = function() sqrt(self$sum / self$n)
  )
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", metrics = list(metric_rmse(), metric_rmse(name = "other")))
  score <- evaluate(model, cars$speed, cars$dist, verbose = 0)
  expect_equal(score$rmse, sqrt(score$loss), tolerance = 1e-12)
  expect_equal(score$other, score$rmse)
  nameless <- Metric("OwnCount", update_state = function(y_true, y_pred) NULL, result = function() 1)
  expect_identical(nameless()$name, "own_count")
})
