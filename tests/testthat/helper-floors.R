# A compiled model of dense layers: `units` and `activations` by layer.
floor_model <- function(input, units, activations = "linear", loss = "mse", bias = TRUE, ...) {
  model <- keras_model_sequential(input_shape = input, ...)
  activations <- rep_len(activations, length(units))
  bias <- rep_len(bias, length(units))
  for (i in seq_along(units)) {
    layer_dense(model, units[i], activation = activations[i], use_bias = bias[i])
  }
  compile(model, loss = loss)
  model
}

# Other weights, of any size.
shake <- function(model, scale = 1) {
  set_weights(model, lapply(get_weights(model), function(w) {
    w[!is.finite(w)] <- 0
    w + scale * rnorm(length(w))
  }))
  model
}

data_loss <- function(model, ...) {
  evaluate(model, ..., batch_size = 1e6, verbose = 0)[["loss"]]
}

founding <- list(x = c(-1, 0, 1), y = c(-0.2445248, 0.1232554, 0.1713998))

expect_certified <- function(floor, model, ...) {
  expect_true(verify_certificate(attr(floor, "certificate"), floor_problem(model, ...)))
}

# Random models, data and weights: list(model, x, y, w) with few rows, of which some are equal.
random_case <- function(seed) {
  set.seed(seed)
  n <- sample(2:12, 1)
  loss <- random_loss()
  model <- random_layers(loss)
  x <- random_inputs(n, unlist(model$input_shape))
  suppressWarnings(compile(model, loss = loss, optimizer = optimizer_adam(10^runif(1, -3, 0)),
    loss_weights = sample(c(1, 3), 1)))
  y <- random_targets(n, model, loss)
  w <- if (runif(1) < 0.4) pmax(round(runif(n, -0.3, 3), 1), 0)
  if (!is.null(w) && !any(w > 0)) w[1] <- 1
  list(model = model, x = x, y = y, w = w)
}

random_loss <- function() {
  name <- sample(c(registry("losses")$name, "mean_squared_error", "binary_crossentropy",
    "categorical_crossentropy", "mean_absolute_error"), 1)
  make <- loss_makers()[[name]]
  settings <- list(reduction = sample(c("sum_over_batch_size", "sum", "mean_with_sample_weight"), 1))
  if (grepl("crossentropy", name)) settings$from_logits <- runif(1) < 0.3
  smooth <- grepl("^binary|^categorical_(focal_)?cross", name) && runif(1) < 0.3
  if (smooth) settings$label_smoothing <- round(runif(1), 1)
  if (name == "huber") settings$delta <- 10^runif(1, -2, 1)
  do.call(make, settings)
}

random_activation <- function() {
  names <- setdiff(registry("activations")$name, "glu")
  sample(c(rep("linear", 25), "relu", "relu", "tanh", "sigmoid", names), 1)
}

random_layers <- function(loss) {
  shape <- if (runif(1) < 0.15) c(2L, sample(2, 1)) else sample(3, 1)
  model <- keras_model_sequential(input_shape = shape,
    dtype = sample(c("float64", "float64", "float32"), 1))
  for (i in seq_len(sample(0:3, 1))) {
    layer_dense(model, sample(4, 1), random_activation(), use_bias = runif(1) < 0.7)
    if (runif(1) < 0.1) layer_dropout(model, 0.3)
    if (runif(1) < 0.1) layer_batch_normalization(model)
    if (runif(1) < 0.1) layer_activation(model, random_activation())
    if (runif(1) < 0.1) layer_flatten(model)
  }
  last <- loss_absorbs(loss)
  if (is.na(last) || runif(1) < 0.4) last <- random_activation()
  layer_dense(model, sample(3, 1), last, use_bias = runif(1) < 0.7)
  model
}

random_inputs <- function(n, shape) {
  x <- matrix(if (runif(1) < 0.5) rnorm(n * prod(shape)) else sample(-1:1, n * prod(shape), TRUE), n)
  x <- x[sample(n, n, replace = runif(1) < 0.5), , drop = FALSE]
  if (runif(1) < 0.1) x <- x * 10^runif(1, -6, 6)
  array(x, c(n, shape))
}

