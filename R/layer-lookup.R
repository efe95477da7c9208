#' Words and numbers as codes
#'
#' Each token, a word or a whole number, becomes its place in a vocabulary, counted from 0:
#' first comes the place of `mask_token` (if there is one, and only for `"int"`), then
#' `num_oov_indices` places of all tokens that are not in the vocabulary, then the vocabulary.
#' With another `output_mode` than `"int"` the codes become indicators, as in
#' [layer_category_encoding()]. `invert = TRUE` turns codes into tokens.
#'
#' [adapt()] finds the vocabulary: the tokens of the data by falling frequency, those as
#' frequent in falling order of the tokens, as many as `max_tokens` leaves room for.
#'
#' These layers are called on data, before a model sees them: `x <- layer(words)`. They cannot
#' stand in a model, whose numbers R does not see.
#'
#' @param max_tokens size of the vocabulary with the places that are no token's; `NULL` for no
#'   limit.
#' @param num_oov_indices 0 or 1; with 0 unknown tokens are an error.
#' @param mask_token the token that stands for nothing; its code is 0.
#' @param oov_token what unknown tokens become when codes are inverted.
#' @param vocabulary the tokens, each once.
#' @param invert whether to turn codes into tokens.
#' @param output_mode `"int"`, `"one_hot"`, `"multi_hot"` or `"count"`.
#' @param name the layer's name.
#' @param object a lookup layer.
#' @param include_special_tokens whether the tokens that are no word's come, too.
#' @param ... `dtype` and the like, as for every layer.
#' @return `layer_*_lookup()` the layer; `get_vocabulary()` a vector; `set_vocabulary()` the
#'   layer, invisibly.
#' @section Errors: `kestrel_error_argument` for bad settings and for tokens that occur twice;
#'   `kestrel_error_data` for tokens of the wrong type and, without a place for them, unknown
#'   ones; `kestrel_error_state` when the layer has no vocabulary yet, or is added to a model.
#' @source Keras: `keras.layers.StringLookup`, `IntegerLookup`.
#' @family preprocessing layers
#' @examples
#' layer <- layer_string_lookup()
#' adapt(layer, c("a", "c", "d", "d", "z", "b"))
#' get_vocabulary(layer)
#' layer(rbind(c("d", "what")))
#'
#' numbers <- layer_integer_lookup(vocabulary = c(12, 36, 1138), output_mode = "multi_hot")
#' numbers(rbind(c(12, 12, 7)))
#' @export
layer_string_lookup <- function(max_tokens = NULL, num_oov_indices = 1L, mask_token = NULL,
                                oov_token = "[UNK]", vocabulary = NULL, invert = FALSE,
                                output_mode = "int", name = NULL, ...) {
  options <- layer_options(list(...), NULL, name)
  config <- lookup_config(max_tokens, num_oov_indices, invert, output_mode)
  config$mask_token <- check_string(mask_token, null = TRUE)
  config$oov_token <- check_string(oov_token)
  new_lookup("string_lookup", config, vocabulary, options)
}

#' @rdname layer_string_lookup
#' @export
layer_integer_lookup <- function(max_tokens = NULL, num_oov_indices = 1L, mask_token = NULL,
                                 oov_token = -1L, vocabulary = NULL, invert = FALSE,
                                 output_mode = "int", name = NULL, ...) {
  options <- layer_options(list(...), NULL, name)
  config <- lookup_config(max_tokens, num_oov_indices, invert, output_mode)
  config$mask_token <- check_whole(mask_token, null = TRUE)
  config$oov_token <- check_whole(oov_token)
  new_lookup("integer_lookup", config, vocabulary, options)
}

lookup_config <- function(max_tokens, num_oov_indices, invert, output_mode, call = caller_env()) {
  list(
    max_tokens = check_count(max_tokens, min = 2L, null = TRUE, call = call),
    num_oov_indices = check_count(num_oov_indices, min = 0L, max = 1L, call = call),
    invert = check_flag(invert, call = call),
    output_mode = check_encoding(output_mode, others = "int", call = call)
  )
}

check_whole <- function(x, null = FALSE, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  if (null && is.null(x)) return(NULL)
  if (is_number(x) && x == trunc(x)) return(as.double(x))
  stop_argument(arg, "a whole number", x, call = call)
}

new_lookup <- function(type, config, vocabulary, options, call = caller_env()) {
  if (config$invert && config$output_mode != "int") {
    stop_argument("output_mode", "\"int\" where `invert` is TRUE", config$output_mode, call = call)
  }
  layer <- new_layer(type, config, options[names(options) != "activity"])
  class(layer) <- append(class(layer), "kestrel_layer_lookup", after = 1)
  if (!is.null(vocabulary)) put_vocabulary(layer, vocabulary, call)
  layer
}

#' @rdname layer_string_lookup
#' @export
get_vocabulary <- function(object, include_special_tokens = TRUE) {
  check_lookup(object)
  words <- check_vocabulary_there(object, environment())
  if (check_flag(include_special_tokens)) c(special_tokens(object), words) else words
}

#' @rdname layer_string_lookup
#' @export
set_vocabulary <- function(object, vocabulary) {
  check_lookup(object)
  put_vocabulary(object, vocabulary, environment())
  invisible(object)
}

