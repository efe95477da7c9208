# Vectors beside arrays: as in Keras along the last dim, and R's own rows down the rows. Each function is
# held against sweep() for square arrays and others, on traced and plain values, in losses and metrics.

shapes <- list(matrix(sin(1:12), 4) + 2, matrix(cos(1:9), 3) + 2, matrix(sin(1:6), 2) + 2)
w <- c(1, 5, 10)

# Of plain and traced x alike; its gradient by differences.
expect_rule <- function(f, reference) for (x in shapes) {
  expect_equal(unmarked(masked(f)(x)), reference(x), ignore_attr = TRUE)
  y <- masked(f)(trace_value(x, new_tape()))
  expect_equal(unmarked(plain(y)), reference(x), ignore_attr = TRUE)
  total <- function(x) sum(c(f(x)) * cos(seq_along(x)))
  expected <- by_differences(function(x) sum(reference(x) * cos(seq_along(x))), x)
  expect_equal(as.vector(gradient(total, x)[[1]]), expected, tolerance = 1e-7)
}

along <- function(x, v, op = "*") sweep(x, 2, v, op)
down <- function(x, v, op = "*") sweep(x, 1, v, op)

test_that("constants and results of operations go along the last dim", {
  expect_rule(function(x) x * w, function(x) along(x, w))
  expect_rule(function(x) w / x, function(x) 1 / along(x, 1 / w))
  expect_rule(function(x) (x - c(1, 2, 3)) / w, function(x) along(along(x, 1:3, "-"), w, "/"))
  expect_rule(function(x) x - k_mean(x, axis = 1), function(x) along(x, colMeans(x), "-"))
  expect_rule(function(x) x - colMeans(x), function(x) along(x, colMeans(x), "-"))
  expect_rule(function(x) pmax(x, c(1, 2, 3)), function(x) along(x, 1:3, "pmax"))
  expect_rule(function(x) ifelse(x > 2, x, w), function(x) ifelse(x > 2, x, along(0 * x, w, "+")))
  expect_rule(function(x) x * (x > c(1, 2, 3)), function(x) x * along(x, 1:3, ">"))
  for (make in list(k_constant, k_variable, op_array, op_convert_to_tensor, as_tensor, keras_variable)) {
    v <- make(w)
    expect_rule(function(x) k_square(x) * v, function(x) along(x^2, w))
  }
})

test_that("what R makes of rows goes down the rows, also of square arrays", {
  expect_rule(function(x) x / rowSums(x), function(x) down(x, rowSums(x), "/"))
  expect_rule(function(x) x - rowMeans(x), function(x) down(x, rowMeans(x), "-"))
  expect_rule(function(x) x * x[, 2], function(x) down(x, x[, 2]))
  expect_rule(function(x) x * sqrt(abs(x[, 1]) + 1), function(x) down(x, sqrt(abs(x[, 1]) + 1)))
  expect_rule(function(x) x * apply(x, 1, prod), function(x) down(x, apply(x, 1, prod)))
  expect_rule(function(x) x * (rowSums(x) > 6), function(x) down(x, rowSums(x) > 6))
  expect_rule(function(x) x * (max.col(x) - 1), function(x) down(x, max.col(x) - 1))
  expect_rule(function(x) x * as.numeric(x[, 1] > 2), function(x) down(x, x[, 1] > 2))
  expect_rule(function(x) x * as.vector(x[, 2, drop = FALSE]), function(x) down(x, x[, 2]))
  expect_rule(function(x) x * drop(k_sum(x, axis = -1, keepdims = TRUE)), function(x) down(x, rowSums(x)))
  expect_rule(function(x) x * x[cbind(seq_len(nrow(x)), 1)], function(x) down(x, x[, 1]))
  expect_rule(function(x) t(t(x) * w), function(x) along(x, w))
  expect_rule(function(x) t(t(x) - colMeans(x)), function(x) along(x, colMeans(x), "-"))
})

test_that("a constant for each row goes down the rows unless it fits the last dim", {
  x <- shapes[[1]]
  expect_equal(masked(function(x) x * c(1, 2, 3, 4))(x), down(x, 1:4))
  expect_equal(masked(function(x) x * c(1, 2, 3))(x[1:3, ]), along(x[1:3, ], 1:3))
  expect_error(masked(function(x) x * c(1, 2))(x), "4 x 3 and 2", class = "kestrel_error_shape")
})