random_targets <- function(n, model, loss) {
  output <- unlist(model$output_shape)
  k <- output[length(output)]
  count <- n * prod(output)
  if (takes_codes(loss)) {
    dims <- c(n, if (length(output) > 1) output[-length(output)] else 1)
    return(array(sample(k, prod(dims), TRUE) - 1, dims))
  }
  kind <- if (grepl("cross|hinge|dice|tversky", loss$record)) "class" else "any"
  if (runif(1) < 0.25) kind <- sample(c("class", "share", "any"), 1)
  if (loss$record == "poisson" && runif(1) < 0.9) kind <- "count"
  values <- switch(kind,
    class = if (k > 1 && runif(1) < 0.7) indicator_rows(n * prod(output) / k, k) else sample(0:1, count, TRUE),
    share = round(runif(count), 1),
    count = rpois(count, 2),
    any = round(rnorm(count) * 10^runif(1, -2, 2), sample(1:5, 1))
  )
  array(values, c(n, output))
}

indicator_rows <- function(n, k) as.vector(diag(k)[sample(k, n, TRUE), , drop = FALSE])

# The loss of all samples as one batch, in double; `steps` of training first.
random_loss_value <- function(case, steps) {
  model <- case$model
  train <- function() fit(model, case$x, case$y, sample_weight = case$w, epochs = steps, batch_size = 100, verbose = 0)
  # Solvers do not take every loss.
  solver <- is_solver(model_state(model)$compiled$optimizer)
  if (steps > 0) if (solver) tryCatch(train(), kestrel_error = function(e) NULL) else train()
  data_loss(model, case$x, case$y, sample_weight = case$w)
}

# Steps of which masking layers or embeddings leave some out of the loss.
random_masked_case <- function(seed) {
  set.seed(seed)
  n <- sample(2:8, 1)
  t <- sample(3, 1)
  loss <- random_loss()
  coded <- runif(1) < 0.4
  value <- sample(c(0, -1, 0.1), 1)
  model <- keras_model_sequential(dtype = sample(c("float64", "float64", "float32"), 1))
  x <- if (coded) {
    layer_embedding(model, 4, sample(3, 1), mask_zero = TRUE, input_length = t)
    matrix(sample(0:3, n * t, TRUE), n)
  } else {
    d <- sample(2, 1)
    if (runif(1) < 0.1) layer_dense(model, d, input_shape = c(t, d))
    layer_masking(model, value, input_shape = c(t, d))
    padded(array(sample(-2:2, n * t * d, TRUE), c(n, t, d)), value)
  }
  masked_stack(model, loss)
  suppressWarnings(compile(model, loss = loss, optimizer = optimizer_adam(10^runif(1, -3, 0)),
    loss_weights = sample(c(1, 3), 1)))
  w <- if (runif(1) < 0.4) c(1, pmax(round(runif(n - 1, -0.3, 3), 1), 0))
  list(model = model, x = x, y = random_targets(n, model, loss), w = w)
}

# At least the first step counts.
padded <- function(x, value) {
  gone <- matrix(runif(prod(dim(x)[1:2])) < 0.3, dim(x)[1])
  gone[1] <- FALSE
  x[rep(gone, dim(x)[3])] <- value
  x
}

masked_stack <- function(model, loss) {
  for (i in seq_len(sample(0:2, 1))) {
    layer_dense(model, sample(4, 1), random_activation(), use_bias = runif(1) < 0.7)
    if (runif(1) < 0.15) layer_group_normalization(model, groups = 1)
    if (runif(1) < 0.15) layer_layer_normalization(model)
    if (runif(1) < 0.1) layer_dropout(model, 0.3)
  }
  last <- loss_absorbs(loss)
  if (is.na(last) || runif(1) < 0.4) last <- random_activation()
  layer_dense(model, sample(3, 1), last, use_bias = runif(1) < 0.7)
}

random_masked_excess <- function(seed) random_excess(seed, random_masked_case)

# How far losses are above the floor, in units of their size; below 0: the floor is wrong.
random_excess <- function(seed, draw = random_case) {
  case <- suppressWarnings(draw(seed))
  case[names(case$clean)] <- case$clean
  problem <- suppressWarnings(floor_problem(case$model, case$x, case$y, case$w))
  floor <- suppressWarnings(loss_floor(case$model, case$x, case$y, case$w))
  epsilon <- if (case$model$dtype == "float32") 1e-5 else 1e-10
  size <- 1 + sum(vapply(problem_parts(problem), function(part) sum(part$s) * (1 + max(abs(part$t))^2), 0))
  expect_true(verify_certificate(attr(floor, "certificate"), problem), label = paste("certificate", seed))
  excess <- vapply(c(0, 0, 5, 100), function(steps) {
    if (steps == 0) shake(case$model, 10^runif(1, -3, 2))
    value <- suppressWarnings(random_loss_value(case, steps))
    value - as.vector(floor)
  }, 0)
  excess <- c(Inf, excess[!is.na(excess)])
  structure(c(worst = min(excess) / size / epsilon, best = min(excess), floor = as.vector(floor)),
    type = attr(floor, "type"))
}
