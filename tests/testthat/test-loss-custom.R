set.seed(3)
x <- matrix(rnorm(60), 20)
y <- cbind(x[, 1] * x[, 2], x[, 3])
w <- runif(20)

test_that("a function that fails, or returns what is no loss, is named", {
  refused <- function(fn) {
    model <- loss_net(fn)
    before <- get_weights(model)
    error <- suppressWarnings(expect_error(fit(model, x, y, epochs = 1, verbose = 0), class = "kestrel_error_loss"))
    expect_identical(get_weights(model), before)
    suppressWarnings(expect_error(evaluate(model, x, y, verbose = 0), class = "kestrel_error_loss"))
    error
  }
  expect_match(conditionMessage(refused(function(y_true, y_pred) stop("no way"))), "no way")
  expect_match(conditionMessage(refused(function(y_true, y_pred) quantile(y_pred))), "`quantile()` cannot be differentiated", fixed = TRUE)
  expect_match(conditionMessage(refused(function(y_true, y_pred) y_pred[1:3, 1])), "20 samples")
  expect_match(conditionMessage(refused(function(y_true, y_pred) 3)), "no gradient")
  expect_match(conditionMessage(refused(function(y_true, y_pred) log(0 * y_pred - 1))), "NaN at position 1")
  expect_match(conditionMessage(refused(function(y_true, y_pred) sum(y_pred %% 1))), "%%")
  expect_s3_class(refused(function(y_true, y_pred) stop("x"))$parent, "simpleError")
})

square <- function(y_true, y_pred) (y_true - y_pred)^2

test_that("called on data it is the mean with weights, as the engine's", {
  own <- new_custom_loss(square, "mine")
  p <- y * 0.5 + 0.1
  expect_equal(own(y, p), loss_mean_squared_error()(y, p))
  rows <- new_custom_loss(function(y_true, y_pred) rowMeans(square(y_true, y_pred)), "rows")
  expect_equal(rows(y, p, w), loss_mean_squared_error()(y, p, w))
  expect_true(is_custom_loss(own))
  expect_false(is_custom_loss(loss_mean_squared_error()))
})

test_that("the gradient by predictions is that of differences", {
  p <- y * 0.5 + 0.1
  for (weight in list(NULL, w)) {
    batch <- list(y_true = y, y_pred = p, weight = weight, n = 20L)
    given <- custom_loss_gradient(list(fn = masked(square)), "mine", batch, TRUE, NULL)
    value <- function(v) {
      batch$y_pred[] <- v
      custom_loss_gradient(list(fn = masked(square)), "mine", batch, FALSE, NULL)$value
    }
    expect_equal(as.vector(given$slope), by_differences(value, as.vector(p)), tolerance = 1e-7)
    expect_equal(given$value, value(p))
  }
})

test_that("values meet weights by samples, a single one their mean", {
  expect_equal(reduce_values(1:4, NULL, 4), 2.5)
  expect_equal(reduce_values(1:4, c(1, 0, 0, 2), 4), (1 + 8) / 4)
  expect_equal(reduce_values(3, c(1, 0, 0, 3), 4), 3)
})
