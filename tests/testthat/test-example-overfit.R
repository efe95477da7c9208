# The tutorial on overfitting and underfitting: networks of three sizes on the same reviews.

test_that("tutorial: the bigger the network, the faster it overfits", {
  local_script()
  num_words <- 500
  imdb <- train_and_test(made_texts(600, classes = 2, num_words = num_words), 300)

  c(train_data, train_labels) %<-% imdb$train
  c(test_data, test_labels) %<-% imdb$test

  multi_hot_sequences <- function(sequences, dimension) {
    multi_hot <- matrix(0, nrow = length(sequences), ncol = dimension)
    for (i in 1:length(sequences)) {
      multi_hot[i, sequences[[i]]] <- 1
    }
    multi_hot
  }
  train_data <- multi_hot_sequences(train_data, num_words)
  test_data <- multi_hot_sequences(test_data, num_words)

  baseline_model <-
    keras_model_sequential() %>%
    layer_dense(units = 16, activation = "relu", input_shape = num_words) %>%
    layer_dense(units = 16, activation = "relu") %>%
    layer_dense(units = 1, activation = "sigmoid")

  baseline_model %>% compile(
    optimizer = "adam",
    loss = "binary_crossentropy",
    metrics = list("accuracy")
  )
  expect_output(baseline_model %>% summary(), "Total params: 8305")

  baseline_history <- baseline_model %>% fit(
    train_data,
    train_labels,
    epochs = 20,
    batch_size = 64,
    validation_data = list(test_data, test_labels),
    verbose = 2
  ) %>% expect_output("Epoch 20/20")

  sized <- function(units) {
    model <-
      keras_model_sequential() %>%
      layer_dense(units = units, activation = "relu", input_shape = num_words) %>%
      layer_dense(units = units, activation = "relu") %>%
      layer_dense(units = 1, activation = "sigmoid")
    model %>% compile(
      optimizer = "adam",
      loss = "binary_crossentropy",
      metrics = list("accuracy")
    )
    model %>% fit(
      train_data,
      train_labels,
      epochs = 20,
      batch_size = 64,
      validation_data = list(test_data, test_labels)
    )
  }
  baseline_history <- sized(16)
  smaller_history <- sized(4)
  bigger_history <- sized(128)

  compare_cx <- data.frame(
    baseline_train = baseline_history$metrics$loss,
    baseline_val = baseline_history$metrics$val_loss,
    smaller_train = smaller_history$metrics$loss,
    smaller_val = smaller_history$metrics$val_loss,
    bigger_train = bigger_history$metrics$loss,
    bigger_val = bigger_history$metrics$val_loss
  )
  at_end <- compare_cx[20, ]
  expect_lt(at_end$bigger_train, at_end$baseline_train)
  expect_lt(at_end$baseline_train, at_end$smaller_train)
  best <- function(val_loss) which.min(val_loss)
  expect_lt(best(compare_cx$bigger_val), best(compare_cx$smaller_val))
  expect_gt(at_end$bigger_val - at_end$bigger_train, at_end$smaller_val - at_end$smaller_train)
})
