# evaluate() against sums in plain R.

scored_model <- function(loss = "mse", units = 2, activation = NULL, ...) {
  set.seed(31)
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(5, activation = "tanh") %>%
    layer_dense(units, activation = activation)
  model %>% compile(loss = loss, optimizer = "sgd", ...)
}

test_that("loss and metrics are means over the rows, the loss first", {
  model <- scored_model(metrics = c("mae", "mse"), weighted_metrics = "mae")
  x <- wave_x()
  y <- wave_y()
  weight <- seq(0, 2, length.out = 40)
  off <- predict(model, x) - y
  score <- evaluate(model, x, y, verbose = 0, sample_weight = weight)
  expect_named(score, c("loss", "mae", "mse", "weighted_mae"))
  expect_near(score[["loss"]], sum(weight * rowMeans(off^2)) / 40, 1e-14)
  expect_near(score[["mae"]], mean(abs(off)), 1e-14)
  expect_near(score[["mse"]], mean(off^2), 1e-14)
  expect_near(score[["weighted_mae"]], sum(weight * rowMeans(abs(off))) / sum(weight), 1e-14)
})

test_that("any batch size gives the same", {
  model <- scored_model(metrics = "mae")
  whole <- evaluate(model, wave_x(), wave_y(), batch_size = 40, verbose = 0)
  for (size in c(1, 3, 39, 41, 1e6)) {
    score <- evaluate(model, wave_x(), wave_y(), batch_size = size, verbose = 0)
    expect_near(unclass(score), unclass(whole), 1e-14)
  }
})

test_that("steps evaluates the first batches", {
  model <- scored_model()
  some <- evaluate(model, wave_x(), wave_y(), batch_size = 6, steps = 3, verbose = 0)
  expect_near(some[["loss"]], mean((predict(model, wave_x()) - wave_y())[1:18, ]^2), 1e-14)
  all <- evaluate(model, wave_x(), wave_y(), batch_size = 6, steps = 100, verbose = 0)
  expect_near(all[["loss"]], mean((predict(model, wave_x()) - wave_y())^2), 1e-14)
})

test_that("cross-entropies are those of the probabilities, accuracy counts", {
  codes <- rep(0:2, length.out = 40)
  sparse <- scored_model("sparse_categorical_crossentropy", 3, "softmax", metrics = "accuracy")
  p <- predict(sparse, wave_x())
  score <- evaluate(sparse, wave_x(), codes, verbose = 0)
  expect_near(score[["loss"]], -mean(log(p[cbind(1:40, codes + 1)])), 1e-13)
  expect_equal(score[["accuracy"]], mean(max.col(p) - 1 == codes))
  binary <- scored_model("binary_crossentropy", 1, "sigmoid", metrics = "accuracy")
  q <- predict(binary, wave_x())[, 1]
  truth <- codes == 1
  score <- evaluate(binary, wave_x(), truth, verbose = 0)
  expect_near(score[["loss"]], -mean(log(ifelse(truth, q, 1 - q))), 1e-13)
  expect_equal(score[["accuracy"]], mean((q > 0.5) == truth))
})

test_that("penalties of weights belong to the loss, loss_weights multiply it", {
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(2, kernel_regularizer = regularizer_l2(0.1))
  model %>% compile(loss = "mse")
  plain <- mean((predict(model, wave_x()) - wave_y())^2)
  penalty <- 0.1 * sum(get_weights(model)[[1]]^2)
  expect_near(evaluate(model, wave_x(), wave_y(), verbose = 0)$loss, plain + penalty, 1e-14)
  model %>% compile(loss = "mse", loss_weights = 3)
  expect_near(evaluate(model, wave_x(), wave_y(), verbose = 0)$loss, 3 * plain + penalty, 1e-14)
})

test_that("a score is read as a list and as a vector", {
  score <- evaluate(scored_model(metrics = "mae"), wave_x(), wave_y(), verbose = 0)
  expect_identical(score$loss, score[["loss"]])
  expect_identical(score[1], c(loss = score$loss))
  expect_identical(score["mae"], c(mae = score[[2]]))
  expect_error(score$accuracy, "There are: \"loss\", \"mae\"", class = "kestrel_error_argument")
  expect_type(score, "double")
})

test_that("evaluation changes nothing and draws nothing", {
  set.seed(32)
  model <- trained_model(2)
  before <- model_state_of(model)
  seed <- .Random.seed
  first <- evaluate(model, wave_x(), wave_y(), verbose = 0)
  expect_identical(evaluate(model, wave_x(), wave_y(), verbose = 0), first)
  expect_identical(model_state_of(model), before)
  expect_identical(.Random.seed, seed)
})

test_that("dropout and batch statistics are off", {
  set.seed(33)
  model <- trained_model(2)
  score <- evaluate(model, wave_x(), wave_y(), verbose = 0)
  expect_near(score[["loss"]], mean((predict(model, wave_x()) - wave_y())^2), 1e-13)
  half <- evaluate(model, wave_x()[1:20, ], wave_y()[1:20, ], verbose = 0)
  expect_near(half[["loss"]], mean((predict(model, wave_x()) - wave_y())[1:20, ]^2), 1e-13)
})

test_that("it prints a line", {
  model <- scored_model()
  set_weights(model, lapply(get_weights(model), function(w) 0 * w))
  expect_snapshot(invisible(evaluate(model, wave_x(), matrix(1, 40, 2), verbose = 2)))
  expect_silent(evaluate(model, wave_x(), wave_y(), verbose = 0))
})

test_that("values that a score has not are refused", {
  score <- evaluate(small_model(metrics = "mae"), small_x(), small_y(), verbose = 0)
  expect_identical(score[["mae"]], unclass(score)[["mae"]])
  expect_identical(score$loss, score[[1]])
  expect_refused(score[["zz"]], "argument", "zz", names = c("loss", "mae"))
  expect_refused(score[["mea"]], "argument", "mea", names = "score$mae")
})

test_that("the generic of package generics evaluates, too", {
  model <- scored_model()
  own <- evaluate(model, wave_x(), wave_y(), verbose = 0)
  expect_identical(generics::evaluate(model, wave_x(), wave_y(), verbose = 0), own)
  expect_identical(generics::evaluate(model, x = wave_x(), y = wave_y(), verbose = 0), own)
  expect_identical(generics::evaluate(object = model, x = wave_x(), y = wave_y(), verbose = 0), own)
  expect_identical(generics::evaluate(model, x = as.data.frame(wave_x()), y = wave_y(), verbose = 0), own)
  expect_error(generics::evaluate(wave_x(), wave_y()), "must be a model", class = "kestrel_error_argument")
})

test_that("a score can become a row of a table", {
  score <- evaluate(scored_model(metrics = "mae"), wave_x(), wave_y(), verbose = 0)
  expect_identical(dim(data.frame(t(score))), c(1L, 2L))
  expect_identical(data.frame(t(score))$mae, score[["mae"]])
})
