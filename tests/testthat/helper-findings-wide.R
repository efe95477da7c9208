# A wider draw than random_finding_case(): every loss, activation (with any settings) and optimizer;
# graphs of several inputs and outputs, shared layers, merges and skips; codes, steps and masks;
# normalizations, penalties and constraints; class weights, validation rows; data that are constant,
# collinear, repeated, huge, out of a loss' domain, or refused.

random_wide_case <- function(seed) {
  set.seed(seed)
  kind <- sample(names(wide_kinds), 1)
  if (kind == "masks") return(masked_finding_case(seed))
  n <- sample(4:16, 1)
  parts <- wide_kinds[[kind]](n, sample(c("float64", "float64", "float32"), 1))
  losses <- lapply(seq_len(if (runif(1) < 0.2) 2 else 1), function(i) wide_loss())
  ends <- lapply(losses, function(loss) wide_end(wide_stack(parts$tensor), loss))
  model <- keras_model(one_or_list(parts$inputs), one_or_list(ends))
  for (layer in model$layers) if (runif(1) < 0.1) layer$trainable <- FALSE
  suppressWarnings(compile(model, loss = losses, optimizer = wide_optimizer(),
    loss_weights = lapply(losses, function(loss) sample(c(1, 1, 3, 0.2), 1))))
  random_start(model)
  x <- one_or_list(lapply(parts$x, wide_inputs))
  y <- one_or_list(lapply(seq_along(losses), function(o) wide_targets(n, model, o, losses[[o]])))
  w <- if (runif(1) < 0.25 && length(losses) == 1) c(1, round(runif(n - 1, 0, 3), 1))
  given <- list(model = model, x = x, y = y, w = w)
  if (runif(1) < 0.3) given$classes <- wide_class_weight(y)
  if (runif(1) < 0.7) train_given(given, sample(c(1, 5, 60, 300), 1))
  if (runif(1) < 0.1) given$validation <- list(x, y)
  if (runif(1) < 0.05) given <- spoilt(given)
  given
}

masked_finding_case <- function(seed) {
  given <- random_masked_case(seed)
  if (runif(1) < 0.6) train_given(given, sample(c(1, 5, 60), 1))
  given
}

# Functions of the number of rows and the precision: list(inputs: tensors, x: arrays, tensor: what goes on).
wide_kinds <- list(
  stack = function(n, type) one_input(n, type, sample(3, 1)),
  steps = function(n, type) one_input(n, type, c(sample(3, 1), sample(2, 1))),
  codes = function(n, type) {
    parts <- coded_input(n, type, sample(3, 1))
    parts$tensor <- layer_embedding(parts$tensor, 4, sample(3, 1), embeddings_regularizer = random_penalty())
    parts
  },
  one_hot = function(n, type) {
    parts <- coded_input(n, type, 1)
    parts$tensor <- layer_category_encoding(parts$tensor, num_tokens = 4, output_mode = "one_hot")
    parts
  },
  two = function(n, type) {
    a <- one_input(n, type, sample(3, 1))
    b <- one_input(n, type, sample(3, 1))
    width <- sample(3, 1)
    joined(a, b, layer_dense(a$tensor, width, wide_activation()), layer_dense(b$tensor, width, wide_activation()))
  },
  shared = function(n, type) {
    d <- sample(3, 1)
    a <- one_input(n, type, d)
    b <- one_input(n, type, d)
    both <- layer_dense(units = sample(3, 1), activation = wide_activation(), use_bias = runif(1) < 0.7)
    joined(a, b, both(a$tensor), both(b$tensor))
  },
  skip = function(n, type) {
    parts <- one_input(n, type, sample(3, 1))
    parts$tensor <- merged(parts$tensor, layer_dense(parts$tensor, ncol(parts$x[[1]]), wide_activation()))
    parts
  },
  masks = NULL
)

one_input <- function(n, type, shape) {
  tensor <- layer_input(shape, dtype = type)
  list(inputs = list(tensor), x = list(random_inputs(n, shape)), tensor = tensor)
}

