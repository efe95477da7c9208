#' Pairs of words that stand together
#'
#' `skipgrams()` gives pairs of a word of a sequence and one of those around it, with label 1, and
#' pairs of a word and one drawn from the vocabulary, with label 0: what word vectors are trained
#' on. `make_sampling_table()` gives probabilities to keep a word by its rank, with which frequent
#' words are left out more often.
#'
#' Each word is paired with those up to `window_size` places before and after it. Of `n` such pairs
#' there are `trunc(negative_samples * n)` drawn ones, of the same first words, and a second one
#' from 1 to `vocabulary_size - 1`. 0 is no word. A word of rank `r` is kept with probability
#' `min(1, sqrt(sampling_factor * (r * (log(r) + g) + 1/2 - 1/(12 r))))`, where `g` is 0.577 and the
#' bracket stands for one over a word's share by Zipf's law.
#'
#' The random numbers are R's.
#'
#' @param sequence whole numbers of words, as [texts_to_sequences()] gives them for one text.
#' @param vocabulary_size one more than the largest number of a word.
#' @param window_size how many words on either side.
#' @param negative_samples drawn pairs for each real one; 0 for none.
#' @param shuffle whether pairs come in random order.
#' @param categorical whether a label is `c(0, 1)` or `c(1, 0)`, and `labels` a list of them.
#' @param sampling_table probabilities by number of a word, from 0; a word is left out as the first
#'   of pairs with one minus that.
#' @param seed a whole number that decides the random numbers; R's own go on as if none was drawn.
#' @param size how many words, 0 included.
#' @param sampling_factor smaller for fewer frequent words.
#' @return `skipgrams()` a list of `couples`, a list of pairs of integers, and `labels`, an integer
#'   vector; `make_sampling_table()` a vector of probabilities.
#' @section Errors: `kestrel_error_argument` for arguments that are none of these.
#' @source Keras 2: `keras.preprocessing.sequence.skipgrams()`; Mikolov, T. et al. (2013),
#'   Distributed representations of words and phrases, NIPS.
#' @family data
#' @examples
#' skipgrams(c(3, 1, 2), vocabulary_size = 5, window_size = 1, negative_samples = 0,
#'   shuffle = FALSE)
#' make_sampling_table(4)
#' @export
skipgrams <- function(sequence, vocabulary_size, window_size = 4, negative_samples = 1,
                      shuffle = TRUE,
                      categorical = FALSE, sampling_table = NULL, seed = NULL) {
  call <- environment()
  words <- as.integer(unlist(check_number_lists(sequence)))
  vocabulary_size <- check_count(vocabulary_size, min = 2L)
  window_size <- check_count(window_size, min = 0L)
  negative_samples <- check_number(negative_samples, min = 0)
  shuffle <- check_flag(shuffle)
  categorical <- check_flag(categorical)
  table <- check_sampling_table(sampling_table, words, call)
  seed <- check_count(seed, min = 0L, null = TRUE)
  if (!is.null(seed)) {
    old <- globalenv()$.Random.seed
    on.exit(restore_seed(old))
    set.seed(seed)
  }
  pairs <- near_pairs(words, window_size, table)
  drawn <- drawn_pairs(pairs[, 1], trunc(negative_samples * nrow(pairs)), vocabulary_size)
  labels <- rep(1:0, c(nrow(pairs), nrow(drawn)))
  pairs <- rbind(pairs, drawn)
  order <- if (shuffle) sample.int(nrow(pairs)) else seq_len(nrow(pairs))
  labels <- labels[order]
  list(couples = unname(Map(c, pairs[order, 1], pairs[order, 2])),
    labels = if (categorical) lapply(labels, function(l) c(1L - l, l)) else labels)
}

check_sampling_table <- function(x, words, call) {
  if (is.null(x)) return(NULL)
  good <- is.numeric(x) && !anyNA(x) && all(x >= 0) && length(x) > max(0L, words)
  if (good) return(x)
  stop_argument("sampling_table", "probabilities for all numbers of words, from 0", x,
    hint = "make_sampling_table(vocabulary_size) makes one.", call = call)
}

# A row for each; the first word runs slowest, the second from left to right.
near_pairs <- function(words, window, table) {
  first <- which(words > 0L)
  if (!is.null(table)) first <- first[table[words[first] + 1L] >= stats::runif(length(first))]
  second <- outer(setdiff(-window:window, 0L), first, `+`)
  first <- rep(first, each = nrow(second))
  good <- second >= 1L & second <= length(words)
  good[good] <- words[second[good]] > 0L
  cbind(words[first[good]], words[second[good]])
}

drawn_pairs <- function(words, n, size) {
  if (n == 0 || !length(words)) return(matrix(0L, 0, 2))
  words <- words[sample.int(length(words))]
  cbind(rep_len(words, n), sample.int(size - 1L, n, replace = TRUE))
}

#' @rdname skipgrams
#' @export
make_sampling_table <- function(size, sampling_factor = 1e-05) {
  size <- check_count(size)
  sampling_factor <- check_number(sampling_factor, min = 0, open = "min")
  rank <- pmax(seq_len(size) - 1, 1)
  pmin(1, sqrt(sampling_factor * (rank * (log(rank) + 0.577) + 0.5 - 1 / (12 * rank))))
}
