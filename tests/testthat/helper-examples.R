# Scripts that R keras users know from its guides, tutorials and books, unchanged but for the
# library line and the source of their data, which come with R or are made here.

# The script runs from a known seed and prints nothing while it trains.
local_script <- function(seed = 1, env = parent.frame()) {
  set.seed(seed)
  withr::local_options(keras.fit_verbose = 0, kestrel.diagnose = FALSE, .local_envir = env)
}

falls <- function(x) x[length(x)] < x[1]

# Texts as vectors of codes, as dataset_imdb() and dataset_reuters() give them: codes below `start`
# mark begin and unknown words; each class prefers words of its own.
made_texts <- function(n, classes, num_words, words = 12:40, start = 4) {
  y <- rep_len(seq_len(classes) - 1L, n)
  own <- seq.int(start, num_words - 1L)
  prefers <- split(own, rep_len(sample(classes), length(own)))
  x <- lapply(y, function(k) {
    size <- sample(words, 1)
    common <- sample(own, size, replace = TRUE)
    c(1L, ifelse(runif(size) < 0.3, sample(prefers[[k + 1]], size, replace = TRUE), common))
  })
  list(x = x, y = y)
}

# list(train = list(x, y), test = list(x, y)), as all dataset_*() do.
train_and_test <- function(data, n_test) {
  rows <- sample(length(data$y))
  part <- function(i) list(x = take_rows(data$x, i), y = data$y[i])
  list(train = part(rows[-seq_len(n_test)]), test = part(rows[seq_len(n_test)]))
}

take_rows <- function(x, i) {
  if (is.null(dim(x))) return(x[i])
  if (length(dim(x)) == 2) x[i, , drop = FALSE] else x[i, , , drop = FALSE]
}