coded_input <- function(n, type, count) {
  tensor <- layer_input(count, dtype = type)
  list(inputs = list(tensor), x = list(matrix(sample(0:3, n * count, TRUE), n)), tensor = tensor)
}

joined <- function(a, b, left, right) {
  list(inputs = c(a$inputs, b$inputs), x = c(a$x, b$x), tensor = merged(left, right))
}

merged <- function(left, right) {
  merge <- sample(list(layer_add, layer_subtract, layer_multiply, layer_average, layer_maximum, layer_minimum,
    layer_concatenate, function(inputs) layer_dot(inputs, axes = 1, normalize = runif(1) < 0.3)), 1)[[1]]
  merge(list(left, right))
}

wide_stack <- function(tensor) {
  for (i in seq_len(sample(0:3, 1))) {
    tensor <- if (runif(1) < 0.7) wide_dense(tensor) else sample(wide_layers, 1)[[1]](tensor)
  }
  several <- length(tensor$shape) > 2
  if (several && runif(1) < 0.8) {
    tensor <- sample(list(layer_flatten, layer_global_average_pooling_1d, layer_global_max_pooling_1d), 1)[[1]](tensor)
  }
  tensor
}

wide_dense <- function(tensor) {
  layer_dense(tensor, sample(4, 1), wide_activation(), use_bias = runif(1) < 0.8, kernel_regularizer = wide_penalty(),
    bias_regularizer = random_penalty(), kernel_constraint = wide_constraint(),
    activity_regularizer = if (runif(1) < 0.05) regularizer_l2(0.1),
    kernel_initializer = sample(c("glorot_uniform", "glorot_uniform", "zeros", "ones"), 1))
}

wide_layers <- list(
  function(x) layer_batch_normalization(x, center = runif(1) < 0.8, scale = runif(1) < 0.8),
  function(x) layer_layer_normalization(x),
  function(x) layer_group_normalization(x, groups = 1),
  function(x) layer_rms_normalization(x),
  function(x) layer_unit_normalization(x),
  function(x) layer_dropout(x, 0.3),
  function(x) layer_gaussian_noise(x, 0.5),
  function(x) layer_gaussian_dropout(x, 0.3),
  function(x) layer_alpha_dropout(x, 0.3),
  function(x) layer_activity_regularization(x, l2 = 0.01),
  function(x) layer_activation(x, wide_activation()),
  function(x) layer_activation_parametric_relu(x),
  function(x) layer_rescaling(x, 2, -1),
  function(x) layer_identity(x)
)

wide_activation <- function() {
  if (runif(1) < 0.3) return("linear")
  if (runif(1) < 0.3) return("relu")
  name <- sample(setdiff(registry("activations")$name, "glu"), 1)
  some <- function(...) sample(c(...), 1)
  switch(name,
    relu = activation_relu(negative_slope = some(0, 0, 0.2, 2, -1), threshold = some(0, 0.5, -0.5),
      max_value = if (runif(1) < 0.5) 1),
    leaky_relu = activation_leaky_relu(negative_slope = some(0.2, 0, 3, -0.5)),
    elu = activation_elu(alpha = some(1, 0.5, 2, -1)),
    celu = activation_celu(alpha = some(1, 0.3, 2)),
    gelu = activation_gelu(approximate = runif(1) < 0.5),
    squareplus = activation_squareplus(b = some(0, 4)),
    hard_shrink = activation_hard_shrink(threshold = some(0, 0.5, 1)),
    soft_shrink = activation_soft_shrink(threshold = some(0, 0.5, 1)),
    threshold = activation_threshold(threshold = some(0, 1, -1), default_value = some(0, 2, -2)),
    thresholded_relu = activation_thresholded_relu(theta = some(0, 1, -1)),
    name
  )
}

