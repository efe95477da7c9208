truth <- c(0, 0, 1, 1, 1, 0, 1, 0)
share <- c(.1, .4, .35, .8, .5, .5, .9, .95)
weight <- c(1, 1, 2, 1, 1, .5, 1, 1)

codes <- c(0, 1, 2, 2, 1)
shares <- rbind(c(.5, .3, .2), c(.2, .5, .3), c(.1, .6, .3), c(.2, .2, .6), c(.4, .3, .3))
one_hot <- diag(3)[codes + 1, ]

test_that("every metric of the engine has its constructor", {
  for (name in registry("metrics")$name) {
    metric <- get(paste0("metric_", name))()
    expect_s3_class(metric, "kestrel_metric")
    expect_identical(metric$name, name)
    if (name == "accuracy") next
    expect_identical(as_metric(name)$choice, metric$choice)
    expect_identical(as_metric(get(paste0("metric_", name)))$name, name)
  }
})

test_that("every loss is a metric too", {
  expect_true(all(registry("losses")$name %in% registry("metrics")$name))
})

test_that("metrics of one output have Keras' values", {
  keras <- function(metric, value, ...) {
    expect_equal(metric(truth, share, ...), value, tolerance = 1e-6)
  }
  keras(metric_binary_accuracy(), .625)
  keras(metric_binary_accuracy(), .5294118, sample_weight = weight)
  keras(metric_root_mean_squared_error(), .5055937)
  keras(metric_root_mean_squared_error(), .524965, sample_weight = weight)
  keras(metric_mean_squared_error(), .255625)
  keras(metric_log_cosh_error(), .1177668)
  keras(metric_binary_crossentropy(), .7970673)
})

test_that("metrics of classes have Keras' values", {
  keras <- function(metric, value, y = one_hot) {
    expect_equal(metric(y, shares), value, tolerance = 1e-6)
  }
  keras(metric_categorical_accuracy(), .6)
  keras(metric_sparse_categorical_accuracy(), .6, codes)
  keras(metric_top_k_categorical_accuracy(k = 2), 1)
  keras(metric_sparse_top_k_categorical_accuracy(k = 2), 1, codes)
  keras(metric_cosine_similarity(), .696714)
  keras(metric_kl_divergence(), .8610102)
  keras(metric_categorical_crossentropy(), .8610131)
  keras(metric_poisson(), .6203376)
  keras(metric_categorical_hinge(), .92)
})

test_that("called with data metrics have a value for each sample", {
  expect_identical(metric_binary_accuracy(matrix(truth), matrix(share)),
    as.numeric((share > .5) == truth))
  expect_identical(metric_binary_accuracy(matrix(truth), matrix(share), threshold = .3),
    as.numeric((share > .3) == truth))
  expect_identical(metric_categorical_accuracy(one_hot, shares), c(1, 1, 0, 1, 0))
  expect_identical(metric_sparse_categorical_accuracy(codes, shares), c(1, 1, 0, 1, 0))
  expect_identical(metric_accuracy(cbind(1:3, 4:6), cbind(1:3, 6:4)), c(.5, 1, .5))
  expect_equal(metric_root_mean_squared_error(one_hot, shares), sqrt(mean((one_hot - shares)^2)))
  for (name in c("mean_squared_error", "huber", "kl_divergence", "binary_crossentropy", "dice")) {
    expect_identical(get(paste0("metric_", name))(one_hot, shares),
      get(paste0("loss_", name))(one_hot, shares), label = name)
  }
  expect_equal(metric_cosine_similarity(one_hot, shares), -loss_cosine_similarity(one_hot, shares))
})

test_that("ties count as in Keras: the first is the largest, all are among the k largest", {
  tied <- rbind(c(.4, .4, .2))
  expect_identical(metric_sparse_categorical_accuracy(0, tied), 1)
  expect_identical(metric_sparse_categorical_accuracy(1, tied), 0)
  expect_identical(metric_sparse_top_k_categorical_accuracy(1, tied, k = 1), 1)
})

