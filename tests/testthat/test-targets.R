# y and weights: classes, columns, weights by class and by sample.

test_that("class weights are sample weights by class", {
  codes <- rep(c(0, 1, 2, 1, 1), length.out = 40)
  by_hand <- c(1, 5, 0.5)[codes + 1]
  train <- function(y, loss, ...) {
    set.seed(13)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, activation = "softmax")
    model %>% compile(loss = loss, optimizer = "adam", metrics = "accuracy",
      weighted_metrics = "accuracy")
    model %>% fit(wave_x(), y, epochs = 3, verbose = 0, ...)
    list(get_weights(model), model$history$metrics)
  }
  sparse <- train(codes, "sparse_categorical_crossentropy", sample_weight = by_hand)
  weights <- list("1" = 5, "2" = 0.5)
  expect_identical(train(codes, "sparse_categorical_crossentropy", class_weight = weights), sparse)
  expect_identical(train(codes, "sparse_categorical_crossentropy", class_weight = unlist(weights)),
    sparse)
  hot <- train(to_categorical(codes), "categorical_crossentropy", sample_weight = by_hand)
  expect_identical(train(to_categorical(codes), "categorical_crossentropy", class_weight = weights),
    hot)
  named <- factor(codes, labels = c("low", "mid", "top"))
  by_level <- list(mid = 5, top = 0.5)
  expect_identical(train(named, "categorical_crossentropy", class_weight = by_level), hot)
  both <- train(codes, "sparse_categorical_crossentropy", class_weight = weights,
    sample_weight = rep(2, 40))
  expect_identical(both,
    train(codes, "sparse_categorical_crossentropy", sample_weight = 2 * by_hand))
  expect_false(identical(sparse[[1]], train(codes, "sparse_categorical_crossentropy")[[1]]))
})

test_that("a weight of 2 is a row given twice, 0 one left out, but for the mean", {
  x <- small_x()
  y <- small_y()
  train <- function(rows, weight, rate) {
    model <- small_model()
    set_weights(model, list(matrix(0.1, 4, 3), c(0, 0.1, 0.2), matrix(0.3, 3, 1), 0))
    compile(model, loss = "mse", optimizer = optimizer_sgd(rate))
    fit(model, x[rows, ], y[rows, ], epochs = 5, sample_weight = weight, verbose = 0)
    get_weights(model)
  }
  twice <- train(c(1:6, 6, 6), NULL, 0.08)
  expect_near(train(1:6, c(1, 1, 1, 1, 1, 3), 0.06), twice, 1e-14)
  without <- train(1:4, NULL, 0.04)
  expect_near(train(1:6, c(1, 1, 1, 1, 0, 0), 0.06), without, 1e-14)
})

test_that("a factor trains a classifier of its levels", {
  codes <- rep(c(2, 0, 1, 1), 10)
  y <- factor(c("a", "b", "c")[codes + 1])
  train <- function(y, units, activation, loss) {
    set.seed(94)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(units, activation = activation)
    compile(model, loss = loss, optimizer = "adam")
    fit(model, wave_x(), y, epochs = 2, verbose = 0)
    get_weights(model)
  }
  expect_identical(train(y, 3, "softmax", "sparse_categorical_crossentropy"),
    train(codes, 3, "softmax", "sparse_categorical_crossentropy"))
  expect_identical(train(y, 3, "softmax", "categorical_crossentropy"),
    train(diag(3)[codes + 1, ], 3, "softmax", "categorical_crossentropy"))
  two <- factor(codes > 0)
  expect_identical(train(two, 1, "sigmoid", "binary_crossentropy"),
    train(as.numeric(codes > 0), 1, "sigmoid", "binary_crossentropy"))
})
