#' Words and numbers as codes
#'
#' Each token, a word or a whole number, becomes its place in a vocabulary, counted from 0:
#' first comes the place of `mask_token` (if there is one, and only for `"int"`), then
#' `num_oov_indices` places of all tokens that are not in the vocabulary, then the vocabulary.
#' With another `output_mode` than `"int"` the codes become indicators, as in
#' [layer_category_encoding()]; with `"tf_idf"` how often each code is in a sample is multiplied by
#' its weight in `idf_weights`. `invert = TRUE` turns codes into tokens.
#'
#' [adapt()] finds the vocabulary: the tokens of the data by falling frequency, those as
#' frequent in falling order of the tokens, as many as `max_tokens` leaves room for. For
#' `"tf_idf"` it finds the weights, too: `log(1 + n / (1 + d))` for a token that is in d of the n
#' samples, and their mean for unknown tokens.
#'
#' In a model `layer_string_lookup()` reads an input of strings, `layer_input(1, dtype = "string")`,
#' or is the first of a stack of layers; `layer_integer_lookup()` may stand anywhere. Either works
#' on data by itself, too: `x <- layer(words)`. A token that is `mask_token` counts for nothing in
#' indicators.
#'
#' @inheritParams layer_dense
#' @param max_tokens size of the vocabulary with the places that are no token's; `NULL` for no
#'   limit.
#' @param num_oov_indices how many codes there are for unknown tokens: with 0 they are an error, of
#'   several a word gets that of its fingerprint (see [layer_hashing()]), a number its rest.
#' @param mask_token the token that stands for nothing; its code is 0.
#' @param oov_token what unknown tokens become when codes are inverted.
#' @param vocabulary the tokens, each once, or the path of a text file with one in each line.
#' @param invert whether to turn codes into tokens.
#' @param output_mode `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`; `"binary"` is
#'   the old name of `"multi_hot"`.
#' @param pad_to_max_tokens whether indicators have `max_tokens` columns, however few tokens there
#'   are.
#' @param idf_weights with `"tf_idf"` a weight for each token of `vocabulary`.
#' @param sparse accepted, without effect: indicators are the same numbers, in an ordinary array.
#' @param encoding `"utf-8"`, in which tokens are compared. R knows the encoding of each string.
#' @param vocabulary_dtype `"string"` for words, `"int64"` or `"int32"` for numbers.
#' @param name the layer's name.
#' @param object a lookup layer; of `layer_*_lookup()` a model or tensor, as in [layer_dense()].
#' @param include_special_tokens whether the tokens that are no word's come, too.
#' @param ... `dtype` and the like, as for every layer.
#' @return `layer_*_lookup()` the layer; `get_vocabulary()` a vector; `set_vocabulary()` the
#'   layer, invisibly.
#' @section Errors: `kestrel_error_argument` for bad settings and for tokens that occur twice;
#'   `kestrel_error_data` for tokens of the wrong type and, without a place for them, unknown
#'   ones; `kestrel_error_state` when the layer has no vocabulary yet (in a model it may come later
#'   where it does not decide the number of columns), when a model would have to hand on strings, or
#'   has another number of indicators already.
#' @source Keras: `keras.layers.StringLookup`, `IntegerLookup`.
#' @family preprocessing layers
#' @examples
#' layer <- layer_string_lookup()
#' adapt(layer, c("a", "c", "d", "d", "z", "b"))
#' get_vocabulary(layer)
#' layer(rbind(c("d", "what")))
#'
#' words <- layer_input(1, dtype = "string")
#' codes <- layer(words) %>% layer_embedding(6, 2) %>% layer_flatten()
#' model <- keras_model(words, codes %>% layer_dense(1))
#' predict(model, c("d", "what"))
#'
#' numbers <- layer_integer_lookup(vocabulary = c(12, 36, 1138), output_mode = "multi_hot")
#' numbers(rbind(c(12, 12, 7)))
#' @export
layer_string_lookup <- function(object, max_tokens = NULL, num_oov_indices = 1L, mask_token = NULL,
                                oov_token = "[UNK]", vocabulary = NULL, idf_weights = NULL,
                                invert = FALSE, output_mode = "int", pad_to_max_tokens = FALSE,
                                sparse = FALSE, encoding = "utf-8", input_shape = NULL, name = NULL,
                                ..., vocabulary_dtype = NULL) {
  options <- layer_options(without_code_type(list(...)), input_shape, name)
  config <- lookup_config(max_tokens, num_oov_indices, invert, output_mode, pad_to_max_tokens)
  check_sparse_mode(sparse, output_mode)
  check_text_encoding(encoding)
  check_choice(vocabulary_dtype %||% "string", "string", "a type of words",
    arg = "vocabulary_dtype")
  config$mask_token <- check_words(mask_token)
  config$oov_token <- check_string(oov_token)
  new_lookup(object, "string_lookup", config, vocabulary, idf_weights, options)
}

