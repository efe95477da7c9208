# The twelve data sets of the package NNbenchmark, as far as they can be had: three are NIST's,
# three are published functions of inputs drawn here. The others were not published apart from the
# package, which has left CRAN; instead there are substitutes, marked by a star, of the same size,
# with the same number of hidden units, and of the kind that its help pages describe. So numbers
# of starred sets are not those of NNbenchmark's own.

# One point in each of n slices of every input, between `low` and `high`.
latin_hypercube <- function(n, k, low, high) {
  low + (high - low) * (replicate(k, sample(n)) - matrix(runif(n * k), n)) / n
}

curved <- function(x) {
  4 * (x[, 1] - 2 + 8 * x[, 2] - 8 * x[, 2]^2)^2 + (3 - 4 * x[, 2])^2 +
    16 * sqrt(x[, 3] + 1) * (2 * x[, 3] - 1)^2
}

friedman <- function(x) {
  10 * sin(pi * x[, 1] * x[, 2]) + 20 * (x[, 3] - 0.5)^2 + 10 * x[, 4] + 5 * x[, 5]
}

ishigami <- function(x) sin(x[, 1]) + 7 * sin(x[, 2])^2 + 0.1 * x[, 3]^4 * sin(x[, 1])

three_tanh <- function(x) tanh(3 * x + 4) - 1.5 * tanh(4 * x) + tanh(3 * x - 4)

damped <- function(x) exp(-2 * x) * sin(2 * pi * (x + 2 * x^2))

pair_product <- function(x) tanh(x[, 1] - x[, 2]) + 0.5 * x[, 3] * x[, 4]

# Five inputs of which two pairs are nearly the same.
related <- function(n) {
  x <- matrix(rnorm(3 * n), n)
  cbind(x, x[, 1] + 0.1 * rnorm(n), x[, 2] + 0.1 * rnorm(n))
}

nn_sets <- function() {
  set.seed(20100522)
  grid <- seq(-2, 2, length.out = 51)
  unit <- seq(0, 1, length.out = 51)
  set <- function(hidden, x, y) list(hidden = hidden, x = as.matrix(x), y = y)
  of <- function(hidden, f, x, noise = 0) set(hidden, x, f(x) + noise * rnorm(NROW(x)))
  nist <- function(hidden, name) {
    data <- get(data(list = name, package = "NISTnls", envir = environment()))
    set(hidden, data$x, data$y)
  }
  list(
    mDette = of(5, curved, latin_hypercube(500, 3, 0, 1)),
    mFriedman = of(5, friedman, latin_hypercube(500, 5, 0, 1)),
    mIshigami = of(10, ishigami, latin_hypercube(500, 3, -pi, pi)),
    `mRef153*` = of(3, pair_product, related(153), 0.2),
    `uDmod1*` = of(6, damped, unit, 0.05),
    `uDmod2*` = of(5, function(x) damped(0.8 * x), unit, 0.05),
    `uDreyfus1*` = set(3, grid, round(three_tanh(grid), 4)),
    `uDreyfus2*` = of(3, three_tanh, grid, 0.1),
    uGauss1 = nist(5, "Gauss1"), uGauss2 = nist(4, "Gauss2"), uGauss3 = nist(4, "Gauss3"),
    `uNeuroOne*` = of(3, function(x) sin(2 * x) / (1 + x^2), grid, 0.05)
  )
}
