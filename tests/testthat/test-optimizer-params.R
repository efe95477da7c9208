# How many numbers real Keras (3.16) saved with such a model, optimizer by optimizer.
saved <- list(
  list(optimizer_sgd(momentum = 0.9), 25), list(optimizer_adagrad(), 25),
  list(optimizer_lion(), 25), list(optimizer_adam(amsgrad = TRUE), 71),
  list(optimizer_adamw(), 48), list(optimizer_adamax(), 48), list(optimizer_adadelta(), 48),
  list(optimizer_ftrl(), 48), list(optimizer_lamb(), 48), list(optimizer_nadam(), 49),
  list(optimizer_rmsprop(momentum = 0.9, centered = TRUE), 71), list(optimizer_muon(), 30),
  list(optimizer_adafactor(), 41), list(optimizer_sgd(use_ema = TRUE), 25),
  list(optimizer_sgd(gradient_accumulation_steps = 2), 25)
)

x <- matrix(sin(1:40), 10)
y <- matrix(cos(1:20), 10)

trained <- function(optimizer, frozen = character()) {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, name = "a") %>%
    layer_dense(2, name = "b")
  for (name in frozen) freeze_weights(model, from = name, to = name)
  compile(model, optimizer, "mse")
  fit(model, x, y, epochs = 1, verbose = 0)
  model
}

test_that("an optimizer has as many numbers as in Keras", {
  for (case in saved) {
    expect_identical(sum(optimizer_params(trained(case[[1]]))), case[[2]],
      info = case[[1]]$record)
  }
})

test_that("schedules have no learning rate to count, plain descent nothing else", {
  expect_identical(optimizer_params(trained("sgd")), c(real = 1, whole = 1))
  schedule <- learning_rate_schedule_exponential_decay(0.1, 10, 0.9)
  expect_identical(optimizer_params(trained(optimizer_sgd(schedule))), c(real = 0, whole = 1))
})

test_that("frozen weights have no moments", {
  expect_identical(sum(optimizer_params(trained("adam", "a"))), 2 * 8 + 2)
  expect_identical(sum(optimizer_params(trained(optimizer_muon(), "a"))), 6 + 2 * 2 + 2)
  expect_identical(sum(optimizer_params(trained(optimizer_adafactor(), "a"))), 11 + 4 + 2)
})

test_that("what Muon leaves to Adam has two moments", {
  model <- trained(optimizer_muon(exclude_layers = "^b"))
  expect_identical(sum(optimizer_params(model)), 12 + 2 * (3 + 6 + 2) + 2)
})

test_that("there is nothing before the first step, after compile() and for solvers", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
  expect_null(optimizer_params(model))
  expect_null(optimizer_params(compile(model, "adam", "mse")))
  train_on_batch(model, x, y)
  expect_identical(sum(optimizer_params(model)), 22)
  expect_null(optimizer_params(compile(model, "adam", "mse")))
  expect_null(optimizer_params(trained(optimizer_lbfgs())))
})