check_lookup <- function(object, arg = "object", call = caller_env()) {
  if (missing(object)) stop_missing(arg, call)
  if (inherits(object, "kestrel_layer_lookup")) return(check_intact(object, call))
  stop_argument(arg, "a layer_string_lookup() or layer_integer_lookup()", object, call = call)
}

# What stands before the vocabulary: the mask only where codes come out.
special_tokens <- function(layer) {
  config <- layer_config(layer)
  c(if (config$output_mode == "int") config$mask_token,
    rep(config$oov_token, config$num_oov_indices))
}

# The special tokens may lead the vocabulary, as get_vocabulary() gives it.
put_vocabulary <- function(layer, vocabulary, call) {
  words <- as_tokens(layer, vocabulary, "vocabulary", "argument", call)
  special <- special_tokens(layer)
  if (length(special) && identical(words[seq_along(special)], special)) words <- words[-seq_along(special)]
  twice <- which(duplicated(words) | words %in% special)
  if (length(twice)) {
    stop_kestrel("argument", sprintf("`vocabulary` must hold each token once: %s stands in it again at %d.",
      format_token(words[twice[1]]), twice[1]), argument = "vocabulary", where = twice[1], call = call)
  }
  room <- layer_config(layer)$max_tokens
  if (!is.null(room) && length(words) + length(special) > room) {
    stop_argument("vocabulary", sprintf("at most %d tokens (`max_tokens` less %d)",
      room - length(special), length(special)), sprintf("%d tokens", length(words)), call = call)
  }
  state <- layer_state(layer)
  state$config$vocabulary <- words
}

format_token <- function(token) if (is.character(token)) dQuote(token, FALSE) else format(token)

check_vocabulary_there <- function(layer, call) {
  words <- layer_config(layer)$vocabulary
  if (is.null(words)) stop_unadapted(layer, call) else words
}

# Tokens of the layer's type, without dims; missing ones are none.
as_tokens <- function(layer, x, arg, kind, call) {
  strings <- inherits(layer, "kestrel_layer_string_lookup")
  given <- x
  if (is.data.frame(x)) x <- as.matrix(x)
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  if (is.factor(x)) x <- as.character(x)
  good <- is.atomic(x) && length(x) > 0 && !anyNA(x) &&
    if (strings) is.character(x) else is.numeric(x) && !is.object(x) && all(x == trunc(x))
  if (good) return(if (strings) as.vector(x) else as.double(x))
  must <- if (strings) "strings without NA" else "whole numbers without NA"
  stop_argument(arg, must, given, kind = kind, call = call)
}

#' @export
adapt_layer.kestrel_layer_lookup <- function(layer, data, most, call) {
  if (is.null(dim(data))) data <- cbind(data)
  if (NROW(data) > most) data <- data[seq_len(most), , drop = FALSE]
  tokens <- as_tokens(layer, data, "data", "data", call)
  words <- sort(unique(setdiff(tokens, special_tokens(layer))), decreasing = TRUE, method = "radix")
  words <- words[order(-tabulate(match(tokens, words), length(words)))]
  room <- layer_config(layer)$max_tokens
  if (!is.null(room)) words <- utils::head(words, room - length(special_tokens(layer)))
  put_vocabulary(layer, words, call)
}

#' @export
call_layer.kestrel_layer_lookup <- function(layer, x, training = FALSE, ..., call = caller_env()) {
  if (missing(x)) stop_missing("x", call)
  words <- c(special_tokens(layer), check_vocabulary_there(layer, call))
  if (is_model(x)) stop_not_in_model(layer, call)
  dims <- if (is.data.frame(x) || !is.null(dim(x))) dim(x) else c(length(x), 1L)
  if (layer_config(layer)$invert) return(array(tokens_of(words, x, call), dims))
  codes <- array(codes_of(layer, words, as_tokens(layer, x, "x", "data", call), call), dims)
  mode <- layer_config(layer)$output_mode
  if (mode == "int") codes else layer_category_encoding(num_tokens = length(words), output_mode = mode)(codes)
}

codes_of <- function(layer, words, tokens, call) {
  codes <- match(tokens, words) - 1
  unknown <- is.na(codes)
  if (!any(unknown)) return(codes)
  config <- layer_config(layer)
  if (config$num_oov_indices == 0) {
    at <- which(unknown)[1]
    stop_kestrel("data", sprintf("`x` holds %s, which is not in the vocabulary (position %d).",
      format_token(tokens[at]), at), hint = "num_oov_indices = 1 gives such tokens a code.",
      argument = "x", value = tokens[at], where = at, call = call)
  }
  codes[unknown] <- if (config$output_mode == "int") length(config$mask_token) else 0
  codes
}

tokens_of <- function(words, x, call) {
  check_codes_of_layer(check_data(x, "x", call), length(words), "vocabulary", "x", call)
  words[as.vector(unlist(x)) + 1]
}

# In a model nothing but numbers pass.
#' @export
layer_nodes.kestrel_layer_lookup <- function(layer, input) stop_not_in_model(layer, NULL)

stop_not_in_model <- function(layer, call) {
  stop_kestrel("state", sprintf("Layer \"%s\" works on data, not in a model.", layer$name),
    hint = "Call it first: x <- layer(words).", call = call)
}
