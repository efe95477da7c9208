# "Multi-label classification of texts": papers and their subjects, words as a bag.

# Abstracts and their subjects: each has one to three, and words of its own for each.
made_papers <- function(n, subjects) {
  of <- replicate(n, sample(subjects, sample(1:3, 1)), simplify = FALSE)
  words <- lapply(of, function(s) {
    own <- sprintf("%s%d", gsub("[^a-z]", "", s), sample(1:6, 12 * length(s), replace = TRUE))
    sample(c(own, sprintf("the%d", sample(1:40, 20, replace = TRUE))))
  })
  list(summaries = vapply(words, paste, "", collapse = " "), terms = of)
}

test_that("guide: subjects of papers, several each", {
  local_script()
  arxiv_data <- made_papers(300, c("cs.lg", "cs.cv", "stat.ml", "cs.ai", "eess.iv"))
  train <- 1:240
  test <- 241:300

  # Labels: sets of terms, as indicators.
  terms <- unlist(arxiv_data$terms[train])
  lookup <- layer_string_lookup(output_mode = "multi_hot")
  lookup %>% adapt(terms)
  vocab <- get_vocabulary(lookup)
  expect_setequal(vocab, c("[UNK]", "cs.lg", "cs.cv", "stat.ml", "cs.ai", "eess.iv"))
  binarize <- function(terms) t(sapply(terms, function(l) as.vector(lookup(rbind(l)))))
  y_train <- binarize(arxiv_data$terms[train])
  y_test <- binarize(arxiv_data$terms[test])
  expect_identical(rowSums(y_train), as.double(lengths(arxiv_data$terms[train])))

  invert_multi_hot <- function(encoded_labels) vocab[encoded_labels == 1]
  expect_setequal(invert_multi_hot(y_test[1, ]), arxiv_data$terms[[test[1]]])

  # Texts: words as a bag.
  words <- strsplit(arxiv_data$summaries, " ")
  text_vectorizer <- layer_string_lookup(output_mode = "multi_hot", max_tokens = 80)
  text_vectorizer %>% adapt(unlist(words[train]))
  vectorize <- function(words) t(sapply(words, function(w) as.vector(text_vectorizer(rbind(w)))))
  x_train <- vectorize(words[train])
  x_test <- vectorize(words[test])

  make_model <- function() {
    shallow_mlp_model <- keras_model_sequential() %>%
      layer_dense(64, activation = "relu") %>%
      layer_dense(32, activation = "relu") %>%
      layer_dense(length(vocab), activation = "sigmoid") # More on why "sigmoid" has been used here in a moment.
    shallow_mlp_model
  }
  shallow_mlp_model <- make_model()
  shallow_mlp_model %>% compile(
    loss = "binary_crossentropy",
    optimizer = "adam",
    metrics = c("binary_accuracy")
  )
  history <- shallow_mlp_model %>% fit(
    x_train, y_train,
    validation_data = list(x_test, y_test),
    epochs = 20
  )
  expect_named(history$metrics, c("loss", "binary_accuracy", "val_loss", "val_binary_accuracy"))

  results <- shallow_mlp_model %>% evaluate(x_test, y_test)
  predicted <- shallow_mlp_model %>% predict(x_test)
  expect_near(results[["binary_accuracy"]], mean((predicted > 0.5) == y_test), 1e-12)
  always_no <- 1 - mean(y_test)
  expect_gt(results[["binary_accuracy"]], always_no + 0.1)

  # The most likely subjects of a paper are its subjects.
  top <- t(apply(predicted, 1, function(p) rank(-p, ties.method = "first")))
  expect_gt(mean((top == 1)[y_test == 1]) * sum(y_test) / 60, 0.9)
})
