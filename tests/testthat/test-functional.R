# Models of graphs: how they are made, what they compute and how they are trained.

two_inputs <- function(...) {
  a <- layer_input(shape = 3, name = "a", dtype = "float64")
  b <- layer_input(shape = 2, name = "b")
  h <- layer_concatenate(list(a, b)) %>% layer_dense(4, activation = "tanh", name = "hid")
  outputs <- list(layer_dense(h, 1, name = "o1"), layer_dense(h, 2, activation = "softmax", name = "o2"))
  keras_model(list(a, b), outputs, ...)
}

two_data <- function(n = 12) {
  list(x = list(a = matrix(sin(1:(3 * n)), n), b = matrix(cos(1:(2 * n)), n)),
    y = list(o1 = matrix(sin(3 * 1:n)), o2 = diag(2)[rep(1:2, length.out = n), ]))
}

softmax <- function(z) exp(z) / rowSums(exp(z))

# Outputs of two_inputs() in plain R.
two_reference <- function(w, x) {
  h <- tanh(cbind(x$a, x$b) %*% w[[1]] + rep(w[[2]], each = nrow(x$a)))
  list(h %*% w[[3]] + rep(w[[4]], each = nrow(h)),
    softmax(h %*% w[[5]] + rep(w[[6]], each = nrow(h))))
}

test_that("a model with two inputs and two outputs computes what plain R does", {
  model <- two_inputs()
  data <- two_data()
  w <- get_weights(model)
  expect_identical(lapply(w, dim), list(c(5L, 4L), 4L, c(4L, 1L), 1L, c(4L, 2L), 2L))
  y <- predict(model, unname(data$x))
  expect_near(y, two_reference(w, data$x), 1e-14)
  expect_identical(predict(model, data$x[c("b", "a")]), y)
  expect_identical(model(data$x), y)
  expect_identical(predict_on_batch(model, data$x), y)
})

# Steps of gradient descent on loss_1 + 0.25 loss_2 by central differences.
test_that("training follows the weighted sum of the losses", {
  model <- two_inputs()
  data <- two_data()
  compile(model, optimizer = optimizer_sgd(0.1), loss = list("mse", "categorical_crossentropy"),
    loss_weights = list(o2 = 0.25), metrics = list(o1 = "mae", o2 = "accuracy"))
  w <- get_weights(model)
  losses <- function(w) {
    p <- two_reference(w, data$x)
    c(mean((p[[1]] - data$y$o1)^2), mean(-rowSums(data$y$o2 * log(p[[2]]))))
  }
  total <- function(flat) sum(c(1, 0.25) * losses(relist(flat, w)))
  flat <- unlist(w)
  gradient <- vapply(seq_along(flat), function(i) {
    e <- replace(numeric(length(flat)), i, 1e-5)
    (total(flat + e) - total(flat - e)) / 2e-5
  }, 0)
  score <- evaluate(model, data$x, data$y, verbose = 0)
  expect_named(score, c("loss", "o1_loss", "o2_loss", "o1_mae", "o2_accuracy"))
  expect_near(unname(score[1:3]), c(total(flat), losses(w)), 1e-13)
  expect_near(score[["o1_mae"]], mean(abs(two_reference(w, data$x)[[1]] - data$y$o1)), 1e-13)
  history <- fit(model, data$x, data$y, epochs = 1, verbose = 0)
  expect_near(unlist(get_weights(model)), flat - 0.1 * gradient, 1e-8)
  expect_named(history$metrics, names(score))
  expect_near(history$metrics$loss, total(flat), 1e-13)
})

test_that("data go by position or by name, targets too", {
  data <- two_data()
  score <- function(x, y, ...) {
    set.seed(4)
    model <- two_inputs()
    compile(model, loss = list(o1 = "mse", o2 = "categorical_crossentropy"), ...)
    evaluate(model, x, y, verbose = 0)
  }
  first <- score(data$x, data$y)
  expect_identical(score(unname(data$x), unname(data$y)), first)
  expect_identical(score(rev(data$x), rev(data$y)), first)
  expect_identical(score(data$x, data$y, loss_weights = c(1, 1)), first)
  classes <- factor(rep(c("u", "v"), 6))
  expect_identical(score(data$x, list(o1 = data$y$o1, o2 = classes)), first)
})

