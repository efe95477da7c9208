# Learning rates after each epoch, as found with Keras 3.
test_that("rates are those of Keras", {
  rates <- function(values, ...) script_run(values, callback_reduce_lr_on_plateau(...),
    rate = 0.1)$rates
  expect_identical(rates(script_down_up, patience = 2, factor = 0.5),
    c(0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125))
  expect_identical(rates(script_down_up, patience = 2, min_lr = 0.05), rep(c(0.1, 0.05), c(4, 8)))
  expect_identical(rates(script_flat, patience = 2)[c(2, 3, 5, 12)],
    c(0.1, 0.010000000000000002, 0.0010000000000000002, 1.0000000000000004e-06))
  expect_identical(rates(script_flat, patience = 1, cooldown = 2, factor = 0.3), c(0.1, 0.03, 0.03,
    0.009, 0.009, 0.0026999999999999997, 0.0026999999999999997, 0.0008099999999999998,
    0.0008099999999999998, 0.00024299999999999994, 0.00024299999999999994, 7.289999999999998e-05))
  expect_identical(rates(script_tiny, patience = 2), rep(0.1, 12))
  expect_identical(rates(script_jumps, patience = 2, factor = 0.5),
    rep(c(0.1, 0.05, 0.025, 0.0125), c(5, 3, 2, 2)))
})

test_that("an accuracy is maximized", {
  plateau <- callback_reduce_lr_on_plateau("val_accuracy", patience = 2, factor = 0.5)
  expect_identical(script_run(-script_down_up, plateau, "val_accuracy", rate = 0.1)$rates,
    script_run(script_down_up, callback_reduce_lr_on_plateau(patience = 2, factor = 0.5),
      rate = 0.1)$rates)
})

test_that("the history has the rate that the epoch was trained with", {
  run <- script_run(script_flat, callback_reduce_lr_on_plateau(patience = 2, factor = 0.5),
    rate = 0.1)
  expect_identical(run$history$metrics$lr[1:5], c(0.1, 0.1, 0.1, 0.05, 0.05))
})

test_that("a lower rate acts on the training", {
  model <- quick_model(optimizer_sgd(0.1))
  quick_fit(model, epochs = 3, callbacks = callback_reduce_lr_on_plateau("loss", factor = 0,
    patience = 1, min_delta = 100))
  twin <- quick_model(optimizer_sgd(0.1))
  quick_fit(twin, epochs = 2)
  expect_identical(get_weights(model), get_weights(twin))
})

test_that("it says what it does, and warns of a missing value", {
  expect_snapshot({
    run <- script_run(script_flat[1:5], callback_reduce_lr_on_plateau(patience = 2, verbose = 1),
      rate = 0.001)
    history <- quick_fit(quick_model(), callbacks = callback_reduce_lr_on_plateau())
  })
  expect_identical(history$metrics$lr, c(0.01, 0.01))
})

test_that("a schedule cannot be reduced", {
  scheduled <- optimizer_sgd(learning_rate_schedule_exponential_decay(0.1, 10, 0.5))
  expect_error(quick_fit(quick_model(scheduled), callbacks = callback_reduce_lr_on_plateau("loss")),
    class = "kestrel_error_state")
})

test_that("arguments are checked", {
  for (bad in list(1, 1.5, -0.1, NA, "a")) {
    expect_refused(callback_reduce_lr_on_plateau(factor = bad), "argument", "factor")
  }
  for (bad in list(-1, NA, 1.5)) {
    expect_refused(callback_reduce_lr_on_plateau(patience = bad), "argument", "patience")
    expect_refused(callback_reduce_lr_on_plateau(cooldown = bad), "argument", "cooldown")
  }
  expect_refused(callback_reduce_lr_on_plateau(min_lr = -1), "argument", "min_lr")
  expect_refused(callback_reduce_lr_on_plateau(min_delta = NA), "argument", "min_delta")
  expect_refused(callback_reduce_lr_on_plateau(mode = NULL), "argument", "mode")
  expect_refused(callback_reduce_lr_on_plateau(coldown = 1), "argument", "coldown",
    names = "cooldown")
})
