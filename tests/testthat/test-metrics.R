test_that("every metric of the engine has its constructor", {
  needed <- list(
    sensitivity_at_specificity = list(specificity = .5), precision_at_recall = list(recall = .5),
    specificity_at_sensitivity = list(sensitivity = .5), recall_at_precision = list(precision = .5),
    iou = list(num_classes = 2, target_class_ids = 0), mean_iou = list(num_classes = 2),
    one_hot_iou = list(num_classes = 2, target_class_ids = 0),
    one_hot_mean_iou = list(num_classes = 2)
  )
  for (name in registry("metrics")$name) {
    make <- get(paste0("metric_", name))
    metric <- do.call(make, needed[[name]] %||% list())
    expect_s3_class(metric, "kestrel_metric")
    expect_identical(metric$record, name)
    if (name %in% c("accuracy", "mean", names(needed))) next
    expect_identical(as_metric(name)$choice, metric$choice)
    expect_identical(as_metric(make)$record, name)
    expect_identical(from_config(get_config(metric))$choice, metric$choice)
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
  keras(metric_binary_accuracy(), .5294118, sample_weight = truth_weight)
  keras(metric_root_mean_squared_error(), .5055937)
  keras(metric_root_mean_squared_error(), .524965, sample_weight = truth_weight)
  keras(metric_mean_squared_error(), .255625)
  keras(metric_log_cosh_error(), .1177668)
  keras(metric_binary_crossentropy(), .7970673)
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

test_that("messages and printing read well", {
  model <- keras_model_sequential(input_shape = 2)
  bad <- function(x) compile(model, loss = "mse", metrics = x)
  expect_snapshot(error = TRUE, bad("acuracy"))
  expect_snapshot(error = TRUE, bad(list("mae", 5)))
  expect_snapshot(error = TRUE, bad(function(y) 1))
  expect_snapshot(error = TRUE, metric_categorical_accuracy(codes, shares))
  expect_snapshot(error = TRUE, bad("precision_at_recall"))
  expect_snapshot(error = TRUE, bad("rmse"))
  m <- metric_binary_accuracy()
  expect_snapshot(m)
  m(truth, share)
  expect_snapshot(m)
})
