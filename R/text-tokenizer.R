#' Words to whole numbers
#'
#' `text_tokenizer()` with `fit_text_tokenizer()` numbers the words of texts by how often they come,
#' from 1 for the most frequent one on; of equally frequent ones the first to come is the first. 0
#' is no word. `texts_to_sequences()` gives the numbers of the words of other texts, which go on to
#' [pad_sequences()]; `texts_to_matrix()` gives a row for each text with a column for each number,
#' the first for 0.
#'
#' A text becomes small letters, where `lower`; every character of `filters` becomes `split`, at
#' which it is cut. Words that were not seen, or have numbers of `num_words` and above, are left
#' out, or are `oov_token`, whose number is 1. Fitting goes on where an earlier one stopped.
#'
#' What the matrix holds for a word that stands `c` times among the `n` numbers of a text, by
#' `mode`: `"binary"` 1, `"count"` `c`, `"freq"` `c / n`, `"tfidf"`
#' `(1 + log(c)) * log(1 + N / (1 + d))` where `d` of all `N` texts of the fit have the word.
#'
#' `tokenizer$word_index` is a named list of the numbers, `tokenizer$index_word` one of the words,
#' `tokenizer$word_counts` and `tokenizer$word_docs` tell how often a word came and in how many
#' texts, `tokenizer$document_count` how many texts there were. It survives [saveRDS()].
#'
#' @param num_words numbers from this one on are not used, so `num_words - 1` words are.
#' @param filters characters that part words.
#' @param lower whether to make capital letters small.
#' @param split what words are parted by.
#' @param char_level whether every character is a word; `filters` and `split` are not used then.
#' @param oov_token a word for all that are not known.
#' @param object,tokenizer a tokenizer. Fitting changes it itself.
#' @param x,texts texts: a character vector, or a list of texts or of vectors of words.
#' @param text one text or more.
#' @param sequences a list of vectors of whole numbers.
#' @param mode what is in the matrix, see above.
#' @param filename path of an R data file.
#' @return `text_tokenizer()`, `load_text_tokenizer()` and, invisibly, `fit_text_tokenizer()` and
#'   `save_text_tokenizer()` the tokenizer; `texts_to_sequences_generator()` a function that gives
#'   the numbers of one text after the other, `NULL` after the last, for [generator_next()];
#'   `texts_to_sequences()` a list of integer vectors, `sequences_to_texts()` a list of texts;
#'   `texts_to_matrix()` and `sequences_to_matrix()` a matrix; `text_to_word_sequence()` a
#'   character vector, of several texts a list of them.
#' @section Errors: `kestrel_error_argument` for arguments that are none of these;
#'   `kestrel_error_data` for texts that are `NA`; `kestrel_error_state` for a matrix of a tokenizer
#'   that was not fitted and has no `num_words`.
#' @source Keras 2: `keras.preprocessing.text.Tokenizer`; R package 'keras'.
#' @family data
#' @examples
#' tokenizer <- text_tokenizer(num_words = 10) %>%
#'   fit_text_tokenizer(c("The cat sat on the mat.", "The dog ate my homework."))
#' tokenizer$word_index[1:3]
#' texts_to_sequences(tokenizer, "the cat ate the dog")
#' texts_to_matrix(tokenizer, "the cat ate the dog", mode = "count")
#' @export
text_tokenizer <- function(num_words = NULL, filters = text_filters, lower = TRUE, split = " ",
                           char_level = FALSE, oov_token = NULL) {
  fields <- list(num_words = check_count(num_words, null = TRUE),
    filters = check_filters(filters), lower = check_flag(lower), split = check_string(split),
    char_level = check_flag(char_level), oov_token = check_string(oov_token, null = TRUE))
  seen <- list(words = character(), counts = integer(), docs = integer(), document_count = 0L)
  structure(list2env(c(fields, seen), parent = emptyenv()), class = "kestrel_tokenizer")
}

text_filters <- "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n"

check_filters <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x) || identical(x, "")) return("")
  check_string(x, arg = arg, call = call)
}

#' @rdname text_tokenizer
#' @export
fit_text_tokenizer <- function(object, x) {
  check_tokenizer(object, "object")
  words <- text_words(object, check_texts(x))
  add_words(object, unlist(words), unlist(lapply(words, unique)))
  assign("document_count", tokenizer_field(object, "document_count") + length(words),
    envir = object)
  invisible(object)
}

tokenizer_field <- function(tokenizer, name) get(name, envir = tokenizer, inherits = FALSE)

check_tokenizer <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (inherits(x, "kestrel_tokenizer")) return(x)
  stop_argument(arg, "a tokenizer", x, hint = "Make it by text_tokenizer().", call = call)
}

