# Networks in plain R that take complex weights: the derivative of L along v is Im L(w + ihv) / h,
# without cancellation (Squire and Trapp 1998). Where there are kinks, the real part chooses the
# side. Samples are rows, or the first dim.

pick <- function(test, yes, no) {
  no <- rep_len(no, length(test))
  at <- which(test)
  no[at] <- rep_len(yes, length(test))[at]
  no[is.na(test)] <- NaN
  array(no, dim(test))
}
size_of <- function(z) pick(Re(z) < 0, -z, z)
above <- function(z, low) pick(Re(z) > low, z, low)
below <- function(z, high) pick(Re(z) < high, z, high)
clipped <- function(z, low, high) below(above(z, low), high)
sigmoid_of <- function(z) 1 / (1 + exp(-z))
softplus_of <- function(z) log(1 + exp(z))
softmax_of <- function(z) exp(z) / rowSums(exp(z))
# Of a number with an imaginary part near 0: its first two terms.
erf_of <- function(z) {
  value <- 2 * pnorm(Re(z) * sqrt(2)) - 1
  if (is.complex(z)) value + 1i * Im(z) * 2 / sqrt(pi) * exp(-Re(z)^2) else value
}

# z: a matrix; h: hyperparameters by name.
gradient_activations <- list(
  linear = function(z, h) z,
  relu = function(z, h) above(z, 0),
  relu6 = function(z, h) clipped(z, 0, 6),
  leaky_relu = function(z, h) pick(Re(z) > 0, z, h[["negative_slope"]] * z),
  thresholded_relu = function(z, h) pick(Re(z) > h[["theta"]], z, 0),
  threshold = function(z, h) pick(Re(z) > h[["threshold"]], z, h[["default_value"]]),
  elu = function(z, h) pick(Re(z) > 0, z, h[["alpha"]] * (exp(z) - 1)),
  selu = function(z, h) {
    1.0507009873554805 * pick(Re(z) > 0, z, 1.6732632423543772 * (exp(z) - 1))
  },
  celu = function(z, h) pick(Re(z) > 0, z, h[["alpha"]] * (exp(z / h[["alpha"]]) - 1)),
  gelu = function(z, h) z * (1 + erf_of(z / sqrt(2))) / 2,
  silu = function(z, h) z * sigmoid_of(z),
  mish = function(z, h) z * tanh(softplus_of(z)),
  squareplus = function(z, h) (z + sqrt(z^2 + h[["b"]])) / 2,
  softplus = function(z, h) softplus_of(z),
  softsign = function(z, h) z / (1 + size_of(z)),
  exponential = function(z, h) exp(z),
  sigmoid = function(z, h) sigmoid_of(z),
  log_sigmoid = function(z, h) -softplus_of(-z),
  tanh = function(z, h) tanh(z),
  tanh_shrink = function(z, h) z - tanh(z),
  hard_sigmoid = function(z, h) clipped(z / 6 + 0.5, 0, 1),
  hard_silu = function(z, h) z * clipped(z / 6 + 0.5, 0, 1),
  hard_tanh = function(z, h) clipped(z, -1, 1),
  hard_shrink = function(z, h) pick(abs(Re(z)) > h[["threshold"]], z, 0),
  soft_shrink = function(z, h) {
    t <- h[["threshold"]]
    pick(Re(z) > t, z - t, pick(Re(z) < -t, z + t, 0))
  },
  sparse_plus = function(z, h) pick(Re(z) <= -1, 0, pick(Re(z) < 1, (z + 1)^2 / 4, z)),
  sparse_sigmoid = function(z, h) clipped((z + 1) / 2, 0, 1),
  softmax = function(z, h) softmax_of(z),
  log_softmax = function(z, h) log(softmax_of(z)),
  # The nearest point of the simplex (Martins and Astudillo 2016).
  sparsemax = function(z, h) {
    for (i in seq_len(nrow(z))) {
      s <- sort(Re(z[i, ]), decreasing = TRUE)
      k <- max(which(1 + seq_along(s) * s > cumsum(s)))
      kept <- Re(z[i, ]) >= s[k]
      z[i, ] <- ifelse(kept, z[i, ] - (sum(z[i, kept]) - 1) / k, 0)
    }
    z
  },
  glu = function(z, h) {
    half <- seq_len(ncol(z) / 2)
    z[, half, drop = FALSE] * sigmoid_of(z[, -half, drop = FALSE])
  }
)

