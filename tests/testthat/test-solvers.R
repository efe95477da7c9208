# Optimizers that look at all samples and finish.

founding <- list(x = c(-1, 0, 1), y = c(-0.2445248, 0.1232554, 0.1713998))

hidden_model <- function(activation, optimizer, units = 10, loss = "mse") {
  model <- keras_model_sequential() %>%
    layer_dense(units, activation = activation, input_shape = 1) %>%
    layer_dense(1)
  compile(model, loss = loss, optimizer = optimizer)
  model
}

linear_model <- function(optimizer, inputs = 2, loss = "mse", ...) {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = inputs, ...)
  compile(model, loss = loss, optimizer = optimizer)
  model
}

solved <- function(model, x, y, epochs = 200, ...) fit(model, x, y, epochs = epochs, verbose = 0, ...)

coefficients_of <- function(model) {
  w <- get_weights(model)
  unname(c(w[[2]], w[[1]]))
}

regression <- local({
  set.seed(5)
  x <- matrix(rnorm(60), 30)
  list(x = x, y = drop(x %*% c(2, -1)) + 0.5 + rnorm(30, sd = 0.3), weight = runif(30))
})

# The most iterations that a start may need to come below 1e-28.
most_iterations <- c(lbfgs = 60, levenberg_marquardt = 9)

test_that("interpolated data are fitted to the last digit", {
  for (name in names(solver_makers())) for (activation in c("tanh", "sigmoid", "relu")) {
    reached <- vapply(1:20, function(seed) {
      set.seed(seed)
      model <- hidden_model(activation, name)
      loss <- solved(model, founding$x, founding$y)$metrics$loss
      match(TRUE, loss < 1e-28, nomatch = 9999L)
    }, 0)
    expect_gte(sum(reached <= most_iterations[[name]]), 19)
  }
})

test_that("a linear network stops at the least squares line", {
  for (name in names(solver_makers())) for (seed in 1:5) {
    set.seed(seed)
    model <- hidden_model("linear", name)
    history <- solved(model, founding$x, founding$y, epochs = 1000)
    expect_equal(tail(history$metrics$loss, 1), 0.00567594692453555, tolerance = 1e-12)
    expect_lt(length(history$metrics$loss), 30)
    expect_true(history$params$stopped %in% stop_reasons)
  }
})

test_that("least squares are those of lm(), with weights too", {
  r <- regression
  for (name in names(solver_makers())) {
    model <- linear_model(name)
    solved(model, r$x, r$y)
    expect_equal(coefficients_of(model), unname(coef(lm(r$y ~ r$x))), tolerance = 1e-8)
    solved(model, r$x, r$y, sample_weight = r$weight)
    expect_equal(coefficients_of(model), unname(coef(lm(r$y ~ r$x, weights = r$weight))), tolerance = 1e-8)
  }
})

test_that("a penalty on squares is ridge regression", {
  r <- regression
  for (name in names(solver_makers())) {
    model <- linear_model(name, use_bias = FALSE, kernel_regularizer = regularizer_l2(0.1))
    solved(model, r$x, r$y)
    ridge <- solve(crossprod(r$x) / 30 + diag(0.1, 2), crossprod(r$x, r$y) / 30)
    expect_equal(drop(get_weights(model)[[1]]), drop(ridge), tolerance = 1e-8)
  }
})

test_that("logistic and Poisson regression are those of glm()", {
  r <- regression
  class <- as.double(r$y + rnorm(30, sd = 2) > 0.5)
  count <- rpois(30, exp(r$x[, 1] / 2))
  for (name in names(solver_makers())) {
    model <- linear_model(name, loss = "binary_crossentropy", activation = "sigmoid")
    solved(model, r$x, class)
    expect_equal(coefficients_of(model), unname(coef(glm(class ~ r$x, binomial))), tolerance = 1e-4)
    model <- linear_model(name, loss = "poisson", activation = "exponential")
    solved(model, r$x, count)
    expect_equal(coefficients_of(model), unname(coef(glm(count ~ r$x, poisson))), tolerance = 1e-4)
  }
})

