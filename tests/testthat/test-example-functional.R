# The guide to the functional API: densely connected, several inputs and outputs, shared layers.
# Where the guide has an LSTM, words are averaged.

test_that("guide: a densely connected network", {
  local_script()
  inputs <- layer_input(shape = c(4))

  predictions <- inputs %>%
    layer_dense(units = 64, activation = 'relu') %>%
    layer_dense(units = 64, activation = 'relu') %>%
    layer_dense(units = 3, activation = 'softmax')

  model <- keras_model(inputs = inputs, outputs = predictions)
  model %>% compile(
    optimizer = 'rmsprop',
    loss = 'categorical_crossentropy',
    metrics = c('accuracy')
  )

  data <- scale(as.matrix(iris[1:4]))
  labels <- to_categorical(as.integer(iris$Species) - 1, 3)
  history <- model %>% fit(data, labels, epochs = 20)
  expect_gt(tail(history$metrics$accuracy, 1), 0.9)
  expect_near(rowSums(predict(model, data)), rep(1, 150), 1e-12)

  # "All models are callable, just like layers."
  x <- layer_input(shape = c(4))
  y <- x %>% model
  expect_identical(predict(keras_model(x, y), data), predict(model, data))
})

test_that("guide: a layer at each step of a sequence", {
  local_script()
  input_sequences <- layer_input(shape = c(10, 4))
  processed_sequences <- input_sequences %>%
    time_distributed(layer_dense(units = 3, activation = 'softmax'))
  model <- keras_model(input_sequences, processed_sequences)
  steps <- array(rnorm(2 * 10 * 4), c(2, 10, 4))
  c(w, b) %<-% get_weights(model)
  z <- steps[2, 7, ] %*% w + as.vector(b)
  expect_near(predict(model, steps)[2, 7, ], as.vector(exp(z) / sum(exp(z))), 1e-12)
})

# Headlines of 100 words and five numbers beside them; both tell about the label.
headlines <- function(n) {
  labels <- rep_len(0:1, n)
  words <- matrix(sample(1:9999, n * 100, replace = TRUE), n)
  words[labels == 1, 1:30] <- sample(1:50, sum(labels == 1) * 30, replace = TRUE)
  list(words = words, numbers = matrix(rnorm(n * 5), n) + labels, labels = labels)
}

test_that("guide: two inputs and two outputs", {
  local_script()
  data <- headlines(96)
  headline_data <- data$words
  additional_data <- data$numbers
  headline_labels <- additional_labels <- data$labels

  main_input <- layer_input(shape = c(100), dtype = 'int32', name = 'main_input')

  lstm_out <- main_input %>%
    layer_embedding(input_dim = 10000, output_dim = 32, input_length = 100) %>%
    layer_global_average_pooling_1d()

  auxiliary_output <- lstm_out %>%
    layer_dense(units = 1, activation = 'sigmoid', name = 'aux_output')

  auxiliary_input <- layer_input(shape = c(5), name = 'aux_input')

  main_output <- layer_concatenate(c(lstm_out, auxiliary_input)) %>%
    layer_dense(units = 64, activation = 'relu') %>%
    layer_dense(units = 64, activation = 'relu') %>%
    layer_dense(units = 64, activation = 'relu') %>%
    layer_dense(units = 1, activation = 'sigmoid', name = 'main_output')

  model <- keras_model(
    inputs = c(main_input, auxiliary_input),
    outputs = c(main_output, auxiliary_output)
  )
  expect_output(summary(model), "main_input.*aux_input.*main_output.*aux_output")
  expect_equal(count_params(model), 320000 + 33 + 38 * 64 + 2 * 65 * 64 + 65)

  model %>% compile(
    optimizer = 'rmsprop',
    loss = 'binary_crossentropy',
    loss_weights = c(1.0, 0.2)
  )
  history <- model %>% fit(
    x = list(headline_data, additional_data),
    y = list(headline_labels, additional_labels),
    epochs = 2,
    batch_size = 32
  )
  expect_named(history$metrics, c("loss", "main_output_loss", "aux_output_loss"))
  expect_near(history$metrics$loss,
    history$metrics$main_output_loss + 0.2 * history$metrics$aux_output_loss, 1e-12)

  model %>% compile(
    optimizer = 'rmsprop',
    loss = list(main_output = 'binary_crossentropy', aux_output = 'binary_crossentropy'),
    loss_weights = list(main_output = 1.0, aux_output = 0.2)
  )
  history <- model %>% fit(
    x = list(main_input = headline_data, aux_input = additional_data),
    y = list(main_output = headline_labels, aux_output = additional_labels),
    epochs = 4,
    batch_size = 32
  )
  expect_true(falls(history$metrics$main_output_loss))

  predictions <- model %>% predict(list(headline_data, additional_data))
  expect_length(predictions, 2)
  expect_identical(dim(predictions[[1]]), c(96L, 1L))
  expect_gt(mean((predictions[[1]] > 0.5) == data$labels), 0.8)
})

test_that("guide: a shared layer looks at two messages", {
  local_script()
  tweet_a <- layer_input(shape = c(28, 16))
  tweet_b <- layer_input(shape = c(28, 16))

  # This layer can take as input a matrix and will return a vector
  shared_lstm <- keras_model_sequential() %>%
    layer_flatten(input_shape = c(28, 16)) %>%
    layer_dense(units = 64)

  encoded_a <- tweet_a %>% shared_lstm
  encoded_b <- tweet_b %>% shared_lstm

  predictions <- layer_concatenate(c(encoded_a, encoded_b), axis = -1) %>%
    layer_dense(units = 1, activation = 'sigmoid')

  model <- keras_model(
    inputs = c(tweet_a, tweet_b),
    outputs = predictions
  )
  model %>% compile(
    optimizer = 'rmsprop',
    loss = 'binary_crossentropy',
    metrics = c('accuracy')
  )
  data_a <- array(rnorm(64 * 28 * 16), c(64, 28, 16))
  data_b <- array(rnorm(64 * 28 * 16), c(64, 28, 16))
  labels <- as.numeric(rowMeans(data_a) > rowMeans(data_b))
  history <- model %>% fit(list(data_a, data_b), labels, epochs = 10)
  expect_equal(count_params(model), (28 * 16 + 1) * 64 + 129)
  expect_true(falls(history$metrics$loss))

  # One set of weights for both.
  w <- get_weights(model)
  code <- function(x) array_reshape(x, c(64, 28 * 16)) %*% w[[1]] + rep(w[[2]], each = 64)
  z <- cbind(code(data_a), code(data_b)) %*% w[[3]] + as.vector(w[[4]])
  expect_near(predict(model, list(data_a, data_b)), plogis(z), 1e-12)
})
