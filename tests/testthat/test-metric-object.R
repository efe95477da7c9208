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

test_that("batches add up to the whole", {
  set.seed(1)
  t <- matrix(runif(30), 10)
  y <- matrix(runif(30), 10)
  w <- runif(10)
  sparse <- c("sparse_categorical_crossentropy", "categorical_generalized_cross_entropy",
    "sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy")
  for (name in setdiff(registry("metrics")$name, c(sparse, "dice", "tversky"))) {
    make <- get(paste0("metric_", name))
    if (!"y_true" %in% names(formals(make))) next
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

test_that("metrics survive saving, with their sums", {
  m <- metric_binary_accuracy()
  m(truth, share)
  copy <- unserialize(serialize(m, NULL))
  expect_identical(copy$result(), m$result())
  copy$reset_state()
  expect_identical(m$result(), .625)
  expect_lt(length(serialize(m, NULL)), 5000)
})

test_that("the name that was given is the name of a metric or loss", {
  expect_identical(metric_auc(name = "prc")$name, "prc")
  expect_identical(metric_auc(name = "prc")[["name"]], "prc")
  expect_identical(metric_mean_absolute_error(name = "a")$name, "a")
  expect_identical(metric_sum(name = "q")$name, "q")
  expect_identical(metric_precision()$name, "precision")
  expect_identical(custom_metric("mine", function(y_true, y_pred) y_pred)$name, "mine")
  expect_identical(loss_huber(name = "h")$name, "h")
  expect_identical(loss_huber()[["name"]], "huber")
  expect_identical(loss_huber(name = "h")$record, "huber")
})