test_that("what cannot be arranged is refused with the names that there are", {
  model <- two_inputs()
  data <- two_data()
  expect_refused(predict(model, data$x$a), "shape", "x", names = c("2 elements", "a, b"))
  expect_refused(predict(model, data$x["a"]), "shape", "x")
  expect_refused(predict(model, list(a = data$x$a, c = data$x$b)), "argument", "names(x)",
    names = "\"a\"")
  expect_refused(predict(model, list(data$x$a, data$x$a)), "shape", "x[[2]]", names = "\"b\"")
  expect_refused(predict(model, list(data$x$a, data$x$b[1:3, ])), "shape", "x[[2]]",
    names = c("12", "3"))
  compile(model, loss = "mse")
  expect_refused(fit(model, data$x, data$y$o1), "shape", "y")
  expect_refused(fit(model, data$x, list(data$y$o1, data$y$o1[1:3])), "shape", "y[[2]]")
  expect_refused(fit(model, data$x, data$y, class_weight = list("0" = 1)), "argument",
    "class_weight")
})

test_that("sample weights are one for all outputs or a list by output", {
  model <- two_inputs()
  data <- two_data()
  compile(model, loss = list("mse", "categorical_crossentropy"))
  w <- seq(0, 2, length.out = 12)
  p <- two_reference(get_weights(model), data$x)
  first <- mean(w * (p[[1]] - data$y$o1)^2)
  second <- mean(-rowSums(data$y$o2 * log(p[[2]])))
  loss <- function(weight) evaluate(model, data$x, data$y, sample_weight = weight, verbose = 0)
  expect_near(loss(list(o1 = w))[["loss"]], first + second, 1e-13)
  expect_near(loss(list(w, NULL))[["loss"]], first + second, 1e-13)
  expect_identical(loss(w), loss(list(w, w)))
  expect_refused(loss(list(o3 = w)), "shape", "sample_weight", names = "o1, o2")
})

test_that("an output without a loss is not trained and needs no y", {
  model <- two_inputs()
  data <- two_data()
  compile(model, loss = list(o2 = "categorical_crossentropy"), metrics = list(o2 = "accuracy"))
  before <- get_weights(get_layer(model, "o1"))
  history <- fit(model, data$x, data$y["o2"], epochs = 2, verbose = 0)
  expect_named(history$metrics, c("loss", "o2_accuracy"))
  expect_identical(get_weights(get_layer(model, "o1")), before)
  expect_identical(evaluate(model, data$x, data$y, verbose = 0),
    evaluate(model, data$x, data$y["o2"], verbose = 0))
  expect_refused(compile(model, loss = list(o2 = "mse"), metrics = list(o1 = "mae")), "argument",
    "metrics", names = "\"o1\"")
})

test_that("losses and metrics for all outputs are given once", {
  model <- two_inputs()
  compile(model, loss = "mse", metrics = c("mae", "mse"))
  expect_identical(model$metrics_names, c("loss", "o1_loss", "o2_loss", "o1_mae", "o1_mse",
    "o2_mae", "o2_mse"))
  compile(model, loss = "mse", metrics = list(list("mae"), NULL))
  expect_identical(model$metrics_names[4], "o1_mae")
  expect_refused(compile(model, loss = list("mse")), "shape", "loss", names = "o1, o2")
  expect_refused(compile(model, loss = list(o3 = "mse", o1 = "mse")), "argument",
    names = "\"o1\"")
})

test_that("names of the lists are those of inputs and outputs", {
  x <- layer_input(2)
  model <- keras_model(list(first = x), list(up = layer_dense(x, 1), down = layer_dense(x, 2)))
  expect_identical(model$input_names, "first")
  expect_identical(model$output_names, c("up", "down"))
  expect_named(predict(model, matrix(1, 3, 2)), c("up", "down"))
})

