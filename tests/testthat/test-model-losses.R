x <- matrix(sin(1:60)^2, 20)

charged <- function(way) {
  set.seed(3)
  input <- layer_input(3)
  code <- layer_dense(input, 2, activation = "tanh")
  if (way == "layer") code <- layer_activity_regularization(code, l2 = 0.3)
  model <- keras_model(input, layer_dense(code, 1))
  set_weights(model, lapply(get_weights(model), function(w) array(cos(seq_along(w)), dim(w))))
  if (way == "tensor") model$add_loss(0.3 * k_sum(k_square(code), axis = -1))
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.02), metrics = "mae")
  model
}

test_that("a tensor that is charged for is an activity regularizer", {
  d <- custom_data()
  expect_equal(all_results(charged("tensor"), d$x, d$y, d$w), all_results(charged("layer"), d$x, d$y, d$w),
    tolerance = 1e-10)
})

test_that("several terms add up, and a copy, a saved and a rebuilt model have them", {
  input <- layer_input(3)
  h <- layer_dense(input, 2)
  model <- keras_model(input, layer_dense(h, 3))
  model$add_loss(list(k_abs(h), 2 * h[, 1]^2))
  model$add_loss(k_mean(k_square(h)))
  expect_identical(sum(grepl("^add_loss", vapply(model$layers, function(l) l$name, ""))), 3L)
  model %>% compile(loss = "mse", optimizer = "sgd")
  z <- predict(keras_model(input, h), x)
  expected <- mean((predict(model, x) - x)^2) + mean(abs(z)) + 2 * mean(z[, 1]^2) + mean(z^2)
  expect_equal(evaluate(model, x, x, verbose = 0)[["loss"]], expected, tolerance = 1e-12)
  file <- withr::local_tempfile()
  saveRDS(model, file)
  for (copy in list(readRDS(file), clone_model(model), from_config(get_config(model)))) {
    set_weights(copy, get_weights(model))
    copy %>% compile(loss = "mse", optimizer = "sgd")
    expect_equal(evaluate(copy, x, x, verbose = 0)[["loss"]], expected, tolerance = 1e-12)
  }
})

test_that("a model that is charged needs no loss and no targets", {
  input <- layer_input(3)
  code <- layer_dense(input, 1)
  out <- layer_dense(code, 3)
  model <- keras_model(input, out)
  model$add_loss(loss_mean_squared_error(input, out))
  model %>% compile(optimizer = optimizer_adam(0.05))
  history <- fit(model, x, epochs = 3, batch_size = 5, validation_data = list(x, NULL), verbose = 0)
  expect_true(all(diff(history$metrics$loss) < 0))
  expect_equal(evaluate(model, x, verbose = 0)[["loss"]], mean((predict(model, x) - x)^2), tolerance = 1e-12)
  w <- get_weights(model)
  loss_at <- function(flat) {
    set_weights(model, kestrel:::apart(flat, w))
    evaluate(model, x, verbose = 0)[["loss"]]
  }
  by_differences <- vapply(seq_along(unlist(w)), function(i) {
    h <- replace(0 * unlist(w), i, 1e-5)
    (loss_at(unlist(w) + h) - loss_at(unlist(w) - h)) / 2e-5
  }, 0)
  set_weights(model, w)
  expect_equal(unlist(with_gradient(model, x, NULL)$gradients), by_differences, tolerance = 1e-8)
  before <- evaluate(model, x, verbose = 0)[["loss"]]
  expect_equal(train_on_batch(model, x, NULL)[[1]], before, tolerance = 1e-10)
})

test_that("what is no tensor of the model is refused, and a plain model needs its loss", {
  model <- charged("none")
  expect_error(model$add_loss(3), class = "kestrel_error_argument")
  expect_error(model$add_loss(layer_input(3) * 2), "input", class = "kestrel_error_argument")
  expect_equal(length(model$layers), 3)
  expect_error(compile(model, optimizer = "sgd"), "`loss` is missing", class = "kestrel_error_argument")
})

test_that("models of several inputs and outputs need no y either", {
  set.seed(1)
  a <- layer_input(3, name = "a")
  b <- layer_input(2, name = "b")
  both <- layer_concatenate(list(a, b))
  x <- list(b = matrix(rnorm(20), 10), a = matrix(rnorm(30), 10))
  for (outputs in list(layer_dense(both, 1), list(layer_dense(both, 1), layer_dense(a, 2)))) {
    model <- keras_model(list(a, b), outputs)
    for (out in model$outputs) model$add_loss(k_mean(k_square(out)))
    model %>% compile(optimizer = optimizer_sgd(0.1))
    square <- function() {
      y <- predict(model, x)
      sum(vapply(if (is.list(y)) y else list(y), function(y) mean(y^2), 0))
    }
    before <- square()
    expect_equal(evaluate(model, x, verbose = 0)[["loss"]], before, tolerance = 1e-12)
    history <- fit(model, x, epochs = 3, batch_size = 10, verbose = 0)
    expect_equal(history$metrics$loss[1], before, tolerance = 1e-12)
    expect_lt(square(), before)
  }
})
