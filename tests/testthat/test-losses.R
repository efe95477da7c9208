yt <- rbind(c(0, 1), c(1, 0), c(1, 1))
yp <- rbind(c(.1, .8), c(.6, .3), c(1, 0))
weight <- c(1, 2, 0)

test_that("every loss of the engine has its constructor", {
  for (name in registry("losses")$name) {
    loss <- get(paste0("loss_", name))()
    expect_s3_class(loss, "kestrel_loss")
    expect_identical(loss$name, name)
    expect_identical(as_loss(name)$choice, loss$choice)
    expect_identical(as_loss(get(paste0("loss_", name)))$choice, loss$choice)
    expect_identical(loss$reduction, "sum_over_batch_size")
  }
})

# Keras' values for yt and yp: of each sample, their mean, and with `weight`. Its numbers are
# of single precision, which shows where 1 - 1e-7 is 0.99999988.
expect_keras <- function(loss, values, mean = NULL, weighted = NULL, y = yt, ...) {
  expect_equal(loss(y, yp, ...), values, tolerance = 2e-6)
  if (!is.null(mean)) expect_equal(loss(...)(y, yp), mean, tolerance = 2e-6)
  if (!is.null(weighted)) expect_equal(loss(...)(y, yp, weight), weighted, tolerance = 2e-6)
}

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

test_that("more dimensions have a value for each place", {
  set.seed(1)
  t <- array(runif(24), c(2, 3, 4))
  y <- array(runif(24), c(2, 3, 4))
  v <- apply((t - y)^2, 1:2, mean)
  expect_equal(loss_mean_squared_error(t, y), v)
  expect_equal(loss_mean_squared_error()(t, y), mean(v))
  expect_equal(loss_mean_squared_error()(t, y, c(1, 3)), mean(v * c(1, 3)))
  w <- matrix(1:6, 2)
  expect_equal(loss_mean_squared_error()(t, y, w), mean(v * w))
  expect_equal(loss_mean_squared_error(reduction = "none")(t, y, w), v * w)
})

test_that("the axis of classes may be another one", {
  set.seed(1)
  p <- array(runif(24), c(2, 3, 4))
  t <- array(0, c(2, 3, 4))
  codes <- matrix(c(0, 1, 2, 2, 1, 0, 0, 1), 2)
  for (i in 1:2) for (j in 1:4) t[i, codes[i, j] + 1, j] <- 1
  expected <- -apply(t * log(sweep(p, c(1, 3), apply(p, c(1, 3), sum), "/")), c(1, 3), sum)
  expect_equal(loss_categorical_crossentropy(t, p, axis = 1), expected)
  expect_equal(loss_categorical_crossentropy(t, p, axis = -2), expected)
  expect_equal(loss_sparse_categorical_crossentropy(codes, p, axis = 1), expected)
  cosine <- -colSums(yt * yp) / sqrt(colSums(yt^2) * colSums(yp^2))
  expect_equal(loss_cosine_similarity(yt, yp, axis = 0), cosine)
})

test_that("shapes meet as in Keras", {
  column <- matrix(c(1, 3))
  expect_equal(loss_mean_squared_error(c(1, 2), column), c(0, 1))
  expect_equal(loss_mean_squared_error(column, c(1, 2)), c(0, 1))
  expect_equal(loss_mean_squared_error(c(1, 2), c(1, 4)), 2)
  expect_equal(loss_mean_squared_error()(c(1, 2), c(1, 4), c(1, 3)), 3 * 4 / 2)
  expect_equal(loss_mean_squared_error(column, rbind(1:2, 3:4)), c(.5, .5))
  expect_equal(loss_mean_squared_error(rbind(1:2, 3:4), column), c(.5, .5))
  expect_equal(loss_mean_squared_error(data.frame(a = 1:2), column), c(0, 1))
  expect_equal(loss_sparse_categorical_crossentropy(matrix(c(1, 0, 1)), yp),
    loss_sparse_categorical_crossentropy(c(1, 0, 1), yp))
  expect_equal(loss_sparse_categorical_crossentropy(1, c(.25, .75)), -log(.75))
  expect_identical(loss_mean_squared_error(yt == 1, yp), loss_mean_squared_error(yt, yp))
})

test_that("a sample's value does not depend on the others, nor its order", {
  set.seed(1)
  t <- matrix(runif(20), 5)
  y <- matrix(runif(20), 5)
  for (name in setdiff(registry("losses")$name, c("sparse_categorical_crossentropy",
    "categorical_generalized_cross_entropy", "dice", "tversky"))) {
    f <- get(paste0("loss_", name))
    expect_equal(f(t[5:1, ], y[5:1, ]), rev(f(t, y)), label = name)
    expect_equal(f(t[2, , drop = FALSE], y[2, , drop = FALSE]), f(t, y)[2], label = name)
  }
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

test_that("what is no loss is refused by compile()", {
  for (bad in list("mse ", "mean_square_error", NA, 5, NULL, function(y_true, y_pred) 1,
    metric_mean_squared_error(), loss_cosine_similarity(axis = 0))) {
    expect_error(as_loss(bad, "loss"), class = "kestrel_error_argument")
  }
})

test_that("messages and printing read well", {
  model <- keras_model_sequential(input_shape = 2)
  expect_snapshot(error = TRUE, compile(model, loss = "mean_square_error"))
  expect_snapshot(error = TRUE, compile(model, loss = function(y_true, y_pred) 1))
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
