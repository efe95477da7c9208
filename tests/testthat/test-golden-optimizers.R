# The path of the weights under 40 given gradients, with clipping, weight decay, averages and
# accumulation, against Keras.

# Weights after each step, and the state at the end.
walk <- function(case) {
  spec <- kestrel:::optimizer_spec(golden_object("optimizer", case))
  dims <- lapply(case$start, dims_of)
  now <- list(w = unlist(case$start), state = NULL)
  path <- lapply(case$grads, function(g) {
    now <<- kestrel:::engine_optimizer_step(spec, dims, now$w, unlist(g), now$state)
    now$w
  })
  list(path = path, state = now$state)
}

like <- function(w, arrays) Map(array, split_by(w, lengths(arrays)), lapply(arrays, dims_of))
split_by <- function(w, n) unname(split(w, rep(seq_along(n), n)))

# What training ends with: the average, which is the last of the moments.
averaged <- function(state, n) utils::tail(state$moments, n)

test_golden("optimizers", function(case) {
  result <- walk(case)
  for (point in case$trajectory) {
    w <- like(result$path[[point$step]], case$start)
    expect_golden_list(w, point$w, case, sprintf("w after step %d", point$step))
  }
  if (!is.null(case$finalized)) {
    w <- like(averaged(result$state, length(unlist(case$start))), case$start)
    expect_golden_list(w, case$finalized, case, "finalized")
  }
})

# The weight w of y = w x is driven below 0 by x = 1, y = -1; it is kept at 0 or above, but its
# average, which it ends with, has seen the weights before that.
test_that("averages are taken before constraints", {
  model <- keras_model_sequential(input_shape = 1, dtype = "float64") %>%
    layer_dense(1, use_bias = FALSE, kernel_constraint = constraint_nonneg())
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.2, use_ema = TRUE,
    ema_momentum = 0.9, ema_overwrite_frequency = 3))
  set_weights(model, list(matrix(0.5)))
  w <- 0.5
  for (step in 1:7) {
    w <- w - 0.2 * 2 * (w + 1)
    average <- if (step == 1) w else 0.9 * average + 0.1 * w
    w <- max(if (step %% 3 == 0) average else w, 0)
  }
  fit(model, 1, -1, epochs = 7, verbose = 0)
  expect_equal(get_weights(model)[[1]], matrix(average), tolerance = 1e-14)
  expect_lt(average, 0)
})
