test_that("every loss of the engine has its constructor", {
  for (name in registry("losses")$name) {
    loss <- get(paste0("loss_", name))()
    expect_s3_class(loss, "kestrel_loss")
    expect_identical(loss$record, name)
    expect_identical(as_loss(name)$choice, loss$choice)
    expect_identical(as_loss(get(paste0("loss_", name)))$choice, loss$choice)
    expect_identical(loss$reduction, "sum_over_batch_size")
  }
})

test_that("regression losses have Keras' values", {
  expect_keras(loss_mean_squared_error, c(.025, .125, .5), .2166667, .09166666)
  expect_keras(loss_mean_absolute_error, c(.15, .35, .5), .3333333, .2833333)
  expect_keras(loss_mean_absolute_percentage_error, c(5.00001e7 / 100, 1.5e8 / 100, .5) * 100)
  expect_keras(loss_mean_squared_logarithmic_error, c(.01009243, .05931399, .2402264), .1032109,
    .0429068)
  expect_keras(loss_huber, c(.0125, .0625, .25), .1083333, .04583333)
  expect_keras(loss_log_cosh, c(.01242989, .06114709, .2168905), .09682248, .04490803)
  expect_keras(loss_poisson, c(.5615717, .7054127, 8.559048), 3.275344)
  expect_keras(loss_kl_divergence, c(.2231422, .5108241, 16.1181), 5.617354, .4149301)
  expect_keras(loss_cosine_similarity, c(-.9922779, -.8944272, -.7071068), -.864604)
})

test_that("margin losses have Keras' values", {
  expect_keras(loss_hinge, c(.65, .85, .5), .6666667)
  expect_keras(loss_squared_hinge, c(.625, .925, .5), .6833333)
  expect_keras(loss_categorical_hinge, c(.3, .7, 0), .3333333)
})

test_that("losses of each other's special cases agree", {
  big <- loss_huber(100 * yt, 100 * yp, delta = 1e6)
  expect_equal(big, loss_mean_squared_error(100 * yt, 100 * yp) / 2)
  expect_equal(loss_binary_focal_crossentropy(yt, yp, gamma = 0), loss_binary_crossentropy(yt, yp))
  expect_equal(loss_categorical_focal_crossentropy(yt, yp, alpha = 1, gamma = 0),
    loss_categorical_crossentropy(yt, yp))
  logits <- matrix(c(-1, 2, .5, 3, -2, 0), 3)
  expect_equal(loss_binary_crossentropy(yt, logits, from_logits = TRUE),
    loss_binary_crossentropy(yt, activation_sigmoid(logits)))
  expect_equal(loss_categorical_crossentropy(yt, logits, from_logits = TRUE),
    loss_categorical_crossentropy(yt, activation_softmax(logits)))
})

test_that("bad settings are refused", {
  refused <- function(code) expect_error(code, class = "kestrel_error_argument")
  for (bad in list(NA, "a", NULL, c(1, 2), -1, Inf)) {
    refused(loss_huber(delta = bad))
    refused(loss_tversky(alpha = bad))
    refused(loss_binary_crossentropy(label_smoothing = bad))
    refused(loss_binary_focal_crossentropy(gamma = bad))
    refused(loss_categorical_generalized_cross_entropy(q = bad))
  }
  refused(loss_categorical_generalized_cross_entropy(q = 0))
  refused(loss_huber(delta = 0))
  for (bad in list(NA, "yes", NULL, 2)) refused(loss_binary_crossentropy(from_logits = bad))
  for (bad in list(NA, "average", 1, character())) refused(loss_poisson(reduction = bad))
  refused(loss_sparse_categorical_crossentropy(ignore_class = 1.5))
  refused(loss_dice(axis = 1))
  refused(loss_poisson(dtype = "int"))
  refused(loss_poisson(name = 5))
  refused(loss_huber(detla = 1))
  refused(loss_poisson(yt, yp, 1))
  refused(loss_poisson(yt))
  refused(loss_poisson(y_pred = yp))
})

test_that("bad data are refused", {
  for (f in list(loss_mean_squared_error, loss_mean_squared_error())) {
    for (bad in list(NULL, "a", factor("a"), list(1), numeric(), mean, as.Date("2020-01-01"))) {
      expect_error(f(bad, yp), class = "kestrel_error_argument")
      expect_error(f(yt, bad), class = "kestrel_error_argument")
    }
    expect_error(f(replace(yt, 3, NA), yp), class = "kestrel_error_data")
    expect_error(f(yt, replace(yp, 3, Inf)), class = "kestrel_error_data")
    expect_error(f(yt[1:2, ], yp), class = "kestrel_error_shape")
    expect_error(f(array(0, c(3, 2, 2)), yp), class = "kestrel_error_shape")
  }
  expect_error(loss_categorical_crossentropy(matrix(1:3), yp), class = "kestrel_error_shape")
  sparse <- loss_sparse_categorical_crossentropy
  for (bad in list(c(1, 2, 0), c(-1, 0, 0), c(.5, 0, 0))) {
    expect_error(sparse(bad, yp), class = "kestrel_error_data")
  }
  expect_error(sparse(yt, yp), class = "kestrel_error_shape")
  expect_error(sparse(c(1, 0), yp), class = "kestrel_error_shape")
  expect_error(sparse(c(1, 0, 1), yp, axis = 2), class = "kestrel_error_shape")
  loss <- loss_mean_squared_error()
  expect_error(loss(yt, yp, c(1, 2)), class = "kestrel_error_shape")
  expect_error(loss(yt, yp, c(1, NA, 2)), class = "kestrel_error_data")
  expect_error(loss(yt, yp, "a"), class = "kestrel_error_argument")
})

test_that("messages and printing read well", {
  model <- keras_model_sequential(input_shape = 2)
  expect_snapshot(error = TRUE, compile(model, loss = "mean_square_error"))
  expect_snapshot(error = TRUE, compile(model, loss = function(y_pred) 1))
  expect_snapshot(error = TRUE, compile(model, loss = loss_cosine_similarity(axis = 0)))
  expect_snapshot(error = TRUE, loss_huber(2))
  expect_snapshot(error = TRUE, loss_huber(delta = -1))
  expect_snapshot(error = TRUE, loss_poisson(factor("a"), yp))
  expect_snapshot(error = TRUE, loss_poisson(yt[1:2, ], yp))
  expect_snapshot(error = TRUE, loss_poisson()(yt, replace(yp, 3, NA)))
  expect_snapshot(error = TRUE, loss_sparse_categorical_crossentropy(yt, yp))
  expect_snapshot(error = TRUE, loss_sparse_categorical_crossentropy(1:3, yp))
  expect_snapshot(error = TRUE, loss_poisson()(yt, yp, 1:2))
  expect_snapshot(loss_huber(delta = 2))
})
