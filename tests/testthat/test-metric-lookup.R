test_that("names in logs are as written", {
  label <- function(x) as_metric(x)$label
  for (name in c("mse", "MSE", "acc", "accuracy", "kullback_leibler_divergence")) {
    expect_identical(label(name), name)
  }
  expect_identical(label(metric_mean_squared_error), "mean_squared_error")
  expect_identical(label(metric_log_cosh_error()), "logcosh")
  expect_identical(label(metric_binary_accuracy(name = "right")), "right")
  expect_identical(label("log_cosh"), "log_cosh")
})

test_that("accuracy and cross-entropy are resolved by shapes", {
  resolved <- function(x, columns, units) resolve_metric(as_metric(x), columns, units)$record
  for (x in c("accuracy", "acc")) {
    expect_identical(resolved(x, 1, 1), "binary_accuracy")
    expect_identical(resolved(x, 1, 3), "sparse_categorical_accuracy")
    expect_identical(resolved(x, 3, 3), "categorical_accuracy")
  }
  for (x in c("crossentropy", "ce")) {
    expect_identical(resolved(x, 1, 1), "binary_crossentropy")
    expect_identical(resolved(x, 1, 3), "sparse_categorical_crossentropy")
    expect_identical(resolved(x, 3, 3), "categorical_crossentropy")
  }
  expect_identical(resolve_metric(as_metric("acc"), 1, 1)$label, "acc")
  m <- metric_binary_accuracy(threshold = .3)
  expect_identical(resolve_metric(m, 3, 3), m)
})

test_that("a model's metrics are the objects' numbers", {
  set.seed(1)
  model <- keras_model_sequential() %>% layer_dense(3, "softmax", input_shape = 3)
  metrics <- list("acc", "ce", "mse", metric_top_k_categorical_accuracy(k = 2), metric_huber,
    metric_root_mean_squared_error())
  model %>% compile(loss = "categorical_crossentropy", optimizer = "sgd", metrics = metrics)
  score <- evaluate(model, shares, one_hot, verbose = 0)
  p <- predict(model, shares)
  expect_named(score, c("loss", "acc", "ce", "mse", "top_k_categorical_accuracy", "huber",
    "root_mean_squared_error"))
  expect_equal(as.vector(unlist(score))[-1], c(
    metric_categorical_accuracy()(one_hot, p), metric_categorical_crossentropy()(one_hot, p),
    metric_mean_squared_error()(one_hot, p), metric_top_k_categorical_accuracy(k = 2)(one_hot, p),
    metric_huber()(one_hot, p), metric_root_mean_squared_error()(one_hot, p)
  ))
  model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = "sgd",
    metrics = "accuracy")
  score <- evaluate(model, shares, codes, verbose = 0)
  expect_equal(score[["accuracy"]], metric_sparse_categorical_accuracy()(codes, p))
})

test_that("what is no metric is refused by compile()", {
  for (bad in list("acuracy", NA, 5, NULL, function(y) 1, loss_huber(),
    c("mse", "mae"), metric_cosine_similarity(axis = 0))) {
    expect_error(as_metric(bad, "metrics"), class = "kestrel_error_argument")
  }
})
