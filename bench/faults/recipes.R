# Recipes of healthy networks. A recipe is plain data, from which build() makes and trains a model:
#
# task              "regression", "binary" or "classes"
# x, y              as fit() takes them; truth: n x k, what the outputs should be
# layers            list(type, ...): layer_<type>(...)
# loss, optimizer, epochs, batch_size, dtype, compile, fit: as kestrel takes them
# best              the share of the variance of truth that is noise
#
# A fault is a function that takes a recipe and spoils it (see catalogue.R); the recipe as it was
# is its twin.

pick <- function(...) {
  values <- c(...)
  values[[sample.int(length(values), 1)]]
}

pick_from <- function(list) list[[sample.int(length(list), 1)]]

# A smooth function of d inputs, with mean 0 and variance 1 for standard normal ones.
draw_signal <- function(d, bends = 4) {
  w <- matrix(rnorm(d * bends), d) * 1.5 / sqrt(d)
  b <- rnorm(bends)
  a <- rnorm(bends)
  slope <- rnorm(d) * 0.3
  raw <- function(x) drop(tanh(sweep(x %*% w, 2, b, "+")) %*% a + x %*% slope)
  sample <- raw(matrix(rnorm(2000 * d), 2000))
  function(x) (raw(x) - mean(sample)) / sd(sample)
}

draw_inputs <- function(n, d) {
  x <- if (runif(1) < 0.5) matrix(rnorm(n * d), n) else matrix(runif(n * d, -1.7, 1.7), n)
  if (d > 2 && runif(1) < 0.3) x[, 2] <- 0.6 * x[, 1] + 0.8 * x[, 2]
  x
}

optimizers <- list(
  function() optimizer_adam(pick(0.005, 0.01, 0.02)), function() optimizer_rmsprop(0.005),
  function() optimizer_nadam(0.01), function() optimizer_adamax(0.02),
  function() optimizer_adamw(0.01), function() optimizer_sgd(0.05, momentum = 0.9)
)

activations <- c("tanh", "relu", "elu", "selu", "softplus", "leaky_relu")

dense <- function(units, activation = NULL, ...) list(type = "dense", units = units, activation = activation, ...)

draw_recipe <- function(task = pick("regression", "binary", "classes"), d = sample(2:6, 1), n = sample(200:500, 1),
                        activation = pick(activations), depth = sample(2, 1), width = sample(10:24, 1),
                        optimizer = pick_from(optimizers)(), noise = pick(0.05, 0.1, 0.2)) {
  x <- draw_inputs(n, d)
  recipe <- c(draw_targets(task, x, noise), list(
    task = task, x = x, optimizer = optimizer, epochs = 150L, batch_size = pick(16L, 32L, 64L),
    compile = list(), fit = list()
  ))
  hidden <- lapply(seq_len(depth), function(i) dense(width, activation))
  recipe$layers <- c(hidden, list(dense(ncol(recipe$truth), recipe$end)))
  recipe
}

# list(y, truth, loss, end, best)
draw_targets <- function(task, x, noise) {
  if (task == "regression") {
    f <- draw_signal(ncol(x))(x)
    y <- f + noise * rnorm(length(f))
    return(list(y = y, truth = as.matrix(y), loss = "mse", end = "linear", best = noise^2 / var(y)))
  }
  k <- if (task == "binary") 1 else sample(3:4, 1)
  scores <- sapply(seq_len(k), function(i) draw_signal(ncol(x), 3)(x))
  seen <- scores + noise * rnorm(length(scores))
  if (task == "binary") {
    y <- as.double(seen > median(scores))
    return(list(y = y, truth = as.matrix(y), loss = "binary_crossentropy", end = "sigmoid",
      best = mean(y != (scores > median(scores))) / var(y)))
  }
  class <- max.col(seen)
  truth <- diag(k)[class, ]
  form <- pick("one_hot", "codes", "factor")
  list(truth = truth, end = "softmax",
    y = switch(form, one_hot = truth, codes = class - 1, factor = factor(letters[class], letters[1:k])),
    loss = if (form == "one_hot") "categorical_crossentropy" else "sparse_categorical_crossentropy",
    best = mean(class != max.col(scores)) / mean(apply(truth, 2, var)) * 2 / k)
}

