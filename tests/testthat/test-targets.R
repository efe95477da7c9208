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

# A model whose weights cost no random numbers.
quiet_model <- function(...) {
  seed <- globalenv()$.Random.seed
  on.exit(restore_seed(seed))
  small_model(...)
}

target <- function(y, units = 1, loss = "mse", activation = NULL) {
  model <- quiet_model(units = units, activation = activation, loss = loss)
  target_arrays(model, list(y), "y", environment())[[1]]
}

test_that("numbers, logicals, frames and series are targets", {
  expect_identical(target(c(1, 2))$values, matrix(c(1, 2)))
  expect_equal(target(c(TRUE, FALSE))$values + 0, matrix(c(1, 0)))
  expect_identical(target(data.frame(a = 1:2, b = 3:4), units = 2)$values, matrix(1:4, 2))
  expect_identical(target(ts(c(1, 2)))$values, matrix(c(1, 2)))
})

test_that("factors become what loss and output ask for", {
  f <- factor(c("b", "a", "c"), levels = c("c", "a", "b"))
  codes <- target(f, 3, "sparse_categorical_crossentropy", "softmax")
  expect_identical(codes$values, matrix(c(2, 1, 0)))
  expect_identical(codes$classes, c("c", "a", "b"))
  columns <- target(f, 3, "categorical_crossentropy", "softmax")
  expect_identical(columns$values, rbind(c(0, 0, 1), c(0, 1, 0), c(1, 0, 0)))
  two <- target(factor(c("no", "yes")), 1, "binary_crossentropy", "sigmoid")
  expect_identical(two$values, matrix(c(0, 1)))
  # Levels that do not occur count.
  all <- target(factor("a", levels = c("a", "b", "c"), 0:2), 3, "categorical_crossentropy",
    "softmax")
  expect_identical(all$values, rbind(c(1, 0, 0)))
  expect_refused(target(factor(c("a", NA)), 1, "binary_crossentropy", "sigmoid"), "data", "y",
    names = "position 2")
  expect_refused(target(f, 2, "categorical_crossentropy", "softmax"), "shape", "y",
    names = "units = 3")
})

test_that("one column is broadcast, except where it would be class codes", {
  expect_warning(y <- target(c(1, 2), 3)$values, class = "kestrel_warning_broadcast")
  expect_identical(y, matrix(c(1, 2), 2, 3))
  expect_refused(target(c(0, 1), 3, "categorical_crossentropy", "softmax"), "shape", "y",
    names = "sparse")
  expect_refused(target(matrix(0, 2, 2), 3), "shape", "y", names = "units = 2")
})

test_that("sample weights are one number each", {
  expect_identical(weight_array(1:3, 3, "w"), matrix(c(1, 2, 3)))
  expect_identical(weight_array(array(c(TRUE, FALSE)), 2, "w"), matrix(c(1, 0)))
  expect_null(weight_array(NULL, 3, "w"))
  expect_refused(weight_array(factor(1:3), 3, "w"), "argument", "w")
  expect_refused(weight_array(c(1, Inf, 1), 3, "w"), "data", "w")
})

test_that("class weights go by code, level or column", {
  y <- matrix(c(0, 1, 2, 1))
  expect_identical(class_weights(list("1" = 5), y, NULL, 0:2), matrix(c(1, 5, 1, 5)))
  expect_identical(class_weights(c("0" = 2, "1" = 5, "2" = 0.5), y, NULL, 0:2),
    matrix(c(2, 5, 0.5, 5)))
  expect_identical(class_weights(list(b = 5), y, c("a", "b", "c"), 0:2), matrix(c(1, 5, 1, 5)))
  expect_identical(class_weights(list("1" = 5), indicators(c(0, 1, 2, 1), 3), NULL, 0:2),
    matrix(c(1, 5, 1, 5)))
  expect_refused(class_weights(list("7" = 5), y, NULL, 0:2), "argument", "class_weight",
    names = "7")
  expect_refused(class_weights(list(d = 5), y, c("a", "b", "c"), 0:2), "argument", "class_weight",
    names = "d")
})

test_that("weights weigh the loss as Keras does: sums over the number of samples", {
  model <- small_model()
  x <- small_x()
  y <- small_y()
  e <- as.vector((predict(model, x) - y)^2)
  w <- c(1, 2, 0, 0.5, 3, 1)
  expect_equal(evaluate(model, x, y, sample_weight = w, verbose = 0)[["loss"]], sum(w * e) / 6)
  expect_equal(evaluate(model, x, y, sample_weight = array(w), verbose = 0)[["loss"]],
    sum(w * e) / 6)
})

