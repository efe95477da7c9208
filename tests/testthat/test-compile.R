# What compile() keeps; what it refuses is in test-refusals-compile.R.

kept <- function(...) {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
  compile(model, ...)
  environment(model)$compiled
}

test_that("names, functions and objects are the same", {
  same_loss <- list("mse", "mean_squared_error", "MSE", loss_mean_squared_error,
    loss_mean_squared_error(), list("mse"))
  for (loss in same_loss) expect_identical(kept(loss = loss)$losses[[1]]$name, "mean_squared_error")
  for (optimizer in list("adam", "Adam", optimizer_adam, optimizer_adam())) {
    expect_identical(format(kept(loss = "mse", optimizer = optimizer)$optimizer),
      format(optimizer_adam()))
  }
  expect_identical(format(kept(loss = "mse")$optimizer), format(optimizer_rmsprop()))
})

test_that("metrics are taken one by one, as names, functions, objects or lists", {
  labels <- function(...) kept(loss = "mse", ...)$metric_labels
  expect_identical(labels(), character())
  expect_identical(labels(metrics = "mae"), "mae")
  expect_identical(labels(metrics = c("mae", "mse")), c("mae", "mse"))
  expect_identical(labels(metrics = list("mae", metric_mean_squared_error())),
    c("mae", "mean_squared_error"))
  expect_identical(labels(metrics = metric_mean_absolute_error), "mean_absolute_error")
  expect_identical(labels(metrics = list(list("mae"))), "mae")
  expect_identical(labels(metrics = "mae", weighted_metrics = "mae"), c("mae", "weighted_mae"))
  expect_identical(labels(metrics = c("mae", "mae")), c("mae", "mae_1"))
})

test_that("compiling leaves the weights and returns the model, invisibly", {
  model <- small_model(compiled = FALSE)
  before <- get_weights(model)
  expect_invisible(compile(model, loss = "mse"))
  expect_identical(compile(model, loss = "mae"), model)
  expect_identical(get_weights(model), before)
})

test_that("one optimizer object serves several models, with a state in each", {
  adam <- optimizer_adam(0.01)
  make <- function() {
    set.seed(71)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1)
    compile(model, loss = "mse", optimizer = adam)
  }
  one <- make()
  fit(one, small_x(), small_y(), epochs = 5, verbose = 0)
  two <- make()
  fit(two, small_x(), small_y(), epochs = 5, verbose = 0)
  expect_identical(get_weights(two), get_weights(one))
})

test_that("what does nothing here is accepted, a slip is not", {
  expect_silent(kept(loss = "mse", run_eagerly = TRUE, jit_compile = FALSE,
    steps_per_execution = 3))
  error <- expect_error(kept(loss = "mse", metrix = "mae"), class = "kestrel_error_argument")
  expect_match(conditionMessage(error), "`metrics`")
})

test_that("a model is told of what cannot learn, and runs", {
  one <- function(activation, loss, ...) {
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1, activation = activation)
    compile(model, loss = loss, ...)
  }
  expect_warning(one("softmax", "binary_crossentropy"), class = "kestrel_warning_softmax")
  expect_warning(one("sigmoid", "categorical_crossentropy"), class = "kestrel_warning_one_class")
  expect_warning(one("sigmoid", loss_binary_crossentropy(from_logits = TRUE)),
    class = "kestrel_warning_from_logits")
  expect_warning(one(NULL, "mse", optimizer = optimizer_sgd(0)), class = "kestrel_warning")
  expect_silent(one("sigmoid", "binary_crossentropy"))
  suppressWarnings(model <- one("softmax", "binary_crossentropy"))
  history <- fit(model, small_x(), rep(0:1, 3), epochs = 1, verbose = 0)
  expect_near(history$metrics$loss, -log(1e-7) / 2, 1e-6)
})

test_that("metrics in a named list are logged under these names", {
  own <- metric_mean_absolute_error()
  model <- small_model(metrics = list(foo = "mae", bar = own, "mse"))
  expect_identical(model$metrics_names, c("loss", "foo", "bar", "mse"))
  expect_identical(own$label, "mean_absolute_error")
  score <- evaluate(model, small_x(), small_y(), verbose = 0)
  expect_identical(names(score), c("loss", "foo", "bar", "mse"))
  expect_identical(score[["foo"]], score[["bar"]])
  # Keras' scripts may name the output.
  named <- small_model(metrics = list(dense_1 = "mae"))
  expect_identical(named$metrics_names, c("loss", "mae"))
})
