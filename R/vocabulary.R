# The vocabulary of a lookup layer: given, or learned from data.

#' @rdname layer_string_lookup
#' @export
get_vocabulary <- function(object, include_special_tokens = TRUE) {
  check_lookup(object)
  words <- check_vocabulary_there(object, environment())
  if (check_flag(include_special_tokens)) c(special_tokens(object), words) else words
}

#' @rdname layer_string_lookup
#' @export
set_vocabulary <- function(object, vocabulary, idf_weights = NULL) {
  check_lookup(object)
  put_vocabulary(object, vocabulary, idf_weights, environment())
  invisible(object)
}

# As in Keras these are methods of the layer, too.
#' @export
layer_method.kestrel_layer_lookup <- function(layer, name) {
  switch(name,
    get_vocabulary = function(include_special_tokens = TRUE) get_vocabulary(layer,
      include_special_tokens),
    set_vocabulary = function(vocabulary, idf_weights = NULL) set_vocabulary(layer, vocabulary,
      idf_weights),
    vocabulary_size = function() length(get_vocabulary(layer)),
    adapt = function(data, ...) adapt(layer, data, ...)
  )
}

check_lookup <- function(object, arg = "object", call = caller_env()) {
  if (missing(object)) stop_missing(arg, call)
  if (inherits(object, "kestrel_layer_lookup")) return(check_intact(object, call))
  stop_argument(arg,
    "a layer_string_lookup(), layer_integer_lookup() or layer_text_vectorization()", object,
    call = call)
}

# What stands before the vocabulary: the mask only where codes come out.
special_tokens <- function(layer) {
  config <- layer_config(layer)
  c(if (config$output_mode == "int") config$mask_token,
    rep(config$oov_token, config$num_oov_indices))
}

# The special tokens may lead the vocabulary, as get_vocabulary() gives it.
put_vocabulary <- function(layer, vocabulary, idf_weights, call) {
  if (is_string(vocabulary) && utils::file_test("-f", vocabulary)) {
    vocabulary <- file_tokens(vocabulary, inherits(layer, "kestrel_layer_string_lookup"))
  }
  words <- as_tokens(layer, vocabulary, "vocabulary", "argument", call)
  special <- special_tokens(layer)
  if (length(special) && identical(words[seq_along(special)], special)) {
    words <- words[-seq_along(special)]
  }
  twice <- which(duplicated(words) | words %in% special)
  if (length(twice)) {
    stop_kestrel("argument",
      sprintf("`vocabulary` must hold each token once: %s stands in it again at %d.",
      format_token(words[twice[1]]),
      twice[1]), argument = "vocabulary", where = twice[1], call = call)
  }
  room <- layer_config(layer)$max_tokens
  if (!is.null(room) && length(words) + length(special) > room) {
    stop_argument("vocabulary", sprintf("at most %d tokens (`max_tokens` less %d)",
      room - length(special), length(special)), sprintf("%d tokens", length(words)), call = call)
  }
  weights <- check_idf(layer, idf_weights, length(words), length(special), call)
  check_same_width(layer, length(words) + length(special), call)
  state <- layer_state(layer)
  state$config$vocabulary <- words
  state$config$idf_weights <- weights
}

# One in each line. What is no number stays as it is, and is refused as one.
file_tokens <- function(path, strings) {
  lines <- readLines(path, warn = FALSE, encoding = "UTF-8")
  if (strings) lines else utils::type.convert(lines, as.is = TRUE)
}

# Layers after it in a model have weights for as many indicators as there were.
check_same_width <- function(layer, width, call) {
  state <- layer_state(layer)
  free <- is.null(state$home) && !length(state$calls)
  if (free || !state$built || has_fixed_width(layer)) return()
  if (width == lookup_width(layer)) return()
  stop_kestrel("state", sprintf("Layer \"%s\" is in a model, where it has %d indicators, not %d.",
    layer$name, lookup_width(layer),
    width), hint = "Learn the vocabulary before the layer joins a model.",
    call = call)
}

# A weight for each code: tokens without one of their own get the mean.
check_idf <- function(layer, x, words, special, call) {
  weighted <- layer_config(layer)$output_mode == "tf_idf"
  if (!weighted && is.null(x)) return(NULL)
  if (!weighted) {
    stop_argument("idf_weights", "NULL unless `output_mode` is \"tf_idf\"", x, call = call)
  }
  given <- x
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && all(is.finite(x)) &&
    length(x) %in% c(words, words + special)
  if (!good) {
    stop_argument("idf_weights", sprintf("finite numbers, one for each of %d tokens", words), given,
      call = call)
  }
  c(rep(mean(x), words + special - length(x)), as.double(x))
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
  seen <- adapt_tokens(layer, data, most, call)
  config <- layer_config(layer)
  words <- setdiff(seen$tokens, unlist(config[c("mask_token", "oov_token")]))
  if (!length(words)) {
    stop_kestrel("data", "`data` holds no tokens to learn.", argument = "data", call = call)
  }
  words <- sort(words, decreasing = TRUE, method = "radix")
  words <- words[order(-tabulate(match(seen$tokens, words), length(words)))]
  room <- (config$max_tokens %||% Inf) - length(special_tokens(layer))
  words <- words[seq_len(max(0, min(room, length(words))))]
  weights <- if (config$output_mode == "tf_idf") document_weights(words, seen)
  put_vocabulary(layer, words, weights, call)
}

# list(tokens, sample, n): all tokens of the data, and in which of n samples each is.
adapt_tokens <- function(layer, data, most, call) UseMethod("adapt_tokens")

#' @export
adapt_tokens.kestrel_layer_lookup <- function(layer, data, most, call) {
  if (is.factor(data)) data <- as.character(data)
  if (is.null(dim(data))) data <- cbind(data)
  if (NROW(data) > most) data <- data[seq_len(most), , drop = FALSE]
  tokens <- as_tokens(layer, data, "data", "data", call)
  list(tokens = tokens, sample = rep_len(seq_len(NROW(data)), length(tokens)), n = NROW(data))
}

document_weights <- function(words, seen) {
  pairs <- unique(data.frame(word = match(seen$tokens, words), sample = seen$sample))
  log(1 + seen$n / (1 + tabulate(pairs$word, length(words))))
}