#' @rdname layer_string_lookup
#' @export
layer_integer_lookup <- function(object, max_tokens = NULL, num_oov_indices = 1L, mask_token = NULL,
                                 oov_token = -1L, vocabulary = NULL, vocabulary_dtype = "int64",
                                 idf_weights = NULL, invert = FALSE, output_mode = "int",
                                 sparse = FALSE, pad_to_max_tokens = FALSE, input_shape = NULL,
                                 name = NULL, ...) {
  options <- layer_options(without_code_type(list(...)), input_shape, name)
  config <- lookup_config(max_tokens, num_oov_indices, invert, output_mode, pad_to_max_tokens)
  check_sparse_mode(sparse, output_mode)
  check_choice(vocabulary_dtype %||% "int64", c("int64", "int32"), "a type of whole numbers",
    arg = "vocabulary_dtype")
  config$mask_token <- check_whole(mask_token, null = TRUE)
  config$oov_token <- check_whole(oov_token)
  new_lookup(object, "integer_lookup", config, vocabulary, idf_weights, options)
}

# Of layers that make codes, dtype is that of codes or tokens: it says nothing of the precision.
without_code_type <- function(dots) {
  type <- dots$dtype
  if (is_string(type) && type %in% c("int64", "int32", "string")) dots$dtype <- NULL
  dots
}

lookup_config <- function(max_tokens, num_oov_indices, invert, output_mode, pad_to_max_tokens,
                          call = caller_env()) {
  if (check_flag(pad_to_max_tokens, call = call) && is.null(max_tokens)) {
    stop_argument("max_tokens", "a whole number where `pad_to_max_tokens` is TRUE", NULL,
      call = call)
  }
  list(
    max_tokens = check_count(max_tokens, min = 2L, null = TRUE, call = call),
    num_oov_indices = check_count(num_oov_indices, min = 0L, call = call),
    invert = check_flag(invert, call = call),
    output_mode = check_encoding(output_mode, others = c("int", "tf_idf"), call = call),
    pad_to_max_tokens = pad_to_max_tokens
  )
}

# Codes are never sparse.
check_sparse_mode <- function(sparse, output_mode, call = caller_env()) {
  if (!check_flag(sparse, call = call) || output_mode != "int") return(invisible(sparse))
  stop_kestrel("argument", "`sparse` must be FALSE where `output_mode` is \"int\".",
    argument = "sparse", value = sparse, call = call)
}

check_text_encoding <- function(encoding, arg = "encoding", call = caller_env()) {
  name <- check_string(encoding, null = TRUE, arg = arg, call = call)
  if (is.null(name) || small_letters(name) %in% c("utf-8", "utf8")) return(invisible(name))
  stop_argument(arg, "\"utf-8\"", encoding, hint = "iconv() makes UTF-8 of other text.",
    call = call)
}

# A string, which may be empty, or NULL.
check_words <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is_string(x) && !nzchar(x)) x else check_string(x, null = TRUE, arg = arg, call = call)
}

check_whole <- function(x, null = FALSE, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  if (null && is.null(x)) return(NULL)
  if (is_number(x) && x == trunc(x)) return(as.double(x))
  stop_argument(arg, "a whole number", x, call = call)
}

new_lookup <- function(object, type, config, vocabulary, idf_weights, options,
  call = caller_env()) {
  if (config$invert && config$output_mode != "int") {
    stop_argument("output_mode", "\"int\" where `invert` is TRUE", config$output_mode, call = call)
  }
  layer <- new_layer(type, config, options[names(options) != "activity"])
  if (!is.null(vocabulary) || !is.null(idf_weights)) {
    put_vocabulary(layer, vocabulary, idf_weights, call)
  }
  if (missing(object)) layer else call_layer(layer, object, call = call)
}