eps <- 1e-7
normed <- function(x) x / sqrt(above(matrix(rowSums(x^2)), 1e-12)[, 1])
shares_clipped <- function(y) clipped(y / rowSums(y), eps, 1 - eps)

# f(t, y): a number for each sample, or one for all; `head`: the activation before it; `y`: what
# its targets are.
gradient_losses <- list(
  mean_squared_error = list(y = "numbers", f = function(t, y) rowMeans((y - t)^2)),
  mean_absolute_error = list(y = "numbers", f = function(t, y) rowMeans(size_of(y - t))),
  mean_absolute_percentage_error = list(y = "numbers", f = function(t, y) {
    100 * rowMeans(size_of(y - t) / pmax(abs(t), eps))
  }),
  mean_squared_logarithmic_error = list(y = "positive", head = "softplus", f = function(t, y) {
    rowMeans((log(above(y, eps) + 1) - log(pmax(t, eps) + 1))^2)
  }),
  huber = list(y = "numbers", f = function(t, y) {
    e <- size_of(y - t)
    rowMeans(pick(Re(e) <= 1, e^2 / 2, e - 0.5))
  }),
  log_cosh = list(y = "numbers", f = function(t, y) rowMeans(log(cosh(y - t)))),
  hinge = list(y = "signs", f = function(t, y) rowMeans(above(1 - t * y, 0))),
  squared_hinge = list(y = "signs", f = function(t, y) rowMeans(above(1 - t * y, 0)^2)),
  categorical_hinge = list(y = "one_hot", f = function(t, y) {
    other <- (1 - t) * y
    top <- other[cbind(seq_len(nrow(y)), max.col(Re(other), "first"))]
    above(matrix(top - rowSums(t * y) + 1), 0)
  }),
  kl_divergence = list(y = "shares", head = "softmax", f = function(t, y) {
    rowSums(t * log(t / clipped(y, eps, 1)))
  }),
  poisson = list(y = "positive", head = "softplus", f = function(t, y) rowMeans(y - t * log(y + eps))),
  cosine_similarity = list(y = "numbers", f = function(t, y) -rowSums(normed(t) * normed(y))),
  binary_crossentropy = list(y = "bits", head = "sigmoid", f = function(t, y) {
    p <- clipped(y, eps, 1 - eps)
    -rowMeans(t * log(p) + (1 - t) * log(1 - p))
  }),
  categorical_crossentropy = list(y = "one_hot", head = "softmax", f = function(t, y) {
    -rowSums(t * log(shares_clipped(y)))
  }),
  sparse_categorical_crossentropy = list(y = "codes", head = "softmax", f = function(t, y) {
    -log(shares_clipped(y)[cbind(seq_along(t), t + 1)])
  }),
  binary_focal_crossentropy = list(y = "bits", head = "sigmoid", f = function(t, y) {
    p <- clipped(y, eps, 1 - eps)
    of_t <- t * y + (1 - t) * (1 - y)
    -rowMeans((1 - of_t)^2 * (t * log(p) + (1 - t) * log(1 - p)))
  }),
  categorical_focal_crossentropy = list(y = "one_hot", head = "softmax", f = function(t, y) {
    p <- shares_clipped(y)
    -rowSums(0.25 * (1 - p)^2 * t * log(p))
  }),
  categorical_generalized_cross_entropy = list(y = "codes", head = "softmax", f = function(t, y) {
    (1 - sqrt(above(matrix(y[cbind(seq_along(t), t + 1)]), 0))) / 0.5
  }),
  dice = list(y = "bits", head = "sigmoid", f = function(t, y) {
    1 - 2 * sum(t * y) / (sum(t) + sum(y) + eps)
  }),
  tversky = list(y = "bits", head = "sigmoid", f = function(t, y) {
    both <- sum(t * y)
    1 - both / (both + 0.5 * sum((1 - t) * y) + 0.5 * sum(t * (1 - y)) + eps)
  })
)

gradient_targets <- function(kind, n, k) {
  numbers <- matrix(rnorm(n * k), n)
  switch(kind, numbers = numbers, positive = exp(numbers), signs = sign(numbers),
    bits = (numbers > 0) * 1, shares = softmax_of(numbers), codes = max.col(numbers) - 1,
    one_hot = diag(k)[max.col(numbers), ])
}

