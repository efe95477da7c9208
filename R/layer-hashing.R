#' Codes of words and numbers by hashing
#'
#' Each token, a word or a whole number, becomes a code from 0 to `num_bins - 1`: its fingerprint
#' modulo `num_bins`. It needs no vocabulary; different tokens may get the same code. The codes are
#' those of Keras: of a word (in UTF-8) or of a number written out in digits (without what follows
#' the point), the fingerprint is FarmHash's 64 bits, or with a `salt` those of SipHash-2-4.
#'
#' In a model the layer takes numbers, or reads an input of strings,
#' `layer_input(1, dtype = "string")`.
#'
#' @inheritParams layer_dense
#' @param num_bins how many codes there are.
#' @param mask_value a token that gets the code 0, which then is no other's; `NULL` for none.
#' @param salt a whole number from 0 on, or two of them: the key of the hash.
#' @param output_mode `"int"` for codes; `"one_hot"`, `"multi_hot"` or `"count"` for indicators, as
#'   in [layer_category_encoding()].
#' @param sparse accepted, without effect: indicators are the same numbers, in an ordinary array.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad settings; `kestrel_error_data` for what is
#'   neither words nor numbers, and for missing ones.
#' @source Keras: `keras.layers.Hashing`. FarmHash: <https://github.com/google/farmhash>; J.-P.
#'   Aumasson and D. J. Bernstein, SipHash: a fast short-input PRF, INDOCRYPT 2012.
#' @family preprocessing layers
#' @examples
#' layer <- layer_hashing(num_bins = 3)
#' layer(cbind(c("A", "B", "C", "D", "E")))
#' layer_hashing(num_bins = 3, output_mode = "count")(rbind(0:4))
#' @export
layer_hashing <- function(object, num_bins, mask_value = NULL, salt = NULL, output_mode = "int",
                          sparse = FALSE, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(without_code_type(list(...)), input_shape, name)
  config <- list(
    num_bins = check_count(num_bins), mask_value = check_token(mask_value), salt = check_salt(salt),
    output_mode = check_encoding(output_mode, others = "int")
  )
  check_sparse_mode(sparse, output_mode)
  compose_layer(object, "hashing", config, options)
}

check_token <- function(x, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  if (is.null(x) || is_string(x)) return(x)
  if (is_number(x) && x == trunc(x)) return(as.double(x))
  stop_argument(arg, "a string or a whole number", x, call = call)
}

check_salt <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  force(arg)
  given <- x
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && length(x) %in% 1:2 && all(is.finite(x)) &&
    all(x >= 0) && all(x == trunc(x)) && all(x < 2^63)
  if (good) return(rep_len(as.double(x), 2))
  stop_argument(arg, "one or two whole numbers from 0 on", given, call = call)
}

#' @export
call_layer.kestrel_layer_hashing <- function(layer, x, training = NULL, ..., call = caller_env()) {
  if (missing(x)) stop_missing("x", call)
  check_dots(Filter(Negate(is.null), list(...)), c("x", "training"), call)
  if (is_model(x) || is_symbolic(x)) return(NextMethod())
  dims <- if (is.data.frame(x) || !is.null(dim(x))) dim(x) else c(length(x), 1L)
  hash_tokens(layer, array(as_words_or_numbers(x, call), dims), call)
}

as_words_or_numbers <- function(x, call) {
  given <- x
  if (is.data.frame(x)) x <- as.matrix(x)
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  if (is.factor(x)) x <- as.character(x)
  numbers <- is.numeric(x) && !is.object(x) && all(is.finite(x))
  if (length(x) && (numbers || is.character(x) && !anyNA(x))) return(as.vector(x))
  stop_argument("x", "words or numbers, none missing", given, kind = "data", call = call)
}

hash_tokens <- function(layer, x, call) {
  config <- layer_config(layer)
  encode_codes(string_codes(layer, x, call), config$num_bins, config$output_mode)
}

#' @export
string_codes.kestrel_layer_hashing <- function(layer, x, call) {
  config <- layer_config(layer)
  masked <- masked_tokens(config, x, call)
  words <- if (is.character(x)) x else sprintf("%.0f", trunc(x) + 0)
  codes <- array(engine_hash(words, config$num_bins - !is.null(masked), config$salt), dim(x))
  if (!is.null(masked)) codes[] <- ifelse(masked, 0, codes + 1)
  codes
}

# Which tokens are the mask; NULL: no code is kept for it.
masked_tokens <- function(config, x, call) {
  mask <- config$mask_value
  if (is.null(mask) || config$num_bins == 1) return(NULL)
  if (is.character(mask) == is.character(x)) return(x == mask)
  stop_argument("x",
    if (is.character(mask)) "words, as `mask_value` is" else "numbers, as `mask_value` is",
    x, kind = "data", call = call)
}

encode_codes <- function(codes, tokens, mode) {
  if (mode == "int") return(codes)
  spec <- layer_spec(list(free_node(encoding_node(tokens, mode))), sample_dims(codes), "float64")
  n <- sample_count(codes)
  engine_predict(spec, double(), data_arrays(list(codes)), max(n, 1L), FALSE, 0, 1L)[[1]]
}

#' @export
code_node.kestrel_layer_hashing <- function(layer, input) {
  config <- layer_config(layer)
  codes_as(config$output_mode, config$num_bins)
}

# In a model R hashes numbers batch by batch, strings as soon as they come in.
#' @export
layer_nodes.kestrel_layer_hashing <- function(layer, input) {
  config <- layer_config(layer)
  list(data_node(layer, encoded_dims(input, config$num_bins, config$output_mode), hash_tokens))
}

# A node that R makes of numbers, make(layer, x, call); no gradient comes back from it.
data_node <- function(layer, output, make) {
  outside_node(output, run = function(x, w, training, call) {
    list(y = make(layer, plain(x[[1]]), call))
  }, label = sprintf("layer \"%s\"", layer$name))
}

encoded_dims <- function(input, tokens, mode) {
  if (mode == "int") return(input)
  last <- length(input)
  if (mode == "one_hot" && input[last] > 1) return(c(input, tokens))
  c(input[-last], tokens)
}
