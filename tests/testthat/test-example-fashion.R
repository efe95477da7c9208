# "Basic classification": clothes in ten classes. In place of dataset_fashion_mnist() stand made
# pictures: a pattern of each class under noise.

fashion_like <- function(n = 400) {
  patterns <- array(rbinom(10 * 28 * 28, 1, 0.3), c(10, 28, 28))
  y <- sample(0:9, n, replace = TRUE)
  noisy <- patterns[y + 1, , ] * 120 + runif(n * 28 * 28) * 135
  train_and_test(list(x = round(noisy), y = y), n / 4)
}

test_that("tutorial: clothes are classified", {
  local_script()
  fashion_mnist <- fashion_like()

  c(train_images, train_labels) %<-% fashion_mnist$train
  c(test_images, test_labels) %<-% fashion_mnist$test

  class_names = c('T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat',
                  'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot')
  expect_identical(dim(train_images), c(300L, 28L, 28L))

  train_images <- train_images / 255
  test_images <- test_images / 255

  model <- keras_model_sequential()
  model %>%
    layer_flatten(input_shape = c(28, 28)) %>%
    layer_dense(units = 128, activation = 'relu') %>%
    layer_dense(units = 10, activation = 'softmax')

  model %>% compile(
    optimizer = 'adam',
    loss = 'sparse_categorical_crossentropy',
    metrics = c('accuracy')
  )
  expect_output(model %>% fit(train_images, train_labels, epochs = 5, verbose = 2), "Epoch 5/5")

  score <- model %>% evaluate(test_images, test_labels, verbose = 0)
  expect_output(cat('Test loss:', score["loss"], "\n"), "Test loss: [0-9.e-]+")
  expect_gt(score["accuracy"], 0.8)

  predictions <- model %>% predict(test_images)
  expect_identical(dim(predictions), c(100L, 10L))
  chosen <- apply(predictions, 1, which.max)
  expect_true(all(class_names[chosen] %in% class_names))
  expect_near(mean(chosen - 1 == test_labels), score[["accuracy"]], 1e-12)

  # Grab an image from the test dataset; take care to keep the batch dimension.
  img <- test_images[1, , , drop = FALSE]
  expect_identical(dim(img), c(1L, 28L, 28L))
  prediction <- model %>% predict(img)
  expect_near(prediction, predictions[1, , drop = FALSE], 1e-12)
  class_pred <- model %>% predict_classes(img)
  expect_identical(as.integer(class_pred), which.max(prediction) - 1L)
})

test_that("example: digits by a network with dropout", {
  local_script()
  digits <- fashion_like()
  x_train <- digits$train$x
  y_train <- digits$train$y
  x_test <- digits$test$x
  y_test <- digits$test$y

  # reshape
  x_train <- array_reshape(x_train, c(nrow(x_train), 784))
  x_test <- array_reshape(x_test, c(nrow(x_test), 784))
  # rescale
  x_train <- x_train / 255
  x_test <- x_test / 255

  y_train <- to_categorical(y_train, 10)
  y_test <- to_categorical(y_test, 10)

  model <- keras_model_sequential()
  model %>%
    layer_dense(units = 256, activation = 'relu', input_shape = c(784)) %>%
    layer_dropout(rate = 0.4) %>%
    layer_dense(units = 128, activation = 'relu') %>%
    layer_dropout(rate = 0.3) %>%
    layer_dense(units = 10, activation = 'softmax')
  expect_output(summary(model), "235146")

  model %>% compile(
    loss = 'categorical_crossentropy',
    optimizer = optimizer_rmsprop(),
    metrics = c('accuracy')
  )
  history <- model %>% fit(
    x_train, y_train,
    epochs = 5, batch_size = 128,
    validation_split = 0.2
  )
  expect_s3_class(plot(history), "ggplot")
  result <- model %>% evaluate(x_test, y_test)
  expect_gt(result$accuracy, 0.5)
  expect_near(model %>% predict_proba(x_test), predict(model, x_test), 0)
})
