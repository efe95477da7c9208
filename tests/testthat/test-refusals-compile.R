# The catalogue of bad inputs: compile().

test_that("optimizers are known names or objects", {
  model <- small_model()
  expect_refused(compile(model, optimizer = "sdg", loss = "mse"), "argument", "optimizer", model,
    names = "sgd")
  for (bad in list(NULL, 5, list(), NA, c("sgd", "adam"))) {
    expect_refused(compile(model, optimizer = bad, loss = "mse"), "argument", "optimizer", model)
  }
})

test_that("learning rates are finite and not negative", {
  for (bad in list(-0.1, NaN, NA, Inf, "0.1", c(.1, .2), NULL)) {
    expect_refused(optimizer_sgd(learning_rate = bad), "argument", "learning_rate")
    expect_refused(optimizer_adam(learning_rate = bad), "argument", "learning_rate")
  }
  expect_refused(optimizer_adam(lr = -1), "argument")
  expect_s3_class(optimizer_sgd(1e-320), "kestrel_optimizer")
})

test_that("other settings of optimizers are checked", {
  for (bad in list(1.5, -0.1, NA)) {
    expect_refused(optimizer_sgd(momentum = bad), "argument", "momentum")
  }
  expect_refused(optimizer_adam(beta_1 = 1), "argument", "beta_1")
  expect_refused(optimizer_adam(beta_2 = 1), "argument", "beta_2")
  expect_refused(optimizer_adam(epsilon = -1), "argument", "epsilon")
  for (bad in list(0, -1, NA)) {
    expect_refused(optimizer_adam(clipnorm = bad), "argument", "clipnorm")
  }
  expect_refused(optimizer_adam(clipnorm = 1, clipvalue = 1), "argument")
  expect_refused(optimizer_adam(learningrate = 1), "argument", "learningrate",
    names = "learning_rate")
})

test_that("losses are known names or objects", {
  model <- small_model()
  expect_refused(compile(model, optimizer = "sgd"), "argument", "loss", model,
    names = "mean_squared_error")
  for (bad in list("mse ", "mean_square_error", NA, list(), c("mse", "mae"), 5, function(y) 1)) {
    expect_refused(compile(model, loss = bad), "argument", "loss", model)
  }
})

test_that("metrics are known names or objects, their place is named", {
  model <- small_model()
  expect_refused(compile(model, loss = "mse", metrics = "acuracy"), "argument", "metrics", model,
    names = "accuracy")
  expect_refused(compile(model, loss = "mse", metrics = 5), "argument", "metrics", model)
  expect_refused(compile(model, loss = "mse", metrics = list("mae", 5)), "argument", "metrics[[2]]",
    model)
  compile(model, loss = "mse", metrics = c("mae", "mae"))
  expect_identical(anyDuplicated(names(evaluate(model, small_x(), small_y(), verbose = 0))), 0L)
})

test_that("loss weights are positive numbers", {
  model <- small_model()
  for (bad in list(c(1, 2), -1, NA, 0, "a")) {
    expect_refused(compile(model, loss = "mse", loss_weights = bad), "argument", "loss_weights",
      model)
  }
})

test_that("compiling again resets the optimizer and nothing else", {
  model <- small_model()
  fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
  before <- get_weights(model)
  compile(model, loss = "mae", optimizer = "adam")
  expect_identical(get_weights(model), before)
  expect_null(environment(model)$optimizer_state)
})

test_that("certain mistakes are run and warned of", {
  expect_warning(
    small_model(activation = "softmax", loss = "categorical_crossentropy"),
    class = "kestrel_warning_softmax"
  )
  expect_warning(
    small_model(activation = "sigmoid", loss = loss_binary_crossentropy(from_logits = TRUE)),
    class = "kestrel_warning_from_logits"
  )
})

test_that("misspelt arguments are refused", {
  model <- small_model()
  expect_refused(compile(model, loss = "mse", optimiser = "sgd"), "argument", "optimiser", model,
    names = "optimizer")
})

test_that("cross-entropy of logits is finite however large they are", {
  for (size in c(1e4, 1e300, 1e308)) {
    model <- keras_model_sequential(input_shape = 1) %>%
      layer_dense(1, use_bias = FALSE, weights = list(matrix(size)), activation = "sigmoid")
    compile(model, loss = "binary_crossentropy")
    for (x in c(1, -1)) {
      expect_identical(evaluate(model, x, x > 0, verbose = 0)[["loss"]], 0)
      expect_identical(evaluate(model, x, x < 0, verbose = 0)[["loss"]], size)
    }
  }
})

test_that("a rate near the smallest number is kept as it is", {
  expect_identical(optimizer_sgd(1e-320)$learning_rate, 1e-320)
})
