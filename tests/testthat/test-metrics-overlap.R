# Tables of predictions over truth in plain R; Keras computes in single precision.
overlap <- function(t, p, n, w = rep(1, length(t)), ids = seq_len(n) - 1) {
  table <- matrix(0, n, n)
  for (i in seq_along(t)) table[t[i] + 1, p[i] + 1] <- table[t[i] + 1, p[i] + 1] + w[i]
  either <- (rowSums(table) + colSums(table) - diag(table))[ids + 1]
  sum(diag(table)[ids + 1] / (either + 1e-7)) / sum(either > 0)
}

test_that("IoU of codes is that of their table", {
  set.seed(1)
  t <- sample(0:3, 30, TRUE)
  p <- sample(0:2, 30, TRUE)
  w <- runif(30)
  same <- function(metric, value) {
    expect_equal(metric(t[1:10], p[1:10], w[1:10]) * 0, 0)
    metric$update_state(t[11:30], p[11:30], w[11:30])
    expect_equal(metric$result(), value, tolerance = 1e-6)
  }
  same(metric_iou(num_classes = 5, target_class_ids = c(0, 3)), overlap(t, p, 5, w, c(0, 3)))
  same(metric_mean_iou(num_classes = 5), overlap(t, p, 5, w))
  keep <- t != 1
  same(metric_mean_iou(num_classes = 5, ignore_class = 1), overlap(t[keep], p[keep], 5, w[keep]))
})

test_that("IoU has Keras' values", {
  expect_equal(metric_mean_iou(num_classes = 3)(codes, max.col(shares) - 1), .4444444,
    tolerance = 1e-6)
  binary <- metric_binary_iou(target_class_ids = c(0, 1), threshold = .3)
  expect_equal(binary(c(0, 1, 0, 1), c(.1, .2, .4, .7)), .33333334, tolerance = 1e-6)
  binary$reset_state()
  expect_equal(binary(c(0, 1, 0, 1), c(.1, .2, .4, .7), c(.2, .3, .4, .1)), .17361112,
    tolerance = 1e-6)
  t <- rbind(c(0, 0, 1), c(1, 0, 0), c(0, 1, 0), c(1, 0, 0))
  p <- rbind(c(.2, .3, .5), c(.1, .2, .7), c(.5, .3, .1), c(.1, .4, .5))
  w <- c(.1, .2, .3, .4)
  expect_equal(metric_one_hot_iou(num_classes = 3, target_class_ids = c(0, 2))(t, p, w),
    .1 / .7 / 2, tolerance = 1e-6)
  expect_equal(metric_one_hot_mean_iou(num_classes = 3)(t, p, w), .1 / .7 / 3, tolerance = 1e-6)
})

test_that("codes may stand on one side and scores on the other", {
  said <- max.col(shares) - 1
  plain <- metric_mean_iou(num_classes = 3)(codes, said)
  expect_identical(metric_mean_iou(num_classes = 3, sparse_y_pred = FALSE)(codes, shares), plain)
  expect_identical(metric_one_hot_mean_iou(num_classes = 3)(one_hot, shares), plain)
  expect_identical(metric_one_hot_mean_iou(num_classes = 3, sparse_y_pred = TRUE)(one_hot, said),
    plain)
})

test_that("in a model scores are compared with codes or with rows", {
  model <- keras_model_sequential(input_shape = 3) %>% layer_activation("softmax")
  x <- log(shares)
  model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = "sgd",
    metrics = metric_mean_iou(num_classes = 3, sparse_y_pred = FALSE))
  score <- evaluate(model, x, codes, verbose = 0)
  expect_equal(score[["mean_io_u"]], .4444444, tolerance = 1e-6)
  model %>% compile(loss = "categorical_crossentropy", optimizer = "sgd",
    metrics = metric_one_hot_iou(num_classes = 3, target_class_ids = 2))
  score <- evaluate(model, x, one_hot, verbose = 0)
  expect_equal(score[["one_hot_io_u"]], overlap(codes, max.col(shares) - 1, 3, ids = 2),
    tolerance = 1e-6)
})

test_that("bad classes are refused", {
  expect_refused(metric_iou(num_classes = 2, target_class_ids = 2), "argument", "target_class_ids")
  expect_refused(metric_iou(num_classes = 2), "argument", "target_class_ids")
  expect_refused(metric_mean_iou(), "argument", "num_classes")
  expect_refused(metric_binary_iou(threshold = "a"), "argument", "threshold")
  expect_error(metric_mean_iou(num_classes = 2)(c(0, 2), c(0, 1)), class = "kestrel_error_data")
  expect_error(metric_mean_iou(num_classes = 2)(c(0, 1), c(0, 2)), class = "kestrel_error_data")
})
