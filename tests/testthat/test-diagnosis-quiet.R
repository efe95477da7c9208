# A nearly straight line in three inputs, with dropout of `rate` that is on in inference, too.
noisy_net <- function(rate = 0.4, seed = 2, training = TRUE, epochs = 150) {
  withr::local_seed(seed)
  x <- matrix(stats::rnorm(900), 300)
  y <- as.vector(scale(x %*% c(1, 0.7, -0.5) + 0.2 * x[, 1]^2 + 0.3 * stats::rnorm(300)))
  input <- layer_input(3)
  hidden <- input %>% layer_dense(16, "tanh")
  output <- layer_dropout(rate = rate)(hidden, training = training) %>% layer_dense(1)
  m <- keras_model(input, output)
  m %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  m %>% fit(x, y, epochs = epochs, verbose = 0)
  case_of(m, x, y)
}

test_that("wanted noise in inference is no fault of the learning rate", {
  for (seed in c(2, 9)) {
    d <- do.call(diagnose, c(noisy_net(if (seed == 9) 0.6 else 0.4, seed), verify = TRUE))
    expect_identical(d$id[d$severity == "fault"], character())
    expect_true(all(d$verified[d$confidence == "PROVEN"]))
  }
})

test_that("a network without its noise has the same weights, and dropout that is off", {
  given <- noisy_net(epochs = 2)
  m <- given$object
  case <- attr(diagnose(m, given$x, given$y), "case")
  quiet <- function(x) {
    w <- get_weights(m)
    tanh(x %*% w[[1]] + rep(w[[2]], each = nrow(x))) %*% w[[3]] + w[[4]][1]
  }
  expect_equal(matrix(case$prediction, 300), quiet(given$x), tolerance = 1e-6)
  expect_equal(case$loss, mean((given$y - quiet(given$x))^2), tolerance = 1e-6)
  expect_false(identical(predict(m, given$x), predict(m, given$x)))
  expect_output(print(diagnose(m, given$x, given$y)), "Without the noise")
  expect_true(draws_in_inference(m))
})

test_that("noise of models in models is left out, statistics of batches are not", {
  inner_input <- layer_input(3)
  inner <- keras_model(inner_input, layer_dropout(rate = 0.5)(inner_input, training = TRUE) %>% layer_dense(2))
  outer <- keras_model_sequential(list(layer_dense(units = 3, input_shape = 3), inner))
  expect_true(draws_in_inference(outer))
  expect_false(draws_in_inference(quiet_part(outer)))
  input <- layer_input(3)
  norm <- layer_batch_normalization()
  m <- keras_model(input, norm(input, training = TRUE) %>% layer_dense(1))
  expect_false(draws_in_inference(m))
})

test_that("what is tried has no noise either, and what is not built is left as it is", {
  given <- noisy_net(0.9, epochs = 30)
  d <- do.call(diagnose, given)
  expect_true(nrow(d) > 0)
  i <- match(TRUE, !vapply(attr(d, "findings"), function(f) is.null(f$fix), NA))
  expect_false(draws_in_inference(try_fix(d, i, seconds = 0.2)$model))
})

test_that("a fall counts where it is more than chance", {
  withr::local_seed(1)
  expect_identical(clear_fall(1 + 0.2 * stats::rnorm(100)), 0)
  falling <- seq(2, 1, length.out = 100)
  expect_equal(clear_fall(falling + 0.001 * stats::rnorm(100)), 1 - mean(falling[81:100]) / mean(falling[61:80]), tolerance = 0.01)
  expect_identical(clear_fall(c(2, 1)), late_fall(c(2, 1)))
})
