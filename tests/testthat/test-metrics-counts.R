# Of `truth` and `share`, computed by Keras (float32); and counts by hand.

test_that("counts, precision and recall have Keras' values", {
  keras <- function(metric, plain, weighted) {
    expect_equal(metric(truth, share), plain, tolerance = 1e-6)
    metric$reset_state()
    expect_equal(metric(truth, share, truth_weight), weighted, tolerance = 1e-6)
  }
  said <- share > .5
  keras(metric_true_positives(), 2, sum(truth_weight[said & truth == 1]))
  keras(metric_false_positives(), 1, sum(truth_weight[said & truth == 0]))
  keras(metric_true_negatives(), 3, sum(truth_weight[!said & truth == 0]))
  keras(metric_false_negatives(), 2, sum(truth_weight[!said & truth == 1]))
  keras(metric_precision(), .6666667, .6666667)
  keras(metric_recall(), .5, .4)
  expect_equal(metric_precision(thresholds = c(.3, .6))(truth, share), c(.5714286, .6666667),
    tolerance = 1e-6)
})

# Counts over several thresholds in any order, in any batches, of all numbers of a matrix.
test_that("counts are those of R, at any thresholds and in any batches", {
  set.seed(1)
  t <- matrix(rbinom(60, 1, .4), 20)
  p <- matrix(runif(60), 20)
  w <- runif(20)
  at <- c(.7, .2, .5)
  count <- function(of) vapply(at, function(s) sum((w * of(p > s, t == 1))), 0)
  expected <- list(
    true_positives = count(function(said, is) said & is),
    false_positives = count(function(said, is) said & !is),
    true_negatives = count(function(said, is) !said & !is),
    false_negatives = count(function(said, is) !said & is)
  )
  for (name in names(expected)) {
    m <- get(paste0("metric_", name))(thresholds = at)
    m$update_state(t[1:7, ], p[1:7, ], w[1:7])
    m$update_state(t[8:20, ], p[8:20, ], w[8:20])
    expect_equal(m$result(), expected[[name]])
  }
  precision <- expected[[1]] / (expected[[1]] + expected[[2]])
  expect_equal(metric_precision(thresholds = as.list(at))(t, p, w), precision)
})

test_that("top_k and class_id restrict what counts", {
  t <- rbind(c(0, 1, 1), c(1, 0, 0), c(0, 0, 1))
  p <- rbind(c(.1, .3, .9), c(.2, .2, .1), c(.6, .7, .1))
  expect_equal(metric_precision(top_k = 1)(t, p), 2 / 3)
  expect_equal(metric_recall(top_k = 2)(t, p), 3 / 4)
  expect_equal(metric_precision(class_id = 2)(t, p), 1)
  expect_equal(metric_recall(class_id = 2)(t, p), 1 / 2)
  expect_equal(metric_recall(top_k = 2, class_id = 1)(t, p), 1)
  expect_equal(metric_precision(top_k = 2, thresholds = .5)(t, p), 1 / 3)
  expect_refused(metric_recall(class_id = 3)(t, p), "argument", "class_id")
})

test_that("F-scores have Keras' values", {
  keras <- function(metric, value) expect_equal(metric(one_hot, shares), value, tolerance = 1e-6)
  keras(metric_f1_score(), c(.6666666, .4999999, .6666666))
  keras(metric_f1_score(average = "macro"), .611111)
  keras(metric_f1_score(average = "micro"), .6)
  keras(metric_f1_score(average = "weighted"), .6)
  keras(metric_fbeta_score(beta = 2, average = "macro"), .6296296)
})

