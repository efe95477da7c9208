# Ways to fit one hidden layer of tanh units (nnet: of logistic ones, which make the same functions)
# and a linear output. Each is a function of x and y, both z-scored, the number of hidden units and
# the seed, that does one start of at most 200 iterations and gives the fitted values.

# Its weights end to end: the units' (k x hidden, by columns), their biases, the output's, its bias.
one_layer <- function(x, hidden) {
  k <- ncol(x)
  at <- list(w = seq_len(k * hidden), b = k * hidden + seq_len(hidden),
             v = (k + 1) * hidden + seq_len(hidden), c = (k + 2) * hidden + 1)
  units <- function(p) tanh(x %*% matrix(p[at$w], k) + rep(p[at$b], each = nrow(x)))
  list(
    n = (k + 2) * hidden + 1,
    value = function(p) drop(units(p) %*% p[at$v]) + p[at$c],
    slopes = function(p) {
      u <- units(p)
      d <- (1 - u^2) * rep(p[at$v], each = nrow(x))
      by_weight <- lapply(seq_len(hidden), function(j) x * d[, j])
      cbind(do.call(cbind, by_weight), d, u, 1)
    }
  )
}

# Starts of NNbenchmark for least squares solvers: normal with a deviation of 0.1. Both solvers are
# given the derivatives in closed form, which is faster than by their formula interfaces.
least_squares <- function(solve) {
  function(x, y, hidden, seed) {
    net <- one_layer(x, hidden)
    set.seed(seed)
    net$value(solve(rnorm(net$n, sd = 0.1), function(p) net$value(p) - y, net$slopes))
  }
}

nn_peers <- list(
  nlsr = least_squares(function(start, residuals, slopes) {
    jacobian <- function(p) {
      j <- slopes(p)
      attr(j, "gradient") <- j
      j
    }
    nlsr::nlfb(start, residuals, jacobian, control = list(jemax = 200, femax = 2000))$coefficients
  }),
  minpack.lm = least_squares(function(start, residuals, slopes) {
    control <- minpack.lm::nls.lm.control(maxiter = 200, maxfev = 20000)
    minpack.lm::nls.lm(start, fn = residuals, jac = slopes, control = control)$par
  }),
  brnn = function(x, y, hidden, seed) {
    set.seed(seed)
    predict(brnn::brnn(x, y, neurons = hidden, normalize = FALSE, epochs = 200, verbose = FALSE))
  },
  nnet = function(x, y, hidden, seed) {
    set.seed(seed)
    nnet::nnet(x, y, size = hidden, linout = TRUE, maxit = 200, trace = FALSE)$fitted.values
  },
  `validann, BFGS` = function(x, y, hidden, seed) validann_fit(x, y, hidden, seed, "BFGS"),
  `validann, L-BFGS-B` = function(x, y, hidden, seed) validann_fit(x, y, hidden, seed, "L-BFGS-B")
)

validann_fit <- function(x, y, hidden, seed, method) {
  set.seed(seed)
  fit <- validann::ann(x, as.matrix(y), size = hidden, act_hid = "tanh", act_out = "linear",
                       method = method, maxit = 200, trace = FALSE)
  predict(fit, x)
}

package_of <- function(peer) sub(",.*", "", peer)