wide_penalty <- function() {
  if (runif(1) < 0.1) sample(list(regularizer_l1_l2(0.1, 0.1), regularizer_orthogonal(0.1), regularizer_l2(0.1)), 1)[[1]]
}

wide_constraint <- function() {
  if (runif(1) < 0.03) constraint_minmaxnorm(0.5, 1) else random_constraint()
}

wide_loss <- function() {
  loss <- if (runif(1) < 0.3) loss_mean_squared_error() else random_loss()
  if (runif(1) < 0.05) attr(loss, "fields")$reduction <- "none"
  loss
}

wide_end <- function(tensor, loss) {
  own <- loss_absorbs(loss)
  end <- if (!is.na(own) && runif(1) < 0.5) own else {
    if (runif(1) < 0.4) wide_activation() else sample(c("linear", "softmax", "sigmoid", "relu", "tanh"), 1)
  }
  tensor <- layer_dense(tensor, sample(c(1, 1, 2, 3), 1), end, use_bias = runif(1) < 0.8,
    kernel_constraint = random_constraint(), kernel_regularizer = wide_penalty())
  if (runif(1) < 0.05) layer_activation(tensor, wide_activation()) else tensor
}

wide_optimizer <- function() {
  if (runif(1) < 0.5) return(random_optimizer())
  rate <- 10^runif(1, -3, -1)
  own <- list(optimizer_adamw, optimizer_adamax, optimizer_nadam, optimizer_lion, optimizer_ftrl, optimizer_adadelta,
    optimizer_lamb, optimizer_adafactor, optimizer_muon, optimizer_rprop,
    function(rate) optimizer_sgd(rate, momentum = 0.9, nesterov = TRUE), function(rate) optimizer_sgd(rate, clipnorm = 0.1),
    function(rate) optimizer_adam(rate, use_ema = TRUE), function(rate) optimizer_adam(rate, amsgrad = TRUE),
    function(rate) optimizer_lbfgs(), function(rate) optimizer_levenberg_marquardt())
  sample(own, 1)[[1]](rate)
}

# Columns that say nothing, or nothing new, or too much.
wide_inputs <- function(x) {
  if (length(dim(x)) > 2 || all(x %in% 0:3)) return(x)
  d <- ncol(x)
  switch(sample(8, 1),
    x[, d] <- x[1, d],
    x[, d] <- 2 * x[, 1] + 1,
    x[] <- x[c(1, seq_len(nrow(x) - 1)), ] * (1 + 1e-9 * rnorm(length(x))),
    x[, 1] <- x[, 1] + 1e6,
    x[, 1] <- seq_len(nrow(x)),
    x[] <- 0
  )
  x
}

wide_targets <- function(n, model, o, loss) {
  y <- random_targets(n, list(output_shape = list(NULL, model_outputs(model)[[o]])), loss)
  if (takes_codes(loss)) return(y)
  switch(sample(10, 1),
    y[] <- y[1],
    y[1] <- 1e6,
    y[] <- -abs(y),
    y[] <- array(y, c(n, length(y) / n))[, 1],
    y[] <- 0
  )
  y
}

# Of all classes that there are, where these are codes, one column of 0 and 1, or indicators.
wide_class_weight <- function(y) {
  if (is.list(y) || length(dim(y)) != 2 || !all(y %in% 0:9)) return(NULL)
  classes <- if (ncol(y) == 1) sort(unique(as.vector(y))) else {
    if (!all(rowSums(y) == 1) || max(y) > 1) return(NULL)
    seq_len(ncol(y)) - 1
  }
  stats::setNames(as.list(runif(length(classes), 0.1, 3)), classes)
}

# Data that fit() must refuse.
spoilt <- function(given) {
  given$clean <- given[c("x", "y")]
  part <- if (runif(1) < 0.5) "x" else "y"
  bad <- sample(c(NA, NaN, Inf, -Inf), 1)
  if (is.list(given[[part]])) given[[part]][[1]][1] <- bad else given[[part]][1] <- bad
  given
}
