# Classes of functions of keras3, against the functions themselves.

fitted_with <- function(loss = "mse", optimizer = "sgd", ...) {
  set.seed(4)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2, ...)
  model %>% compile(loss = loss, optimizer = optimizer)
  fit(model, wave_x(), wave_y(), epochs = 2, verbose = 0)
  get_weights(model)
}

test_that("a class of losses trains as its function does", {
  loss_power <- Loss("PowerLoss",
    initialize = function(p = 2, name = "power") {
      super$initialize(name = name)
      self$p <- p
    },
    call = function(y_true, y_pred) op_mean(op_abs(y_true - y_pred)^self$p, axis = -1)
  )
  power <- function(y_true, y_pred) rowMeans(abs(y_true - y_pred)^1.5)
  expect_equal(fitted_with(loss_power(p = 1.5)), fitted_with(power))
  expect_identical(loss_power(name = "mine")$name, "mine")
  expect_identical(loss_power()$name, "power")
  expect_identical(Loss("OwnLoss", call = function(y_true, y_pred) y_pred)()$name, "own_loss")
  expect_equal(loss_power(p = 1)(c(1, 2), c(2, 4)), 1.5)
  half <- Loss("Half", inherit = loss_power, call = function(y_true, y_pred) 0.5 * super$call(y_true, y_pred))
  expect_equal(half(p = 2)(1, 3), 2)
  absolute <- new_loss_class("Absolute", call = function(y_true, y_pred) abs(y_true - y_pred))
  expect_equal(fitted_with(absolute()), fitted_with("mae"))
  copy <- unserialize(serialize(loss_power(p = 1), NULL))
  expect_equal(copy(c(1, 2), c(2, 4)), 1.5)
})

test_that("schedules, regularizers, constraints and initializers work in their places", {
  halving <- LearningRateSchedule("Halving",
    initialize = function(rate) self$rate <- rate,
    call = function(step) self$rate * 0.5^step)
  expect_equal(halving(0.1)(2), 0.025)
  expect_equal(fitted_with(optimizer = optimizer_sgd(halving(0.1))),
    fitted_with(optimizer = optimizer_sgd(function(step) 0.1 * 0.5^step)))
  old <- new_learning_rate_schedule_class("Old", call = function(step) 0.1)
  expect_equal(fitted_with(optimizer = optimizer_sgd(old())), fitted_with(optimizer = optimizer_sgd(0.1)))
  ridge <- Regularizer("Ridge", call = function(x) 0.01 * sum(x^2))
  expect_equal(fitted_with(kernel_regularizer = ridge()), fitted_with(kernel_regularizer = regularizer_l2(0.01)))
  positive <- Constraint("Positive", call = function(w) w * (w >= 0))
  expect_equal(fitted_with(kernel_constraint = positive()), fitted_with(kernel_constraint = constraint_nonneg()))
  filled <- Initializer("Filled", initialize = function(value = 1) self$value <- value,
    call = function(shape, dtype = NULL) array(self$value, unlist(shape)))
  expect_equal(fitted_with(kernel_initializer = filled(0.5)),
    fitted_with(kernel_initializer = initializer_constant(0.5)))
})

test_that("classes without a function are refused", {
  expect_error(Loss("Empty"), "`call` is missing", class = "kestrel_error_argument")
  expect_error(Loss("Bad", call = 3), class = "kestrel_error_argument")
  expect_error(Loss(call = function(a, b) a), class = "kestrel_error_argument")
})
