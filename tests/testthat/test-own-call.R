# What goes wrong in the user's functions.

failure <- function(loss) {
  model <- keras_model_sequential(input_shape = 3) %>% layer_dense(2)
  model %>% compile("sgd", loss)
  tryCatch(evaluate(model, m, m[, 1:2], verbose = 0), error = identity)
}

test_that("functions without a derivative are named as they were called", {
  refused <- list(
    norm = function(y_true, y_pred) norm(y_pred - y_true, "F"),
    besselJ = function(y_true, y_pred) mean(besselJ(abs(y_pred), 1)),
    outer = function(y_true, y_pred) mean(outer(y_pred[, 1], y_pred[, 1])),
    chol = function(y_true, y_pred) sum(chol(t(y_pred) %*% y_pred))^2,
    tapply = function(y_true, y_pred) mean(tapply(y_pred[, 1], 1:2, sum)),
    fft = function(y_true, y_pred) mean(sapply(1:2, function(i) sum(stats::fft(y_pred)))),
    integrate = function(y_true, y_pred) integrate(identity, 0, y_pred[1, 1])$value
  )
  for (name in names(refused)) {
    e <- failure(refused[[name]])
    expect_s3_class(e, "kestrel_error_loss")
    said <- conditionMessage(e)
    expect_match(said, sprintf("The loss \"custom\" failed: `%s()` cannot be differentiated.", name), fixed = TRUE)
    expect_length(gregexpr("See ?autodiff", said, fixed = TRUE)[[1]], 1)
    expect_match(said, "See ?autodiff", fixed = TRUE)
  }
})

test_that("what the user's own code says stands for itself", {
  helper <- function(x) stop("boom")
  own <- list(function(y_true, y_pred) stop("boom"), function(y_true, y_pred) mean(helper(y_pred)),
    function(y_true, y_pred) rlang::abort("boom"), function(y_true, y_pred) stopifnot("boom" = FALSE))
  for (loss in own) {
    said <- conditionMessage(failure(loss))
    expect_match(said, "The loss \"custom\" failed: boom", fixed = TRUE)
    expect_no_match(said, "autodiff")
  }
})

test_that("operations that fail are named, with their own hints", {
  said <- function(loss) conditionMessage(failure(loss))
  expect_match(said(function(y_true, y_pred) k_mean(y_pred, axis = 7)), "failed in `k_mean()`: `axis` must be", fixed = TRUE)
  expect_match(said(function(y_true, y_pred) y_pred %*% diag(3)), "failed in `%*%()`", fixed = TRUE)
  lacking <- said(function(y_true, y_pred) y_pred / k_sum(y_pred[, c(1, 1, 2)], axis = 1))
  expect_match(lacking, "failed in `/()`: arrays of 2 x 2 and 3 do not go together", fixed = TRUE)
})

test_that("places and conditions are constants", {
  expect_equal(gradient(function(x) sum(x[order(x[, 1]), 2] * 1:2) + sum(x[!is.na(x)]), m)[[1]],
    1 + cbind(0, order(order(m[, 1])), 0))
  expect_equal(gradient(function(x) x[which.max(x)], m)[[1]], (m == max(m)) + 0)
})

test_that("a function that calls itself for ever is an error, too", {
  endless <- function(x) endless(x)
  expect_s3_class(suppressWarnings(failure(function(y_true, y_pred) endless(y_pred))), "kestrel_error_loss")
})