test_that("F-scores are harmonic means of precision and recall", {
  set.seed(2)
  t <- matrix(rbinom(40, 1, .5), 10)
  p <- matrix(runif(40), 10)
  w <- runif(10)
  f <- vapply(1:4, function(k) {
    precision <- metric_precision(thresholds = .6, class_id = k - 1)(t, p, w)
    recall <- metric_recall(thresholds = .6, class_id = k - 1)(t, p, w)
    5 * precision * recall / (4 * precision + recall)
  }, 0)
  expect_equal(metric_fbeta_score(beta = 2, threshold = .6)(t, p, w), f, tolerance = 1e-6)
  support <- colSums(w * t)
  expect_equal(metric_fbeta_score(beta = 2, threshold = .6, average = "weighted")(t, p, w),
    sum(f * support) / sum(support), tolerance = 1e-6)
  # Nobody is said to be positive by a row of zeros.
  expect_identical(metric_f1_score()(rbind(c(1, 0)), rbind(c(0, 0))), c(0, 0))
})

test_that("bad settings and data are refused", {
  for (bad in list(-.1, 1.1, NA, "a", numeric())) {
    expect_refused(metric_precision(thresholds = bad), "argument", "thresholds")
    expect_refused(metric_true_positives(thresholds = bad), "argument", "thresholds")
  }
  expect_refused(metric_recall(top_k = 0), "argument", "top_k")
  expect_refused(metric_recall(class_id = -1), "argument", "class_id")
  expect_refused(metric_f1_score(average = "mean"), "argument", "average")
  expect_refused(metric_f1_score(threshold = 0), "argument", "threshold")
  expect_refused(metric_fbeta_score(beta = 0), "argument", "beta")
  m <- metric_f1_score()
  m$update_state(one_hot, shares)
  before <- m$variables
  expect_error(m$update_state(diag(2), diag(2)), class = "kestrel_error_shape")
  expect_error(m$update_state(one_hot, shares[1:4, ]), class = "kestrel_error_shape")
  expect_identical(m$variables, before)
  expect_snapshot(error = TRUE, {
    metric_precision(thresholds = 2)
    metric_precision(0.5)
    metric_f1_score(average = "Macro")
    m$update_state(diag(2), diag(2))
  })
})

test_that("a model logs each number of a result by itself", {
  set.seed(3)
  x <- matrix(rnorm(60), 20)
  y <- diag(3)[sample(3, 20, TRUE), ]
  model <- keras_model_sequential() %>% layer_dense(3, "softmax")
  model %>% compile(loss = "categorical_crossentropy", optimizer = "sgd", metrics = list("accuracy",
    metric_f1_score(), metric_precision(thresholds = c(.3, .4)), metric_recall(name = "found")))
  history <- fit(model, x, y, epochs = 2, batch_size = 7, verbose = 0, validation_split = .2)
  names <- c("loss", "accuracy", paste0("f1_score_", 0:2), "precision_0", "precision_1", "found")
  expect_named(history$metrics, c(names, paste0("val_", names)))
  score <- evaluate(model, x, y, batch_size = 6, verbose = 0)
  p <- predict(model, x)
  expect_named(score, names)
  expect_equal(as.vector(score[3:5]), metric_f1_score()(y, p), tolerance = 1e-6)
  expect_equal(as.vector(score[6:7]), metric_precision(thresholds = c(.3, .4))(y, p),
    tolerance = 1e-6)
  expect_equal(score[["found"]], metric_recall()(y, p), tolerance = 1e-6)
  expect_equal(test_on_batch(model, x, y), as.vector(score), tolerance = 1e-6)
  expect_identical(metric_f1_score()$label, "f1_score")
})

test_that("weighted metrics weigh, plain ones do not", {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, "sigmoid", weights = list(matrix(1), 0))
  model %>% compile(loss = "binary_crossentropy", optimizer = "sgd", metrics = "recall",
    weighted_metrics = list("recall", metric_auc()))
  x <- stats::qlogis(share)
  score <- evaluate(model, x, truth, sample_weight = truth_weight, verbose = 0)
  expect_equal(as.vector(score[-1]), c(.5, .4, .5285714), tolerance = 1e-6)
  expect_named(score, c("loss", "recall", "weighted_recall", "auc"))
})
