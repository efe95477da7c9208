# A default Adam network beside nnet on rows held out: Rscript bench/accuracy.R
#
# Data sets of R, MASS and mlbench; numeric inputs, scaled by the training rows. Ten random
# splits, a quarter of the rows held out, the same for both. kestrel: one hidden layer of 32 relu
# units, Adam as it comes, 100 epochs in batches of 32. nnet: `size` 10 and `decay` 0.01, 500
# iterations; also the best of two sizes and three decays by an inner split ("tuned").
# Writes bench/results/accuracy.csv, which the article "Accuracy beside nnet" shows.

library(kestrel)

numbers <- function(d) {
  x <- stats::model.matrix(~ . - 1, d)
  x[, apply(x, 2, stats::sd) > 0, drop = FALSE]
}

complete <- function(d) d[stats::complete.cases(d), , drop = FALSE]

from <- function(name, package) {
  place <- new.env()
  utils::data(list = name, package = package, envir = place)
  complete(as.data.frame(place[[name]]))
}

# list(x, y): y is a factor for classes.
split_columns <- function(d, target, drop = character()) {
  list(x = numbers(d[setdiff(names(d), c(target, drop))]), y = d[[target]])
}

sets <- list(
  Boston = function() split_columns(from("Boston", "MASS"), "medv"),
  quakes = function() split_columns(datasets::quakes, "mag"),
  cpus = function() {
    d <- from("cpus", "MASS")
    d$perf <- log(d$perf)
    split_columns(d, "perf", c("name", "estperf"))
  },
  Ozone = function() {
    d <- from("Ozone", "mlbench")
    d[] <- lapply(d, as.numeric)
    split_columns(d, "V4")
  },
  Pima = function() split_columns(rbind(from("Pima.tr", "MASS"), from("Pima.te", "MASS")), "type"),
  biopsy = function() split_columns(from("biopsy", "MASS"), "class", "ID"),
  Sonar = function() split_columns(from("Sonar", "mlbench"), "Class"),
  Vehicle = function() split_columns(from("Vehicle", "mlbench"), "Class"),
  Vowel = function() split_columns(from("Vowel", "mlbench"), "Class", "V1"),
  Glass = function() split_columns(from("Glass", "mlbench"), "Type")
)

# Training rows first; inputs and numbers to be learnt are scaled by them.
make_split <- function(set, seed) {
  set.seed(seed)
  n <- nrow(set$x)
  test <- sample(n, round(n / 4))
  centre <- colMeans(set$x[-test, ])
  spread <- pmax(apply(set$x[-test, ], 2, stats::sd), 1e-8)
  scaled <- sweep(sweep(set$x, 2, centre), 2, spread, "/")
  y <- if (is.factor(set$y)) set$y else (set$y - mean(set$y[-test])) / stats::sd(set$y[-test])
  list(x = scaled[-test, ], y = y[-test], x_test = scaled[test, ], y_test = y[test])
}

# Root mean squared error in standard deviations of y, or the share of wrong classes.
score <- function(p, y) {
  if (!is.factor(y)) return(sqrt(mean((p - y)^2)))
  mean(levels(y)[max.col(p, ties.method = "first")] != y)
}

by_kestrel <- function(s) {
  classes <- is.factor(s$y)
  model <- keras_model_sequential(input_shape = ncol(s$x)) %>%
    layer_dense(32, "relu") %>%
    layer_dense(if (classes) nlevels(s$y) else 1, if (classes) "softmax")
  model %>% compile(loss = if (classes) "sparse_categorical_crossentropy" else "mse", optimizer = "adam")
  model %>% fit(s$x, s$y, epochs = 100, verbose = 0)
  score(predict(model, s$x_test), s$y_test)
}

nnet_error <- function(x, y, x_test, y_test, size, decay) {
  target <- if (is.factor(y)) nnet::class.ind(y) else y
  fit <- nnet::nnet(x, target, size = size, decay = decay, softmax = is.factor(y), linout = !is.factor(y),
    maxit = 500, MaxNWts = 1e5, trace = FALSE)
  score(predict(fit, x_test), y_test)
}

by_nnet <- function(s, size = 10, decay = 0.01) nnet_error(s$x, s$y, s$x_test, s$y_test, size, decay)

by_tuned_nnet <- function(s) {
  grid <- expand.grid(size = c(3, 10), decay = c(0.01, 0.1, 1))
  inner <- sample(nrow(s$x), round(nrow(s$x) / 4))
  y <- s$y
  errors <- mapply(function(size, decay) {
    nnet_error(s$x[-inner, ], y[-inner], s$x[inner, ], y[inner], size, decay)
  }, grid$size, grid$decay)
  best <- grid[which.min(errors), ]
  by_nnet(s, best$size, best$decay)
}

compare <- function(name, splits = 10) {
  set <- sets[[name]]()
  errors <- sapply(seq_len(splits), function(seed) {
    s <- make_split(set, seed)
    c(kestrel = by_kestrel(s), nnet = by_nnet(s), tuned = by_tuned_nnet(s))
  })
  mean_of <- rowMeans(errors)
  gap <- errors["nnet", ] - errors["kestrel", ]
  data.frame(set = name, task = if (is.factor(set$y)) sprintf("%d classes", nlevels(factor(set$y))) else "numbers",
    rows = nrow(set$x), inputs = ncol(set$x), kestrel = mean_of[["kestrel"]], nnet = mean_of[["nnet"]],
    nnet_tuned = mean_of[["tuned"]], gap = mean(gap), se = stats::sd(gap) / sqrt(splits),
    gap_tuned = mean(errors["tuned", ] - errors["kestrel", ]),
    se_tuned = stats::sd(errors["tuned", ] - errors["kestrel", ]) / sqrt(splits), row.names = NULL)
}

table <- do.call(rbind, lapply(names(sets), compare))
print(format(table, digits = 3), row.names = FALSE)
table[-(1:4)] <- signif(table[-(1:4)], 4)
write.csv(table, "bench/results/accuracy.csv", row.names = FALSE)