test_that("certain mistakes are told and run", {
  expect_warning(target(c(1, 2), 1, "binary_crossentropy", "sigmoid"),
    class = "kestrel_warning_target_range")
  expect_warning(target(c(-1, 2), 1, "poisson"), class = "kestrel_warning_target_range")
  expect_warning(target(matrix(1, 2, 2), 2, "categorical_crossentropy", "softmax"),
    class = "kestrel_warning_one_hot")
  expect_no_warning(target(c(0, 0.3), 1, "binary_crossentropy", "sigmoid"))
  # A single class is no mistake that could be told from y.
  expect_no_warning(target(c(1, 1), 1, "binary_crossentropy", "sigmoid"))
})

test_that("targets are refused in words", {
  expect_snapshot(error = TRUE, {
    target(letters[1:3])
    target(matrix(0, 2, 2), 3)
    target(c(1, 2, 3), 3, "sparse_categorical_crossentropy", "softmax")
    target(c(0, 1.5), 3, "sparse_categorical_crossentropy", "softmax")
    target(c(0, 1, 2), 3, "categorical_crossentropy", "softmax")
    target(to_categorical(0:2), 3, "sparse_categorical_crossentropy", "softmax")
    target(factor(1:3), 2, "categorical_crossentropy", "softmax")
    class_weights(list("7" = 5), matrix(c(0, 1)), NULL, 0:1)
  })
})

test_that("weights of classes that cannot occur are refused", {
  model <- small_model()
  expect_refused(fit(model, small_x(3), 1:3, class_weight = c("0" = 1)), "argument",
    "class_weight", model)
  expect_no_error(fit(model, small_x(3), 1:3, class_weight = c("2" = 5), epochs = 1, verbose = 0))
  # A class of the output that the data lack.
  sparse <- small_model(units = 4, activation = "softmax", loss = "sparse_categorical_crossentropy")
  expect_no_error(fit(sparse, small_x(3), 0:2, class_weight = c("3" = 5), epochs = 1, verbose = 0))
  expect_refused(fit(sparse, small_x(3), 0:2, class_weight = c("4" = 5)), "argument",
    "class_weight", sparse)
  binary <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  expect_no_error(fit(binary, small_x(3), c(1, 1, 1), class_weight = c("0" = 2), epochs = 1,
    verbose = 0))
})

test_that("one is said as one", {
  y <- factor(c("a", NA, "b"))
  model <- small_model(units = 2, activation = "softmax", loss = "categorical_crossentropy")
  expect_snapshot(error = TRUE, fit(model, small_x(3), y))
  expect_snapshot(error = TRUE, {
    model <- keras_model_sequential(input_shape = 1)
    layer_reshape(model, c(3, 3))
  })
  model <- small_model(units = 2, activation = "softmax", loss = "categorical_crossentropy")
  expect_warning(fit(model, small_x(2), rbind(c(1, 1), c(0, 1)), epochs = 1, verbose = 0),
    "1 row of `y` does not sum to 1", class = "kestrel_warning_one_hot")
})

test_that("levels of a later factor are matched by name", {
  set.seed(1)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "softmax")
  compile(model, loss = "sparse_categorical_crossentropy", metrics = "accuracy")
  x <- as.matrix(iris[1:4])
  fit(model, x, iris$Species, epochs = 2, verbose = 0)
  turned <- factor(iris$Species, levels = rev(levels(iris$Species)))
  score <- evaluate(model, x, iris$Species, verbose = 0)
  expect_identical(evaluate(model, x, turned, verbose = 0), score)
  some <- iris$Species != "setosa"
  expect_identical(evaluate(model, x[some, ], droplevels(iris$Species[some]), verbose = 0),
    evaluate(model, x[some, ], iris$Species[some], verbose = 0))
  copy <- unserialize(serialize(model, NULL))
  fit(model, x, iris$Species, epochs = 1, shuffle = FALSE, verbose = 0)
  fit(copy, x, turned, epochs = 1, shuffle = FALSE, verbose = 0)
  expect_identical(get_weights(copy), get_weights(model))
  expect_refused(evaluate(model, x, factor(rep(c("setosa", "rose"), 75)), verbose = 0), "data", "y")
  expect_snapshot(error = TRUE, evaluate(model, x, factor(rep(c("setosa", "rose"), 75)), verbose = 0))
})
