round_trip <- function(object) {
  config <- get_config(object)
  again <- from_config(config)
  expect_identical(class(again), class(object))
  expect_identical(get_config(again), config)
  expect_identical(format(again), format(object))
  again
}

test_that("objects come back from their config", {
  w <- matrix(c(-1, 2, 0.5, 3), 2)
  for (object in list(
    regularizer_l1(0.2), regularizer_l2(0.3), regularizer_l1_l2(0.1, 0.2),
    regularizer_orthogonal(0.5, "columns"), constraint_maxnorm(1.5, axis = 1),
    constraint_nonneg(), constraint_unitnorm(c(0, 1)),
    constraint_minmaxnorm(0.1, 0.9, 0.5), activation_relu(negative_slope = 0.1, max_value = 2),
    activation_softmax(axis = 0)
  )) {
    expect_identical(round_trip(object)(w), object(w))
  }
  for (object in list(
    initializer_variance_scaling(2, "fan_avg", "uniform", seed = 3),
    initializer_random_normal(1, 2, seed = 1), initializer_constant(3)
  )) {
    expect_identical(round_trip(object)(c(3, 2)), object(c(3, 2)))
  }
})

test_that("schedules come back from their config", {
  for (object in list(
    learning_rate_schedule_exponential_decay(0.1, 10, 0.5, staircase = TRUE, name = "e"),
    learning_rate_schedule_inverse_time_decay(0.1, 10, 0.5),
    learning_rate_schedule_polynomial_decay(0.1, 10, cycle = TRUE),
    learning_rate_schedule_cosine_decay(0.1, 10, warmup_target = 0.5, warmup_steps = 3),
    learning_rate_schedule_cosine_decay_restarts(0.1, 4),
    learning_rate_schedule_piecewise_constant_decay(c(5, 10), c(0.1, 0.05, 0.01))
  )) {
    expect_identical(round_trip(object)(0:30), object(0:30))
  }
})

test_that("losses and metrics come back from their config", {
  t <- matrix(c(0, 1, 2, 3), 2)
  y <- matrix(c(0.5, 4, 2, 1), 2)
  loss <- loss_huber(delta = 0.5, reduction = "sum", name = "h")
  again <- round_trip(loss)
  expect_identical(again(t, y), loss(t, y))
  expect_identical(again$reduction, "sum")
  expect_identical(again$label, "h")
  metric <- metric_binary_accuracy(threshold = 0.3, name = "b")
  expect_identical(round_trip(metric)$label, "b")
})

test_that("optimizers come back from their config", {
  for (object in list(
    optimizer_sgd(0.1, momentum = 0.9, nesterov = TRUE, clipnorm = 1, decay = 0.01),
    optimizer_rmsprop(centered = TRUE), optimizer_adam(amsgrad = TRUE, use_ema = TRUE),
    optimizer_adamw(weight_decay = 0.1), optimizer_adamax(0.3),
    optimizer_nadam(schedule_decay = 0.004), optimizer_adagrad(), optimizer_adadelta(),
    optimizer_ftrl(beta = 1), optimizer_lion(gradient_accumulation_steps = 2),
    optimizer_sgd(learning_rate_schedule_cosine_decay(0.1, 10)),
    optimizer_adam(function(step) 1 / (1 + step))
  )) {
    again <- round_trip(object)
    expect_identical(optimizer_spec(again), optimizer_spec(object))
  }
})

test_that("configs of nothing are refused", {
  expect_refused(from_config(list(units = 1)), "argument", "config")
  forged <- structure(list(), origin = c("kestrel_loss", "mystery"))
  expect_refused(from_config(forged), "argument", "config", names = "mystery")
  forged <- structure(list(), origin = c("kestrel_unknown", "l2"))
  expect_refused(from_config(forged), "argument", "config")
  expect_refused(get_config(1), "argument", "object")
})

test_that("a config of no object says so", {
  expect_snapshot(error = TRUE, {
    from_config(list(units = 1))
    from_config(structure(list(), origin = c("kestrel_loss", "mystery")))
  })
})
