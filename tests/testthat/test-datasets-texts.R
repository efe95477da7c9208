# Text n has n + 1 words, of codes n + 1, n + 2, ...; the files are made as those of test-datasets.R.
texts_at <- function(name) file.path(normalizePath(test_path("fixtures", "datasets")), name)
text <- function(n) as.integer(n + 1 + 0:n)

# RandomState(42) puts ten rows in this order, see test-datasets.R.
order42 <- c(8, 1, 5, 0, 7, 2, 9, 4, 3, 6)

test_that("newswires are raised, begun and put in Keras' order", {
  d <- dataset_reuters(texts_at("reuters.npz"), seed = 42)
  expect_identical(c(d$train$y), order42[1:8])
  expect_identical(c(d$test$y), order42[9:10])
  expect_equal(d$train$x, lapply(order42[1:8], function(n) {
    codes <- c(1, text(n) + 3)
    # Without num_words the largest code of all is unknown, as in Keras.
    ifelse(codes >= 22, 2, codes)
  }))
})

test_that("codes are limited, and long texts left out", {
  d <- dataset_reuters(texts_at("reuters.npz"), seed = 42, num_words = 9, skip_top = 2, maxlen = 7,
    test_split = 0, start_char = NULL, index_from = NULL)
  kept <- order42[order42 + 1 < 7]
  expect_identical(c(d$train$y), kept)
  expect_equal(d$train$x, lapply(kept, function(n) ifelse(text(n) >= 9 | text(n) < 2, 2, text(n))))
  without <- dataset_reuters(texts_at("reuters.npz"), seed = 42, num_words = 9, oov_char = NULL)
  expect_equal(without$test$x, lapply(order42[9:10], function(n) Filter(function(i) i < 9, c(1, text(n) + 3))))
  expect_length(without$test$x, 2)
})

test_that("reviews keep what they are rated, and have both parts of Keras", {
  d <- dataset_imdb(texts_at("imdb.npz"), seed = 42, num_words = 1000)
  expect_equal(d$train$x, lapply(order42, function(n) c(1, text(n) + 3)))
  expect_identical(c(d$train$y), order42 %% 2)
  n <- lengths(d$test$x) - 2
  expect_setequal(n, 20:23)
  expect_equal(c(d$test$y), n %% 2)
  ones <- lapply(d$train$x, function(codes) tabulate(codes, 30) > 0)
  expect_identical(dim(do.call(rbind, ones)), c(10L, 30L))
})

test_that("the index of words is read, with JSON's escapes", {
  expect_identical(dataset_imdb_word_index(texts_at("imdb_word_index.json")),
    list(fawn = 34701L, `d'artagnan` = 12L, "caf\u00e9" = 7L, "say \"hi\"" = 9L, `a:b, 3` = 1L))
  expect_error(dataset_reuters_word_index(test_path("test-datasets.R")), class = "kestrel_error_file")
})

test_that("what cannot be meant is refused", {
  refused <- function(code) expect_error(code, class = "kestrel_error_argument")
  refused(dataset_imdb(texts_at("imdb.npz"), num_words = 0))
  refused(dataset_imdb(texts_at("imdb.npz"), maxlen = "a"))
  refused(dataset_reuters(texts_at("reuters.npz"), test_split = 1))
  expect_error(dataset_imdb("nowhere.npz"), class = "kestrel_error_file")
  expect_error(dataset_imdb(texts_at("reuters.npz")), "x_train", class = "kestrel_error_file")
})
