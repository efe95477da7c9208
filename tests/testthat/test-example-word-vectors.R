# Word vectors by skip-grams with negative samples, as the example of R keras has them: two embeddings, their dot
# product, a sigmoid.

test_that("example: words that stand in the same company have vectors that are alike", {
  local_script(3)
  # Two topics with words of their own; a text has words of one.
  topics <- list(c("cat", "dog", "mouse", "horse"), c("red", "green", "blue", "white"))
  reviews <- vapply(rep(1:2, 60), function(k) paste(sample(topics[[k]], 12, replace = TRUE), collapse = " "), "")
  tokenizer <- text_tokenizer(num_words = 9)
  tokenizer %>% fit_text_tokenizer(reviews)

  skipgrams_generator <- function(text, tokenizer, window_size, negative_samples) {
    gen <- texts_to_sequences_generator(tokenizer, sample(rep(text, 4)))
    function() {
      skip <- generator_next(gen) %>%
        skipgrams(
          vocabulary_size = tokenizer$num_words,
          window_size = window_size,
          negative_samples = negative_samples
        )
      x <- lapply(1:2, function(i) as.matrix(vapply(skip$couples, `[`, 0L, i)))
      y <- skip$labels %>% as.matrix(ncol = 1)
      list(x, y)
    }
  }

  embedding_size <- 4
  skip_window <- 3
  num_sampled <- 1
  input_target <- layer_input(shape = 1)
  input_context <- layer_input(shape = 1)
  embedding <- layer_embedding(
    input_dim = tokenizer$num_words,
    output_dim = embedding_size,
    input_length = 1,
    name = "embedding"
  )
  target_vector <- input_target %>%
    embedding() %>%
    layer_flatten()
  context_vector <- input_context %>%
    embedding() %>%
    layer_flatten()
  dot_product <- layer_dot(list(target_vector, context_vector), axes = 1)
  output <- layer_dense(dot_product, units = 1, activation = "sigmoid")
  model <- keras_model(list(input_target, input_context), output)
  model %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(0.02))
  history <- model %>%
    fit(
      skipgrams_generator(reviews, tokenizer, skip_window, num_sampled),
      steps_per_epoch = 100, epochs = 4
    )
  expect_true(falls(history$metrics$loss))

  embedding_matrix <- get_weights(model)[[1]]
  words <- unlist(tokenizer$index_word)[1:8]
  row.names(embedding_matrix) <- c("UNK", words)
  vectors <- embedding_matrix[words, ] / sqrt(rowSums(embedding_matrix[words, ]^2))
  alike <- vectors %*% t(vectors)
  same <- outer(words %in% topics[[1]], words %in% topics[[1]], `==`)
  expect_gt(min(alike[same]), max(alike[!same]))
})
