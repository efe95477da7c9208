#' Texts as codes
#'
#' A text becomes tokens, in three steps, and tokens become codes by a vocabulary:
#'
#' 1. `standardize`: letters A to Z become small and the 32 ASCII punctuation marks go, or one of
#'    these two, or what a function makes of the texts;
#' 2. `split`: at white space, into characters, or what a function makes of the texts, a list
#'    with the tokens of each; `NULL`: each column of the data is a token;
#' 3. `ngrams`: instead of the tokens all runs of so many of them, joined by spaces; one number k
#'    stands for all lengths from 1 to k.
#'
#' With `output_mode = "int"` a text of k tokens becomes k codes, followed by zeros up to
#' `output_sequence_length`, or to the longest text of the data; 0 stands for nothing, 1 for
#' tokens that are not in the vocabulary, the vocabulary follows. Otherwise the sample is one row
#' with a column for unknown tokens and one for each token of the vocabulary: 1 where it is in the
#' text (`"multi_hot"`), how often it is (`"count"`), or that times its weight (`"tf_idf"`).
#'
#' [adapt()] finds vocabulary and weights, [get_vocabulary()] and [set_vocabulary()] read and
#' write them, all as for [layer_string_lookup()]. In a model the layer reads an input of strings,
#' `layer_input(1, dtype = "string")`, or is the first of a stack of layers; `"int"` then needs
#' `output_sequence_length`, as models have inputs of fixed length.
#'
#' @inheritParams layer_string_lookup
#' @param object a model or a tensor, as in [layer_dense()]; left out, the layer itself is returned.
#' @param max_tokens size of the vocabulary with the places that are no token's; `NULL` for no
#'   limit.
#' @param standardize `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"`, `NULL` or a
#'   function of a character vector that returns one as long.
#' @param split `"whitespace"`, `"character"`, `NULL` or a function of a character vector that
#'   returns a list of character vectors.
#' @param ngrams `NULL`, or whole numbers.
#' @param output_mode `"int"`, `"multi_hot"`, `"count"` or `"tf_idf"`; `"binary"` is the old name of
#'   `"multi_hot"`.
#' @param output_sequence_length how many codes a text has: longer ones are cut off at the end.
#' @param ragged accepted, `FALSE` only: rows are of one length.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad settings, tokens that occur twice in a
#'   vocabulary and data that are no strings; `kestrel_error_data` for missing ones;
#'   `kestrel_error_shape` where there is more than one column to split; `kestrel_error_state` when
#'   the layer has no vocabulary yet, or no length in a model; `kestrel_error_callback` when a
#'   function of yours fails or returns something else.
#' @source Keras: `keras.layers.TextVectorization`.
#' @family preprocessing layers
#' @examples
#' layer <- layer_text_vectorization(output_sequence_length = 4)
#' adapt(layer, c("foo bar", "bar baz", "baz bada boom"))
#' get_vocabulary(layer)
#' layer(c("Foo qux bar!", "qux baz"))
#'
#' pairs <- layer_text_vectorization(ngrams = 2, output_mode = "count")
#' adapt(pairs, "a rose is a rose")
#' pairs("a rose")
#' @export
layer_text_vectorization <- function(object, max_tokens = NULL,
                                     standardize = "lower_and_strip_punctuation",
                                     split = "whitespace", ngrams = NULL, output_mode = "int",
                                     output_sequence_length = NULL, pad_to_max_tokens = FALSE,
                                     vocabulary = NULL, idf_weights = NULL, sparse = FALSE,
                                     ragged = FALSE, encoding = "utf-8", input_shape = NULL,
                                     name = NULL, ...) {
  options <- layer_options(without_code_type(list(...)), input_shape, name)
  config <- lookup_config(max_tokens, 1L, FALSE, output_mode, pad_to_max_tokens)
  check_choice(config$output_mode, c("int", "multi_hot", "count", "tf_idf"), "an output mode",
    arg = "output_mode")
  check_unused(list(ragged = ragged))
  check_sparse_mode(sparse, config$output_mode)
  check_text_encoding(encoding)
  length <- check_sequence_length(output_sequence_length, config$output_mode)
  config <- c(config, list(mask_token = "", oov_token = "[UNK]"),
    text_steps(standardize, split, ngrams), list(output_sequence_length = length))
  new_lookup(object, "text_vectorization", config, vocabulary, idf_weights, options)
}

