# "Classifying newswires": 46 topics. In place of dataset_reuters() stand made newswires.

reuters_like <- function() train_and_test(made_texts(920, classes = 46, num_words = 600), 230)

vectorize_sequences <- function(sequences, dimension = 600) {
  results <- matrix(0, nrow = length(sequences), ncol = dimension)
  for (i in 1:length(sequences))
    results[i, sequences[[i]]] <- 1
  results
}

test_that("book: newswires in 46 topics, labels as indicators and as numbers", {
  local_script()
  reuters <- reuters_like()
  c(c(train_data, train_labels), c(test_data, test_labels)) %<-% reuters

  x_train <- vectorize_sequences(train_data)
  x_test <- vectorize_sequences(test_data)

  to_one_hot <- function(labels, dimension = 46) {
    results <- matrix(0, nrow = length(labels), ncol = dimension)
    for (i in 1:length(labels))
      results[i, labels[[i]] + 1] <- 1
    results
  }
  one_hot_train_labels <- to_one_hot(train_labels)
  one_hot_test_labels <- to_one_hot(test_labels)
  expect_identical(to_categorical(train_labels), one_hot_train_labels)

  build_model <- function() {
    keras_model_sequential() %>%
      layer_dense(units = 64, activation = "relu", input_shape = c(600)) %>%
      layer_dense(units = 64, activation = "relu") %>%
      layer_dense(units = 46, activation = "softmax")
  }
  model <- build_model()
  w <- get_weights(model)
  model %>% compile(
    optimizer = "rmsprop",
    loss = "categorical_crossentropy",
    metrics = c("accuracy")
  )

  val_indices <- 1:100
  history <- model %>% fit(
    x_train[-val_indices,],
    one_hot_train_labels[-val_indices,],
    epochs = 10,
    batch_size = 64,
    shuffle = FALSE,
    validation_data = list(x_train[val_indices,], one_hot_train_labels[val_indices,])
  )
  results <- model %>% evaluate(x_test, one_hot_test_labels)

  # "A purely random classifier": labels in another order.
  test_labels_copy <- sample(test_labels)
  chance <- mean(test_labels == test_labels_copy)
  expect_gt(results[["accuracy"]], 3 * chance)

  predictions <- model %>% predict(x_test)
  expect_identical(dim(predictions), c(230L, 46L))
  expect_near(rowSums(predictions), rep(1, 230), 1e-12)
  expect_near(results[["accuracy"]], mean(max.col(predictions) - 1 == test_labels), 1e-12)

  # "A different way to handle the labels and the loss": the same numbers.
  again <- build_model()
  set_weights(again, w)
  again %>% compile(
    optimizer = "rmsprop",
    loss = "sparse_categorical_crossentropy",
    metrics = c("accuracy")
  )
  other <- again %>% fit(
    x_train[-val_indices,],
    train_labels[-val_indices],
    epochs = 10,
    batch_size = 64,
    shuffle = FALSE,
    validation_data = list(x_train[val_indices,], train_labels[val_indices])
  )
  expect_near(other$metrics$val_loss, history$metrics$val_loss, 1e-12)
  expect_near(predict(again, x_test), predictions, 1e-12)
})

test_that("example: a network of 512 units with dropout", {
  local_script()
  c(c(x_train, y_train), c(x_test, y_test)) %<-% reuters_like()
  max_words <- 600
  batch_size <- 32
  epochs <- 3
  x_train <- vectorize_sequences(x_train)
  x_test <- vectorize_sequences(x_test)
  num_classes <- max(y_train) + 1
  y_train <- to_categorical(y_train, num_classes)
  y_test <- to_categorical(y_test, num_classes)

  model <- keras_model_sequential()
  model %>%
    layer_dense(units = 128, input_shape = c(max_words)) %>%
    layer_activation(activation = 'relu') %>%
    layer_dropout(rate = 0.5) %>%
    layer_dense(units = num_classes) %>%
    layer_activation(activation = 'softmax')

  model %>% compile(
    loss = 'categorical_crossentropy',
    optimizer = 'adam',
    metrics = c('accuracy')
  )

  history <- model %>% fit(
    x_train, y_train,
    batch_size = batch_size,
    epochs = epochs,
    verbose = 0,
    validation_split = 0.1
  )
  score <- model %>% evaluate(
    x_test, y_test,
    batch_size = batch_size,
    verbose = 0
  )
  expect_output(cat('Test score:', score[[1]], '\n'), "Test score: [0-9]")
  expect_lt(score[[1]], log(46))
  expect_identical(unname(lengths(history$metrics)), rep(3L, 4))
})