quietly <- function(expr) suppressWarnings(expr, classes = "kestrel_warning")

make_model <- function(recipe) {
  model <- if (is_noisy(recipe)) noisy_model(recipe) else stacked_model(recipe)
  if (isTRUE(recipe$frozen)) freeze_weights(model)
  quietly(do.call(compile, c(list(model, optimizer = recipe$optimizer, loss = recipe$loss), recipe$compile)))
  model
}

stacked_model <- function(recipe) {
  args <- list(input_shape = dim(as.matrix(recipe$x))[2])
  if (!is.null(recipe$dtype)) args$dtype <- recipe$dtype
  model <- do.call(keras_model_sequential, args)
  for (layer in recipe$layers) do.call(paste0("layer_", layer$type), c(list(model), layer[-1]))
  model
}

# Whether dropout goes on in inference (`always`), as where a model is to tell how sure it is.
is_noisy <- function(recipe) any(vapply(recipe$layers, function(layer) isTRUE(layer$always), NA))

noisy_model <- function(recipe) {
  input <- layer_input(ncol(recipe$x))
  tensor <- input
  for (layer in recipe$layers) {
    made <- do.call(paste0("layer_", layer$type), layer[!names(layer) %in% c("type", "always")])
    tensor <- if (isTRUE(layer$always)) made(tensor, training = TRUE) else made(tensor)
  }
  keras_model(input, tensor)
}

# Data that fit() refuses make a model that is not trained.
build <- function(recipe) {
  model <- make_model(recipe)
  args <- c(list(model, recipe$x, recipe$y, epochs = recipe$epochs, batch_size = recipe$batch_size, verbose = 0),
    recipe$fit)
  refused <- tryCatch({
    quietly(do.call(fit, args))
    NULL
  }, kestrel_error = function(e) e)
  if (!is.null(refused) && !isTRUE(recipe$refused)) stop(refused)
  model
}

# Of thirty draws where predictions differ from draw to draw.
mean_prediction <- function(model, x) {
  draw <- function(i) as.matrix(predict(model, x))
  p <- draw()
  if (identical(p, draw())) return(p)
  Reduce(`+`, lapply(seq_len(30), draw)) / 30
}

# Mean squared error of the outputs over the variance of what they should be: 1 for a constant.
misfit <- function(model, x, truth) {
  p <- mean_prediction(model, x)
  k <- min(ncol(p), ncol(truth))
  p <- p[, seq_len(k), drop = FALSE]
  truth <- truth[, seq_len(k), drop = FALSE]
  value <- mean((p - truth)^2) / max(mean(apply(truth, 2, var)), 1e-12)
  if (is.finite(value)) min(value, 1e6) else 1e6
}

# Healthy controls of every kind; only those that have learnt nearly all there is to learn count.
draw_control <- function() {
  recipe <- draw_recipe()
  extra <- pick("none", "none", "none", "dropout", "batch_normalization", "penalty", "validation",
    "float32", "linear", "stretch", names(hard_controls))
  recipe <- c(controls, hard_controls)[[extra]](recipe)
  recipe$kind <- extra
  recipe
}

controls <- list(
  none = identity,
  dropout = function(r) {
    at <- length(r$layers) - 1
    r$layers <- append(r$layers, list(list(type = "dropout", rate = pick(0.1, 0.2))), at)
    r$epochs <- 250L
    r
  },
  batch_normalization = function(r) {
    r$layers <- append(r$layers, list(list(type = "batch_normalization")), 1)
    r
  },
  penalty = function(r) {
    l <- pick(1e-5, 1e-4, 3e-4)
    penalty <- pick_from(list(regularizer_l2(l), regularizer_l1(l / 3), regularizer_l1_l2(l / 5, l / 2)))
    r$layers <- lapply(r$layers, function(layer) c(layer, list(kernel_regularizer = penalty)))
    r
  },
  validation = function(r) {
    r$fit$validation_split <- pick(0.2, 0.3)
    r$fit$callbacks <- list(callback_early_stopping(patience = 15, restore_best_weights = TRUE))
    r
  },
  float32 = function(r) {
    r$dtype <- "float32"
    r
  },
  linear = function(r) {
    if (r$task != "regression") return(r)
    f <- drop(r$x %*% rnorm(ncol(r$x)))
    r$y <- f / sd(f) + 0.1 * rnorm(length(f))
    r$truth <- as.matrix(r$y)
    r$best <- 0.01 / var(r$y)
    r$layers <- list(dense(1))
    r$optimizer <- optimizer_adam(0.02)
    r
  },
  # Inputs and targets that are not standardized, within reason.
  stretch = function(r) {
    r$x <- sweep(r$x, 2, runif(ncol(r$x), 0.3, 3), "*")
    if (r$task == "regression") {
      r$y <- 3 * r$y + 2
      r$truth <- as.matrix(r$y)
    }
    r$epochs <- 300L
    r
  }
)

