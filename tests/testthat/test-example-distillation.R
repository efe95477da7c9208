# A small network learns from a large one: from the classes, and from its softened probabilities.
x <- as.matrix(scale(iris[1:4]))
y <- to_categorical(as.integer(iris$Species) - 1, 3)

test_that("a student is trained on targets and on its teacher's probabilities", {
  set.seed(2)
  teacher <- keras_model_sequential(dtype = "float64") %>%
    layer_dense(16, "relu", input_shape = 4) %>%
    layer_dense(3, name = "logits") %>%
    layer_activation("softmax")
  teacher %>% compile("adam", "categorical_crossentropy", metrics = "accuracy")
  teacher %>% fit(x, y, epochs = 40, verbose = 0, batch_size = 16)
  temperature <- 3
  teacher_logits <- keras_model(teacher$input, get_layer(teacher, "logits")$output)
  soft <- k_softmax(predict(teacher_logits, x) / temperature)
  expect_equal(soft, prop.table(predict(teacher, x)^(1 / temperature), 1), tolerance = 1e-6)

  student_input <- layer_input(4, dtype = "float64")
  logits <- student_input %>% layer_dense(3)
  student <- keras_model(student_input, layer_concatenate(list(
    layer_activation(logits, "softmax"),
    layer_lambda(logits, function(z) z / temperature) %>% layer_activation("softmax"))))
  distillation_loss <- function(y_true, y_pred, alpha = 0.1) {
    hard <- loss_categorical_crossentropy(y_true[, 1:3], y_pred[, 1:3])
    soft <- loss_kl_divergence(y_true[, 4:6], y_pred[, 4:6])
    alpha * hard + (1 - alpha) * temperature^2 * soft
  }
  agree <- custom_metric("agree", function(y_true, y_pred) {
    k_mean(k_cast(k_equal(k_argmax(y_true[, 4:6]), k_argmax(y_pred[, 4:6])), "float32"))
  })
  student %>% compile(optimizer = optimizer_adam(0.05), loss = distillation_loss, metrics = list(agree))
  history <- student %>% fit(x, k_concatenate(list(y, soft)), epochs = 30, verbose = 0)
  expect_gt(tail(history$metrics$agree, 1), 0.95)

  # Two outputs with weights are the same loss.
  two <- keras_model(student_input, list(hard = student$layers[[length(student$layers) - 1]]$output,
    soft = logits %>% layer_lambda(function(z) z / temperature) %>% layer_activation("softmax")))
  expect_length(predict(two, x), 2)
})

test_that("a loop of one's own with clipped gradients and a metric learns", {
  set.seed(1)
  model <- keras_model_sequential() %>%
    layer_dense(8, activation = "relu", input_shape = 4) %>%
    layer_dense(3, activation = "softmax")
  model %>% compile(optimizer = optimizer_adam(0.05), loss = "categorical_crossentropy")
  accuracy <- metric_categorical_accuracy()
  mean_loss <- metric_mean()
  results <- c()
  for (epoch in 1:6) {
    order <- sample(nrow(x))
    for (rows in split(order, rep(1:5, each = 30))) {
      c(loss, grads) %<-% with_gradient(model, x[rows, ], y[rows, ])
      norm <- sqrt(sum(sapply(grads, function(g) sum(g^2))))
      if (norm > 0.5) grads <- lapply(grads, function(g) g * 0.5 / norm)
      model %>% apply_gradients(grads)
      accuracy$update_state(y[rows, ], model(x[rows, ]))
      mean_loss$update_state(loss)
    }
    results <- rbind(results, c(mean_loss$result(), accuracy$result()))
    accuracy$reset_state()
    mean_loss$reset_state()
    k_set_value(model$optimizer$lr, k_get_value(model$optimizer$lr) * 0.95)
  }
  expect_equal(model$optimizer$lr, 0.05 * 0.95^6)
  expect_lt(results[6, 1], results[1, 1] / 2)
  expect_gt(results[6, 2], 0.9)
})

test_that("a loop with global clipping is the optimizer's own global_clipnorm", {
  models <- lapply(1:2, function(i) {
    model <- keras_model_sequential() %>% layer_dense(4, "tanh", input_shape = 4) %>% layer_dense(3, "softmax")
    set_weights(model, lapply(get_weights(model), function(w) array(cos(seq_along(w)), dim(w))))
    model %>% compile(optimizer = if (i == 1) optimizer_sgd(0.5) else optimizer_sgd(0.5, global_clipnorm = 0.1),
      loss = "categorical_crossentropy")
  })
  for (step in 1:3) {
    grads <- with_gradient(models[[1]], x, y)$gradients
    norm <- sqrt(sum(sapply(grads, function(g) sum(g^2))))
    apply_gradients(models[[1]], lapply(grads, function(g) g * min(1, 0.1 / norm)))
    train_on_batch(models[[2]], x, y)
  }
  expect_equal(get_weights(models[[1]]), get_weights(models[[2]]), tolerance = 1e-10)
})