# Rows of a matrix that stands for an array of samples, and back: the last dim runs fastest.
flat <- function(x) matrix(aperm(x, c(1, rev(seq_along(dim(x))[-1]))), nrow(x))
unflat <- function(m, dims) {
  aperm(array(m, c(nrow(m), rev(dims))), c(1, rev(seq_along(dims)) + 1))
}
steps_with <- function(x, f) aperm(apply(x, c(1, 3), f), c(2, 1, 3))
standard <- function(x, epsilon) {
  x <- x - rowMeans(x)
  x / sqrt(rowMeans(x^2) + epsilon)
}

# make(): the layer; dims of its input; f(x, w): the same in plain R, w its weights, x a list of
# two for layers that merge; `fixed`: weights that are not trained.
layer_case <- function(make, dims, f, fixed = integer(), ...) {
  list(make = make, dims = dims, f = f, fixed = fixed, ...)
}
same <- function(x, w) x

gradient_layers <- list(
  activation = layer_case(function() layer_activation_elu(alpha = 0.5), 6, function(x, w) {
    gradient_activations$elu(x, c(alpha = 0.5))
  }),
  dense = layer_case(function() layer_dense(units = 3), 6, function(x, w) {
    x %*% w[[1]] + rep(w[[2]], each = nrow(x))
  }),
  add = layer_case(layer_add, 4, function(x, w) x[[1]] + x[[2]]),
  subtract = layer_case(layer_subtract, 4, function(x, w) x[[1]] - x[[2]]),
  multiply = layer_case(layer_multiply, 4, function(x, w) x[[1]] * x[[2]]),
  average = layer_case(layer_average, 4, function(x, w) (x[[1]] + x[[2]]) / 2),
  maximum = layer_case(layer_maximum, 4, function(x, w) pick(Re(x[[1]]) > Re(x[[2]]), x[[1]], x[[2]])),
  minimum = layer_case(layer_minimum, 4, function(x, w) pick(Re(x[[1]]) < Re(x[[2]]), x[[1]], x[[2]])),
  concatenate = layer_case(layer_concatenate, 4, function(x, w) cbind(x[[1]], x[[2]])),
  dot = layer_case(function() layer_dot(axes = 1), 4, function(x, w) cbind(rowSums(x[[1]] * x[[2]]))),
  batch_normalization = layer_case(layer_batch_normalization, 4, function(x, w) {
    each <- function(v) rep(v, each = nrow(x))
    each(w[[1]]) * (x - each(w[[3]])) / sqrt(each(w[[4]]) + 1e-3) + each(w[[2]])
  }, fixed = 3:4),
  layer_normalization = layer_case(layer_layer_normalization, 4, function(x, w) {
    standard(x, 1e-3) * rep(w[[1]], each = nrow(x)) + rep(w[[2]], each = nrow(x))
  }),
  group_normalization = layer_case(function() layer_group_normalization(groups = 2), 6, function(x, w) {
    cbind(standard(x[, 1:3], 1e-3), standard(x[, 4:6], 1e-3)) * rep(w[[1]], each = nrow(x)) +
      rep(w[[2]], each = nrow(x))
  }),
  rms_normalization = layer_case(function() layer_rms_normalization(epsilon = 1e-3), 4, function(x, w) {
    x / sqrt(rowMeans(x^2) + 1e-3) * rep(w[[1]], each = nrow(x))
  }),
  unit_normalization = layer_case(layer_unit_normalization, 4, function(x, w) normed(x)),
  normalization = layer_case(function() layer_normalization(mean = 0.5, variance = 4), 4,
    function(x, w) (x - 0.5) / 2),
  parametric_relu = layer_case(layer_activation_parametric_relu, 4, function(x, w) {
    above(x, 0) + rep(w[[1]], each = nrow(x)) * below(x, 0)
  }),
  rescaling = layer_case(function() layer_rescaling(scale = 2, offset = 1), 4, function(x, w) 2 * x + 1),
  dropout = layer_case(function() layer_dropout(rate = 0.3), 4, same),
  alpha_dropout = layer_case(function() layer_alpha_dropout(rate = 0.3), 4, same),
  gaussian_dropout = layer_case(function() layer_gaussian_dropout(rate = 0.3), 4, same),
  gaussian_noise = layer_case(function() layer_gaussian_noise(stddev = 0.3), 4, same),
  spatial_dropout = layer_case(function() layer_spatial_dropout_1d(rate = 0.3), c(4, 3), same),
  flatten = layer_case(layer_flatten, c(4, 3), function(x, w) flat(x)),
  reshape = layer_case(function() layer_reshape(target_shape = c(2, 6)), c(4, 3), function(x, w) {
    unflat(flat(x), c(2, 6))
  }),
  permute = layer_case(function() layer_permute(dims = c(2, 1)), c(4, 3), function(x, w) aperm(x, c(1, 3, 2))),
  repeat_vector = layer_case(function() layer_repeat_vector(n = 3), 4, function(x, w) {
    aperm(array(x, c(dim(x), 3)), c(1, 3, 2))
  }),
  average_pooling = layer_case(layer_average_pooling_1d, c(4, 3), function(x, w) {
    steps_with(x, function(v) c(v[1] + v[2], v[3] + v[4]) / 2)
  }),
  max_pooling = layer_case(layer_max_pooling_1d, c(4, 3), function(x, w) {
    top <- function(a, b) if (Re(a) > Re(b)) a else b
    steps_with(x, function(v) c(top(v[1], v[2]), top(v[3], v[4])))
  }),
  global_average_pooling = layer_case(layer_global_average_pooling_1d, c(4, 3), function(x, w) {
    apply(x, c(1, 3), sum) / 4
  }),
  global_max_pooling = layer_case(layer_global_max_pooling_1d, c(4, 3), function(x, w) {
    apply(x, c(1, 3), function(v) v[which.max(Re(v))])
  }),
  cropping = layer_case(function() layer_cropping_1d(cropping = c(1, 1)), c(4, 3), function(x, w) {
    x[, 2:3, , drop = FALSE]
  }),
  padding = layer_case(function() layer_zero_padding_1d(padding = c(2, 1)), c(4, 3), function(x, w) {
    steps_with(x, function(v) c(0, 0, v, 0))
  }),
  embedding = layer_case(function() layer_embedding(input_dim = 5, output_dim = 2), 3, function(x, w) {
    aperm(array(w[[1]][as.vector(x) + 1, ], c(dim(x), 2)), 1:3)
  }, codes = 5),
  masking = layer_case(layer_masking, c(4, 3), same),
  category_encoding = layer_case(function() layer_category_encoding(num_tokens = 5, output_mode = "count"), 3,
    function(x, w) t(apply(x, 1, function(v) tabulate(v + 1, 5))), codes = 5),
  discretization = layer_case(function() layer_discretization(bin_boundaries = c(0.5, 2.5)), 3,
    function(x, w) matrix(findInterval(x, c(0.5, 2.5)), nrow(x)), codes = 5)
)

