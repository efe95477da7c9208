#' Texts of Keras that are on the disk
#'
#' Reviews of films and newswires as lists of codes of words, by their frequency: 1 is the most
#' frequent word. They read the files that Keras leaves in `~/.keras/datasets`, see
#' [dataset_mnist()], with the same rows in the same order. Nothing is downloaded.
#'
#' * `dataset_imdb()`: 25000 reviews for training and as many for testing, 1 for those that praise
#' * `dataset_reuters()`: 11228 newswires of 46 topics, the last `test_split` of them for testing
#' * `dataset_imdb_word_index()`, `dataset_reuters_word_index()`: a named list of the codes of words
#'
#' Codes are raised by `index_from`, and `start_char` is put before each text. Codes from
#' `num_words` on and below `skip_top` become `oov_char`, or are left out where that is `NULL`.
#' Texts of `maxlen` codes and more are left out. Reading and ordering takes some seconds.
#'
#' @inheritParams dataset_mnist
#' @param num_words,skip_top,maxlen,start_char,oov_char,index_from see above; `NULL` for none.
#' @return a list of `train` and `test`, each a list of `x`, a list of vectors, and `y`, an array;
#'   of the word indices a named list.
#' @inheritSection dataset_mnist Errors
#' @source Keras: `keras.datasets.imdb`, `keras.datasets.reuters`.
#' @family data
#' @examples
#' \dontrun{
#' imdb <- dataset_imdb(num_words = 10000)
#' words <- dataset_imdb_word_index()
#' names(words)[match(imdb$train$x[[1]] - 3, unlist(words))]
#' }
#' @export
dataset_imdb <- function(path = "imdb.npz", num_words = NULL, skip_top = 0L, maxlen = NULL,
                         seed = 113L,
                         start_char = 1L, oov_char = 2L, index_from = 3L) {
  how <- text_settings(num_words, skip_top, maxlen, start_char, oov_char, index_from)
  seed <- check_count(seed, min = 0L)
  file <- dataset_file(path, paste0(dataset_home, "imdb.npz"))
  parts <- lapply(c("train", "test"), function(name) {
    list(x = read_npz(file, paste0("x_", name)), y = read_npz(file, paste0("y_", name)))
  })
  orders <- numpy_orders(vapply(parts, function(part) length(part$x), 0L), seed)
  parts <- Map(function(part, order) coded_texts(part$x[order], part$y[order], how), parts, orders)
  n <- length(parts[[1]]$x)
  all <- limited_codes(c(parts[[1]]$x, parts[[2]]$x), how)
  y <- c(parts[[1]]$y, parts[[2]]$y)
  rows <- function(i) list(x = all[i], y = array(y[i]))
  list(train = rows(seq_len(n)), test = rows(n + seq_len(length(all) - n)))
}

#' @rdname dataset_imdb
#' @export
dataset_reuters <- function(path = "reuters.npz", num_words = NULL, skip_top = 0L, maxlen = NULL,
                            test_split = 0.2, seed = 113L, start_char = 1L, oov_char = 2L,
                            index_from = 3L) {
  how <- text_settings(num_words, skip_top, maxlen, start_char, oov_char, index_from)
  test_split <- check_number(test_split, 0, 1, open = "max")
  seed <- check_count(seed, min = 0L)
  file <- dataset_file(path, paste0(dataset_home, "reuters.npz"))
  x <- read_npz(file, "x")
  order <- numpy_orders(length(x), seed)[[1]]
  texts <- coded_texts(x[order], read_npz(file, "y")[order], how)
  all <- limited_codes(texts$x, how)
  n <- trunc(length(all) * (1 - test_split))
  rows <- function(i) list(x = all[i], y = array(texts$y[i]))
  list(train = rows(seq_len(n)), test = rows(n + seq_len(length(all) - n)))
}

#' @rdname dataset_imdb
#' @export
dataset_imdb_word_index <- function(path = "imdb_word_index.json") {
  read_word_index(dataset_file(path, paste0(dataset_home, "imdb_word_index.json")))
}

#' @rdname dataset_imdb
#' @export
dataset_reuters_word_index <- function(path = "reuters_word_index.json") {
  read_word_index(dataset_file(path, paste0(dataset_home, "reuters_word_index.json")))
}

text_settings <- function(num_words, skip_top, maxlen, start_char, oov_char, index_from,
                          call = caller_env()) {
  list(num_words = check_count(num_words, null = TRUE, call = call),
    skip_top = check_count(skip_top, min = 0L, null = TRUE, call = call) %||% 0L,
    maxlen = check_count(maxlen, null = TRUE, call = call),
    start_char = check_count(start_char, min = 0L, null = TRUE, call = call),
    oov_char = check_count(oov_char, min = 0L, null = TRUE, call = call),
    index_from = check_count(index_from, min = 0L, null = TRUE, call = call) %||% 0L)
}

# Codes raised, with the start before them; those that are not too long.
coded_texts <- function(x, y, how) {
  x <- lapply(x, function(codes) c(how$start_char, codes + how$index_from))
  short <- is.null(how$maxlen) | lengths(x) < (how$maxlen %||% 0L)
  list(x = x[short], y = y[short])
}

limited_codes <- function(x, how) {
  num_words <- how$num_words %||% max(unlist(x), 0L)
  known <- function(codes) codes >= how$skip_top & codes < num_words
  if (is.null(how$oov_char)) return(lapply(x, function(codes) codes[known(codes)]))
  lapply(x, function(codes) {
    codes[!known(codes)] <- how$oov_char
    codes
  })
}

# {"word": 1, ...} of JSON.
read_word_index <- function(file, call = caller_env()) {
  text <- paste(readLines(file, warn = FALSE, encoding = "UTF-8"), collapse = "")
  pairs <- regmatches(text, gregexpr('"(?:[^"\\\\]|\\\\.)*": *[0-9]+', text, perl = TRUE))[[1]]
  if (!length(pairs)) stop_unread(file, "is no index of words", call)
  words <- sub('^"(.*)": *[0-9]+$', "\\1", pairs)
  stats::setNames(as.list(as.integer(sub('^.*": *', "", pairs))), json_words(words))
}

json_words <- function(words) {
  escaped <- grepl("\\", words, fixed = TRUE)
  words[escaped] <- vapply(words[escaped], function(word) {
    parsed <- tryCatch(str2lang(sprintf('"%s"', gsub("\\/", "/", word, fixed = TRUE))),
      error = function(e) word)
    as.character(parsed)
  }, "", USE.NAMES = FALSE)
  words
}
