# The tokenizer against values that follow from Keras' rules, and against plain loops.

samples <- c("The cat sat on the mat.", "The dog ate my homework.")

fitted_tokenizer <- function(...) text_tokenizer(...) %>% fit_text_tokenizer(samples)

test_that("words are numbered by how often they come, then as they come", {
  tokenizer <- fitted_tokenizer(num_words = 1000)
  expect_identical(tokenizer$word_index, list(the = 1L, cat = 2L, sat = 3L, on = 4L, mat = 5L,
    dog = 6L, ate = 7L, my = 8L, homework = 9L))
  expect_identical(tokenizer$word_counts$the, 3L)
  expect_identical(tokenizer$word_docs$the, 2L)
  expect_identical(tokenizer$document_count, 2L)
  expect_identical(tokenizer$index_word[["6"]], "dog")
  expect_identical(tokenizer$num_words, 1000L)
  expect_error(tokenizer$nothing, class = "kestrel_error_argument")
  expect_identical(texts_to_sequences(tokenizer, samples),
    list(c(1L, 2L, 3L, 4L, 1L, 5L), c(1L, 6L, 7L, 8L, 9L)))
})

test_that("fitting goes on, and changes the tokenizer itself", {
  tokenizer <- fitted_tokenizer()
  fit_text_tokenizer(tokenizer, c("dog dog dog dog", "cow"))
  expect_identical(names(tokenizer$word_index)[1:2], c("dog", "the"))
  expect_identical(tokenizer$word_docs$dog, 2L)
  expect_identical(tokenizer$document_count, 4L)
  expect_identical(unserialize(serialize(tokenizer, NULL))$word_index, tokenizer$word_index)
})

test_that("words out of use are left out, or are the token for them", {
  expect_identical(texts_to_sequences(fitted_tokenizer(num_words = 4), "the cat on a sat"),
    list(c(1L, 2L, 3L)))
  tokenizer <- fitted_tokenizer(num_words = 4, oov_token = "<unk>")
  expect_identical(tokenizer$word_index[1:2], list(`<unk>` = 1L, the = 2L))
  expect_identical(texts_to_sequences(tokenizer, "the cat on a sat"), list(c(2L, 3L, 1L, 1L, 1L)))
  expect_identical(sequences_to_texts(tokenizer, list(c(2, 3, 99, 4))), list("the cat <unk> <unk>"))
  expect_identical(sequences_to_texts(fitted_tokenizer(), list(c(1, 6, 99))), list("the dog"))
})

test_that("matrices hold counts, shares and weights", {
  tokenizer <- fitted_tokenizer()
  texts <- c("the the cat bird", "homework", "")
  counts <- matrix(0, 3, 10)
  counts[1, 2:3] <- c(2, 1)
  counts[2, 10] <- 1
  expect_identical(texts_to_matrix(tokenizer, texts, "count"), counts)
  expect_identical(texts_to_matrix(tokenizer, texts), (counts > 0) + 0)
  expect_identical(texts_to_matrix(tokenizer, texts, "freq"), counts / c(3, 1, 1))
  weighed <- matrix(0, 3, 10)
  weighed[1, 2] <- (1 + log(2)) * log(1 + 2 / 3)
  weighed[1, 3] <- weighed[2, 10] <- log(1 + 2 / 2)
  expect_equal(texts_to_matrix(tokenizer, texts, "tfidf"), weighed)
  expect_identical(dim(texts_to_matrix(fitted_tokenizer(num_words = 5), texts)), c(3L, 5L))
  expect_identical(sequences_to_matrix(tokenizer, list(c(1, 1, 2)), "count")[1, 1:3], c(0, 2, 1))
  expect_identical(dim(texts_to_matrix(fitted_tokenizer(num_words = 50), texts, "tfidf")), c(3L, 50L))
})

test_that("texts are cut at every filtered character", {
  expect_identical(text_to_word_sequence("Don't (stop)\tnow-\nhere, OK?"),
    c("don't", "stop", "now", "here", "ok"))
  expect_identical(text_to_word_sequence("a,B;c", filters = ";", lower = FALSE, split = ","),
    c("a", "B", "c"))
  expect_identical(text_to_word_sequence(c("a b", "c")), list(c("a", "b"), "c"))
  expect_identical(text_to_word_sequence("\\[]^-"), character())
  chars <- text_tokenizer(char_level = TRUE) %>% fit_text_tokenizer("Abba!")
  expect_identical(names(chars$word_index), c("a", "b", "!"))
  expect_identical(texts_to_sequences(chars, "b!"), list(c(2L, 3L)))
  words <- text_tokenizer() %>% fit_text_tokenizer(list(c("One", "two two"), "one"))
  expect_identical(names(words$word_index), c("one", "two two"))
})

test_that("it gives what loops over Keras' rules give", {
  set.seed(8)
  texts <- replicate(50, paste(sample(c(letters, "A", "the", "The,"), 30, TRUE), collapse = " "))
  counts <- list()
  for (text in texts) {
    for (word in strsplit(tolower(gsub(",", " ", text)), " +")[[1]]) {
      counts[[word]] <- (if (is.null(counts[[word]])) 0L else counts[[word]]) + 1L
    }
  }
  ranked <- names(counts)[order(-unlist(counts), seq_along(counts))]
  tokenizer <- text_tokenizer() %>% fit_text_tokenizer(texts)
  expect_identical(names(tokenizer$word_index), ranked)
  expect_identical(tokenizer$word_counts, counts)
})

test_that("mistakes are told", {
  tokenizer <- text_tokenizer()
  expect_error(fit_text_tokenizer(tokenizer, 1:3), "texts", class = "kestrel_error_argument")
  expect_error(fit_text_tokenizer(tokenizer, c("a", NA)), "NA, as at 2", class = "kestrel_error_data")
  expect_error(texts_to_matrix(tokenizer, "a"), "seen no text", class = "kestrel_error_state")
  expect_error(texts_to_sequences("a", "b"), "text_tokenizer", class = "kestrel_error_argument")
  expect_error(texts_to_matrix(tokenizer, "a", mode = "counts"), "Did you mean \"count\"",
    class = "kestrel_error_argument")
  expect_error(sequences_to_matrix(fitted_tokenizer(), list(1.5)), class = "kestrel_error_argument")
  expect_error(text_tokenizer(num_words = 0), class = "kestrel_error_argument")
  expect_output(print(fitted_tokenizer()), "<tokenizer of 9 words from 2 texts>", fixed = TRUE)
})

test_that("texts come one by one, and a tokenizer can be kept in a file", {
  tokenizer <- fit_text_tokenizer(text_tokenizer(), c("a b a", "c a"))
  texts <- c("b a", "c", "a a")
  gen <- texts_to_sequences_generator(tokenizer, texts)
  expect_identical(lapply(1:3, function(i) generator_next(gen)), texts_to_sequences(tokenizer, texts))
  expect_null(generator_next(gen))
  file <- withr::local_tempfile()
  expect_identical(save_text_tokenizer(tokenizer, file), tokenizer)
  expect_identical(texts_to_sequences(load_text_tokenizer(file), texts), texts_to_sequences(tokenizer, texts))
  writeLines("x", file)
  expect_error(load_text_tokenizer(file), "save_text_tokenizer", class = "kestrel_error_argument")
})