check_texts <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  force(arg)
  if (is.factor(x)) x <- as.character(x)
  texts <- if (is.character(x)) as.list(x) else if (is.list(x) && !is.object(x)) x
  if (!length(texts) || !all(vapply(texts, is.character, NA))) {
    stop_argument(arg, "texts: a character vector, or a list", x, call = call)
  }
  bad <- which(vapply(texts, function(t) anyNA(t) || !all(validEnc(t)), NA))
  if (!length(bad)) return(unname(texts))
  stop_kestrel("data", sprintf("`%s` must be valid text, not NA, as at %d.", arg, bad[1]),
    hint = "Remove missing texts.", argument = arg, where = bad[1], call = call)
}

# A vector of words for each text; a vector of several is words already.
text_words <- function(tokenizer, texts) {
  part <- function(text) {
    lower <- tokenizer_field(tokenizer, "lower")
    if (length(text) != 1 || tokenizer_field(tokenizer, "char_level")) {
      if (lower) text <- lower_text(text)
      return(if (length(text) == 1) strsplit(text, "")[[1]] else text)
    }
    split_text(text, tokenizer_field(tokenizer, "filters"), lower,
      tokenizer_field(tokenizer, "split"))
  }
  lapply(texts, part)
}

# Latin letters first: what is a small i does not depend on the language.
lower_text <- function(text) tolower(small_letters(text))

split_text <- function(text, filters, lower, split) {
  if (lower) text <- lower_text(text)
  for (letter in strsplit(filters, "")[[1]]) text <- gsub(letter, split, text, fixed = TRUE)
  words <- strsplit(text, split, fixed = TRUE)[[1]]
  words[nzchar(words)]
}

# New words stand behind those that are there, as they come.
add_words <- function(tokenizer, words, once) {
  all <- unique(c(tokenizer_field(tokenizer, "words"), words))
  more <- function(field, of) {
    now <- tokenizer_field(tokenizer, field)
    c(now, integer(length(all) - length(now))) + tabulate(match(of, all), length(all))
  }
  list2env(list(words = all, counts = more("counts", words), docs = more("docs", once)),
    envir = tokenizer)
}

# All words by their numbers.
numbered_words <- function(tokenizer) {
  words <- tokenizer_field(tokenizer, "words")
  order <- order(-tokenizer_field(tokenizer, "counts"), seq_along(words))
  c(tokenizer_field(tokenizer, "oov_token"), words[order])
}

#' @rdname text_tokenizer
#' @export
texts_to_sequences <- function(tokenizer, texts) {
  check_tokenizer(tokenizer)
  words <- text_words(tokenizer, check_texts(texts))
  index <- numbered_words(tokenizer)
  lapply(words, function(w) known_numbers(tokenizer, match(w, index)))
}

# Numbers in use; others are that of the token for them, or are left out.
known_numbers <- function(tokenizer, numbers) {
  limit <- tokenizer_field(tokenizer, "num_words") %||% Inf
  unknown <- is.na(numbers) | numbers >= limit
  if (is.null(tokenizer_field(tokenizer, "oov_token"))) return(numbers[!unknown])
  numbers[unknown] <- 1L
  numbers
}

#' @rdname text_tokenizer
#' @export
texts_to_sequences_generator <- function(tokenizer, texts) {
  check_tokenizer(tokenizer)
  texts <- check_texts(texts)
  i <- 0L
  function() {
    if (i >= length(texts)) return(NULL)
    i <<- i + 1L
    texts_to_sequences(tokenizer, texts[i])[[1]]
  }
}

#' @rdname text_tokenizer
#' @export
save_text_tokenizer <- function(object, filename) {
  check_tokenizer(object)
  saveRDS(object, check_string(filename))
  invisible(object)
}

#' @rdname text_tokenizer
#' @export
load_text_tokenizer <- function(filename) {
  filename <- check_string(filename)
  tokenizer <- tryCatch(suppressWarnings(readRDS(filename)), error = function(e) NULL)
  if (inherits(tokenizer, "kestrel_tokenizer")) return(tokenizer)
  stop_argument("filename", "a file that save_text_tokenizer() wrote", filename)
}

#' @rdname text_tokenizer
#' @export
sequences_to_texts <- function(tokenizer, sequences) {
  check_tokenizer(tokenizer)
  sequences <- check_number_lists(sequences)
  index <- numbered_words(tokenizer)
  lapply(sequences, function(s) {
    s[!s %in% seq_along(index)] <- NA
    paste(index[known_numbers(tokenizer, s)], collapse = " ")
  })
}