test_that("weighted losses and metrics do not depend on the size of batches", {
  x <- matrix(sin(1:48), 12)
  y <- to_categorical(rep(0:2, 4))
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "softmax")
  loss <- function(y_true, y_pred) -k_sum(y_true * k_log(y_pred) * w, axis = -1)
  model %>% compile("sgd", loss, metrics = list(custom_metric("weighed", function(y_true, y_pred) {
    rowMeans(y_true * w * (y_pred - c(0.1, 0.2, 0.3)))
  })))
  p <- predict(model, x)
  expected <- c(-mean(rowSums(along(y * log(p), w))), mean(along(y, w) * along(p, c(0.1, 0.2, 0.3), "-")))
  for (size in c(2, 3, 4, 12)) {
    expect_equal(unlist(evaluate(model, x, y, batch_size = size, verbose = 0)), expected,
      tolerance = 1e-6, ignore_attr = TRUE)
  }
  metric <- custom_metric("weighed", function(y_true, y_pred) rowSums(y_true * y_pred * w))
  expect_equal(as.numeric(metric(y[1:3, ], p[1:3, ])), mean(rowSums(along(y * p, w)[1:3, ])))
})

test_that("layers and symbolic tensors follow, whatever the number of samples", {
  mu <- c(1, 2, 3)
  input <- layer_input(3)
  by_hand <- function(x) along(along(x, mu, "-"), w, "/")
  models <- list(keras_model(input, (input - mu) / w),
    keras_model(input, op_divide(op_subtract(input, mu), w)),
    keras_model_sequential(input_shape = 3) %>% layer_lambda(function(x) (x - mu) / w),
    keras_model_sequential(input_shape = 3) %>% layer_activation(function(x) (x - mu) / w))
  for (model in models) for (x in shapes) {
    expect_equal(predict(model, x), by_hand(x), tolerance = 1e-6)
  }
  share <- keras_model_sequential(input_shape = 3) %>% layer_lambda(function(x) x / rowSums(x))
  for (x in shapes) expect_equal(predict(share, x), x / rowSums(x), tolerance = 1e-6)
})

test_that("operations on plain arrays follow", {
  x <- matrix(0, 2, 2)
  rows <- rbind(c(1, 2), c(1, 2))
  expect_equal(op_add(x, c(1, 2)), rows)
  expect_equal(op_subtract(c(1, 2), x), rows)
  expect_equal(op_multiply(x + 1, c(1, 2)), rows)
  expect_equal(op_divide(x + 1, c(1, 1 / 2)), rows)
  expect_equal(op_power(x + 2, c(0, 1)), x + rep(1:2, each = 2))
  expect_equal(op_maximum(x, c(1, 2)), rows)
  expect_equal(k_maximum(x, c(1, 2)), rows)
  expect_equal(op_where(x == 0, c(1, 2), 9), rows)
  expect_equal(op_equal(rows, c(1, 2)), x == 0)
  expect_equal(op_broadcast_to(1:3, c(2, 3)), rbind(1:3, 1:3))
  expect_equal(op_broadcast_to(1:3, c(3, 3)), rbind(1:3, 1:3, 1:3))
  expect_error(op_broadcast_to(1:2, c(2, 3)), class = "kestrel_error_shape")
})

test_that("variables named like functions of R stand for themselves", {
  t <- 3
  scale <- c(1, 2, 3)
  f <- function(x, drop = t) sum(x * scale) * drop + sum(base::t(x))
  expect_equal(gradient(f, m)[[1]], m * 0 + rep(3 * scale, each = 2) + 1)
})

test_that("what comes out of the user's functions carries no mark", {
  layer <- Layer("Parts", call = function(inputs) list(rowSums(inputs), t(t(inputs))))()
  expect_null(attributes(layer(m)[[1]])$lies)
  expect_identical(layer(m)[[2]], m)
  sums <- Layer("Sums", call = function(inputs) rowSums(inputs))()
  expect_null(attributes(sums(m))$lies)
})