test_that("the loss of an epoch is that of the weights it ends with, and never rises", {
  r <- regression
  for (name in names(solver_makers())) {
    set.seed(1)
    model <- keras_model_sequential() %>%
      layer_dense(4, activation = "tanh", input_shape = 2, kernel_regularizer = "l2") %>%
      layer_dense(1)
    compile(model, loss = "mse", optimizer = name, metrics = "mae")
    for (i in 1:3) {
      history <- solved(model, r$x, r$y, epochs = 4)
      now <- evaluate(model, r$x, r$y, verbose = 0)
      expect_equal(vapply(history$metrics, tail, 0, 1), unlist(unclass(now)), tolerance = 1e-12)
      expect_true(all(diff(history$metrics$loss) <= 0))
    }
  }
})

test_that("a fit in parts is the fit in one, also through a file", {
  r <- regression
  for (name in names(solver_makers())) {
    parts <- function() {
      set.seed(2)
      hidden <- keras_model_sequential() %>%
        layer_dense(5, activation = "tanh", input_shape = 2) %>%
        layer_dense(1)
      compile(hidden, loss = "mse", optimizer = name)
      hidden
    }
    whole <- parts()
    solved(whole, r$x, r$y, epochs = 9)
    split <- parts()
    solved(split, r$x, r$y, epochs = 4)
    file <- withr::local_tempfile()
    saveRDS(split, file)
    split <- readRDS(file)
    solved(split, r$x, r$y, epochs = 5)
    expect_equal(get_weights(split), get_weights(whole), tolerance = 1e-12)
  }
})

test_that("callbacks and validation see a fit like any other", {
  r <- regression
  for (name in names(solver_makers())) {
    set.seed(3)
    alone <- linear_model(name, activation = "tanh")
    watched <- clone_model(alone)
    compile(watched, loss = "mse", optimizer = name)
    set_weights(watched, get_weights(alone))
    seen <- 0
    count <- callback_lambda(on_epoch_end = function(epoch, logs) seen <<- seen + 1)
    alone <- solved(alone, r$x, r$y)
    watched <- solved(watched, r$x, r$y, callbacks = list(count), validation_data = list(r$x, r$y))
    expect_equal(watched$metrics$loss, alone$metrics$loss, tolerance = 1e-10)
    expect_equal(watched$metrics$val_loss, watched$metrics$loss, tolerance = 1e-12)
    expect_equal(seen, length(watched$metrics$loss))
    expect_lt(seen, 200)
  }
})

test_that("frozen layers stay as they are", {
  for (name in names(solver_makers())) {
    set.seed(4)
    model <- hidden_model("tanh", name)
    model$layers[[1]]$trainable <- FALSE
    compile_again(model)
    before <- get_weights(model)
    history <- solved(model, founding$x, founding$y)
    expect_identical(get_weights(model)[1:2], before[1:2])
    features <- cbind(1, tanh(outer(founding$x, drop(before[[1]]))))
    floor <- mean(qr.resid(qr(features), founding$y)^2)
    expect_equal(tail(history$metrics$loss, 1), floor, tolerance = 1e-10)
  }
})

test_that("batch normalization is trained by the batch's statistics", {
  r <- regression
  for (name in names(solver_makers())) {
    set.seed(6)
    model <- keras_model_sequential() %>%
      layer_dense(3, input_shape = 2) %>%
      layer_batch_normalization() %>%
      layer_activation("tanh") %>%
      layer_dense(1)
    compile(model, loss = "mse", optimizer = name)
    history <- solved(model, r$x, r$y, epochs = 60)
    expect_true(all(diff(history$metrics$loss) <= 0))
    expect_lt(tail(history$metrics$loss, 1), 0.25 * history$metrics$loss[1])
  }
})

test_that("single precision ends at its own zero", {
  old <- k_floatx()
  withr::defer(k_set_floatx(old))
  k_set_floatx("float32")
  for (name in names(solver_makers())) {
    set.seed(7)
    model <- hidden_model("tanh", name)
    history <- solved(model, founding$x, founding$y)
    expect_lt(tail(history$metrics$loss, 1), 1e-13)
    expect_lt(length(history$metrics$loss), 100)
  }
})

test_that("the end of a fit is told", {
  model <- hidden_model("tanh", "lbfgs")
  expect_identical(solved(model, founding$x, founding$y)$params$stopped %in% stop_reasons, TRUE)
  expect_match(format(model$history), "^Stopped: ", all = FALSE)
  again <- solved(model, founding$x, founding$y)
  expect_length(again$metrics$loss, 1)
  model <- linear_model(optimizer_lbfgs(gradient_tolerance = 0.1))
  history <- solved(model, regression$x, regression$y)
  expect_identical(history$params$stopped, "the gradient is zero to its tolerance")
  set.seed(8)
  model <- hidden_model("tanh", optimizer_lbfgs(loss_tolerance = 0.5))
  expect_lt(length(solved(model, founding$x, founding$y)$metrics$loss), 10)
})