# Healthy, and easily accused: values that repeat with different targets, more units than noise allows to
# use, straight truths behind linear layers, weak classifiers of few units, dropout in inference.
hard_controls <- list(
  mc_dropout = function(r) {
    x <- matrix(rnorm(900), 300)
    noise <- 0.3 * rnorm(300)
    y <- drop(x %*% c(1, 0.7, -0.5)) + 0.2 * x[, 1]^2 + noise
    r <- known_data(r, x, (y - mean(y)) / sd(y), noise / sd(y), 16L, pick("tanh", "relu"))
    r$layers <- append(r$layers, list(list(type = "dropout", rate = pick(0.2, 0.4, 0.6), always = TRUE)), 1)
    r
  },
  cars = function(r) {
    known_data(r, scale(cars$speed), as.vector(scale(cars$dist)), residuals(lm(scale(dist) ~ speed, cars)), pick(4L, 8L, 16L))
  },
  warpbreaks = function(r) {
    x <- model.matrix(~ wool * tension, warpbreaks)[, -1]
    y <- as.vector(scale(warpbreaks$breaks))
    known_data(r, x, y, residuals(lm(y ~ x)), pick(4L, 8L))
  },
  titanic = function(r) {
    people <- as.data.frame(Titanic)
    people <- people[sample(rep(seq_len(nrow(people)), people$Freq)), ]
    y <- as.double(people$Survived == "Yes")
    rest <- y - ave(y, people$Class, people$Sex, people$Age)
    r <- known_data(r, model.matrix(~ Class + Sex + Age, people)[, -1], y, rest, pick(4L, 8L), binary = TRUE)
    with_part(r, fit = list(validation_split = 0.2), epochs = 40L)
  },
  noise = function(r) {
    x <- matrix(sort(runif(200, -3, 3)))
    noise <- 0.1 * rnorm(200)
    r <- known_data(r, x, sin(x[, 1]) + noise, noise, pick(8L, 16L, 32L, 64L), "relu")
    with_part(r, epochs = 400L)
  },
  straight = function(r) {
    x <- matrix(rnorm(600), 200)
    y <- drop(x %*% 1:3) + rnorm(200)
    r <- known_data(r, x[1:100, ], y[1:100], y[1:100] - drop(x %*% 1:3)[1:100], 8L, "linear")
    with_part(r, validation_data = list(x[101:200, ], y[101:200]))
  },
  weak = function(r) {
    x <- matrix(rnorm(8 * 600), 600)
    p <- plogis(drop(x %*% c(1.2, 0.6, 0.3, 0, 0, 0.7, 0.2, 0.3)) - 0.8 + 0.3 * x[, 1] * x[, 6])
    y <- as.double(runif(600) < p)
    r <- known_data(r, x, y, y - p, 4L, "relu", binary = TRUE)
    with_part(r, epochs = 100L)
  }
)

# `rest`: what no function of x tells of y.
known_data <- function(r, x, y, rest, units, activation = "tanh", binary = FALSE) {
  with_part(r, x = x, y = y, truth = as.matrix(y), task = if (binary) "binary" else "regression",
    layers = list(dense(units, activation), dense(1, if (binary) "sigmoid")), optimizer = optimizer_adam(0.01),
    loss = if (binary) "binary_crossentropy" else "mse", batch_size = 32L, epochs = 200L,
    best = mean(rest^2) / var(y))
}

# Within a tenth of the variance of what noise allows.
is_healthy <- function(model, recipe) misfit(model, recipe$x, recipe$truth) < recipe$best + 0.12