check_number_lists <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  force(arg)
  lists <- if (is.list(x) && !is.object(x)) x else list(x)
  good <- vapply(lists, function(s) {
    is.null(s) || is.numeric(s) && all(is.finite(s)) && all(s >= 0 & s == trunc(s))
  }, NA)
  if (all(good)) return(lapply(lists, as.double))
  stop_argument(arg, "a list of vectors of whole numbers from 0", lists[[which(!good)[1]]],
    call = call)
}

#' @rdname text_tokenizer
#' @export
texts_to_matrix <- function(tokenizer, texts, mode = c("binary", "count", "tfidf", "freq")) {
  mode <- check_matrix_mode(mode)
  check_tokenizer(tokenizer)
  count_matrix(tokenizer, texts_to_sequences(tokenizer, check_texts(texts)), mode, environment())
}

#' @rdname text_tokenizer
#' @export
sequences_to_matrix <- function(tokenizer, sequences,
                                mode = c("binary", "count", "tfidf", "freq")) {
  mode <- check_matrix_mode(mode)
  check_tokenizer(tokenizer)
  count_matrix(tokenizer, check_number_lists(sequences), mode, environment())
}

check_matrix_mode <- function(mode, call = caller_env()) {
  modes <- c("binary", "count", "tfidf", "freq")
  if (identical(mode, modes)) return("binary")
  check_choice(mode, modes, "a mode", arg = "mode", call = call)
}

count_matrix <- function(tokenizer, sequences, mode, call) {
  columns <- tokenizer_columns(tokenizer, mode, call)
  check_memory(8 * length(sequences) * columns, "The matrix", call)
  rows <- rep(seq_along(sequences), lengths(sequences))
  at <- unlist(sequences) + 1
  used <- at <= columns
  counts <- matrix(tabulate(rows[used] + (at[used] - 1) * length(sequences),
    length(sequences) * columns) + 0, length(sequences))
  switch(mode, binary = (counts > 0) + 0, count = counts,
    freq = counts / pmax(lengths(sequences), 1), tfidf = weigh_tokens(tokenizer, counts))
}

tokenizer_columns <- function(tokenizer, mode, call) {
  index <- numbered_words(tokenizer)
  fitted <- tokenizer_field(tokenizer, "document_count") > 0
  columns <- tokenizer_field(tokenizer, "num_words") %||% (if (fitted) length(index) + 1)
  if (!is.null(columns) && (fitted || mode != "tfidf")) return(columns)
  stop_kestrel("state", "The tokenizer has seen no text.", hint = "Fit it: fit_text_tokenizer().",
    call = call)
}

weigh_tokens <- function(tokenizer, counts) {
  words <- tokenizer_field(tokenizer, "words")
  docs <- tokenizer_field(tokenizer, "docs")[match(numbered_words(tokenizer), words)]
  docs <- c(0, docs, numeric(ncol(counts)))[seq_len(ncol(counts))]
  docs[is.na(docs)] <- 0
  rarity <- log(1 + tokenizer_field(tokenizer, "document_count") / (1 + docs))
  ifelse(counts > 0, 1 + log(pmax(counts, 1)), 0) * rep(rarity, each = nrow(counts))
}

#' @rdname text_tokenizer
#' @export
text_to_word_sequence <- function(text, filters = text_filters, lower = TRUE, split = " ") {
  filters <- check_filters(filters)
  lower <- check_flag(lower)
  split <- check_string(split)
  words <- lapply(unlist(check_texts(text)), split_text, filters, lower, split)
  if (length(words) == 1) words[[1]] else words
}

#' @export
`$.kestrel_tokenizer` <- function(x, name) {
  words <- tokenizer_field(x, "words")
  by_word <- function(field) as.list(stats::setNames(tokenizer_field(x, field), words))
  index <- numbered_words(x)
  switch(name,
    word_index = as.list(stats::setNames(seq_along(index), index)),
    index_word = as.list(stats::setNames(index, seq_along(index))),
    word_counts = by_word("counts"),
    word_docs = by_word("docs"),
    if (name %in% names(x)) tokenizer_field(x, name) else {
      stop_unknown_field("tokenizer", name, names(x), "tokenizer")
    }
  )
}

#' @export
`[[.kestrel_tokenizer` <- function(x, i) `$.kestrel_tokenizer`(x, field_name(x, i))

#' @export
names.kestrel_tokenizer <- function(x) {
  c("word_index", "index_word", "word_counts", "word_docs", "document_count", "num_words",
    "filters", "lower", "split", "char_level", "oov_token")
}

#' @export
format.kestrel_tokenizer <- function(x, ...) {
  sprintf("<tokenizer of %d words from %d texts>", length(tokenizer_field(x, "words")),
    tokenizer_field(x, "document_count"))
}

#' @export
print.kestrel_tokenizer <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}
