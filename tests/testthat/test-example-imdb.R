# "Classifying movie reviews": reviews as sets of words, a small network, and what dropout and
# weight decay change. In place of dataset_imdb() stand made reviews.

imdb_like <- function() train_and_test(made_texts(600, classes = 2, num_words = 500), 200)

test_that("book: movie reviews as good or bad", {
  local_script()
  imdb <- imdb_like()
  c(c(train_data, train_labels), c(test_data, test_labels)) %<-% imdb

  vectorize_sequences <- function(sequences, dimension = 500) {
    results <- matrix(0, nrow = length(sequences), ncol = dimension)
    for (i in 1:length(sequences))
      results[i, sequences[[i]]] <- 1
    results
  }
  x_train <- vectorize_sequences(train_data)
  x_test <- vectorize_sequences(test_data)
  y_train <- as.numeric(train_labels)
  y_test <- as.numeric(test_labels)

  model <- keras_model_sequential() %>%
    layer_dense(units = 16, activation = "relu", input_shape = c(500)) %>%
    layer_dense(units = 16, activation = "relu") %>%
    layer_dense(units = 1, activation = "sigmoid")

  model %>% compile(
    optimizer = "rmsprop",
    loss = "binary_crossentropy",
    metrics = c("accuracy")
  )

  val_indices <- 1:100
  x_val <- x_train[val_indices,]
  partial_x_train <- x_train[-val_indices,]
  y_val <- y_train[val_indices]
  partial_y_train <- y_train[-val_indices]

  history <- model %>% fit(
    partial_x_train,
    partial_y_train,
    epochs = 20,
    batch_size = 64,
    validation_data = list(x_val, y_val)
  )
  expect_named(history$metrics, c("loss", "accuracy", "val_loss", "val_accuracy"))
  expect_output(str(history), "List of 2")
  expect_s3_class(plot(history), "ggplot")
  history_df <- as.data.frame(history)
  expect_named(history_df, c("epoch", "value", "metric", "data"))
  expect_identical(nrow(history_df), 80L)

  results <- model %>% evaluate(x_test, y_test)
  p <- model %>% predict(x_test[1:200,])
  expect_gt(results["accuracy"], 0.75)
  expect_near(results[["accuracy"]], mean((p > 0.5) == y_test), 1e-12)
  expect_near(results[["loss"]], -mean(log(ifelse(y_test == 1, p, 1 - p))), 1e-10)
})

test_that("book: dropout and weight decay against overfitting", {
  local_script()
  c(c(train_data, train_labels), c(test_data, test_labels)) %<-% imdb_like()
  multi_hot <- function(sequences) t(vapply(sequences, tabulate, numeric(500), nbins = 500) > 0) * 1
  x_train <- multi_hot(train_data)
  x_test <- multi_hot(test_data)

  study <- function(model) {
    model %>% compile(
      optimizer = "rmsprop",
      loss = "binary_crossentropy",
      metrics = c("accuracy")
    )
    model %>% fit(x_train, train_labels, epochs = 20, batch_size = 64,
      validation_data = list(x_test, test_labels))
  }

  original_hist <- study(keras_model_sequential() %>%
    layer_dense(units = 16, activation = "relu", input_shape = c(500)) %>%
    layer_dense(units = 16, activation = "relu") %>%
    layer_dense(units = 1, activation = "sigmoid"))

  l2_model <- keras_model_sequential() %>%
    layer_dense(units = 16, kernel_regularizer = regularizer_l2(0.01),
      activation = "relu", input_shape = c(500)) %>%
    layer_dense(units = 16, kernel_regularizer = regularizer_l2(0.01),
      activation = "relu") %>%
    layer_dense(units = 1, activation = "sigmoid")
  l2_model_hist <- study(l2_model)

  dpt_model <- keras_model_sequential() %>%
    layer_dense(units = 16, activation = "relu", input_shape = c(500)) %>%
    layer_dropout(rate = 0.5) %>%
    layer_dense(units = 16, activation = "relu") %>%
    layer_dropout(rate = 0.5) %>%
    layer_dense(units = 1, activation = "sigmoid")
  dpt_model_hist <- study(dpt_model)

  # "The L2 model has become more resistant to overfitting", and so has the one with dropout.
  last <- function(history) tail(history$metrics$val_loss - history$metrics$loss, 1)
  expect_lt(last(dpt_model_hist), last(original_hist))
  expect_lt(last(l2_model_hist), last(original_hist))

  # The penalty is part of the loss; no unit is dropped when the model predicts.
  w <- get_weights(l2_model)
  p <- predict(l2_model, x_test)
  penalty <- 0.01 * (sum(w[[1]]^2) + sum(w[[3]]^2))
  score <- evaluate(l2_model, x_test, test_labels)
  expect_near(score$loss, penalty - mean(log(ifelse(test_labels == 1, p, 1 - p))), 1e-10)
  expect_identical(predict(dpt_model, x_test), predict(dpt_model, x_test))
})
