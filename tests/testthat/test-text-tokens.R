tokens <- function(x, standardize = NULL, split = NULL, ngrams = NULL) {
  kestrel:::text_tokens(kestrel:::text_steps(standardize, split, ngrams), if (is.null(dim(x))) cbind(x) else x, NULL)
}

# Values: the tests of Keras' own layer.
test_that("texts are cleaned and split as in Keras' tests", {
  words <- rbind(c("Earth", "wInD", "aNd", "firE"), c("fire|", "an<>d", "{earth}", "michigan@%$"))
  expect_identical(tokens(words, "lower_and_strip_punctuation"),
    list(c("earth", "wind", "and", "fire"), c("fire", "and", "earth", "michigan")))
  expect_identical(tokens(words, tolower)[[2]], c("fire|", "an<>d", "{earth}", "michigan@%$"))
  expect_identical(tokens(c("earth wind and fire", "\tfire\tand\nearth    michigan  "), split = "whitespace"),
    list(c("earth", "wind", "and", "fire"), c("fire", "and", "earth", "michigan")))
  expect_identical(tokens(c("earth>wind>and fire", "\tfire>and\nearth>michigan"), split = function(x) strsplit(x, ">")),
    list(c("earth", "wind", "and fire"), c("\tfire", "and\nearth", "michigan")))
})

test_that("runs of tokens are those of Keras' tests", {
  words <- rbind(c("earth", "wind", "and", "fire"), c("fire", "and", "earth", "michigan"))
  pairs <- list(c("earth wind", "wind and", "and fire"), c("fire and", "and earth", "earth michigan"))
  triples <- list(c("earth wind and", "wind and fire"), c("fire and earth", "and earth michigan"))
  both <- Map(c, pairs, triples)
  expect_identical(tokens(words, ngrams = c(2, 3)), both)
  expect_identical(tokens(words, ngrams = list(2L, 3L)), both)
  expect_identical(tokens(words, ngrams = 3), Map(c, list(words[1, ], words[2, ]), both))
  expect_identical(tokens(c("earth wInD and firE", "\tfire\tand\nearth!!    michig@n  "), "lower_and_strip_punctuation", "whitespace", 2),
    list(c("earth", "wind", "and", "fire", pairs[[1]]), c("fire", "and", "earth", "michign", "fire and", "and earth", "earth michign")))
  expect_identical(tokens(c("a", ""), split = "whitespace", ngrams = c(2, 3)), list(character(), character()))
})

# tf.strings.lower() without an encoding knows the letters of ASCII only.
test_that("ASCII letters become small, and all 32 marks go", {
  expect_identical(tokens("\u00c4RGER \u00c9t\u00e9", "lower"), list("\u00c4rger \u00c9t\u00e9"))
  marks <- rawToChar(as.raw(c(33:47, 58:64, 91:96, 123:126)))
  expect_identical(nchar(marks), 32L)
  expect_identical(tokens(paste0("a", marks, "1\u2019\u00a7"), "strip_punctuation"), list("a1\u2019\u00a7"))
  expect_identical(tokens("a\u00a0b\u00e9c", split = "whitespace"), list("a\u00a0b\u00e9c"))
  expect_identical(tokens("\u00e9\u4e2d!", split = "character"), list(c("\u00e9", "\u4e2d", "!")))
  expect_identical(tokens(iconv("na\u00efve", "UTF-8", "latin1")), list("na\u00efve"))
})
