# Fields of Keras' classes, of weights, layers, models, optimizers and histories.

model_with_fields <- function() {
  set.seed(6)
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(3, kernel_regularizer = regularizer_l2(0.1), name = "first") %>%
    layer_batch_normalization() %>%
    layer_dense(1)
  model %>% compile("adam", "mse", metrics = list("mae", metric_mean_squared_error(name = "q")))
}

test_that("weights know their names, and compute as numbers", {
  model <- model_with_fields()
  expect_identical(vapply(model$weights[1:3], function(w) w$name, ""),
    c("first/kernel:0", "first/bias:0", "batch_normalization/gamma:0"))
  w <- model$layers[[1]]$weights[[1]]
  plain <- get_weights(model)[[1]]
  expect_identical(w$path, "first/kernel")
  expect_identical(w$shape, c(4L, 3L))
  for (same in list(w$numpy(), as.array(w), as.matrix(w), w + 0, t(t(w)), w[, ], k_get_value(w))) {
    expect_identical(same, plain)
  }
  expect_equal(k_mean(w), mean(plain))
  expect_identical(wave_x() %*% w, wave_x() %*% plain)
  expect_identical(max(abs(w)), max(abs(plain)))
  expect_identical(as.data.frame(w), as.data.frame(plain))
  expect_error(w$assign(0), "set_weights", class = "kestrel_error_state")
  expect_error(w$shapes, "weight$shape", fixed = TRUE, class = "kestrel_error_argument")
  expect_output(print(w), "<weight \"first/kernel\" (4, 3)>", fixed = TRUE)
  other <- model_with_fields()
  set_weights(other, lapply(model$weights, function(w) w))
  expect_identical(get_weights(other), get_weights(model))
})

test_that("they are sorted by whether they are trained", {
  model <- model_with_fields()
  layer <- model$layers[[2]]
  expect_length(model$variables, 8)
  expect_length(model$trainable_variables, 6)
  expect_identical(vapply(layer$non_trainable_weights, function(w) w$name, ""),
    paste0("batch_normalization/moving_", c("mean", "variance"), ":0"))
  layer$trainable <- FALSE
  expect_length(layer$trainable_variables, 0)
  expect_length(model$non_trainable_variables, 4 + 2 - 2)
  expect_length(model$trainable_weights, 4)
})

test_that("losses are penalties and what layers add", {
  model <- model_with_fields()
  expect_equal(model$losses, list(0.1 * sum(get_weights(model)[[1]]^2)))
  expect_identical(model$layers[[1]]$losses, model$losses)
  expect_identical(model$layers[[3]]$losses, list())
  charging <- Layer("Charging", call = function(inputs) {
    self$add_loss(0.5 * op_sum(inputs))
    inputs
  })()
  charging(matrix(1, 2, 2))
  expect_equal(unlist(charging$losses), 2)
})

test_that("a layer tells the shape of its output, and its words", {
  layer <- layer_dense(units = 3)
  expect_identical(layer$compute_output_shape(c(NA, 4)), list(NULL, 3L))
  expect_identical(layer$compute_output_shape(list(NULL, 4)), list(NULL, 3L))
  expect_false(layer$built)
  expect_identical(layer_flatten()$compute_output_shape(c(NA, 2, 3)), list(NULL, 6L))
  words <- layer_string_lookup(vocabulary = c("a", "b"))
  expect_identical(words$get_vocabulary(), get_vocabulary(words))
  expect_identical(words$vocabulary_size(), 3L)
})

test_that("models, optimizers and histories have Keras' fields", {
  model <- model_with_fields()
  expect_identical(vapply(model$metrics, function(m) m$name, ""), c("mae", "q"))
  expect_identical(model$reset_metrics(), model)
  optimizer <- model$optimizer
  expect_identical(optimizer$iterations, 0)
  history <- fit(model, wave_x(), wave_y()[, 1], epochs = 2, batch_size = 10, verbose = 0)
  expect_equal(optimizer$iterations, 8)
  train_on_batch(model, wave_x(), wave_y()[, 1])
  expect_equal(model$optimizer$iterations, 9)
  expect_error(optimizer$apply_gradients(list()), "apply_gradients(model, gradients)", fixed = TRUE,
    class = "kestrel_error_argument")
  expect_identical(history$history, history$metrics)
  expect_identical(history$epoch, 0:1)
  model$pop_layer()
  expect_length(model$layers, 2)
})