test_that("batches add up to the whole", {
  set.seed(1)
  t <- matrix(runif(30), 10)
  y <- matrix(runif(30), 10)
  w <- runif(10)
  sparse <- c("sparse_categorical_crossentropy", "categorical_generalized_cross_entropy",
    "sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy")
  for (name in setdiff(registry("metrics")$name, c(sparse, "dice", "tversky"))) {
    make <- get(paste0("metric_", name))
    m <- make()
    m$update_state(t[1:3, ], y[1:3, ], w[1:3])
    m$update_state(t[4:10, ], y[4:10, ], w[4:10])
    expect_equal(m$result(), make()(t, y, w), label = name)
    expect_equal(m$count, sum(w), label = name)
    if (name == "root_mean_squared_error") next
    expect_equal(m$result(), sum(w * make(t, y)) / sum(w), label = name)
  }
})

test_that("state is kept, read and reset", {
  m <- metric_mean_absolute_error()
  expect_identical(m$result(), 0)
  expect_invisible(m$update_state(c(1, 2), c(1.5, 2)))
  same <- m
  same$update_state(3, 4)
  expect_equal(m$result(), 0.5)
  expect_equal(c(m$total, m$count), c(1.5, 3))
  expect_equal(m(5, 5), 1.5 / 4)
  m$reset_state()
  expect_identical(m$result(), 0)
  m$update_state(1, 2)
  m$reset_states()
  expect_identical(m$variables, list(0, 0))
})

test_that("weights of nothing give 0, and a bad update changes nothing", {
  m <- metric_mean_squared_error()
  m$update_state(c(1, 2), c(3, 4), c(0, 0))
  expect_identical(m$result(), 0)
  m$update_state(1, 2)
  before <- m$variables
  expect_error(m$update_state(c(1, NA), c(3, 4)), class = "kestrel_error_data")
  expect_error(m$update_state(c(1, 2), c(3, 4), 1:3), class = "kestrel_error_shape")
  expect_identical(m$variables, before)
})

test_that("columns of an ignored class weigh nothing", {
  m <- metric_sparse_categorical_crossentropy(ignore_class = 2)
  expect_equal(m(codes, shares), -mean(log(c(.5, .5, .3))))
})

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
  resolved <- function(x, columns, units) resolve_metric(as_metric(x), columns, units)[["name"]]
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

test_that("metrics survive saving, with their sums", {
  m <- metric_binary_accuracy()
  m(truth, share)
  copy <- unserialize(serialize(m, NULL))
  expect_identical(copy$result(), m$result())
  copy$reset_state()
  expect_identical(m$result(), .625)
  expect_lt(length(serialize(m, NULL)), 5000)
})

test_that("settings and data are checked as those of losses", {
  refused <- function(code) expect_error(code, class = "kestrel_error_argument")
  for (bad in list(NA, "a", NULL, c(1, 2), Inf)) {
    refused(metric_binary_accuracy(threshold = bad))
    refused(metric_top_k_categorical_accuracy(k = bad))
    refused(metric_huber(delta = bad))
  }
  refused(metric_top_k_categorical_accuracy(k = 0))
  refused(metric_sparse_top_k_categorical_accuracy(from_sorted_ids = TRUE))
  refused(metric_binary_accuracy(treshold = 1))
  refused(metric_mean_squared_error(name = 1))
  refused(metric_mean_squared_error(1))
  refused(metric_mean_squared_error(1, "a"))
  expect_error(metric_categorical_accuracy(codes, shares), class = "kestrel_error_shape")
  expect_error(metric_sparse_categorical_accuracy(codes + 1, shares), class = "kestrel_error_data")
})

test_that("what is no metric is refused by compile()", {
  for (bad in list("acuracy", NA, 5, NULL, function(y_true, y_pred) 1, loss_huber(),
    c("mse", "mae"), metric_cosine_similarity(axis = 0))) {
    expect_error(as_metric(bad, "metrics"), class = "kestrel_error_argument")
  }
})

test_that("messages and printing read well", {
  model <- keras_model_sequential(input_shape = 2)
  bad <- function(x) compile(model, loss = "mse", metrics = x)
  expect_snapshot(error = TRUE, bad("acuracy"))
  expect_snapshot(error = TRUE, bad(list("mae", 5)))
  expect_snapshot(error = TRUE, bad(function(y_true, y_pred) 1))
  expect_snapshot(error = TRUE, metric_categorical_accuracy(codes, shares))
  expect_snapshot(error = TRUE, bad("auc"))
  expect_snapshot(error = TRUE, bad("rmse"))
  m <- metric_binary_accuracy()
  expect_snapshot(m)
  m(truth, share)
  expect_snapshot(m)
})
