test_that("reductions are sums and means of the weighted values", {
  v <- loss_mean_squared_error(yt, yp)
  reduced <- function(reduction, w = NULL) loss_mean_squared_error(reduction = reduction)(yt, yp, w)
  expect_equal(reduced("sum"), sum(v))
  expect_equal(reduced("sum", weight), sum(v * weight))
  expect_equal(reduced("sum_over_batch_size", weight), sum(v * weight) / 3)
  expect_equal(reduced("mean_with_sample_weight", weight), sum(v * weight) / 3)
  expect_equal(reduced("mean_with_sample_weight", c(1, 2, 1)), sum(v * c(1, 2, 1)) / 4)
  expect_equal(reduced("none", weight), v * weight)
  expect_equal(reduced(NULL, weight), v * weight)
  expect_identical(reduced("auto"), reduced("sum_over_batch_size"))
  expect_identical(reduced("mean"), reduced("sum_over_batch_size"))
  expect_equal(reduced("sum", matrix(weight)), sum(v * weight))
  expect_equal(reduced("sum", 2), 2 * sum(v))
  expect_equal(loss_dice(reduction = "none")(yt, yp, weight), weight * loss_dice(yt, yp))
})

test_that("equal weights change a weighted mean by nothing, and doubled ones double a sum", {
  set.seed(1)
  t <- matrix(runif(20), 5)
  y <- matrix(runif(20), 5)
  for (name in setdiff(registry("losses")$name, c("sparse_categorical_crossentropy",
    "categorical_generalized_cross_entropy"))) {
    make <- get(paste0("loss_", name))
    mean_loss <- make(reduction = "mean_with_sample_weight")
    expect_equal(mean_loss(t, y, rep(3, 5)), make()(t, y), label = name)
    w <- runif(5)
    expect_equal(make()(t, y, 2 * w), 2 * make()(t, y, w), label = name)
  }
})

test_that("compile() knows Keras' names", {
  known <- function(name, record) expect_identical(as_loss(name)$name, record)
  known("mse", "mean_squared_error")
  known("MSE", "mean_squared_error")
  known("MeanSquaredError", "mean_squared_error")
  known("mae", "mean_absolute_error")
  known("mape", "mean_absolute_percentage_error")
  known("MSLE", "mean_squared_logarithmic_error")
  known("bce", "binary_crossentropy")
  known("kld", "kl_divergence")
  known("KLDivergence", "kl_divergence")
  known("kullback_leibler_divergence", "kl_divergence")
  known("logcosh", "log_cosh")
  known("LogCosh", "log_cosh")
  known("cosine_proximity", "cosine_similarity")
  known(loss_kullback_leibler_divergence, "kl_divergence")
  huber <- loss_huber(delta = 2, name = "mine")
  expect_identical(as_loss(huber), huber)
  expect_identical(huber$label, "mine")
  expect_identical(huber$config, list(delta = 2))
  expect_identical(get_config(huber)$delta, 2)
})

test_that("a model's loss is the object's number", {
  set.seed(1)
  model <- keras_model_sequential() %>% layer_dense(2, "sigmoid", input_shape = 2)
  for (name in c("mean_squared_error", "huber", "poisson", "kl_divergence", "hinge",
    "cosine_similarity", "categorical_crossentropy", "binary_crossentropy")) {
    loss <- get(paste0("loss_", name))()
    model %>% compile(loss = loss, optimizer = "sgd")
    score <- suppressWarnings(evaluate(model, yp, yt, sample_weight = c(1, 2, 3), verbose = 0))
    expect_equal(score[["loss"]], loss(yt, predict(model, yp), c(1, 2, 3)), label = name)
  }
})

test_that("objects survive saving", {
  f <- unserialize(serialize(loss_huber(delta = 0.1), NULL))
  expect_identical(f(yt, yp), loss_huber(delta = 0.1)(yt, yp))
  expect_lt(length(serialize(loss_huber(), NULL)), 5000)
})

test_that("what is no loss is refused by compile()", {
  for (bad in list("mse ", "mean_square_error", NA, 5, NULL, function(y_true) 1,
    metric_mean_squared_error(), loss_cosine_similarity(axis = 0))) {
    expect_error(as_loss(bad, "loss"), class = "kestrel_error_argument")
  }
})
