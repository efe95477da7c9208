# Against train_on_batch(), differences of evaluate(), and one loss as the engine's and as a function.
set.seed(6)
x <- matrix(rnorm(45), 15)
y <- cbind(x[, 1] - x[, 2]^2, x[, 3])
w <- runif(15)
square <- function(y_true, y_pred) rowMeans((y_true - y_pred)^2)

net <- function(loss, optimizer = optimizer_adam(0.03, clipnorm = 0.5), dropout = 0.3) {
  set.seed(2)
  model <- keras_model_sequential(input_shape = 3, dtype = "float64") %>%
    layer_dense(4, activation = "tanh", kernel_regularizer = "l2", activity_regularizer = "l1") %>%
    layer_batch_normalization() %>% layer_dropout(dropout) %>%
    layer_dense(3, trainable = FALSE) %>%
    layer_dense(2, bias_constraint = constraint_maxnorm(0.05))
  model %>% compile(loss = loss, optimizer = optimizer)
}

test_that("a loop of gradients and steps is train_on_batch(), with either kind of loss", {
  for (loss in list("mse", square)) for (weight in list(NULL, w)) {
    one <- net(loss)
    two <- net(loss)
    for (step in 1:3) {
      set.seed(step)
      now <- with_gradient(one, x, y, weight)
      apply_gradients(one, now$gradients)
      set.seed(step)
      expect_equal(now$loss, train_on_batch(two, x, y, sample_weight = weight)[1], tolerance = 1e-12)
    }
    expect_equal(get_weights(one), get_weights(two), tolerance = 1e-12)
    set.seed(9)
    fit(one, x, y, epochs = 2, verbose = 0)
    set.seed(9)
    fit(two, x, y, epochs = 2, verbose = 0)
    expect_equal(get_weights(one), get_weights(two), tolerance = 1e-12)
  }
})

test_that("gradients are the differences of the loss of evaluate()", {
  model <- net(function(y_true, y_pred) rowSums(log(cosh(y_pred - y_true)) * c(y_true[, 1]^2)))
  now <- with_gradient(model, x, y, w, training = FALSE)
  value <- function() as.vector(evaluate(model, x, y, sample_weight = w, verbose = 0, batch_size = 15))
  expect_equal(now$loss, value(), tolerance = 1e-12)
  expect_identical(lapply(now$gradients, dim), lapply(get_weights(model, trainable = TRUE), dim))
  weights <- get_weights(model)
  for (part in list(c(1, 1), c(2, 2), c(3, 3), c(9, 5), c(10, 6))) {
    moved <- function(h) {
      new <- weights
      new[[part[1]]][2] <- new[[part[1]]][2] + h
      set_weights(model, new)
      value()
    }
    slope <- (moved(1e-5) - moved(-1e-5)) / 2e-5
    expect_equal(now$gradients[[part[2]]][2], slope, tolerance = 1e-7)
  }
})

test_that("frozen layers stay, and weights change by a step only", {
  model <- net("mse")
  before <- get_weights(model, trainable = TRUE)
  frozen <- get_weights(model$layers[[4]])
  g <- with_gradient(model, x, y)$gradients
  expect_identical(get_weights(model, trainable = TRUE), before)
  apply_gradients(model, g)
  expect_identical(get_weights(model$layers[[4]]), frozen)
  plain <- net("mse", optimizer_sgd(0.1), dropout = 0)
  before <- get_weights(plain, trainable = TRUE)
  ones <- lapply(before, function(a) a * 0 + 1)
  apply_gradients(plain, ones)
  after <- get_weights(plain, trainable = TRUE)
  expect_equal(after[-6], lapply(before, function(a) a - 0.1)[-6])
  expect_lte(sqrt(sum(after[[6]]^2)), 0.05 + 1e-9)
})

test_that("codes, several outputs and schedules", {
  model <- keras_model_sequential(input_shape = 3) %>% layer_dense(3, activation = "softmax")
  rates <- learning_rate_schedule_exponential_decay(0.5, 1, 0.5)
  model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = optimizer_sgd(rates))
  before <- get_weights(model)[[2]]
  ones <- list(matrix(1, 3, 3), c(1, 1, 1))
  apply_gradients(model, ones)
  apply_gradients(model, ones)
  expect_equal(as.vector(before - get_weights(model)[[2]]), rep(0.75, 3), tolerance = 1e-6)
  input <- layer_input(shape = 3)
  outputs <- list(layer_dense(input, 2), layer_dense(input, 2))
  both <- keras_model(input, outputs)
  both %>% compile(loss = list("mse", square), loss_weights = c(1, 3), optimizer = "sgd")
  now <- with_gradient(both, x, list(y, y))
  expect_equal(now$loss, as.vector(evaluate(both, x, list(y, y), verbose = 0))[1], tolerance = 1e-6)
  expect_length(now$gradients, 4)
})

test_that("wrong arguments are refused and change nothing", {
  model <- net("mse")
  before <- get_weights(model)
  g <- get_weights(model, trainable = TRUE)
  expect_error(apply_gradients(model, 3), "list of arrays", class = "kestrel_error_shape")
  expect_error(apply_gradients(model, g[1:2]), "6 arrays, not of 2", class = "kestrel_error_shape")
  expect_error(apply_gradients(model, rev(g)), "gradients[[1]]", fixed = TRUE, class = "kestrel_error_shape")
  g[[1]][3] <- NA
  expect_error(apply_gradients(model, g), class = "kestrel_error_data")
  expect_error(apply_gradients(model), "missing", class = "kestrel_error_argument")
  expect_error(with_gradient(model, x, y, training = 3), "training", class = "kestrel_error_argument")
  expect_error(with_gradient(model, x[, 1:2], y), class = "kestrel_error_shape")
  expect_error(with_gradient(3, x, y), class = "kestrel_error_argument")
  expect_identical(get_weights(model), before)
  compile(model, loss = "mse", optimizer = optimizer_lbfgs())
  expect_error(apply_gradients(model, get_weights(model, trainable = TRUE)), "gradient alone",
    class = "kestrel_error_state")
})

test_that("a step takes what with_gradient() returns, and models that charge need no y", {
  one <- net("mse")
  two <- clone_model(one)
  compile(two, loss = "mse", optimizer = one$optimizer)
  set_weights(two, get_weights(one))
  now <- with_gradient(one, x, y, training = FALSE)
  apply_gradients(one, now)
  apply_gradients(two, now$gradients)
  expect_identical(get_weights(one), get_weights(two))
  expect_refused(apply_gradients(one, 3), "shape", "gradients", one)
  hint <- tryCatch(apply_gradients(one, now["loss"]), error = function(e) e$hint)
  expect_match(hint, "$gradients", fixed = TRUE)
  expect_refused(with_gradient(one, x), "argument", "y", one)
  input <- layer_input(3)
  output <- input %>% layer_dense(3)
  own <- keras_model(input, output)
  own$add_loss(k_mean(k_square(output - input)))
  compile(own, optimizer = "sgd")
  expect_equal(with_gradient(own, x)$loss, mean((predict(own, x) - x)^2), tolerance = 1e-6)
})
