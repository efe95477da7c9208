# As Keras' function, word by word.
pairs_by_hand <- function(words, window) {
  couples <- list()
  for (i in seq_along(words)) {
    if (words[i] == 0) next
    for (j in seq_along(words)) {
      if (j != i && abs(i - j) <= window && words[j] != 0) couples <- c(couples, list(c(words[i], words[j])))
    }
  }
  couples
}

test_that("pairs are those of words within the window, 0 being none", {
  for (words in list(c(3L, 1L, 2L), c(5L, 0L, 2L, 2L, 0L, 7L, 1L), integer(), 4L, c(0L, 0L))) {
    for (window in 0:3) {
      made <- skipgrams(words, 10, window, negative_samples = 0, shuffle = FALSE)
      expect_identical(made$couples, pairs_by_hand(words, window))
      expect_identical(made$labels, rep(1L, length(made$couples)))
    }
  }
})

test_that("drawn pairs have the same first words, and any second ones", {
  words <- rep(c(1L, 2L, 3L), 50)
  made <- skipgrams(words, 6, 1, negative_samples = 2, shuffle = FALSE)
  n <- sum(made$labels)
  expect_identical(made$labels, rep(1:0, c(n, 2 * n)))
  first <- vapply(made$couples, `[`, 0L, 1)
  second <- vapply(made$couples, `[`, 0L, 2)
  expect_equal(table(first[made$labels == 0]), 2 * table(first[made$labels == 1]))
  expect_setequal(second[made$labels == 0], 1:5)
  expect_length(skipgrams(words, 6, 1, negative_samples = 0.5)$labels, n + n %/% 2)
})

test_that("shuffling keeps pairs and labels together, and a seed repeats them", {
  words <- 1:20
  plain <- skipgrams(words, 30, 2, negative_samples = 1, shuffle = FALSE, seed = 4)
  set.seed(1)
  before <- .Random.seed
  mixed <- skipgrams(words, 30, 2, negative_samples = 1, seed = 4)
  expect_identical(.Random.seed, before)
  expect_identical(mixed, skipgrams(words, 30, 2, negative_samples = 1, seed = 4))
  text <- function(made) paste(vapply(made$couples, paste, "", collapse = " "), made$labels)
  expect_setequal(text(mixed), text(plain))
  expect_false(identical(mixed, plain))
  both <- skipgrams(words, 30, 2, seed = 4, categorical = TRUE)
  expect_identical(vapply(both$labels, `[`, 0L, 2), mixed$labels)
  expect_identical(vapply(both$labels, sum, 0L), rep(1L, length(mixed$labels)))
})

test_that("a sampling table leaves out first words", {
  made <- skipgrams(c(1, 2, 1, 2), 3, 4, negative_samples = 0, sampling_table = c(0, 0, 1))
  expect_setequal(vapply(made$couples, `[`, 0L, 1), 2L)
  set.seed(2)
  kept <- skipgrams(rep(1, 4000), 3, 1, negative_samples = 0, sampling_table = c(0, 0.25))
  expect_equal(length(kept$labels) / 8000, 0.25, tolerance = 0.1)
})

test_that("probabilities are those of Zipf's law", {
  table <- make_sampling_table(1000, 1e-4)
  r <- c(1, 1:999)
  share <- 1 / (r * (log(r) + 0.577) + 0.5 - 1 / (12 * r))
  expect_equal(table, pmin(1, sqrt(1e-4 / share)))
  # Those of Keras' own test.
  expect_equal(make_sampling_table(10), c(0.00315225, 0.00315225, 0.00547597, 0.00741556, 0.00912817,
    0.01068435, 0.01212381, 0.01347162, 0.01474487, 0.0159558), tolerance = 1e-5)
})

test_that("mistakes are told", {
  expect_error(skipgrams("a", 5), class = "kestrel_error_argument")
  expect_error(skipgrams(1:3, 1), "`vocabulary_size`", class = "kestrel_error_argument")
  expect_error(skipgrams(1:3, 5, sampling_table = c(1, 1)), "make_sampling_table", class = "kestrel_error_argument")
  expect_error(make_sampling_table(0), class = "kestrel_error_argument")
})