test_that("validation, splits and batches go over all inputs and outputs", {
  data <- two_data(20)
  fitted <- function(...) {
    set.seed(2)
    model <- two_inputs()
    compile(model, loss = list("mse", "categorical_crossentropy"), optimizer = "sgd")
    fit(model, ..., epochs = 2, batch_size = 5, shuffle = FALSE, verbose = 0)
  }
  rows <- function(x, which) lapply(x, function(x) x[which, , drop = FALSE])
  split <- fitted(data$x, data$y, validation_split = 0.25)
  given <- fitted(rows(data$x, 1:15), rows(data$y, 1:15),
    validation_data = list(rows(data$x, 16:20), rows(data$y, 16:20)))
  expect_equal(split$metrics, given$metrics)
  expect_named(split$metrics, c("loss", "o1_loss", "o2_loss", "val_loss", "val_o1_loss",
    "val_o2_loss"))
})

test_that("batches one at a time are as fit()", {
  data <- two_data()
  make <- function() {
    set.seed(3)
    model <- two_inputs()
    compile(model, loss = list("mse", "categorical_crossentropy"), optimizer = "adam")
  }
  one <- make()
  two <- make()
  fit(one, data$x, data$y, epochs = 3, verbose = 0)
  for (i in 1:3) values <- train_on_batch(two, data$x, data$y)
  expect_length(values, 3)
  expect_equal(get_weights(one), get_weights(two))
  expect_equal(test_on_batch(one, data$x, data$y), unname(unclass(evaluate(one, data$x, data$y,
    verbose = 0))), ignore_attr = TRUE)
})

test_that("rows with missing numbers in any input are NA in all outputs", {
  model <- two_inputs()
  x <- two_data()$x
  y <- predict(model, x)
  x$b[3, 1] <- NA
  bad <- predict(model, x)
  expect_true(all(is.na(bad[[1]][3, ])) && all(is.na(bad[[2]][3, ])))
  expect_identical(bad[[2]][-3, ], y[[2]][-3, ])
})

test_that("shared layers have one set of weights, whose gradient is the sum over the calls", {
  shared <- layer_dense(units = 2, activation = "tanh")
  a <- layer_input(3, dtype = "float64")
  b <- layer_input(3)
  merged <- layer_subtract(list(shared(a), shared(b)))
  model <- keras_model(list(a, b), layer_dense(merged, 1))
  expect_length(get_weights(model), 4)
  expect_identical(count_params(model), 8 + 3)
  set.seed(5)
  x <- list(matrix(rnorm(12), 4), matrix(rnorm(12), 4))
  v <- matrix(rnorm(4))
  w <- get_weights(model)
  f <- function(w, x) {
    h <- function(x) tanh(x %*% w[[1]] + rep(w[[2]], each = nrow(x)))
    (h(x[[1]]) - h(x[[2]])) %*% w[[3]] + w[[4]][1]
  }
  result <- kestrel:::network_gradient(model, x, v)
  expect_near(result$y, f(w, x), 1e-14)
  slope <- function(i, k) {
    step <- w
    step[[i]] <- step[[i]] + 0i
    step[[i]][k] <- step[[i]][k] + 1e-20i
    h <- function(x) tanh(x %*% step[[1]] + rep(step[[2]], each = nrow(x)))
    y <- (h(x[[1]]) - h(x[[2]])) %*% step[[3]] + step[[4]][1]
    sum(v * Im(y)) / 1e-20
  }
  for (i in seq_along(w)) {
    expected <- vapply(seq_along(w[[i]]), slope, 0, i = i)
    # Of the shared bias, too, whose two parts differ.
    expect_near(as.vector(result$dw[[i]]), expected, 1e-12)
  }
  expect_near(-result$dx[[2]], kestrel:::network_gradient(model, rev(x), v)$dx[[1]], 1e-13)
})

test_that("dropout that is called twice drops other numbers", {
  drop <- layer_dropout(rate = 0.5)
  x <- layer_input(50)
  model <- keras_model(x, list(drop(x), drop(x)))
  y <- model(matrix(1, 4, 50), training = TRUE)
  expect_false(identical(y[[1]], y[[2]]))
})

