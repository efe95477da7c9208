test_that("the schedule gets epoch and rate, or the epoch alone", {
  halve <- callback_learning_rate_scheduler(function(epoch, lr) lr / 2)
  expect_identical(quick_fit(quick_model(optimizer_sgd(1)), epochs = 3,
    callbacks = halve)$metrics$lr,
    c(0.5, 0.25, 0.125))
  for (schedule in list(function(e) 0.1 / (1 + e), function(...) 0.1 / (1 + ..1))) {
    rates <- quick_fit(quick_model(), epochs = 3,
      callbacks = callback_learning_rate_scheduler(schedule))$metrics$lr
    expect_identical(rates, 0.1 / 1:3)
  }
})

test_that("a schedule of constant rates trains as the rate itself does", {
  plain <- quick_model(optimizer_sgd(0.05))
  scheduled <- quick_model(optimizer_sgd(1))
  quick_fit(plain)
  quick_fit(scheduled, callbacks = callback_learning_rate_scheduler(function(epoch, lr) 0.05))
  expect_identical(get_weights(plain), get_weights(scheduled))
})

test_that("initial_epoch counts", {
  epochs <- NULL
  note <- callback_learning_rate_scheduler(function(epoch) {
    epochs <<- c(epochs, epoch)
    0.1
  })
  quick_fit(quick_model(), epochs = 5, initial_epoch = 3, callbacks = note)
  expect_equal(epochs, 3:4)
})

test_that("it says what it does", {
  expect_snapshot(quick_fit(quick_model(), callbacks =
    callback_learning_rate_scheduler(function(epoch, lr) lr / 4, verbose = 1)))
})

test_that("rates that are none end fit()", {
  for (bad in list(-1, NA, "a", c(1, 2), NULL, NaN, Inf, TRUE)) {
    error <- tryCatch(quick_fit(quick_model(), callbacks =
      callback_learning_rate_scheduler(function(epoch, lr) if (epoch == 1) bad else lr)),
        error = identity)
    expect_s3_class(error, "kestrel_error_callback")
    expect_match(conditionMessage(error), "epoch 2")
  }
  error <- tryCatch(quick_fit(quick_model(), callbacks =
    callback_learning_rate_scheduler(function(epoch, lr) stop("mine"))), error = identity)
  expect_s3_class(error, "kestrel_error_callback")
  expect_identical(conditionMessage(error$parent), "mine")
})

test_that("an optimizer with a schedule is refused", {
  scheduled <- optimizer_sgd(learning_rate_schedule_exponential_decay(0.1, 10, 0.5))
  expect_error(quick_fit(quick_model(scheduled), callbacks =
    callback_learning_rate_scheduler(function(epoch, lr) lr)), class = "kestrel_error_state")
})

test_that("schedule must be a function of epoch and rate", {
  for (bad in list(0.1, NULL, "exp", function() 1, function(a, b, c) 1)) {
    expect_refused(callback_learning_rate_scheduler(bad), "argument", "schedule")
  }
  expect_refused(callback_learning_rate_scheduler(), "argument", "schedule")
})
