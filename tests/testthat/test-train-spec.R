# Which loss and metrics the engine is asked for.

compiled_model <- function(activation, loss, units = 3, ...) {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(units, activation = activation)
  suppressWarnings(compile(model, loss = loss, ...))
}

fused <- function(...) kestrel:::training_parts(compiled_model(...))$outputs[[1]]$fused

test_that("a loss absorbs its own activation and no other", {
  for (loss in c("categorical_crossentropy", "sparse_categorical_crossentropy")) {
    expect_true(fused("softmax", loss))
    for (other in c("sigmoid", "relu", "linear", "tanh")) expect_false(fused(other, loss))
  }
  expect_true(fused("sigmoid", "binary_crossentropy"))
  expect_true(fused("sigmoid", "binary_focal_crossentropy"))
  expect_false(fused("softmax", "binary_crossentropy"))
  expect_false(fused("softmax", "mse"))
  expect_false(fused("sigmoid", loss_binary_crossentropy(from_logits = TRUE)))
})

test_that("activations as layers are absorbed, too, but not over another axis", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3) %>%
    layer_activation("softmax")
  compile(model, loss = "categorical_crossentropy")
  expect_true(kestrel:::training_parts(model)$outputs[[1]]$fused)
  across <- keras_model_sequential(input_shape = c(2, 3)) %>% layer_dense(3) %>%
    layer_activation_softmax(axis = 1)
  compile(across, loss = "categorical_crossentropy")
  expect_false(kestrel:::training_parts(across)$outputs[[1]]$fused)
})

test_that("a loss that was absorbed is exact where probabilities are 0 or 1", {
  model <- compiled_model("softmax", "categorical_crossentropy")
  set_weights(model, list(diag(300, 4, 3), c(0, 0, 0)))
  x <- diag(4)
  y <- diag(3)[c(2, 2, 3, 1), ]
  # -log softmax: 300 where the logit is on another class, log 3 where all are equal.
  score <- evaluate(model, x, y, verbose = 0)
  expect_near(score[["loss"]], (300 + 0 + 0 + log(3)) / 4, 1e-14)
  binary <- compiled_model("sigmoid", "binary_crossentropy", units = 1)
  set_weights(binary, list(matrix(c(800, -800, 0, 1), 4), 0))
  score <- evaluate(binary, x, c(0, 0, 1, 1), verbose = 0)
  expect_near(score[["loss"]], (800 + 0 + log(2) + log1p(exp(-1))) / 4, 1e-14)
})

test_that("the same loss alone clips at 1e-7", {
  model <- compiled_model("linear", "binary_crossentropy", units = 1)
  set_weights(model, list(matrix(0, 4), 1))
  expect_near(evaluate(model, diag(4), rep(0, 4), verbose = 0)[["loss"]], -log(1e-7), 1e-8)
})

test_that("reductions scale the loss", {
  x <- wave_x()
  y <- wave_y(40, 3)
  loss_with <- function(reduction) {
    set.seed(81)
    model <- compiled_model("linear", loss_mean_squared_error(reduction = reduction))
    evaluate(model, x, y, batch_size = 40, verbose = 0)[["loss"]]
  }
  set.seed(81)
  off <- predict(compiled_model("linear", "mse"), x) - y
  expect_near(loss_with("sum_over_batch_size"), mean(off^2), 1e-14)
  expect_near(loss_with("sum"), sum(rowMeans(off^2)), 1e-14)
})

test_that("\"accuracy\" goes by the shapes of y and output", {
  kind <- function(y, output) {
    model <- compiled_model("linear", "mse", units = output, metrics = "accuracy")
    metrics <- environment(model)$compiled$metrics
    kestrel:::metric_specs(metrics, list(y), kestrel:::model_outputs(model), NULL)[[1]]$metric$name
  }
  expect_identical(kind(1L, 1L), "binary_accuracy")
  expect_identical(kind(3L, 3L), "categorical_accuracy")
  expect_identical(kind(1L, 3L), "sparse_categorical_accuracy")
})

test_that("a metric that cannot go with y is an error that names it", {
  model <- compiled_model("softmax", "sparse_categorical_crossentropy",
    metrics = "categorical_accuracy")
  error <- expect_error(fit(model, wave_x(), rep(0:1, 20), verbose = 0),
    class = "kestrel_error_shape")
  expect_match(conditionMessage(error), "categorical_accuracy")
  expect_false(kestrel:::is_fitting(model))
})
