# Which rows fit() trains on and which it evaluates.

split_model <- function() {
  set.seed(91)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "tanh") %>% layer_dense(2)
  compile(model, loss = "mse", optimizer = "adam")
}

train_split <- function(x, y, ..., model = split_model()) {
  force(model)
  set.seed(92)
  fit(model, x, y, epochs = 3, batch_size = 4, verbose = 0, ...)
  list(get_weights(model), model$history$metrics)
}

test_that("validation_split takes the last rows before shuffling", {
  x <- wave_x()
  y <- wave_y()
  for (share in c(0.1, 0.25, 0.5, 0.999, 0.001)) {
    n <- floor(40 * (1 - share))
    if (n < 1) next
    last <- seq_len(40) > n
    split <- train_split(x, y, validation_split = share)
    given <- train_split(x[!last, , drop = FALSE], y[!last, , drop = FALSE],
      validation_data = list(x[last, , drop = FALSE], y[last, , drop = FALSE]))
    expect_identical(split, given)
  }
})

test_that("validation loss is that of the weights at the end of the epoch", {
  model <- split_model()
  x <- wave_x()
  y <- wave_y()
  result <- train_split(x, y, validation_split = 0.25, model = model)
  score <- evaluate(model, x[31:40, ], y[31:40, ], verbose = 0)
  expect_near(result[[2]]$val_loss[3], score[["loss"]], 1e-14)
})

test_that("validation does not change what is learned", {
  x <- wave_x()
  y <- wave_y()
  plain <- train_split(x, y)
  watched <- train_split(x, y, validation_data = list(x[1:9, ], y[1:9, ]))
  expect_identical(watched[[1]], plain[[1]])
  expect_identical(watched[[2]]["loss"], plain[[2]])
  both <- train_split(x, y, validation_data = list(x[1:9, ], y[1:9, ]), validation_split = 0.5)
  expect_identical(both, watched)
})

test_that("sample weights are split with their rows, class weights are for training only", {
  x <- wave_x()
  y <- rep(0:1, 20)
  weight <- seq(0.1, 4, length.out = 40)
  make <- function() {
    set.seed(93)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1, activation = "sigmoid")
    compile(model, loss = "binary_crossentropy", optimizer = "sgd")
  }
  run <- function(...) {
    model <- make()
    fit(model, x, y, epochs = 2, verbose = 0, validation_split = 0.25, ...)
    list(val = tail(model$history$metrics$val_loss, 1), model = model)
  }
  score <- function(model, ...) evaluate(model, x[31:40, ], y[31:40], verbose = 0, ...)[["loss"]]
  weighted <- run(sample_weight = weight)
  expect_near(weighted$val, score(weighted$model, sample_weight = weight[31:40]), 1e-14)
  by_class <- run(class_weight = list("1" = 10))
  expect_near(by_class$val, score(by_class$model), 1e-14)
  both <- run(class_weight = list("1" = 10), sample_weight = weight)
  expect_near(both$val, score(both$model, sample_weight = weight[31:40]), 1e-14)
})

test_that("validation_data may have weights, and other forms than x and y", {
  x <- wave_x()
  y <- wave_y()
  weight <- runif(40)
  model <- split_model()
  given <- list(as.data.frame(x), as.data.frame(y), weight)
  result <- train_split(x, y, validation_data = given, model = model)
  score <- evaluate(model, x, y, sample_weight = weight, verbose = 0)
  expect_near(tail(result[[2]]$val_loss, 1), score[["loss"]], 1e-14)
})

test_that("a list of one array is that array", {
  x <- wave_x()
  y <- wave_y()
  plain <- train_split(x, y)
  model <- split_model()
  expect_identical(train_split(list(x), list(y), model = model), plain)
  expect_identical(predict(model, list(x)), predict(model, x))
  expect_identical(evaluate(model, list(x), list(y), verbose = 0),
    evaluate(model, x, y, verbose = 0))
  expect_error(train_split(list(x, x), y), class = "kestrel_error_argument")
  expect_error(train_split(list(NULL), y), class = "kestrel_error_argument")
})