# The layer, after a dense one (two for layers that merge, none for those that read codes), then
# a dense layer with the activation, then one with the activation `head`. With head "none" the
# output is that of the activation itself.
gradient_network <- function(layer, activation, head = "linear") {
  x <- layer_input(shape = layer$dims, dtype = "float64")
  made <- layer$make()
  before <- if (!is.null(layer$codes)) x else if (is_merging(made)) {
    list(layer_dense(x, layer$dims), layer_dense(x, layer$dims))
  } else {
    layer_dense(x, tail(layer$dims, 1))
  }
  h <- made(before)
  if (length(dim(h)) > 2) h <- layer_flatten(h)
  h <- layer_dense(h, 6, activation = activation)
  if (head != "none") h <- layer_dense(h, 3, activation = head)
  own <- length(get_weights(made))
  after <- if (head == "none") 2 else 4
  model <- keras_model(x, h)
  n <- length(get_weights(model))
  list(model = model, layer = layer, activation = activation, head = head, own = own,
    first = n - after - own + 1, fixed = n - after - own + layer$fixed)
}

# Other weights; variances are positive.
redraw <- function(network) {
  weights <- lapply(get_weights(network$model), function(w) array(runif(length(w), -0.5, 0.5), dim(w)))
  weights[network$fixed] <- lapply(weights[network$fixed], exp)
  set_weights(network$model, weights)
}

