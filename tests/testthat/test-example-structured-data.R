# "Structured data classification from scratch": numbers, codes and words of a table, each with a layer
# that prepares it within the model. The table is R's infert.
test_that("guide: a table of numbers, codes and words", {
  local_script()
  dataframe <- infert[c("education", "age", "parity", "induced", "spontaneous", "case")]
  dataframe$education <- as.character(dataframe$education)
  val_rows <- sample(nrow(dataframe), 50)
  train <- dataframe[-val_rows, ]
  val <- dataframe[val_rows, ]

  encode_numerical_feature <- function(feature, name) {
    normalizer <- layer_normalization()
    normalizer %>% adapt(train[[name]])
    normalizer(feature)
  }
  encode_categorical_feature <- function(feature, name, is_string) {
    lookup_class <- if (is_string) layer_string_lookup else layer_integer_lookup
    lookup <- lookup_class(output_mode = "binary")
    lookup %>% adapt(train[[name]])
    lookup(feature)
  }

  # Categorical features encoded as integers, and as string
  spontaneous <- layer_input(shape = 1, name = "spontaneous", dtype = "int64")
  induced <- layer_input(shape = 1, name = "induced", dtype = "int64")
  education <- layer_input(shape = 1, name = "education", dtype = "string")
  # Numerical features
  age <- layer_input(shape = 1, name = "age")
  parity <- layer_input(shape = 1, name = "parity")
  all_inputs <- list(spontaneous, induced, education, age, parity)

  all_features <- layer_concatenate(list(
    encode_categorical_feature(spontaneous, "spontaneous", FALSE),
    encode_categorical_feature(induced, "induced", FALSE),
    encode_categorical_feature(education, "education", TRUE),
    encode_numerical_feature(age, "age"), encode_numerical_feature(parity, "parity")
  ))
  output <- all_features %>% layer_dense(32, activation = "relu") %>% layer_dropout(0.2) %>%
    layer_dense(1, activation = "sigmoid")
  model <- keras_model(all_inputs, output)
  model %>% compile("adam", "binary_crossentropy", metrics = "accuracy")

  x <- function(d) as.list(d[names(d) != "case"])
  # What the features are, by hand.
  codes <- function(name, x) {
    counts <- table(train[[name]])
    values <- names(counts)[order(counts, names(counts), decreasing = TRUE)]
    cbind(!(x %in% values), outer(as.character(x), values, "==")) + 0
  }
  scaled <- function(name, x) (x - mean(train[[name]])) / sqrt(mean((train[[name]] - mean(train[[name]]))^2))
  features <- function(d) {
    cbind(codes("spontaneous", d$spontaneous), codes("induced", d$induced), codes("education", d$education),
      scaled("age", d$age), scaled("parity", d$parity))
  }
  expect_equal(keras_model(all_inputs, all_features)(x(val)), features(val), tolerance = 1e-7)
  history <- model %>% fit(x(train), train$case, epochs = 30, batch_size = 16, verbose = 0,
    validation_data = list(x(val), val$case))
  expect_length(history$metrics$val_loss, 30)
  expect_lt(tail(history$metrics$loss, 1), 0.9 * history$metrics$loss[1])
  expect_gt((model %>% evaluate(x(train), train$case, verbose = 0))$accuracy, mean(train$case == 0))

  w <- get_weights(model)
  w <- w[lengths(w) > 3 | seq_along(w) > length(w) - 2]
  by_hand <- plogis(pmax(features(val) %*% w[[1]] + rep(w[[2]], each = 50), 0) %*% w[[3]] + w[[4]][1])
  expect_equal(predict(model, val[names(val) != "case"]), by_hand, tolerance = 1e-7)

  sample <- list(age = 30, parity = 2, induced = 1, spontaneous = 7, education = "unheard of")
  prediction <- model %>% predict(sample)
  expect_true(prediction > 0 && prediction < 1)
})

# "Working with preprocessing layers": the model is trained on codes, and used on texts.
test_that("guide: from texts to codes outside the model, then inside", {
  local_script()
  adapt_data <- c("The Brain is wider than the Sky", "For put them side by side",
    "The one the other will contain", "With ease and You beside")
  text_vectorizer <- layer_text_vectorization(output_mode = "tf-idf", ngrams = 2)
  text_vectorizer %>% adapt(adapt_data)
  input <- layer_input(shape = text_vectorizer$vocabulary_size(), dtype = "int64")
  model <- keras_model(input, input %>% layer_dense(1))
  train_texts <- c("The Brain is deeper than the sea", "for if they are held Blue to Blue")
  model %>% compile(optimizer = "rmsprop", loss = "mse")
  model %>% fit(text_vectorizer(train_texts), c(1, 0), epochs = 2, verbose = 0)

  input <- layer_input(shape = 1, dtype = "string")
  end_to_end_model <- keras_model(input, input %>% text_vectorizer() %>% model())
  test_data <- matrix("The one the other will absorb")
  expect_equal(end_to_end_model(test_data), predict(model, text_vectorizer(test_data)))
  exported <- keras_model_sequential() %>% text_vectorizer() %>% model()
  expect_equal(predict(exported, train_texts), predict(model, text_vectorizer(train_texts)))
})

test_that("guide: one layer of words for an embedding, and bags of words in a stack", {
  local_script()
  good <- c("good", "great", "fine")
  bad <- c("bad", "poor", "dull")
  texts <- replicate(60, paste(sample(c("the", "film", "was", sample(good, 2))), collapse = " "))
  texts[31:60] <- replicate(30, paste(sample(c("The", "film,", "was", sample(bad, 2))), collapse = " "))
  y <- rep(1:0, each = 30)
  preprocess_layer <- layer_text_vectorization(standardize = "lower_and_strip_punctuation", split = "whitespace",
    ngrams = NULL, max_tokens = 10, output_mode = "tf_idf")
  preprocess_layer %>% adapt(texts)
  expect_length(get_vocabulary(preprocess_layer), 10)
  input <- layer_input(shape = c(1), dtype = "string", name = "text_input")
  output <- input %>% preprocess_layer() %>% layer_dropout(rate = 0.1) %>% layer_dense(8, activation = "relu") %>%
    layer_dense(units = 1, activation = "sigmoid")
  model <- keras_model(inputs = input, outputs = output)
  model %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(0.05), metrics = "binary_accuracy")
  model %>% fit(texts, y, validation_split = 0.3, epochs = 20, verbose = 0)
  model %>% fit(texts, y, epochs = 20, verbose = 0)
  expect_equal(unname(evaluate(model, texts, y, verbose = 0)[2]), 1)

  vectorizer <- layer_text_vectorization(max_tokens = 12, output_sequence_length = 6)
  vectorizer %>% adapt(texts)
  stack <- keras_model_sequential(list(vectorizer, layer_embedding(input_dim = 12, output_dim = 4),
    layer_global_average_pooling_1d(), layer_dense(units = 1, activation = "sigmoid")))
  stack %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(0.05), metrics = "accuracy")
  stack %>% fit(texts, y, epochs = 20, verbose = 0)
  expect_equal(unname(evaluate(stack, texts, y, verbose = 0)[2]), 1)
  expect_identical(drop(predict(stack, c("A GREAT, fine film!", "poor & dull")) > 0.5), c(TRUE, FALSE))
})