# The damped Gauss-Newton step from the model's weights, made of products with unit vectors.
damped_step <- function(model, x, y, damping, samples, ...) {
  o <- new_objective(model, x, y, training = TRUE, ...)
  curvature <- sapply(seq_len(o$p), function(i) objective_gauss_newton(o, as.double(seq_len(o$p) == i)))
  lambda <- damping * sum(diag(curvature)) / min(o$p, samples)
  solve(curvature + diag(lambda, o$p), -objective_gradient(o))
}

# What one iteration moved; damped so much that the first step is taken, and that the network is
# straight along it but for rounding.
first_step <- function(model, x, y, loss, ...) {
  damping <- 1e6
  compile(model, loss = loss, optimizer = optimizer_levenberg_marquardt(damping))
  expected <- damped_step(model, x, y, damping, ...)
  before <- unlist(get_weights(model, trainable = TRUE))
  history <- solved(model, x, y, epochs = 1)
  expect_gt(history$metrics$loss, 0)
  expect_equal(unlist(get_weights(model, trainable = TRUE)) - before, expected, tolerance = 1e-8)
}

test_that("a step of Levenberg-Marquardt is the damped Gauss-Newton step", {
  r <- regression
  class <- to_categorical(rep(0:2, 10))
  set.seed(9)
  dense <- function(units, activation = "softmax", ...) {
    keras_model_sequential() %>%
      layer_dense(units, activation = "tanh", input_shape = 2, ...) %>%
      layer_dense(3, activation = activation)
  }
  for (units in c(4, 40)) {
    first_step(dense(units), r$x, class, "categorical_crossentropy", samples = 90)
    first_step(dense(units, "sigmoid"), r$x, class, "binary_crossentropy", samples = 90)
    first_step(dense(units, "linear"), r$x, class, "mse", samples = 90)
    first_step(dense(units, "softplus"), r$x, class, "poisson", samples = 90)
    first_step(dense(units, "sigmoid"), r$x, class, "dice", samples = 90)
    first_step(dense(units, kernel_regularizer = "l2"), r$x, class, "categorical_crossentropy", samples = 90)
  }
})

test_that("the step sees samples that depend on each other, several outputs and shared layers", {
  r <- regression
  set.seed(10)
  for (units in c(3, 30)) {
    normal <- keras_model_sequential() %>%
      layer_dense(units, input_shape = 2) %>%
      layer_batch_normalization() %>%
      layer_activation("tanh") %>%
      layer_dense(1)
    first_step(normal, r$x, r$y, "mse", samples = 30)
    input <- layer_input(2)
    hidden <- input %>% layer_dense(units, activation = "tanh")
    shared <- layer_dense(units = units, activation = "sigmoid")
    one <- hidden %>% shared() %>% shared() %>% layer_dense(1)
    two <- hidden %>% layer_dense(2, activation = "softmax")
    graph <- keras_model(input, list(one, two))
    y <- list(r$y, to_categorical(rep(0:1, 15)))
    first_step(graph, r$x, y, list("mse", "categorical_crossentropy"), samples = 90)
  }
})

# Logits of one hidden layer of tanh, from the packed weights, a column for each of `outputs`.
logits_at <- function(w, x, units, outputs) {
  k <- ncol(x) * units
  hidden <- tanh(x %*% matrix(w[seq_len(k)], ncol(x)) + rep(w[k + seq_len(units)], each = nrow(x)))
  last <- tail(w, (units + 1) * outputs)
  hidden %*% matrix(head(last, units * outputs), units) + rep(tail(last, outputs), each = nrow(x))
}