test_that("parts of validation_data are named in errors", {
  refused <- function(given) {
    tryCatch(fit(split_model(), wave_x(), wave_y(), validation_data = given, verbose = 0),
      kestrel_error = function(e) conditionMessage(e))
  }
  expect_match(refused(list(wave_x())), "`validation_data` must be list(x, y)", fixed = TRUE)
  expect_match(refused(wave_x()), "`validation_data`", fixed = TRUE)
  expect_match(refused(list(wave_x(), wave_y()[1:3, ])), "validation_data[[2]] (y)", fixed = TRUE)
  expect_match(refused(list(wave_x() * NA, wave_y())), "validation_data[[1]] (x)", fixed = TRUE)
  expect_match(refused(list(wave_x(), wave_y(), 1:3)), "validation_data[[3]]", fixed = TRUE)
})

test_that("a split that leaves no rows on a side is an error", {
  fit_share <- function(share, n) {
    fit(split_model(), wave_x(n), wave_y(n), validation_split = share, verbose = 0)
  }
  error <- expect_error(fit_share(0.99, 5), class = "kestrel_error_data")
  expect_match(conditionMessage(error), "leaves 0 of 5 rows for training and 5 for validation")
  expect_error(fit_share(1e-17, 40), "leaves 40 of 40 rows", class = "kestrel_error_data")
  expect_identical(fit_share(0.99, 100)$params$samples, 1L)
  expect_identical(fit_share(0.01, 2)$params$samples, 1L)
})

test_that("y may be a data frame of one column of any kind", {
  x <- as.matrix(iris[, 1:4])
  fitted <- function(y, ...) {
    set.seed(1)
    model <- small_model(units = 3, activation = "softmax", loss = "categorical_crossentropy")
    fit(model, x, y, epochs = 1, verbose = 0, ...)
    list(get_weights(model), environment(model)$classes)
  }
  expect_identical(fitted(iris[, 5, drop = FALSE]), fitted(iris[, 5]))
  expect_identical(fitted(iris["Species"], validation_data = list(x, iris["Species"])),
    fitted(iris$Species))
  binary <- function(y) {
    set.seed(1)
    model <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
    fit(model, x, y, epochs = 1, verbose = 0)
    get_weights(model)
  }
  truth <- iris$Sepal.Length > 5.8
  expect_identical(binary(data.frame(a = truth)), binary(truth))
  expect_identical(binary(data.frame(a = as.double(truth))), binary(truth))
  text <- data.frame(y = as.character(iris$Species))
  model <- small_model()
  expect_refused(fit(model, x, text), "argument", "y", model, names = "factor(y)")
  expect_refused(fit(model, x, truth, validation_data = list(x, text)), "argument", NULL, model,
    names = "factor(y)")
})

test_that("environments and formulas are refused as such", {
  model <- small_model()
  expect_refused(fit(model, new.env()), "argument", "x", model, names = "returns the next batch")
  generator <- function() list(small_x(), small_y())
  expect_refused(train_on_batch(model, generator, small_y()), "argument", "x", model, names = "generators")
  expect_refused(fit(model, y ~ x), "argument", "x", model, names = "Formulas")
  expect_refused(evaluate(model, y ~ x), "argument", "x", model, names = "Formulas")
})

test_that("the short way takes only data that no check would change, warn of or refuse", {
  model <- small_model()
  x <- small_x()
  y <- matrix(small_y())
  plain <- function(x. = x, y. = y) is_plain_pair(model, x., y.)
  expect_true(plain())
  expect_false(plain(replace(x, 3, NA)))
  expect_false(plain(y. = replace(y, 2, Inf)))
  expect_false(plain(x[, -1]))
  expect_false(plain(x[-1, ]))
  expect_false(plain(y. = cbind(y, y)))
  expect_false(plain(as.data.frame(x)))
  expect_false(plain(structure(x, class = "mine")))
  for (loss in c("binary_crossentropy", "sparse_categorical_crossentropy", "poisson", "ce")) {
    suppressWarnings(compile(model, loss = loss))
    expect_false(plain())
  }
  pop_layer(model)
  expect_false(plain())
})

test_that("the short way and the long way give the same samples", {
  model <- small_model()
  x <- small_x()
  y <- small_y()
  long <- check_samples(model, as.data.frame(x), list(y), NULL, call = NULL)
  for (short in list(list(x, y), list(x, matrix(y)), list(x, array(y)))) {
    expect_identical(check_samples(model, short[[1]], short[[2]], NULL, call = NULL), long)
  }
})
