# loss = "crossentropy" trains as the loss that its shapes stand for.

trained_weights <- function(loss, y, units, activation, validation_data = NULL) {
  set.seed(3)
  model <- small_model(units = units, activation = activation, loss = loss)
  fit(model, small_x(), y, epochs = 3, verbose = 0, validation_data = validation_data)
  list(weights = get_weights(model), score = as.numeric(evaluate(model, small_x(), y, verbose = 0)))
}

test_that("the cross-entropy is the one that fits output and y", {
  codes <- c(0, 1, 2, 0, 1, 2)
  cases <- list(
    list("binary_crossentropy", c(0, 1, 0, 1, 1, 0), 1, "sigmoid"),
    list("binary_crossentropy", factor(c("a", "b", "a", "b", "b", "a")), 1, "sigmoid"),
    list("sparse_categorical_crossentropy", codes, 3, "softmax"),
    list("sparse_categorical_crossentropy", matrix(codes), 3, "softmax"),
    list("sparse_categorical_crossentropy", data.frame(y = codes), 3, "softmax"),
    list("sparse_categorical_crossentropy", factor(codes), 3, "softmax"),
    list("categorical_crossentropy", to_categorical(codes), 3, "softmax"),
    list("categorical_crossentropy", as.data.frame(to_categorical(codes)), 3, "softmax")
  )
  for (case in cases) {
    expected <- do.call(trained_weights, case)
    for (name in c("crossentropy", "ce", "CE")) {
      expect_identical(do.call(trained_weights, c(name, case[-1])), expected)
    }
  }
})

test_that("it is settled anew for other data, not by validation data", {
  codes <- c(0, 1, 2, 0, 1, 2)
  model <- small_model(units = 3, activation = "softmax", loss = "ce")
  expect_identical(model$loss$label, "ce")
  fit(model, small_x(), codes, epochs = 1, verbose = 0)
  expect_identical(model$loss$record, "sparse_categorical_crossentropy")
  sparse <- evaluate(model, small_x(), codes, verbose = 0)
  expect_equal(evaluate(model, small_x(), to_categorical(codes), verbose = 0), sparse)
  expect_identical(model$loss$record, "categorical_crossentropy")
  other <- list(small_x(), to_categorical(codes))
  expect_refused(fit(model, small_x(), codes, validation_data = other), "shape", model = model)
})

test_that("losses and metrics are known in any case", {
  for (name in c("mse", "MSE", "Mse", "Mean_Squared_Error", "MeanSquaredError")) {
    expect_identical(as_loss(name)$record, "mean_squared_error")
  }
  expect_identical(as_loss("KLDivergence")$record, "kl_divergence")
  expect_identical(as_metric("Mse")$record, "mean_squared_error")
  expect_identical(as_metric("Mse")$label, "Mse")
  expect_refused(as_loss("MSEE"), "argument")
  # One unit: no warning of a categorical loss of one class.
  expect_no_warning(small_model(activation = "sigmoid", loss = "crossentropy"))
})
