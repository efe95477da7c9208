#' Words to numbers without a vocabulary
#'
#' `text_one_hot()` and `text_hashing_trick()` cut a text into words as [text_to_word_sequence()]
#' does, and give each a number from 1 to `n - 1`: one plus its hash, modulo `n - 1`. Different
#' words may have the same number.
#'
#' @inheritParams text_tokenizer
#' @param input_text,text one text, or several.
#' @param n one more than the largest number.
#' @param hash_function `"md5"`, the number of the MD5 sum as in Keras, or a function of a word that
#'   returns a whole number. By default a hash of this package, which is the same on any machine;
#'   that of Keras differs from session to session.
#' @return integers, of several texts a list of them.
#' @section Errors: `kestrel_error_argument` for arguments that are none of these, and for a
#'   `hash_function` that does not return a whole number.
#' @source Keras 2: `keras.preprocessing.text.hashing_trick()`, `one_hot()`.
#' @family data
#' @examples
#' text_one_hot("The cat sat on the mat.", 20)
#' text_hashing_trick("The cat sat on the mat.", 20, hash_function = "md5")
#' @export
text_hashing_trick <- function(text, n, hash_function = NULL, filters = text_filters, lower = TRUE,
                               split = " ") {
  call <- environment()
  n <- check_count(n, min = 2L)
  hash <- word_hash(hash_function, n - 1L, call)
  words <- text_to_word_sequence(text, filters, lower, split)
  if (is.list(words)) lapply(words, hash) else hash(words)
}

#' @rdname text_hashing_trick
#' @export
text_one_hot <- function(input_text, n, filters = text_filters, lower = TRUE, split = " ",
                         text = NULL) {
  if (is.null(text)) {
    check_present("input_text")
    text <- input_text
  }
  text_hashing_trick(text, n, NULL, filters, lower, split)
}

# A function of words that gives numbers from 1 to n.
word_hash <- function(hash, n, call) {
  if (is.null(hash)) return(function(words) as.integer(engine_hash(words, n)) + 1L)
  if (identical(hash, "md5")) return(function(words) vapply(words, md5_modulo, 0L, n,
    USE.NAMES = FALSE) + 1L)
  if (!is.function(hash)) stop_argument("hash_function", "\"md5\" or a function of a word", hash,
    call = call)
  function(words) {
    vapply(words, function(word) {
      value <- hash(word)
      if (is_number(value) && value == trunc(value)) return(as.integer(value %% n) + 1L)
      stop_argument("hash_function", "a function that returns a whole number", value, call = call)
    }, 0L, USE.NAMES = FALSE)
  }
}

# The remainder of a number of 32 hexadecimal digits.
md5_modulo <- function(word, n) {
  file <- tempfile()
  on.exit(unlink(file))
  writeBin(charToRaw(enc2utf8(word)), file)
  digits <- strtoi(strsplit(tools::md5sum(file), "")[[1]], 16L)
  as.integer(Reduce(function(rest, digit) (16 * rest + digit) %% n, digits, 0))
}
