# Batches from functions against fits of the same batches as arrays. `small_model()` and the like:
# helper-refusal.R.

feed_x <- small_x(22)
feed_y <- small_y(22)
feed_w <- abs(sin(1:22)) + 0.1

# The rows of x in batches of these sizes, over and over; NULL after each pass where it ends.
batches_of <- function(sizes, ends = FALSE, weight = NULL, x = feed_x, y = feed_y) {
  last <- cumsum(sizes)
  at <- 0
  function() {
    if (ends && at == length(sizes)) {
      at <<- 0
      return(NULL)
    }
    at <<- at %% length(sizes) + 1
    rows <- seq(last[at] - sizes[at] + 1, last[at])
    c(list(x[rows, , drop = FALSE], y[rows, , drop = FALSE]), if (!is.null(weight)) list(weight[rows]))
  }
}

feed_twins <- function(dropout = FALSE, metrics = list("mae", metric_auc()), ...) {
  one <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, activation = "tanh")
  if (dropout) one %>% layer_dropout(0.3) %>% layer_batch_normalization()
  one %>% layer_dense(1, activation = "sigmoid")
  two <- clone_model(one)
  for (m in list(one, two)) compile(m, loss = "mse", optimizer = optimizer_adam(0.05), metrics = metrics, ...)
  set_weights(two, get_weights(one))
  list(one = one, two = two)
}

# Arrays in batches of 6, without shuffling; the last one has 4.
expect_same_fit <- function(generator, twins, ..., weight = NULL, steps = NULL, epochs = 3) {
  force(twins)
  set.seed(4)
  a <- fit(twins$one, feed_x, feed_y > 0, batch_size = 6, shuffle = FALSE, epochs = epochs, verbose = 0,
    sample_weight = weight, ...)
  set.seed(4)
  b <- fit(twins$two, generator, steps_per_epoch = steps, epochs = epochs, verbose = 0, ...)
  expect_equal(b$metrics, a$metrics, tolerance = 1e-12)
  expect_equal(get_weights(twins$two), get_weights(twins$one), tolerance = 1e-12)
  expect_identical(model_state(twins$two)$optimizer_state$iterations,
    model_state(twins$one)$optimizer_state$iterations)
}
