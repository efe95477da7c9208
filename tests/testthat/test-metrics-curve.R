test_that("areas under curves have Keras' values", {
  keras <- function(metric, plain, weighted) {
    expect_equal(metric(truth, share), plain, tolerance = 1e-6)
    metric$reset_state()
    expect_equal(metric(truth, share, truth_weight), weighted, tolerance = 1e-6)
  }
  keras(metric_auc(), .59375, .5285714)
  keras(metric_auc(curve = "PR"), .5166606, .5585334)
  keras(metric_auc(summation_method = "majoring"), .625, .5428572)
  keras(metric_auc(summation_method = "minoring"), .5625, .5142857)
  keras(metric_auc(num_thresholds = 5), .6875, .6428571)
  keras(metric_sensitivity_at_specificity(specificity = .5), .75, .6)
  keras(metric_specificity_at_sensitivity(sensitivity = .5), .75, .5714286)
  keras(metric_recall_at_precision(precision = .6), .75, 1)
  expect_equal(metric_precision_at_recall(recall = .5)(truth, share), .6666667, tolerance = 1e-6)
})

# With a threshold between all predictions the trapezoids are the share of pairs of a positive
# and a negative that are in the right order, ties half.
test_that("the area under ROC is that of the ranks", {
  set.seed(1)
  t <- rbinom(80, 1, .4)
  p <- sample(0:100, 80, TRUE) / 100
  pairs <- outer(p[t == 1], p[t == 0], function(a, b) (a > b) + (a == b) / 2)
  expect_equal(metric_auc(num_thresholds = 1001)(t, p), mean(pairs))
  expect_equal(metric_auc(thresholds = (0:100 - .5)[-1] / 100)(t, p), mean(pairs))
  expect_equal(metric_auc(from_logits = TRUE, num_thresholds = 5001)(t, stats::qlogis(p * .98 + .01)),
    mean(pairs), tolerance = 1e-12)
})

# Counts at each threshold in plain R.
rates <- function(t, p, w, at) {
  sum_of <- function(of) vapply(at, function(s) sum(w[of(p > s)]), 0)
  list(tp = sum_of(function(said) said & t == 1), fp = sum_of(function(said) said & t == 0),
    fn = sum_of(function(said) !said & t == 1), tn = sum_of(function(said) !said & t == 0))
}

test_that("uneven thresholds and all ways of summation follow the definitions", {
  set.seed(4)
  t <- rbinom(50, 1, .5)
  p <- round(runif(50), 2)
  w <- runif(50)
  at <- c(-1e-7, .1, .35, .4, .9, 1 + 1e-7)
  r <- rates(t, p, w, at)
  share <- function(a, b) ifelse(a + b > 0, a / (a + b), 0)
  area <- function(x, y, height) {
    sum((x[-6] - x[-1]) * switch(height, interpolation = (y[-6] + y[-1]) / 2,
      minoring = pmin(y[-6], y[-1]), majoring = pmax(y[-6], y[-1])))
  }
  sensitivity <- share(r$tp, r$fn)
  for (way in c("interpolation", "minoring", "majoring")) {
    m <- metric_auc(thresholds = c(.9, .1, .4, .35), summation_method = way)
    expect_equal(m(t, p, w), area(share(r$fp, r$tn), sensitivity, way))
    if (way == "interpolation") next
    m <- metric_auc(thresholds = c(.9, .1, .4, .35), summation_method = way, curve = "pr")
    expect_equal(m(t, p, w), area(sensitivity, share(r$tp, r$fp), way))
  }
})