# The loss in plain R of weights w, a list as get_weights() gives it. `first`: place of the first
# of the layer's own weights: 5 after two dense layers, 3 after one, else 1.
gradient_loss <- function(network, loss, w, x, y) {
  dense <- function(x, i) {
    z <- flat_last(x) %*% w[[i]]
    array(z + rep(w[[i + 1]], each = nrow(z)), c(dim(x)[-length(dim(x))], ncol(w[[i]])))
  }
  before <- switch(as.character(network$first), "1" = x, "3" = dense(x, 1), "5" = list(dense(x, 1), dense(x, 3)))
  h <- network$layer$f(before, w[network$first + seq_len(network$own) - 1])
  if (length(dim(h)) > 2) h <- flat(h)
  at <- network$first + network$own
  h <- activated(dense(h, at), network$activation)
  if (network$head != "none") h <- activated(dense(h, at + 2), network$head)
  mean(gradient_losses[[loss]]$f(y, h))
}

# All but the last dim as rows.
flat_last <- function(x) matrix(x, ncol = dim(x)[length(dim(x))])

activated <- function(z, name) {
  row <- registry_row("activations", name)
  h <- stats::setNames(as_activation(name)$choice$h, names(row$hparams))
  gradient_activations[[name]](z, h)
}

# The loss and its gradient at new weights, on new data.
gradient_case <- function(network, loss, n = 4, training = FALSE) {
  redraw(network)
  layer <- network$layer
  size <- n * prod(layer$dims)
  x <- array(if (is.null(layer$codes)) rnorm(size) else sample(layer$codes, size, TRUE) - 1, c(n, layer$dims))
  y <- gradient_targets(gradient_losses[[loss]]$y, n, tail(unlist(network$model$output_shape), 1))
  suppressWarnings({
    compile(network$model, loss = loss, optimizer = "sgd")
    f <- new_objective(network$model, x, y, training = training, seed = 8)
  })
  case <- list(x = x, y = y, f = f, gradient = objective_gradient(f), value = objective_value(f))
  case$size <- max(sqrt(sum(case$gradient^2)), 1e-3 * abs(case$value), 1e-6)
  v <- rnorm(length(case$gradient))
  case$v <- v / sqrt(sum(v^2))
  case$slope <- sum(case$gradient * case$v)
  case
}

# Is the loss finite, and smooth around the weights? Differences of two steps agree there.
is_far_from_kinks <- function(case) {
  if (!is.finite(case$value)) return(FALSE)
  slopes <- vapply(c(1e-3, 5e-4), function(h) objective_slope(case$f, case$v, objective_value, h), 0)
  isTRUE(abs(slopes[1] - slopes[2]) < 1e-10 * case$size)
}

# Along a random direction, in which an error of any weight's derivative shows.
difference_error <- function(case) {
  abs(case$slope - objective_slope(case$f, case$v, objective_value, 5e-4)) / case$size
}

complex_error <- function(case, network, loss) {
  w <- get_weights(network$model)
  trained <- setdiff(seq_along(w), network$fixed)
  w[trained] <- Map(`+`, w[trained], relist(1e-20i * case$v, w[trained]))
  abs(case$slope - Im(gradient_loss(network, loss, w, case$x, case$y)) / 1e-20) / case$size
}

# A case at a point away from kinks, if there is one.
smooth_case <- function(...) {
  for (try in 1:20) {
    case <- gradient_case(...)
    if (is_far_from_kinks(case)) break
  }
  case
}

# Errors of the value, and of the gradient by differences and by complex steps, relative to the
# value and to the norm of the gradient (at least a thousandth of the value); at a point away
# from kinks. NULL: plain R has no finite value either, as for the logarithm of outputs below 0.
gradient_errors <- function(network, loss) {
  case <- smooth_case(network, loss)
  value <- suppressWarnings(gradient_loss(network, loss, get_weights(network$model), case$x, case$y))
  if (!is.finite(value) && !is.finite(case$value)) return(NULL)
  c(value = abs(value - case$value) / max(abs(value), 1e-3), difference = difference_error(case),
    complex = complex_error(case, network, loss))
}

# The head that goes with a loss.
head_of <- function(loss) gradient_losses[[loss]]$head %||% "linear"
