# The same values as the engine's own metrics, batch by batch, in training, validation and
# evaluation, with weights.
test_that("functions see what the engine's metrics see", {
  set.seed(1)
  x <- matrix(rnorm(46), 23)
  y <- cbind(x[, 1] - x[, 2], x[, 1])
  w <- runif(23)
  model <- keras_model_sequential(input_shape = 2, dtype = "float64") %>% layer_dense(2)
  square <- function(y_true, y_pred) rowMeans((y_true - y_pred)^2)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1), metrics = list("mse", square),
    weighted_metrics = list("mse", square, "mae"))
  history <- fit(model, x, y, sample_weight = w, epochs = 3, batch_size = 5, verbose = 0,
    validation_data = list(x[1:9, ], y[1:9, ], w[1:9]))$metrics
  expect_equal(history$square, history$mse, tolerance = 1e-12)
  expect_equal(history$weighted_square, history$weighted_mse, tolerance = 1e-12)
  expect_equal(history$val_weighted_square, history$val_weighted_mse, tolerance = 1e-12)
  expect_length(history$square, 3)
  score <- evaluate(model, x, y, sample_weight = w, batch_size = 4, verbose = 0)
  expect_equal(score[["square"]], score[["mse"]], tolerance = 1e-12)
  expect_equal(score[["weighted_square"]], score[["weighted_mse"]], tolerance = 1e-12)
  for (values in list(train_on_batch(model, x, y, sample_weight = w), test_on_batch(model, x, y))) {
    expect_equal(values[3], values[2], tolerance = 1e-12)
  }
})

test_that("epochs average batches of a function that gives one number", {
  x <- matrix(1:5)
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, use_bias = FALSE, weights = list(matrix(1)))
  model %>% compile(loss = "mse", optimizer = "sgd",
    metrics = list(biggest = function(y_true, y_pred) max(y_pred)))
  score <- evaluate(model, x, x, batch_size = 2, verbose = 0)
  expect_equal(score[["biggest"]], mean(c(2, 4, 5)))
})

test_that("codes come as one column, positions as they are", {
  seen <- list()
  look <- function(y_true, y_pred) {
    seen <<- list(y_true = y_true, y_pred = y_pred)
    1
  }
  model <- keras_model_sequential(input_shape = 3) %>% layer_activation("softmax")
  model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = "sgd", metrics = look)
  evaluate(model, log(shares), codes, verbose = 0)
  expect_identical(seen$y_true, matrix(codes))
  expect_equal(seen$y_pred, shares, tolerance = 1e-6)
  steps <- keras_model_sequential(input_shape = c(2, 3)) %>% layer_activation("linear")
  steps %>% compile(loss = "mse", optimizer = "sgd", metrics = look)
  a <- array(as.double(1:24), c(4, 2, 3))
  evaluate(steps, a, a + 1, verbose = 0)
  expect_identical(seen$y_pred, a)
  expect_identical(seen$y_true, a + 1)
})

test_that("hooks of batches and early stopping see them", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd",
    metrics = list(one = function(y_true, y_pred) 1))
  seen <- c()
  hooks <- list(callback_lambda(on_train_batch_end = function(batch, logs) seen <<- c(seen, logs$one)),
    callback_early_stopping("one", patience = 2, mode = "max"))
  history <- fit(model, matrix(1:6), 1:6, epochs = 9, batch_size = 2, verbose = 0, callbacks = hooks)
  expect_identical(unique(seen), 1)
  expect_length(history$metrics$one, 3)
})

test_that("what fails in a metric is told, and the model keeps what it learned", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  try_metric <- function(f) {
    compile(model, loss = "mse", optimizer = "sgd", metrics = list(mine = f))
    fit(model, matrix(1:6), 1:6, epochs = 2, batch_size = 4, verbose = 0)
  }
  expect_error(try_metric(function(y_true, y_pred) stop("oops")), "oops", class = "kestrel_error_metric")
  for (bad in list("a", NULL, list(1), 1:3)) {
    expect_error(try_metric(function(y_true, y_pred) bad), class = "kestrel_error_metric")
  }
  expect_snapshot(error = TRUE, {
    try_metric(function(y_true, y_pred) stop("oops"))
    try_metric(function(y_true, y_pred) 1:3)
  })
  expect_no_error(try_metric(function(y_true, y_pred) 1))
  expect_identical(model$stop_training, FALSE)
})

test_that("each output has its own functions", {
  input <- layer_input(2)
  a <- input %>% layer_dense(2, name = "a")
  b <- input %>% layer_dense(1, name = "b")
  model <- keras_model(input, list(a, b))
  square <- function(y_true, y_pred) rowMeans((y_true - y_pred)^2)
  model %>% compile(loss = "mse", optimizer = "sgd", metrics = list("mse", square, metric_r2_score(
    class_aggregation = NULL)))
  x <- matrix(sin(1:20), 10)
  score <- evaluate(model, x, list(x, x[, 1]), batch_size = 4, verbose = 0)
  expect_named(score, c("loss", "a_loss", "b_loss", "a_mse", "a_square", "a_r2_score_0",
    "a_r2_score_1", "b_mse", "b_square", "b_r2_score"))
  expect_equal(score[["a_square"]], score[["a_mse"]], tolerance = 1e-6)
  expect_equal(score[["b_square"]], score[["b_mse"]], tolerance = 1e-6)
  p <- predict(model, x)
  expect_equal(as.vector(score[6:7]), metric_r2_score(class_aggregation = NULL)(x, p[[1]]),
    tolerance = 1e-5)
})
