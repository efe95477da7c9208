# A model is trained with everything, and all that comes out of it is returned: two that compute the
# same must agree in all of it.
custom_data <- function(n = 20) {
  set.seed(1)
  x <- matrix(rnorm(3 * n), n)
  list(x = x, y = x[, 1] * x[, 2], w = runif(n))
}

all_results <- function(model, x, y, w, epochs = 3) {
  set.seed(5)
  history <- fit(model, x, y, sample_weight = w, epochs = epochs, batch_size = 7, verbose = 0,
    validation_split = 0.2)
  trained <- get_weights(model)
  list(history$metrics, trained, predict(model, x), model(x[1, , drop = FALSE]),
    as.vector(evaluate(model, x, y, batch_size = 6, verbose = 0)),
    train_on_batch(model, x, y), test_on_batch(model, x, y), get_weights(model),
    { set.seed(2); with_gradient(model, x, y, w) },
    with_gradient(model, x, y, training = FALSE))
}

# An error of this class that leaves the weights as they were.
refused_fit <- function(model, x, y, class) {
  before <- get_weights(model)
  error <- expect_error(fit(model, x, y, epochs = 1, verbose = 0), class = class)
  expect_identical(get_weights(model), before)
  error
}
