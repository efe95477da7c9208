# Peers that are R packages, each in its fastest documented form. A peer is a function of a
# workload and its data that returns a job (see timing.R), or NULL where it cannot do it.
# All of them compute in float64.

r_jobs <- function(w, data) {
  here <- Filter(function(name) requireNamespace(name, quietly = TRUE), names(r_peers))
  jobs <- lapply(setNames(here, here), function(name) r_peers[[name]](w, data))
  lapply(Filter(Negate(is.null), jobs), silent)
}

# What some of them print in spite of all goes nowhere.
silent <- function(job) {
  function(times) {
    sink(nullfile())
    on.exit(sink())
    job(times)
  }
}

# Results of rows that were left out are supplied: times are linear in rows.
scaled <- function(job, w) function(times) job(times) / w$share

fits <- function(w, rows) if (w$task == "fit") part_of(w, rows)

first_rows <- function(data, rows) {
  list(x = data$x[seq_len(rows), , drop = FALSE], y = data$y[seq_len(rows)])
}

one_hot <- function(codes, k) outer(codes, seq_len(k) - 1, "==") * 1

# BFGS on all rows, one hidden layer of logistic units; an epoch is one iteration. Few points
# are fitted exactly after some tens of iterations; with a trace of weight decay it goes on for
# some thousand, and then begins again at other weights until `times` iterations are done.
nnet_peer <- function(w, data) {
  if (w$task != "fit" || length(w$widths) != 3 || w$rows > 1000) return(NULL)
  start <- function(seed, trace) nnet_fit(w, data, seed, trace, decay = 1e-8)
  iterations <- vapply(1:20, function(seed) nnet_iterations(start(seed, TRUE)), 0)
  function(times) {
    repeats <- rep_len(iterations, ceiling(times / mean(iterations)) + length(iterations))
    enough <- which(cumsum(repeats) >= times)[1]
    seeds <- rep_len(seq_along(iterations), enough)
    timed(for (seed in seeds) start(seed, FALSE)) * times / sum(repeats[seq_len(enough)])
  }
}

nnet_fit <- function(w, data, seed, trace, decay = 0) {
  set.seed(seed)
  nnet::nnet(data$x, data$y, size = w$widths[2], linout = TRUE, maxit = 10000, abstol = -1,
             reltol = 0, decay = decay, trace = trace)
}

# nnet tells how many iterations it did only by printing every tenth.
nnet_iterations <- function(fit) {
  said <- capture.output(fit)
  tens <- grep("^iter", said, value = TRUE)
  if (length(tens)) as.numeric(sub("^iter *([0-9]+) .*", "\\1", tail(tens, 1))) else 1
}

amore_peer <- function(w, data) {
  w <- fits(w, 20000)
  if (is.null(w) || w$classes) return(NULL)
  data <- first_rows(data, w$rows)
  hidden <- if (w$activation == "linear") "purelin" else "tansig"
  net <- AMORE::newff(w$widths, 1e-6, 0, error.criterium = "LMS", hidden.layer = hidden,
                      output.layer = "purelin", method = "BATCHgdwm")
  scaled(function(times) {
    timed(AMORE::train(net, data$x, matrix(data$y), error.criterium = "LMS", report = FALSE,
                       show.step = times, n.shows = 1))
  }, w)
}

neuralnet_peer <- function(w, data) {
  w <- fits(w, 1000)
  if (is.null(w) || w$classes || length(w$widths) != 3) return(NULL)
  frame <- data.frame(data$x, y = data$y)
  scaled(function(times) {
    timed(suppressWarnings(neuralnet::neuralnet(
      y ~ ., frame, hidden = hidden_of(w), stepmax = times, threshold = 0, act.fct = "tanh"
    )))
  }, w)
}

rsnns_peer <- function(w, data) {
  w <- fits(w, 20000)
  if (is.null(w) || w$classes) return(NULL)
  data <- first_rows(data, w$rows)
  scaled(function(times) {
    timed(RSNNS::mlp(data$x, data$y, size = hidden_of(w), maxit = times, linOut = TRUE,
                     learnFuncParams = c(1e-4, 0)))
  }, w)
}

deepnet_peer <- function(w, data) {
  w <- fits(w, 2560)
  if (is.null(w) || w$activation == "linear" || max(w$widths) > 1000) return(NULL)
  data <- first_rows(data, w$rows)
  y <- if (w$classes) one_hot(data$y, tail(w$widths, 1)) else matrix(data$y)
  scaled(function(times) {
    timed(deepnet::nn.train(data$x, y, hidden = hidden_of(w), activationfun = "tanh",
      output = if (w$classes) "softmax" else "linear", learningrate = 1e-4, numepochs = times,
      batchsize = min(w$batch, w$rows)))
  }, w)
}

ann2_peer <- function(w, data) {
  w <- fits(w, 2560)
  if (is.null(w) || w$activation == "linear") return(NULL)
  data <- first_rows(data, w$rows)
  scaled(function(times) {
    timed(ANN2::neuralnetwork(data$x, data$y, hidden.layers = hidden_of(w),
      regression = !w$classes, standardize = FALSE, activ.functions = w$activation,
      loss.type = if (w$classes) "log" else "squared", optim.type = "adam", learn.rates = 1e-3,
      n.epochs = times, batch.size = min(w$batch, w$rows), val.prop = 0, verbose = FALSE))
  }, w)
}

r_peers <- list(nnet = nnet_peer, AMORE = amore_peer, neuralnet = neuralnet_peer,
                RSNNS = rsnns_peer, deepnet = deepnet_peer, ANN2 = ann2_peer)