test_that("a step follows the bend of the outputs", {
  r <- regression
  y <- to_categorical(rep(0:2, 10))
  curves <- list(
    mse = function(logits, v) 2 * v / 90,
    categorical_crossentropy = function(logits, v) {
      p <- exp(logits) / rowSums(exp(logits))
      (p * v - p * rowSums(p * v)) / 30
    }
  )
  set.seed(13)
  for (loss in names(curves)) for (units in c(4, 40)) {
    last <- if (loss == "mse") "linear" else "softmax"
    model <- keras_model_sequential() %>%
      layer_dense(units, activation = "tanh", input_shape = 2) %>%
      layer_dense(3, activation = last)
    compile(model, loss = loss, optimizer = optimizer_levenberg_marquardt(1))
    o <- new_objective(model, r$x, y, training = TRUE)
    w <- objective_weights(o)
    logits <- logits_at(w, r$x, units, 3)
    slopes <- objective_jacobian(o, logits = TRUE)
    curve <- function(v) as.vector(curves[[loss]](logits, matrix(v, 30)))
    gauss_newton <- crossprod(slopes, apply(slopes, 2, curve))
    damped <- gauss_newton + diag(sum(diag(gauss_newton)) / min(o$p, 90), o$p)
    d <- solve(damped, -objective_gradient(o))
    bend <- 100 * (as.vector(logits_at(w + d / 10, r$x, units, 3) - logits) - drop(slopes %*% d) / 10)
    a <- -solve(damped, drop(crossprod(slopes, curve(bend))))
    share <- sqrt(sum(a^2) / sum(d^2))
    expect_true(share > 1e-3 && share < 0.375)
    solved(model, r$x, y, epochs = 1)
    expect_equal(unlist(get_weights(model)) - w, d + a, tolerance = 1e-7)
  }
})

test_that("a Jacobian by outer products is that by samples", {
  r <- regression
  set.seed(14)
  flat <- keras_model_sequential() %>%
    layer_dense(4, activation = "tanh", input_shape = 2, use_bias = FALSE) %>%
    layer_dense(3, activation = "sigmoid", trainable = FALSE) %>%
    layer_dense(2)
  raised <- keras_model_sequential() %>%
    layer_reshape(c(1, 2), input_shape = 2) %>%
    layer_dense(4, activation = "tanh", use_bias = FALSE) %>%
    layer_dense(3, activation = "sigmoid", trainable = FALSE) %>%
    layer_dense(2) %>%
    layer_flatten()
  set_weights(raised, get_weights(flat))
  y <- cbind(r$y, sin(r$y))
  reached <- lapply(list(flat, raised), function(model) {
    compile(model, loss = "mse", optimizer = "levenberg_marquardt")
    solved(model, r$x, y, epochs = 5)$metrics$loss
  })
  expect_equal(reached[[1]], reached[[2]], tolerance = 1e-10)
  expect_lt(reached[[1]][5], reached[[1]][1])
  expect_equal(get_weights(raised), get_weights(flat), tolerance = 1e-8)
})

test_that("few rows and many weights take the same steps by samples as by weights", {
  r <- regression
  set.seed(11)
  model <- function(regularizer = NULL) {
    keras_model_sequential() %>%
      layer_dense(20, activation = "tanh", input_shape = 2, kernel_regularizer = regularizer) %>%
      layer_dense(1)
  }
  by_samples <- model()
  by_weights <- model(regularizer_l2(1e-300))
  set_weights(by_weights, get_weights(by_samples))
  for (m in list(by_samples, by_weights)) {
    compile(m, loss = "mse", optimizer = "levenberg_marquardt")
    solved(m, r$x, r$y, epochs = 4, sample_weight = r$weight)
  }
  expect_equal(get_weights(by_weights), get_weights(by_samples), tolerance = 1e-8)
})

test_that("Levenberg-Marquardt finds what nls() finds", {
  set.seed(12)
  x <- sort(runif(100, -2, 2))
  y <- 1.5 * tanh(2 * x - 0.5) + 0.3 + rnorm(100, sd = 0.1)
  reference <- nls(y ~ a * tanh(b * x + c) + d, start = list(a = 1, b = 1, c = 0, d = 0),
    control = nls.control(tol = 1e-9))
  model <- hidden_model("tanh", "levenberg_marquardt", units = 1)
  history <- solved(model, x, y)
  expect_equal(tail(history$metrics$loss, 1), mean(resid(reference)^2), tolerance = 1e-11)
  w <- unlist(get_weights(model))
  w[1:3] <- w[1:3] * sign(w[1])
  expect_equal(w, unname(coef(reference)[c("b", "c", "a", "d")]), tolerance = 1e-5)
})

