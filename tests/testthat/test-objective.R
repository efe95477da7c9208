test_that("the value of an objective is the loss of evaluate()", {
  for (name in names(objective_cases)) {
    case <- objective_cases[[name]]()
    case$weight <- NULL
    f <- objective_of(case)
    score <- evaluate(case$model, case$x, case$y, verbose = 0, batch_size = 7)
    expect_equal(kestrel:::objective_value(f), score[["loss"]], tolerance = 1e-13, label = name)
  }
})

test_that("gradients are the differences of the value", {
  for (name in names(objective_cases)) {
    for (training in c(FALSE, TRUE)) {
      case <- objective_cases[[name]]()
      f <- objective_of(case, training = training, seed = 5)
      g <- kestrel:::objective_gradient(f)
      v <- rnorm(f$p)
      slope <- objective_slope(f, v, kestrel:::objective_value)
      expect_equal(sum(g * v), slope, tolerance = 1e-8, label = paste(name, training))
      expect_length(g, sum(lengths(get_weights(case$model, trainable = TRUE))))
    }
  }
})

test_that("a mean squared error by hand: value, gradient and weights of samples", {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  model %>% compile(loss = "mse")
  x <- rbind(c(1, 2), c(3, -1), c(0, 1))
  y <- c(1, 0, 2)
  weight <- c(1, 2, 3)
  set_weights(model, list(matrix(c(0.5, -1)), 0.25))
  f <- kestrel:::new_objective(model, x, y, sample_weight = weight)
  e <- drop(x %*% c(0.5, -1)) + 0.25 - y
  expect_equal(kestrel:::objective_value(f), sum(weight * e^2) / 3)
  expect_equal(kestrel:::objective_gradient(f), drop(t(cbind(x, 1)) %*% (2 * weight * e)) / 3)
})

test_that("parameters are those of get_weights(), without those that are frozen", {
  case <- objective_cases$normalized()
  all <- kestrel:::new_objective(case$model, case$x, case$y)
  expect_identical(kestrel:::objective_weights(all),
    unlist(lapply(get_weights(case$model, trainable = TRUE), as.vector)))
  freeze_weights(case$model, to = 3)
  f <- kestrel:::new_objective(case$model, case$x, case$y)
  expect_identical(kestrel:::objective_weights(f), tail(kestrel:::objective_weights(all), f$p))
  expect_equal(kestrel:::objective_gradient(f), tail(kestrel:::objective_gradient(all), f$p))
  freeze_weights(case$model)
  expect_identical(kestrel:::objective_gradient(kestrel:::new_objective(case$model, case$x, case$y)),
    numeric())
})

test_that("an objective moves, and neither its model nor its statistics do", {
  case <- objective_cases$normalized()
  before <- get_weights(case$model)
  f <- objective_of(case, training = TRUE)
  w <- kestrel:::objective_weights(f)
  first <- kestrel:::objective_value(f)
  kestrel:::objective_gradient(f)
  kestrel:::objective_set(f, w + 0.1)
  expect_false(kestrel:::objective_value(f) == first)
  expect_identical(kestrel:::objective_weights(f), w + 0.1)
  kestrel:::objective_set(f, w)
  expect_identical(kestrel:::objective_value(f), first)
  expect_identical(get_weights(case$model), before)
})

test_that("dropout draws by the seed", {
  case <- objective_cases$dropped()
  value <- function(...) kestrel:::objective_value(objective_of(case, ...))
  expect_identical(value(training = TRUE, seed = 1), value(training = TRUE, seed = 1))
  expect_false(value(training = TRUE, seed = 1) == value(training = TRUE, seed = 2))
  expect_identical(value(seed = 1), value(seed = 2))
})

test_that("a loss without reduction is the sum, as it is trained", {
  case <- objective_cases$tanh_mse()
  case$model %>% compile(loss = loss_mean_squared_error(reduction = "none"))
  none <- objective_of(case)
  case$model %>% compile(loss = loss_mean_squared_error(reduction = "sum"))
  sum <- objective_of(case)
  expect_identical(kestrel:::objective_value(none), kestrel:::objective_value(sum))
  expect_identical(kestrel:::objective_gradient(none), kestrel:::objective_gradient(sum))
})

test_that("single precision is near double precision", {
  case <- objective_cases$fused_softmax()
  double <- objective_of(case)
  single <- objective_of(case, precision = "float32")
  expect_equal(kestrel:::objective_value(single), kestrel:::objective_value(double), tolerance = 1e-5)
  expect_equal(kestrel:::objective_gradient(single), kestrel:::objective_gradient(double),
    tolerance = 1e-5)
})

test_that("models that are not ready and data that do not fit are refused as by evaluate()", {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  expect_error(kestrel:::new_objective(model, diag(2), 1:2), class = "kestrel_error_state")
  model %>% compile(loss = "mse")
  expect_error(kestrel:::new_objective(model, diag(3), 1:3), class = "kestrel_error_shape")
  expect_error(kestrel:::new_objective(model, diag(2), c(1, NA)), class = "kestrel_error_data")
})
