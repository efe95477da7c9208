# Dense networks in plain R: what the engine is compared with. A network is a list of layers
# list(w = inputs x units, b = units, f = name of the activation); samples are rows. All of it
# also takes complex weights, so that Im L(w + ih) / h is the derivative without cancellation.

reference_activations <- list(
  linear = list(f = function(z) z, d = function(z, a) 1 + 0 * a),
  tanh = list(f = tanh, d = function(z, a) 1 - a^2),
  sigmoid = list(f = function(z) 1 / (1 + exp(-z)), d = function(z, a) a * (1 - a)),
  softplus = list(f = function(z) log(1 + exp(z)), d = function(z, a) 1 / (1 + exp(-z))),
  swish = list(
    f = function(z) z / (1 + exp(-z)),
    d = function(z, a) (1 + exp(-z) * (1 + z)) / (1 + exp(-z))^2
  ),
  relu = list(f = function(z) z * (z > 0), d = function(z, a) 1 * (z > 0)),
  elu = list(
    f = function(z) ifelse(z > 0, z, exp(z) - 1), d = function(z, a) ifelse(z > 0, 1, exp(z))
  ),
  softmax = list(f = function(z) exp(z) / rowSums(exp(z)))
)

# One number per row, and its gradient by y.
reference_losses <- list(
  mse = list(
    v = function(t, y) rowMeans((y - t)^2), d = function(t, y) 2 * (y - t) / ncol(y)
  ),
  mae = list(
    v = function(t, y) rowMeans(abs(y - t)), d = function(t, y) sign(y - t) / ncol(y)
  ),
  huber = list(
    v = function(t, y) rowMeans(ifelse(abs(y - t) <= 1, (y - t)^2 / 2, abs(y - t) - 0.5)),
    d = function(t, y) pmax(pmin(y - t, 1), -1) / ncol(y)
  ),
  poisson = list(
    v = function(t, y) rowMeans(y - t * log(y + 1e-7)),
    d = function(t, y) (1 - t / (y + 1e-7)) / ncol(y)
  ),
  binary_crossentropy = list(
    v = function(t, y) rowMeans(-t * log(y) - (1 - t) * log(1 - y)),
    d = function(t, y) (y - t) / (y * (1 - y)) / ncol(y)
  ),
  categorical_crossentropy = list(
    v = function(t, y) -rowSums(t * log(y)), d = function(t, y) -t / y
  )
)

random_network <- function(sizes, activations) {
  lapply(seq_along(activations), function(l) {
    w <- matrix(rnorm(sizes[l] * sizes[l + 1]) / sqrt(sizes[l]), sizes[l])
    list(w = w, b = rnorm(sizes[l + 1]) / 2, f = activations[l])
  })
}

# list(x, z, a) for each layer: its input, sum and output.
reference_forward <- function(net, x) {
  Reduce(function(before, layer) {
    z <- before$a %*% layer$w + rep(layer$b, each = nrow(before$a))
    list(x = before$a, z = z, a = reference_activations[[layer$f]]$f(z))
  }, net, list(a = x), accumulate = TRUE)[-1]
}

reference_predict <- function(net, x) reference_forward(net, x)[[length(net)]]$a

# list(dx, dw): gradients of L by x and by w1, b1, w2, b2, ..., for dy = dL/dy.
reference_backward <- function(net, x, dy) {
  pass <- reference_forward(net, x)
  dw <- list()
  for (l in rev(seq_along(net))) {
    p <- pass[[l]]
    dz <- if (net[[l]]$f == "softmax") {
      p$a * (dy - rowSums(dy * p$a))
    } else {
      dy * reference_activations[[net[[l]]$f]]$d(p$z, p$a)
    }
    dw <- c(list(t(p$x) %*% dz, colSums(dz)), dw)
    dy <- dz %*% t(net[[l]]$w)
  }
  list(dx = dy, dw = dw)
}

reference_weights <- function(net) {
  unlist(lapply(net, function(l) list(l$w, l$b)), recursive = FALSE)
}

with_weights <- function(net, weights) {
  for (l in seq_along(net)) net[[l]][c("w", "b")] <- weights[2 * l - 1:0]
  net
}

# Steps of the optimizers: (gradient, state, number of the step) to list(step, state).
reference_sgd <- function(lr, momentum = 0, nesterov = FALSE) function(g, state, k) {
  v <- momentum * (state %||% 0) - lr * g
  list(step = if (nesterov) momentum * v - lr * g else v, state = v)
}

reference_adam <- function(lr, beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7) function(g, state, k) {
  m <- beta_1 * (state$m %||% 0) + (1 - beta_1) * g
  v <- beta_2 * (state$v %||% 0) + (1 - beta_2) * g^2
  rate <- lr * sqrt(1 - beta_2^k) / (1 - beta_1^k)
  list(step = -rate * m / (sqrt(v) + epsilon), state = list(m = m, v = v))
}

# Batches in the order of the rows; the loss of an epoch is the mean over its samples.
reference_train <- function(net, x, y, loss, optimizer, epochs, batch_size, weight = NULL) {
  n <- nrow(x)
  weight <- weight %||% rep(1, n)
  batches <- split(seq_len(n), (seq_len(n) - 1) %/% batch_size)
  states <- vector("list", 2 * length(net))
  losses <- numeric(epochs)
  step <- 0
  for (epoch in seq_len(epochs)) for (rows in batches) {
    t <- y[rows, , drop = FALSE]
    out <- reference_predict(net, x[rows, , drop = FALSE])
    losses[epoch] <- losses[epoch] + sum(weight[rows] * loss$v(t, out)) / n
    dy <- loss$d(t, out) * weight[rows] / length(rows)
    g <- reference_backward(net, x[rows, , drop = FALSE], dy)$dw
    step <- step + 1
    new <- Map(optimizer, g, states, step)
    net <- with_weights(net, Map(function(w, u) w + u$step, reference_weights(net), new))
    states <- lapply(new, `[[`, "state")
  }
  list(net = net, losses = losses)
}

# The same network as a model of the package.
reference_model <- function(net, dtype = "float64") {
  model <- keras_model_sequential(input_shape = nrow(net[[1]]$w), dtype = dtype)
  for (l in net) model %>% layer_dense(ncol(l$w), activation = l$f)
  set_weights(model, reference_weights(net))
}

# Relative to the largest number; for lists the worst of them counts.
relative_error <- function(actual, expected) {
  if (is.list(expected)) {
    if (length(actual) != length(expected)) return(Inf)
    return(max(mapply(relative_error, actual, expected)))
  }
  if (length(actual) != length(expected)) return(Inf)
  max(abs(as.vector(actual) - as.vector(expected))) / max(abs(expected), 1e-300)
}

expect_near <- function(actual, expected, tolerance) {
  error <- relative_error(actual, expected)
  expect(isTRUE(error <= tolerance),
    sprintf("Relative error %.3g above %.3g.", error, tolerance))
}