test_that("a loss without curvature is descended all the same", {
  r <- regression
  set.seed(13)
  model <- linear_model("levenberg_marquardt", loss = "mae")
  history <- solved(model, r$x, r$y)
  expect_true(all(diff(history$metrics$loss) <= 0))
  expect_lt(tail(history$metrics$loss, 1), 0.7 * history$metrics$loss[1])
})

test_that("what Levenberg-Marquardt cannot hold is refused, with the way out", {
  model <- keras_model_sequential() %>%
    layer_dense(1e4, activation = "tanh", input_shape = 10) %>%
    layer_dense(100)
  x <- matrix(0, 1000, 10)
  y <- matrix(0, 1000, 100)
  compile(model, loss = "mse", optimizer = "levenberg_marquardt")
  expect_refused(solved(model, x, y), "memory", model = model, names = "optimizer_lbfgs()")
  expect_refused(solved(model, x, y, restarts = 2), "memory", model = model)
  compile(model, loss = "mse", optimizer = "lbfgs")
  expect_no_error(solved(model, x, y, epochs = 1))
})

test_that("what is no function of the weights is refused", {
  r <- regression
  model <- keras_model_sequential() %>%
    layer_dense(2, input_shape = 2) %>%
    layer_dropout(0.5) %>%
    layer_dense(1)
  compile(model, loss = "mse", optimizer = "lbfgs")
  expect_refused(solved(model, r$x, r$y), "state", model = model, names = "dropout")
  model <- linear_model("lbfgs", kernel_constraint = constraint_nonneg())
  expect_refused(solved(model, r$x, r$y), "state", model = model, names = "constraint")
})

test_that("batches of fewer than all rows are refused", {
  r <- regression
  for (optimizer in c(names(solver_makers()), "rprop")) {
    model <- linear_model(optimizer)
    expect_refused(solved(model, r$x, r$y, batch_size = 29), "argument", "batch_size", model,
      names = "all 30 rows")
    expect_refused(solved(model, r$x, r$y, steps_per_epoch = 2), "argument", "steps_per_epoch", model)
    history <- solved(model, r$x, r$y, epochs = 2, batch_size = 64)
    expect_identical(history$params$steps, 1L)
    expect_identical(solved(model, r$x, r$y, epochs = 1)$params$batch_size, 30L)
  }
})

test_that("solvers have tolerances and no learning rate", {
  expect_identical(optimizer_lbfgs()$config, list(name = "lbfgs", history = 30L,
    gradient_tolerance = 1e-15, step_tolerance = 1e-15, loss_tolerance = 1e-12))
  expect_identical(optimizer_levenberg_marquardt()$config, list(name = "levenberg_marquardt",
    damping = 1e-3, gradient_tolerance = 1e-15, step_tolerance = 1e-15, loss_tolerance = 1e-12))
  for (bad in list(0, -1, 2.5, NA, "a")) expect_refused(optimizer_lbfgs(bad), "argument", "history")
  for (bad in list(0, -1, Inf, NA, "a", NULL)) {
    expect_refused(optimizer_levenberg_marquardt(bad), "argument", "damping")
  }
  for (make in solver_makers()) {
    for (bad in list(-1, NA, "a", NULL)) {
      expect_refused(make(gradient_tolerance = bad), "argument", "gradient_tolerance")
      expect_refused(make(loss_tolerance = bad), "argument", "loss_tolerance")
    }
    solver <- make()
    expect_refused(solver$learning_rate, "state", "learning_rate")
    expect_refused(solver$learning_rate <- 1, "state", "learning_rate")
    expect_identical(optimizer_spec(from_config(get_config(solver))), optimizer_spec(solver))
  }
  expect_setequal(registry("solvers")$name, names(solver_makers()))
})

test_that("resilient backpropagation descends to the minimum", {
  r <- regression
  model <- linear_model(optimizer_rprop(0.1))
  solved(model, r$x, r$y, epochs = 300)
  expect_equal(coefficients_of(model), unname(coef(lm(r$y ~ r$x))), tolerance = 1e-5)
  expect_refused(optimizer_rprop(eta_minus = 1), "argument", "eta_minus")
  expect_refused(optimizer_rprop(eta_plus = 0.5), "argument", "eta_plus")
  expect_refused(optimizer_rprop(step_min = 1, step_max = 0.5), "argument", "step_max")
})
