test_that("cross-entropies have Keras' values", {
  expect_keras(loss_binary_crossentropy, c(.164252, .4337503, 8.059048), 2.885683, .3439175)
  expect_equal(loss_binary_crossentropy(label_smoothing = .1)(yt, yp), 2.924521, tolerance = 1e-3)
  expect_equal(loss_binary_crossentropy(from_logits = TRUE)(yt, yp), .5689582, tolerance = 1e-6)
  expect_keras(loss_binary_focal_crossentropy, c(.004989673, .05691642, 8.059048), 2.706985)
  expect_keras(loss_binary_focal_crossentropy, c(.00151082, .02225429, 2.014762),
    apply_class_balancing = TRUE)
  expect_keras(loss_categorical_crossentropy, c(.117783, .4054651, 16.1181), 5.547115, .3095711)
  smooth <- loss_categorical_crossentropy(label_smoothing = .1)
  expect_equal(smooth(yt, yp), 5.324689, tolerance = 1e-6)
  logits <- loss_categorical_crossentropy(from_logits = TRUE)
  expect_equal(logits(yt, yp), .8613548, tolerance = 1e-6)
  expect_keras(loss_categorical_focal_crossentropy, c(.0003635278, .01126292, 4.029523))
  codes <- c(1, 0, 1)
  sparse <- loss_sparse_categorical_crossentropy
  expect_keras(sparse, c(.117783, .4054651, 16.1181), 5.547115, y = codes)
  expect_keras(sparse, c(.4031861, .5543553, 1.313262), y = codes, from_logits = TRUE)
  expect_equal(sparse(ignore_class = 0)(codes, yp), 8.117939, tolerance = 1e-6)
})

test_that("smoothed labels are between the classes", {
  q <- pmin(pmax(yp, 1e-7), 1 - 1e-7)
  t <- .7 * yt + .15
  expect_equal(loss_binary_crossentropy(yt, yp, label_smoothing = .3),
    rowMeans(-t * log(q) - (1 - t) * log(1 - q)))
  q <- pmin(pmax(yp / rowSums(yp), 1e-7), 1 - 1e-7)
  expect_equal(loss_categorical_crossentropy(yt, yp, label_smoothing = .3), rowSums(-t * log(q)))
})

test_that("losses of the whole batch are one number", {
  expect_equal(loss_dice(yt, yp), .2941176, tolerance = 1e-6)
  expect_equal(loss_tversky(yt, yp), .2941176, tolerance = 1e-6)
  both <- sum(yt * yp)
  missed <- sum(yt * (1 - yp))
  wrong <- sum((1 - yt) * yp)
  expect_equal(loss_tversky(yt, yp, alpha = .3, beta = .9),
    1 - both / (both + .3 * missed + .9 * wrong + 1e-7))
  expect_identical(loss_dice(reduction = "none")(yt, yp), loss_dice(yt, yp))
})

test_that("the generalized cross-entropy takes class codes", {
  expect_equal(loss_categorical_generalized_cross_entropy(c(1, 0, 1), yp, q = 0.3),
    (1 - c(.8, .6, 0)^0.3) / 0.3)
})

test_that("an ignored class may be none of the model's", {
  loss <- loss_sparse_categorical_crossentropy(ignore_class = -1)
  # Keras divides by the number of values that count, plus 1e-7.
  expect_equal(loss(c(1, -1, 1), yp), -sum(log(c(.8 / .9, 1e-7))) / (2 + 1e-7))
  v <- loss_sparse_categorical_crossentropy(c(1, -1, 1), yp, ignore_class = -1)
  expect_identical(v[2], 0)
  model <- keras_model_sequential() %>% layer_dense(2, "softmax", input_shape = 2)
  model %>% compile(loss = loss, optimizer = "sgd")
  score <- evaluate(model, yp, c(1, -1, 1), verbose = 0)
  expect_equal(score[["loss"]], loss(c(1, -1, 1), predict(model, yp)))
})