#' @export
call_layer.kestrel_layer_lookup <- function(layer, x, training = NULL, ..., call = caller_env()) {
  if (missing(x)) stop_missing("x", call)
  check_dots(Filter(Negate(is.null), list(...)), c("x", "training"), call)
  if (is_model(x) || is_symbolic(x)) return(NextMethod())
  check_vocabulary_there(layer, call)
  look_up(layer, x, call)
}

look_up <- function(layer, x, call) {
  dims <- if (is.data.frame(x) || !is.null(dim(x))) dim(x) else c(length(x), 1L)
  if (layer_config(layer)$invert) return(array(tokens_of(layer, x, call), dims))
  tokens <- array(as_tokens(layer, x, "x", "data", call), dims)
  encode_lookup(layer, string_codes(layer, tokens, call))
}

#' @export
string_codes.kestrel_layer_lookup <- function(layer, x, call) {
  words <- c(special_tokens(layer), check_vocabulary_there(layer, call))
  array(codes_of(layer, words, as.vector(x), call), dim(x))
}

encode_lookup <- function(layer, codes, ...) {
  config <- layer_config(layer)
  width <- lookup_width(layer)
  if (config$output_mode != "tf_idf") return(encode_codes(codes, width, config$output_mode))
  counts <- encode_codes(codes, width, "count")
  sweep(counts, length(dim(counts)), padded_weights(layer), "*")
}

padded_weights <- function(layer) {
  idf <- layer_config(layer)$idf_weights
  c(idf, numeric(lookup_width(layer) - length(idf)))
}

# Whether the vocabulary has nothing to do with the dims of what comes out.
has_fixed_width <- function(layer) {
  config <- layer_config(layer)
  config$output_mode == "int" || config$pad_to_max_tokens
}

# Columns of indicators.
lookup_width <- function(layer) {
  config <- layer_config(layer)
  if (config$pad_to_max_tokens) config$max_tokens else {
    length(special_tokens(layer)) + length(config$vocabulary)
  }
}

# -1 is the mask where it has no code.
codes_of <- function(layer, words, tokens, call) {
  config <- layer_config(layer)
  codes <- match(tokens, words) - 1
  dropped <- config$output_mode != "int" && !is.null(config$mask_token)
  if (dropped) codes[tokens == config$mask_token] <- -1
  unknown <- is.na(codes)
  if (!any(unknown)) return(codes)
  if (config$num_oov_indices == 0) {
    at <- which(unknown)[1]
    stop_kestrel("data", sprintf("`x` holds %s, which is not in the vocabulary (position %d).",
      format_token(tokens[at]), at), hint = "num_oov_indices = 1 gives such tokens a code.",
      argument = "x", value = tokens[at], where = at, call = call)
  }
  first <- if (config$output_mode == "int") length(config$mask_token) else 0
  codes[unknown] <- first + unknown_codes(tokens[unknown], config$num_oov_indices)
  codes
}

# R warns of numbers so large that they have no last digit.
unknown_codes <- function(tokens, n) {
  if (is.character(tokens)) engine_hash(tokens, n) else suppressWarnings(tokens %% n)
}

tokens_of <- function(layer, x, call) {
  words <- c(special_tokens(layer), check_vocabulary_there(layer, call))
  check_codes_of_layer(check_data(x, "x", call), length(words), "vocabulary", "x", call)
  words[as.vector(unlist(x)) + 1]
}

# In a model R looks numbers up batch by batch, strings as soon as they come in.
#' @export
layer_nodes.kestrel_layer_lookup <- function(layer, input) {
  output <- encoded_dims(input, lookup_width(layer), layer_config(layer)$output_mode)
  list(data_node(layer, output, look_up))
}

#' @export
code_node.kestrel_layer_lookup <- function(layer, input) {
  mode <- layer_config(layer)$output_mode
  width <- lookup_width(layer)
  if (mode != "tf_idf") return(codes_as(mode, width))
  data_node(layer, encoded_dims(input, width, mode), encode_lookup)
}

#' @export
check_fits.kestrel_layer_lookup <- function(layer, input, call) {
  inverted <- layer_config(layer)$invert && layer_state(layer)$type == "string_lookup"
  if (!inverted) return(if (!has_fixed_width(layer)) check_vocabulary_there(layer, call))
  stop_kestrel("state",
    sprintf("Layer \"%s\" makes strings, which no model can hand on.", layer$name),
    hint = "Call it on what the model returns.", call = call)
}