check_sequence_length <- function(x, mode, arg = "output_sequence_length", call = caller_env()) {
  if (is.null(x) || mode == "int") return(check_count(x, null = TRUE, arg = arg, call = call))
  stop_argument(arg, "NULL unless `output_mode` is \"int\"", x, call = call)
}

#' @export
call_layer.kestrel_layer_text_vectorization <- function(layer, x, training = NULL, ...,
                                                        call = caller_env()) {
  if (missing(x)) stop_missing("x", call)
  check_dots(Filter(Negate(is.null), list(...)), c("x", "training"), call)
  if (is_model(x) || is_symbolic(x)) return(NextMethod())
  check_vocabulary_there(layer, call)
  as_doubles(string_codes(layer, text_array(x, "x", call), call))
}

# Texts, samples first, none missing.
text_array <- function(x, arg, call) {
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  check_no_missing(check_strings(x, arg, call), arg, call)
}

#' @export
string_codes.kestrel_layer_text_vectorization <- function(layer, x, call) {
  config <- layer_config(layer)
  tokens <- text_tokens(config, x, call)
  words <- c(special_tokens(layer), check_vocabulary_there(layer, call))
  codes <- codes_of(layer, words, unlist(tokens) %||% character(), call)
  if (config$output_mode == "int") {
    return(code_rows(codes, lengths(tokens), config$output_sequence_length))
  }
  weigh_counts(layer, count_rows(codes, lengths(tokens), lookup_width(layer), call))
}

# codes: those of one sample after the other, so many of each.
code_rows <- function(codes, counts, length) {
  length <- length %||% max(0L, counts)
  rows <- matrix(0, length(counts), length)
  at <- cbind(rep(seq_along(counts), counts), sequence(counts))
  there <- at[, 2] <= length
  rows[at[there, , drop = FALSE]] <- codes[there]
  rows
}

count_rows <- function(codes, counts, width, call) {
  n <- length(counts)
  if (as.double(n) * width > .Machine$integer.max) {
    stop_kestrel("memory",
      sprintf("%d texts of %d indicators are more numbers than a matrix holds.", n,
      width), hint = "Take them in parts, or fewer `max_tokens`.", call = call)
  }
  check_memory(4 * as.double(n) * width, "Indicators of texts", call)
  row <- rep(seq_len(n), counts)[codes >= 0]
  matrix(tabulate(row + n * codes[codes >= 0], n * width), n, width)
}

weigh_counts <- function(layer, counts) {
  config <- layer_config(layer)
  if (config$output_mode == "tf_idf") return(counts *
    rep(padded_weights(layer), each = nrow(counts)))
  if (config$output_mode == "multi_hot") counts[counts > 1L] <- 1L
  counts
}

text_width <- function(layer, input) {
  config <- layer_config(layer)
  if (config$output_mode != "int") return(lookup_width(layer))
  config$output_sequence_length %||% if (is.null(config$split)) ngram_count(input, config$ngrams)
}

#' @export
check_fits.kestrel_layer_text_vectorization <- function(layer, input, call) {
  if (!has_fixed_width(layer)) check_vocabulary_there(layer, call)
  check_text_dims(layer_config(layer), input, call)
  if (isTRUE(text_width(layer, input) > 0)) return(invisible(layer))
  stop_kestrel("state", sprintf("Layer \"%s\" gives a model codes of no fixed length.", layer$name),
    hint = "Give it an `output_sequence_length`.", argument = "output_sequence_length", call = call)
}

# Texts are read as they come in; there is no such node.
#' @export
layer_nodes.kestrel_layer_text_vectorization <- function(layer, input) {
  list(data_node(layer, text_width(layer, input), string_codes))
}

#' @export
code_dims.kestrel_layer_text_vectorization <- function(layer, input) {
  as.integer(text_width(layer, input))
}

#' @export
code_node.kestrel_layer_text_vectorization <- function(layer, input) codes_as("int")

#' @export
adapt_tokens.kestrel_layer_text_vectorization <- function(layer, data, most, call) {
  data <- text_array(data, "data", call)
  if (sample_count(data) > most) data <- some_samples(data, seq_len(most))
  tokens <- text_tokens(layer_config(layer), data, call)
  list(tokens = unlist(tokens), sample = rep(seq_along(tokens), lengths(tokens)),
    n = length(tokens))
}
