# Faults with a known cause, by the entry of diagnosis_catalogue() that should name it. Each is
# list(spoil, draw, accept, kind, bites):
#
# draw    makes the healthy recipe; spoil puts the fault into it
# accept  ids that name the cause: the entry's own, and those that say the same in other words
# kind    "fault", or "fact": what is no fault by itself, a note on what else is there
# bites   "misfit": the model must do clearly worse than its healthy twin, else the draw is made
#         anew; "always": the fault is in the data or the model whatever the loss; or a function
#         of model and recipe

entry <- function(spoil, task = NULL, accept = NULL, kind = "fault", bites = "misfit",
                  level = "standard", ...) {
  more <- list(...)
  draw <- function() do.call(draw_recipe, c(if (!is.null(task)) list(task = pick(task)), lapply(more, function(f) f())))
  list(spoil = spoil, draw = draw, accept = accept, kind = kind, bites = bites, level = level)
}

with_part <- function(r, ...) {
  parts <- list(...)
  r[names(parts)] <- parts
  r
}

hidden_of <- function(r) utils::head(which(vapply(r$layers, function(l) l$type == "dense", NA)), -1)

change_hidden <- function(r, ..., last = FALSE) {
  for (i in c(hidden_of(r), if (last) length(r$layers))) r$layers[[i]] <- with_part(r$layers[[i]], ...)
  r
}

change_last <- function(r, ...) {
  i <- length(r$layers)
  r$layers[[i]] <- with_part(r$layers[[i]], ...)
  r
}

# Rows in another order, x, y and truth together.
take_rows <- function(r, i) {
  r$x <- r$x[i, , drop = FALSE]
  r$y <- if (is.matrix(r$y)) r$y[i, , drop = FALSE] else r$y[i]
  r$truth <- r$truth[i, , drop = FALSE]
  r
}

new_targets <- function(r, y, truth = y) with_part(r, y = y, truth = as.matrix(truth))

as_codes <- function(r) with_part(r, y = max.col(r$truth) - 1, loss = "sparse_categorical_crossentropy")

as_one_hot <- function(r) with_part(r, y = r$truth, loss = "categorical_crossentropy")

regression <- "regression"
two <- "binary"
many <- "classes"

entries <- list(
  R1 = entry(function(r) {
    kind <- factor(sample(letters[1:3], nrow(r$x), TRUE))
    with_part(r, x = data.frame(r$x, kind = kind), refused = TRUE)
  }, bites = "always"),
  R2 = entry(function(r) with_part(as_codes(r), y = max.col(r$truth), refused = TRUE), many, bites = "always"),
  R3 = entry(function(r) with_part(r, x = matrix(t(r$x), nrow(r$x)))),
  R4 = entry(function(r) {
    r <- take_rows(r, order(r$truth[, 1], decreasing = pick(TRUE, FALSE)))
    with_part(r, fit = list(validation_split = pick(0.2, 0.3)))
  }, regression, kind = "fact", bites = "always"),
  R5 = entry(function(r) {
    r$x[, ncol(r$x)] <- seq_len(nrow(r$x))
    r
  }, kind = "fact", bites = "always"),
  R6 = entry(function(r) change_last(r, units = pick(2, 3, 10)), regression, bites = "always"),
  R7 = entry(function(r) with_part(r, x = scale(r$x)), kind = "fact", bites = "always"),
  R8 = entry(function(r) {
    x <- matrix(as.integer(round(1000 * r$x)), nrow(r$x))
    j <- sample(ncol(x), 1)
    suppressWarnings(x[, j] <- x[, j] * (1000L * abs(x[, j]) + 1000000L))
    if (!anyNA(x)) x[sample(nrow(x), 3), j] <- NA_integer_
    with_part(r, x = x, refused = TRUE)
  }, accept = "D3", kind = "fact", bites = "always"),
  R9 = entry(function(r) {
    r$x[, 1] <- suppressWarnings(log(r$x[, 1]))
    with_part(r, refused = TRUE)
  }, bites = "always"),
  R10 = entry(function(r) {
    r <- take_rows(r, order(r$truth[, 1]))
    with_part(r, x = r$x[sample(nrow(r$x)), , drop = FALSE])
  }, c(regression, two), accept = "D9"),
  D1 = entry(function(r) {
    i <- sample(sample(nrow(r$x), pick(10, 20)), nrow(r$x), TRUE)
    f <- r$truth[i, 1]
    y <- f + pick(0.7, 1) * rnorm(length(f))
    new_targets(with_part(r, x = r$x[i, , drop = FALSE], epochs = 300L), y)
  }, regression, bites = "always"),
  D2 = entry(function(r) {
    r$x[, 1] <- round(1e3 * r$x[, 1]) + pick(1e11, 4e10, 2e12)
    with_part(r, dtype = "float32")
  }, bites = "always"),
  D3 = entry(function(r) {
    if (runif(1) < 0.5) r$x[sample(length(r$x), 5)] <- NA else r$y[sample(length(r$y), 3)] <- NA
    with_part(r, refused = TRUE)
  }, c(regression, two), bites = "always"),
  D4 = entry(function(r) with_part(r, x = cbind(r$x, if (runif(1) < 0.5) 1 else r$x %*% rnorm(ncol(r$x)))),
    kind = "fact", bites = "always"),
  D5 = entry(function(r) new_targets(r, rep(if (r$task == two) pick(0, 1) else round(rnorm(1), 2), nrow(r$x))),
    c(regression, two), bites = "always"),
  D6 = entry(function(r) {
    s <- pick(1e3, 1e4, 1e5)
    with_part(r, x = sweep(r$x * s, 2, pick(0, 1, 10) * s * runif(ncol(r$x), 0.5, 1.5), "+"))
  }, c(regression, two), accept = "U2"),
  D7 = entry(function(r) {
    y <- r$y * pick(300, 1e3, 1e5) + pick(0, 5e3, 1e5)
    optimizer <- pick_from(list(optimizer_adam(pick(0.001, 0.01)), optimizer_sgd(0.01), optimizer_rmsprop(0.005)))
    new_targets(with_part(r, optimizer = optimizer), y)
  }, regression),
  D8 = entry(function(r) {
    y <- matrix(rbinom(length(r$truth), 1, 0.4), nrow(r$truth))
    for (j in seq_len(ncol(y))) y[, j] <- r$x[, (j - 1) %% ncol(r$x) + 1] + 0.2 * rnorm(nrow(y)) > 0
    new_targets(with_part(r, loss = "categorical_crossentropy"), y)
  }, many, bites = "always"),
  D9 = entry(function(r) {
    s <- pick(-8:-1, 1:8)
    n <- nrow(r$x)
    with_part(r, y = r$y[(seq_len(n) + s - 1) %% n + 1])
  }, c(regression, two), noise = function() 0.05, d = function() sample(2:3, 1)),
  D10 = entry(function(r) {
    i <- sample(nrow(r$truth), max(4, round(pick(0.04, 0.07) * nrow(r$truth))))
    r$y[i] <- 1 - r$y[i]
    r
  }, two, kind = "fact", bites = "always", d = function() 2, noise = function() 0),
  D11 = entry(function(r) {
    r <- as_codes(r)
    r <- take_rows(r, order(r$y))
    last <- mean(r$y == max(r$y))
    with_part(r, fit = list(validation_split = min(last + 0.02, 0.6)))
  }, many, bites = "always")
)