test_that("models are called like layers and share their weights", {
  inner <- keras_model_sequential(input_shape = 2, name = "inner", dtype = "float64") %>%
    layer_dense(3, activation = "tanh") %>%
    layer_dense(2)
  x <- layer_input(2, dtype = "float64")
  model <- keras_model(x, inner(inner(x)) %>% layer_dense(1, name = "last"))
  data <- matrix(sin(1:8), 4)
  twice <- predict(inner, predict(inner, data))
  w <- get_weights(get_layer(model, "last"))
  expect_near(predict(model, data), twice %*% w[[1]] + w[[2]][1], 1e-13)
  expect_identical(vapply(model$layers, function(l) l$name, ""), c("input_1", "inner", "last"))
  expect_identical(count_params(model), count_params(inner) + 3)
  compile(model, loss = "mse", optimizer = "sgd")
  before <- get_weights(inner)
  fit(model, data, 1:4, epochs = 1, verbose = 0)
  expect_false(identical(get_weights(inner), before))
  expect_identical(get_weights(model)[1:4], get_weights(inner))
  expect_refused(layer_dense(inner, 1), "state")
})

test_that("models join stacks of layers", {
  base <- keras_model_sequential(input_shape = 3) %>% layer_dense(4, activation = "relu")
  freeze_weights(base)
  model <- keras_model_sequential() %>% base %>% layer_dense(1)
  x <- matrix(sin(1:12), 4)
  w <- get_weights(get_layer(model, index = 2))
  expect_equal(predict(model, x), predict(base, x) %*% w[[1]] + w[[2]][1], tolerance = 1e-6)
  compile(model, loss = "mse")
  before <- get_weights(base)
  fit(model, x, 1:4, epochs = 1, verbose = 0)
  expect_identical(get_weights(base), before)
})

test_that("parts of a trained model are models of their own", {
  model <- keras_model_sequential(input_shape = 3, dtype = "float64") %>%
    layer_dense(4, activation = "relu", name = "code") %>%
    layer_dense(3)
  x <- matrix(sin(1:12), 4)
  encoder <- keras_model(model$input, get_layer(model, "code")$output)
  w <- get_weights(model)
  code <- pmax(x %*% w[[1]] + rep(w[[2]], each = 4), 0)
  expect_near(predict(encoder, x), code, 1e-14)
  decoder <- keras_model(get_layer(model, "code")$output, model$output)
  expect_near(predict(decoder, code), predict(model, x), 1e-14)
  expect_identical(get_weights(decoder), w[3:4])
})

test_that("graphs survive saving and copying", {
  model <- two_inputs()
  data <- two_data()
  path <- tempfile(fileext = ".rds")
  saveRDS(model, path)
  expect_identical(predict(readRDS(path), data$x), predict(model, data$x))
  copy <- clone_model(model)
  expect_identical(copy$output_names, model$output_names)
  expect_false(identical(predict(copy, data$x), predict(model, data$x)))
  set_weights(copy, get_weights(model))
  expect_identical(predict(copy, data$x), predict(model, data$x))
})

test_that("what is no graph is refused", {
  a <- layer_input(2, name = "a")
  b <- layer_input(2, name = "b")
  y <- layer_add(list(a, b))
  expect_refused(keras_model(a, y), "argument", "inputs", names = "\"b\"")
  expect_refused(keras_model(a), "argument", "outputs")
  expect_refused(keras_model(matrix(1), y), "argument", "inputs")
  expect_refused(keras_model(list(a, b, a), y), "argument", "inputs", names = "[[3]]")
  twice <- layer_dense(layer_dense(a, 1, name = "d"), 1, name = "d")
  expect_refused(keras_model(a, twice), "argument", "name", names = "\"d\"")
  expect_refused(layer_dense(list(a, b), 1), "argument", "x")
  expect_refused(keras_model(a, list(u = a, 1)), "argument", "outputs[[2]]")
})

test_that("an output may be an input, and the same tensor twice", {
  x <- layer_input(2)
  h <- layer_dense(x, 2)
  model <- keras_model(x, list(x, h, h))
  data <- matrix(c(1, 2, 3, 4), 2)
  y <- predict(model, data)
  expect_equal(y[[1]], data)
  expect_identical(y[[2]], y[[3]])
  compile(model, loss = "mse")
  expect_true(all(is.finite(evaluate(model, data, list(data, data, data), verbose = 0))))
})

test_that("deep graphs are no trouble", {
  x <- y <- layer_input(1)
  relu <- layer_activation_relu()
  for (i in 1:1500) y <- relu(y)
  model <- keras_model(x, y)
  expect_identical(predict(model, 1:2), matrix(c(1, 2)))
})
