# Wording of structured errors and warnings. Every error says which argument, what it must
# be and what it was, and gives at most one hint. Classes go from narrow to wide:
# kestrel_error_shape < kestrel_error_argument < kestrel_error.

error_kinds <- list(
  argument = "argument",
  shape = c("shape", "argument"),
  data = c("data", "argument"),
  state = "state",
  callback = "callback",
  metric = c("metric", "callback"),
  loss = c("loss", "callback"),
  layer = c("layer", "callback"),
  numeric = "numeric",
  memory = "memory",
  file = "file"
)

# `message`: one sentence. Fields are for programs that catch the condition.
stop_kestrel <- function(kind, message, hint = NULL, argument = NULL, value = NULL,
                         expected = NULL, where = NULL, call = caller_env(), parent = NULL) {
  abort(
    c(message, i = hint),
    class = c(paste0("kestrel_error_", error_kinds[[kind]]), "kestrel_error"),
    argument = argument, value = value, expected = expected, hint = hint, where = where,
    call = call, parent = parent
  )
}

# "`units` must be a whole number from 1 on, not 2.5."
stop_argument <- function(arg, must, value, hint = NULL, kind = "argument", where = NULL,
                          call = caller_env()) {
  stop_kestrel(
    kind, sprintf("`%s` must be %s, not %s.", arg, must, describe(value)),
    hint = hint, argument = arg, value = shorten(value), expected = must, where = where,
    call = call
  )
}

stop_missing <- function(arg, call = caller_env()) {
  stop_kestrel("argument", sprintf("`%s` is missing.", arg), argument = arg, call = call)
}

# An unknown name: the nearest known one as the hint, else all of them.
stop_unknown <- function(arg, what, value, choices, call = caller_env()) {
  near <- nearest(value, choices)
  hint <- if (length(near)) {
    sprintf("Did you mean %s?", quote_names(near))
  } else {
    paste("Known names:", quote_names(choices))
  }
  stop_kestrel(
    "argument", sprintf("`%s` must name %s, not %s.", arg, what, describe(value)),
    hint = hint, argument = arg, value = shorten(value), expected = choices, call = call
  )
}

warn_kestrel <- function(kind, message, hint = NULL, ..., call = caller_env()) {
  warn(c(message, i = hint), class = c(paste0("kestrel_warning_", kind), "kestrel_warning"),
    ..., call = call)
}

# The choice that is close enough to be meant, or none.
nearest <- function(value, choices) {
  if (!is_string(value) || value == "" || !validUTF8(value) || !length(choices)) {
    return(character())
  }
  distance <- edits(small_letters(substr(value, 1, 100)), small_letters(choices))
  close <- distance <= max(1, nchar(value) / 3) & distance < nchar(value)
  utils::head(choices[close][order(distance[close])], 1)
}

# Letters changed, added or left out; two neighbours that changed places count once.
edits <- function(value, choices) {
  parts <- strsplit(value, "")[[1]]
  swapped <- vapply(seq_len(length(parts) - 1L), function(i) {
    parts[c(i, i + 1L)] <- parts[c(i + 1L, i)]
    paste(parts, collapse = "")
  }, "")
  costs <- utils::adist(c(value, swapped), choices) + c(0, rep(1, length(swapped)))
  apply(costs, 2, min)
}

# As in the C locale: tolower() makes no "i" of "I" in Turkish. What is no valid text stays.
small_letters <- function(x) {
  valid <- validEnc(x)
  x[valid] <- chartr(paste(LETTERS, collapse = ""), paste(letters, collapse = ""), x[valid])
  x
}

quote_names <- function(x) paste0('"', x, '"', collapse = ", ")

# A value in a few words, for "not ..." in a message.
describe <- function(x) {
  if (is.null(x)) return("NULL")
  if (is_model(x)) return("a model")
  if (is_layer(x)) return("a layer")
  if (is.object(x)) return(sprintf("an object of class %s", quote_names(class(x)[1])))
  if (is.function(x)) return("a function")
  if (is.atomic(x) && is.null(dim(x)) && length(x) == 1) return(describe_scalar(x))
  if (is.list(x)) return(sprintf("a list of length %d", length(x)))
  if (is.environment(x)) return("an environment")
  if (!is.null(dim(x))) {
    return(sprintf("%s array of %s", with_article(typeof(x)), paste(dim(x), collapse = " x ")))
  }
  if (is.atomic(x)) return(sprintf("%s vector of length %.0f", with_article(typeof(x)), length(x)))
  sprintf("an object of type %s", typeof(x))
}

with_article <- function(word) paste(if (grepl("^[aeiou]", word)) "an" else "a", word)

describe_scalar <- function(x) {
  if (is.character(x) && !is.na(x)) {
    if (nchar(x, "bytes") > 60) x <- paste0(substr(x, 1, 50), "...")
    return(encodeString(x, quote = '"'))
  }
  format(x, digits = 15)
}

# What is kept of a value in a condition: never the user's whole data.
shorten <- function(x) if (is.atomic(x) && length(unclass(x)) <= 10) x else describe(x)
