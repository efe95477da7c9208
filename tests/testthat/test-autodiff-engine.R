test_that("gradients of losses and activations of the engine are slopes", {
  expect_slopes(engine_operations())
})

test_that("losses and activations go on in functions", {
  expect_gradients(
    function(x) sum(activation_relu(x)) + mean(loss_mean_squared_error(x * 0, x))
  )
})

# All samples of p with weights, by the loss itself and on the tape.
test_that("reduced losses of traced predictions are those of numbers, with their slopes", {
  w <- c(0.5, 2)
  for (reduction in c("sum_over_batch_size", "sum")) {
    loss <- loss_huber(delta = 0.4, reduction = reduction)
    f <- function(y) loss(q, y, w)
    tape <- new_tape()
    expect_equal(plain(traced_reduced_loss(loss, q, trace_value(p, tape), w, NULL)), f(p))
    g <- differentiate(function(y) traced_reduced_loss(loss, q, y, w, NULL), list(p))$gradients[[1]]
    expect_equal(as.vector(g), by_differences(f, p), tolerance = 1e-7)
  }
})

test_that("activations along an axis of an array without numbers are empty", {
  expect_identical(activation_softmax(matrix(0, 0, 3)), matrix(0, 0, 3))
  expect_identical(activation_log_softmax(matrix(0, 0, 3)), matrix(0, 0, 3))
  expect_identical(gradient(function(x) sum(activation_softmax(x)), matrix(0, 0, 3))[[1]], matrix(0, 0, 3))
})

test_that("metrics that are means of losses go on in functions, others are named", {
  expect_gradients(function(x) sum(metric_mean_squared_error(x * 2, x^2)) + sum(metric_binary_crossentropy(x > 0, plogis(x))))
  expect_error(gradient(function(x) metric_root_mean_squared_error(x * 0, x), p), "metric_root_mean_squared_error",
    class = "kestrel_error_argument")
})
