# The fields of backend() against k_* themselves.

test_that("fields are the k_* functions, with axes from 0", {
  K <- backend()
  x <- matrix(c(1, 5, 3, 2, 9, 0), 2)
  expect_identical(K$mean(x), k_mean(x))
  expect_identical(K$mean(x, axis = 0L), k_mean(x, axis = 1))
  expect_identical(K$mean(x, 1L), k_mean(x, axis = 2))
  expect_identical(K$sum(x, axis = -1L, keepdims = TRUE), k_sum(x, axis = -1, keepdims = TRUE))
  expect_identical(K$sum(x, axis = list(0, 1)), k_sum(x))
  expect_identical(K$permute_dimensions(x, c(1, 0)), t(x))
  expect_identical(K[["square"]](x), x^2)
  expect_identical(K$epsilon(), k_epsilon())
  expect_identical(K$argmax(x, axis = 1L), k_argmax(x, axis = 2))
  expect_true(all(c("mean", "clip", "dot") %in% names(K)))
})

test_that("they make losses, also within functions", {
  K <- backend()
  loss <- function(y_true, y_pred) K$mean(K$abs(y_true - y_pred), axis = 1L)
  trained <- function(loss) {
    set.seed(2)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
    model %>% compile(loss = loss, optimizer = "sgd")
    fit(model, wave_x(), wave_y(), epochs = 2, verbose = 0)$metrics$loss
  }
  expect_equal(trained(loss), trained("mae"))
  along <- function(x, ...) K$sum(x, ...)
  expect_identical(along(diag(2), axis = 0), c(1, 1) + 0 * k_sum(diag(2), axis = 1))
})

test_that("what there is not is told, and the name", {
  K <- backend()
  expect_error(K$squar(1), "Did you mean `K$square`", fixed = TRUE, class = "kestrel_error_argument")
  expect_error(K$mean(diag(2), axis = 7L), class = "kestrel_error_argument")
  expect_identical(k_backend(), "kestrel")
  expect_output(print(K), "functions k_*>", fixed = TRUE)
})
