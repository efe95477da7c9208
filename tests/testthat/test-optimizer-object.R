test_that("settings are read by name", {
  optimizer <- optimizer_sgd(0.1, momentum = 0.9, clipnorm = 2, name = "mine")
  expect_identical(optimizer$name, "mine")
  expect_identical(optimizer$lr, 0.1)
  expect_identical(optimizer[["momentum"]], 0.9)
  expect_identical(optimizer$clipnorm, 2)
  expect_null(optimizer$clipvalue)
  expect_refused(optimizer$nothing, "argument", "nothing")
  expect_true(all(c("learning_rate", "momentum", "nesterov") %in% names(optimizer)))
})

test_that("a rate that is set holds for all who share the optimizer", {
  optimizer <- optimizer_sgd(0.1)
  model <- small_model()
  compile(model, loss = "mse", optimizer = optimizer)
  model$optimizer$learning_rate <- 0.5
  expect_identical(optimizer$learning_rate, 0.5)
  optimizer$lr <- 0.25
  expect_identical(model$optimizer$lr, 0.25)
  optimizer[["learning_rate"]] <- 1L
  expect_identical(optimizer$lr, 1)
})

test_that("a rate set between two fits is used by the second", {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, use_bias = FALSE, weights = list(matrix(1)))
  compile(model, loss = "mse", optimizer = optimizer_sgd(0.1))
  fit(model, 1, 0, epochs = 1, verbose = 0)
  model$optimizer$learning_rate <- 0.25
  fit(model, 1, 0, epochs = 1, verbose = 0)
  expect_equal(get_weights(model)[[1]][1], 0.8 * 0.5)
})

test_that("a schedule is not written over, other settings neither", {
  optimizer <- optimizer_sgd(learning_rate_schedule_exponential_decay(0.1, 10, 0.5))
  expect_s3_class(optimizer$learning_rate, "kestrel_schedule")
  expect_refused(optimizer$learning_rate <- 0.1, "state", "learning_rate", names = "schedule")
  expect_s3_class(optimizer$learning_rate, "kestrel_schedule")
  expect_refused(optimizer$momentum <- 0.5, "argument", "momentum")
  plain <- optimizer_sgd(0.1)
  for (bad in list(-1, NA, "0.1", c(1, 2), NULL)) {
    expect_refused(plain$learning_rate <- bad, "argument", "learning_rate")
  }
  expect_identical(plain$learning_rate, 0.1)
})

test_that("compile() resets the state, fit() goes on with it", {
  run <- function(epochs) {
    model <- keras_model_sequential(input_shape = 1) %>%
      layer_dense(1, weights = list(matrix(1), 0))
    compile(model, loss = "mse", optimizer = optimizer_adam(0.1))
    for (n in epochs) fit(model, 1:3, c(1, 0, 1), epochs = n, verbose = 0, shuffle = FALSE)
    get_weights(model)
  }
  expect_identical(run(c(2, 3)), run(5))
})

test_that("optimizers print their rule and what was set", {
  expect_snapshot({
    optimizer_adam()
    optimizer_sgd(0.1, momentum = 0.9, nesterov = TRUE, clipnorm = 1)
    optimizer_sgd(lr = 0.1, decay = 0.01)
    optimizer_rmsprop(learning_rate_schedule_cosine_decay(0.1, 10))
    optimizer_adam(function(step) 0.1, use_ema = TRUE)
  })
})

test_that("changes that cannot be made are refused in words", {
  optimizer <- optimizer_sgd(learning_rate_schedule_exponential_decay(0.1, 10, 0.5))
  expect_snapshot(error = TRUE, {
    optimizer$learning_rate <- 0.1
    optimizer$momentum <- 0.5
  })
})

test_that("SGD by position is read in the order of either generation of R keras", {
  old <- optimizer_sgd(0.1, 0.9, 1e-6, TRUE)
  expect_identical(old$get_config(), optimizer_sgd(0.1, momentum = 0.9, decay = 1e-6, nesterov = TRUE)$get_config())
  expect_identical(optimizer_sgd(0.1, 0.9, 0)$get_config(), optimizer_sgd(0.1, momentum = 0.9)$get_config())
  new <- optimizer_sgd(0.1, 0.9, TRUE, 0.01)
  expect_identical(new$get_config(),
    optimizer_sgd(0.1, momentum = 0.9, nesterov = TRUE, weight_decay = 0.01)$get_config())
  expect_error(optimizer_sgd(0.1, 0.9, "yes"), class = "kestrel_error_argument")
})

test_that("variables are the number of steps and the rate", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.25))
  fit(model, 1:4, 1:4, epochs = 2, batch_size = 2, verbose = 0)
  variables <- model$optimizer$variables
  expect_identical(unlist(lapply(variables, function(v) v$numpy())), c(4, 0.25))
  expect_identical(variables[[2]]$name, "optimizer/learning_rate:0")
})