test_that("labels have curves of their own, which may weigh", {
  set.seed(5)
  t <- matrix(rbinom(60, 1, .5), 20)
  p <- matrix(runif(60), 20)
  each <- vapply(1:3, function(k) metric_auc()(t[, k], p[, k]), 0)
  expect_equal(metric_auc(multi_label = TRUE)(t, p), mean(each))
  w <- c(1, 0, 3)
  expect_equal(metric_auc(multi_label = TRUE, label_weights = w)(t, p), sum(w * each) / 4)
  expect_equal(metric_auc()(t, p), metric_auc()(as.vector(t), as.vector(p)))
  # In one curve a label's numbers weigh what the label does.
  expect_equal(metric_auc(label_weights = w)(t, p),
    metric_auc()(as.vector(t), as.vector(p), rep(w, each = 20)))
  expect_refused(metric_auc(label_weights = 1:2)(t, p), "argument", "label_weights")
  expect_refused(metric_auc(multi_label = TRUE, num_labels = 2)(t, p), "argument", "num_labels")
})

test_that("the best rate under a condition is that over all thresholds", {
  set.seed(6)
  t <- rbinom(40, 1, .5)
  p <- runif(40)
  w <- runif(40)
  r <- rates(t, p, w, seq(0, 1, length.out = 11))
  sensitivity <- r$tp / (r$tp + r$fn)
  specificity <- r$tn / (r$tn + r$fp)
  precision <- ifelse(r$tp + r$fp > 0, r$tp / (r$tp + r$fp), 0)
  best <- function(wanted, given, value) max(0, wanted[given >= value])
  expect_equal(metric_sensitivity_at_specificity(specificity = .6, num_thresholds = 11)(t, p, w),
    best(sensitivity, specificity, .6))
  expect_equal(metric_specificity_at_sensitivity(sensitivity = .6, num_thresholds = 11)(t, p, w),
    best(specificity, sensitivity, .6))
  expect_equal(metric_precision_at_recall(recall = .6, num_thresholds = 11)(t, p, w),
    best(precision, sensitivity, .6))
  expect_equal(metric_recall_at_precision(precision = .6, num_thresholds = 11)(t, p, w),
    best(sensitivity, precision, .6))
  expect_equal(metric_recall_at_precision(precision = .1, num_thresholds = 1)(t, p, w),
    (r$tp / (r$tp + r$fn))[6])
  expect_identical(metric_recall_at_precision(precision = 1)(c(0, 0), c(.4, .6)), 0)
})

test_that("bad settings are refused", {
  expect_refused(metric_auc(num_thresholds = 1), "argument", "num_thresholds")
  expect_refused(metric_auc(curve = "roc curve"), "argument", "curve")
  expect_refused(metric_auc(summation_method = 1), "argument", "summation_method")
  expect_refused(metric_auc(label_weights = -1), "argument", "label_weights")
  expect_refused(metric_auc(thresholds = c(.2, NA)), "argument", "thresholds")
  expect_refused(metric_precision_at_recall(), "argument", "recall")
  expect_refused(metric_precision_at_recall(recall = 2), "argument", "recall")
  expect_refused(metric_recall_at_precision(precision = .5, num_thresholds = 0), "argument",
    "num_thresholds")
  expect_identical(metric_auc(curve = "pr")$curve, "PR")
})

test_that("AUC in a model is that of its predictions, and is watched", {
  set.seed(7)
  x <- matrix(rnorm(90), 30)
  y <- as.numeric(x[, 1] + rnorm(30) > 0)
  model <- keras_model_sequential(input_shape = 3) %>% layer_dense(1, "sigmoid")
  model %>% compile(loss = "binary_crossentropy", optimizer = "adam",
    metrics = list(metric_auc(), metric_auc(curve = "PR", name = "area_pr")))
  history <- fit(model, x, y, epochs = 3, batch_size = 8, verbose = 0, validation_data = list(x, y),
    callbacks = list(callback_early_stopping("val_auc", patience = 5, restore_best_weights = TRUE)))
  expect_length(history$metrics$auc, 3)
  score <- evaluate(model, x, y, verbose = 0, batch_size = 7)
  p <- predict(model, x)
  expect_equal(as.vector(score[-1]), c(metric_auc()(y, p), metric_auc(curve = "PR")(y, p)))
})
