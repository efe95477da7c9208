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

test_that("ties count as in Keras: the first is the largest, all are among the k largest", {
  tied <- rbind(c(.4, .4, .2))
  expect_identical(metric_sparse_categorical_accuracy(0, tied), 1)
  expect_identical(metric_sparse_categorical_accuracy(1, tied), 0)
  expect_identical(metric_sparse_top_k_categorical_accuracy(1, tied, k = 1), 1)
})

test_that("columns of an ignored class weigh nothing", {
  m <- metric_sparse_categorical_crossentropy(ignore_class = 2)
  expect_equal(m(codes, shares), -mean(log(c(.5, .5, .3))))
})
