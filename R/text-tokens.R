# From texts to tokens: standardized, split, and joined to runs of several.

text_steps <- function(standardize, split, ngrams, call = caller_env()) {
  list(
    standardize = check_step(standardize, standardizations, "standardize", call),
    split = check_step(split, c("whitespace", "character"), "split", call),
    ngrams = check_ngrams(ngrams, call)
  )
}

standardizations <- c("lower_and_strip_punctuation", "lower", "strip_punctuation")

check_step <- function(x, choices, arg, call) {
  if (is.null(x) || is.function(x)) return(x)
  check_choice(x, choices, "one of its steps, or be a function or NULL", arg = arg, call = call)
}

# The lengths of runs.
check_ngrams <- function(x, call) {
  if (is.null(x)) return(NULL)
  given <- x
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && length(x) > 0 && all(is.finite(x)) &&
    all(x == trunc(x)) && all(x >= 1) && all(x <= .Machine$integer.max)
  if (!good) stop_argument("ngrams", "NULL or whole numbers from 1 on", given, call = call)
  as.integer(x)
}

# x: an array of strings. The tokens of each sample.
text_tokens <- function(config, x, call) {
  check_text_dims(config, sample_dims(x), call)
  n <- sample_count(x)
  texts <- enc2utf8(as.vector(check_valid_text(x, call)))
  texts <- standardize_texts(config$standardize, texts, call)
  tokens <- if (!is.null(config$split)) split_texts(config$split, texts, call) else {
    unname(split(texts, rep_len(seq_len(n), length(texts))))
  }
  if (is.null(config$ngrams)) tokens else lapply(tokens, join_tokens, run_lengths(config$ngrams))
}

check_text_dims <- function(config, dims, call) {
  if (length(dims) == 1 && (is.null(config$split) || dims == 1)) return(invisible(dims))
  stop_kestrel("shape", sprintf("Texts must have shape (n, 1)%s, not %s.",
    if (is.null(config$split)) ", or (n, k) for k tokens" else "", shape_text(dims)),
    hint = if (!is.null(config$split)) "split = NULL takes each column as a token.", argument = "x",
    value = dims, call = call)
}

check_valid_text <- function(x, call) {
  bad <- which(!validEnc(x))
  if (!length(bad)) return(x)
  stop_kestrel("data", sprintf("`x` must be valid text: string %d is not.", bad[1]),
    hint = "iconv() makes UTF-8 of other text.", argument = "x", where = bad[1], call = call)
}

standardize_texts <- function(how, x, call) {
  if (is.function(how)) return(check_made(own_text(how, x, "standardize", call), x, call))
  if (is.null(how)) return(x)
  if (how != "strip_punctuation") x <- small_letters(x)
  if (how != "lower") x <- gsub(ascii_punctuation, "", x, perl = TRUE)
  x
}

ascii_punctuation <- "[!\"#$%&'()*+,./:;<=>?@\\[\\\\\\]^_`{|}~-]"

split_texts <- function(how, x, call) {
  if (is.function(how)) return(check_split(own_text(how, x, "split", call), x, call))
  if (how == "character") return(strsplit(x, ""))
  lapply(strsplit(x, "[ \t\n\v\f\r]+", perl = TRUE), function(tokens) tokens[nzchar(tokens)])
}

own_text <- function(fn, x, arg, call) {
  own_call(fn, list(x), sprintf("function `%s`", arg), "callback", call, NULL)
}

check_made <- function(y, x, call) {
  good <- is.character(y) && length(y) == length(x) && !anyNA(y)
  if (good) return(as.vector(y))
  stop_kestrel("callback", sprintf(
    "Function `standardize` must return a character vector of length %d, a string for each text, not %s.",
    length(x), describe(y)), argument = "standardize", value = shorten(y), call = call)
}

check_split <- function(y, x, call) {
  good <- is.list(y) && !is.object(y) && length(y) == length(x) &&
    all(vapply(y, function(tokens) is.character(tokens) && !anyNA(tokens), NA))
  if (good) return(unname(y))
  stop_kestrel("callback", sprintf(
    "Function `split` must return a list of length %d, a character vector for each text, not %s.",
    length(x), describe(y)), hint = "strsplit() gives such a list.", argument = "split",
    value = shorten(y), call = call)
}

run_lengths <- function(ngrams) if (length(ngrams) == 1) seq_len(ngrams) else ngrams

ngram_count <- function(k, ngrams) {
  if (is.null(ngrams)) k else sum(pmax(0, k - run_lengths(ngrams) + 1))
}

# All runs of each length, those of the first length first.
join_tokens <- function(tokens, lengths) {
  runs <- lapply(lengths, function(k) {
    first <- seq_len(max(0, length(tokens) - k + 1))
    do.call(paste, lapply(seq_len(k) - 1, function(i) tokens[first + i]))
  })
  unlist(runs)
}
