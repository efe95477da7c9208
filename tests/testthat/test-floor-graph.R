compiled <- function(model, loss = "mse", ...) {
  compile(model, loss = loss, ...)
  model
}

least_squares <- function(x, y) mean(stats::lm.fit(x, y)$residuals^2)

set.seed(11)
n <- 30
a <- matrix(rnorm(2 * n), n)
b <- matrix(rnorm(3 * n), n)
y <- rnorm(n)
codes <- sample(0:3, n, TRUE)
others <- sample(0:2, n, TRUE)

two_inputs <- function() list(layer_input(2, name = "a"), layer_input(3, name = "b"))

test_that("an affine function of several inputs is one of their columns side by side", {
  inputs <- two_inputs()
  joined <- layer_concatenate(inputs) %>% layer_dense(4) %>% layer_dense(1)
  added <- layer_add(list(layer_dense(inputs[[1]], 2), layer_dense(inputs[[2]], 2))) %>% layer_dense(1)
  for (output in list(joined, added)) {
    model <- compiled(keras_model(inputs, output))
    floor <- loss_floor(model, list(a, b), y)
    expect_equal(as.vector(floor), least_squares(cbind(1, a, b), y), tolerance = 1e-12)
    expect_equal(attr(floor, "type"), "affine")
    expect_certified(floor, model, list(a, b), y)
  }
  model <- compiled(keras_model(inputs, joined), optimizer = optimizer_lbfgs())
  fit(model, list(a, b), y, epochs = 60, verbose = 0)
  expect_equal(data_loss(model, list(a, b), y), least_squares(cbind(1, a, b), y), tolerance = 1e-8)
  expect_true(attr(loss_floor(model, list(a, b), y), "attained"))
})

test_that("a floor is not said to be attained where weights are shared", {
  shared <- layer_dense(units = 1)
  inputs <- list(layer_input(2), layer_input(2))
  model <- compiled(keras_model(inputs, layer_subtract(list(shared(inputs[[1]]), shared(inputs[[2]])))))
  floor <- loss_floor(model, list(a, b[, 1:2]), y)
  # (a - b) w, less than the floor knows of.
  expect_lte(as.vector(floor), least_squares(a - b[, 1:2], y))
  expect_true(is.na(attr(floor, "attained")))
  twice <- layer_dense(units = 2)
  input <- layer_input(2)
  model <- compiled(keras_model(input, input %>% twice() %>% twice() %>% layer_dense(1)))
  expect_true(is.na(attr(loss_floor(model, a, y), "attained")))
})

test_that("sums of embeddings cannot follow interactions of their codes", {
  inputs <- list(layer_input(1), layer_input(1))
  scores <- Map(function(input, codes) input %>% layer_embedding(codes, 1) %>% layer_flatten(), inputs, 4:3)
  model <- compiled(keras_model(inputs, layer_add(scores)))
  additive <- mean(stats::lm(y ~ factor(codes) + factor(others))$residuals^2)
  floor <- loss_floor(model, list(codes, others), y)
  expect_equal(as.vector(floor), additive, tolerance = 1e-12)
  expect_certified(floor, model, list(codes, others), y)
  ladder <- as.data.frame(loss_ladder(model, list(codes, others), y))
  cells <- mean(stats::lm(y ~ factor(codes) * factor(others))$residuals^2)
  expect_equal(ladder$loss[ladder$rung == "data"], cells, tolerance = 1e-12)
  model <- compiled(model, optimizer = optimizer_lbfgs())
  fit(model, list(codes, others), y, epochs = 60, verbose = 0)
  expect_equal(data_loss(model, list(codes, others), y), additive, tolerance = 1e-8)
})

test_that("products of embeddings have the floor of equal codes", {
  inputs <- list(layer_input(1), layer_input(1))
  factors <- Map(function(input, codes) input %>% layer_embedding(codes, 2) %>% layer_flatten(), inputs, 4:3)
  model <- compiled(keras_model(inputs, layer_dot(factors, axes = 1)))
  floor <- loss_floor(model, list(codes, others), y)
  cells <- mean(stats::lm(y ~ factor(codes) * factor(others))$residuals^2)
  expect_equal(c(floor), cells, ignore_attr = TRUE, tolerance = 1e-12)
  expect_equal(attr(floor, "type"), "duplicates")
})

test_that("many codes are no columns", {
  model <- compiled(keras_model_sequential() %>% layer_embedding(200, 1, input_length = 2) %>%
    layer_flatten() %>% layer_dense(1))
  x <- matrix(0:199, 100)
  expect_length(coded_inputs(model_plan(model), list(x)), 0)
  expect_equal(coded_inputs(model_plan(model), list(x[1:50, ])), 1)
  expect_equal(attr(loss_floor(model, x, sin(1:100)), "type"), "none")
})

test_that("floors of several outputs add up by the weights of their losses", {
  input <- layer_input(2)
  line <- layer_dense(input, 1, name = "line")
  class <- layer_dense(layer_dense(input, 3, "relu"), 1, "sigmoid", name = "class")
  model <- compiled(keras_model(input, list(line, class)), list("mse", "mse"), loss_weights = list(2, 0.5))
  floor <- loss_floor(model, a, list(y, y))
  low <- least_squares(cbind(1, a), y)
  range <- mean(pmax(y - 1, -y, 0)^2)
  expect_equal(as.vector(floor), 2 * low + range / 2, tolerance = 1e-12)
  expect_equal(attr(floor, "type"), "sum")
  expect_equal(attr(floor, "certificate")$types, c("affine", "range"), ignore_attr = TRUE)
  expect_certified(floor, model, a, list(y, y))
  high <- attr(floor, "certificate")
  high$value <- high$value * 1.001
  expect_false(verify_certificate(high, floor_problem(model, a, list(y, y))))
  ladder <- as.data.frame(loss_ladder(model, a, list(y, y)))
  rung <- function(name) ladder$loss[ladder$rung == name]
  expect_equal(rung("constant"), 2.5 * mean((y - mean(y))^2))
  expect_equal(rung("affine"), 2.5 * low)
  expect_equal(rung("current"), data_loss(model, a, list(y, y)), tolerance = 1e-6)
})

test_that("an output without a loss has no part in it", {
  input <- layer_input(2)
  outputs <- list(layer_dense(input, 3, "tanh", name = "free"), layer_dense(input, 1, name = "line"))
  model <- compiled(keras_model(input, outputs), list(line = "mse"))
  expect_equal(c(loss_floor(model, a, list(line = y))), least_squares(cbind(1, a), y), ignore_attr = TRUE)
})

test_that("what R functions do is not known, what stands behind them is", {
  model <- keras_model_sequential(input_shape = 2) %>%
    layer_lambda(function(x) x + seq_len(nrow(x))) %>%
    layer_dense(1, "tanh")
  x <- a[rep(1, n), ]
  floor <- loss_floor(compiled(model), x, y)
  expect_equal(c(floor), mean(pmax(abs(y) - 1, 0)^2), ignore_attr = TRUE)
  expect_match(attr(floor, "notes"), "R functions in the layers")
  wide <- keras_model_sequential(input_shape = 2) %>%
    layer_lambda(function(x) cos(x)) %>%
    layer_dense(1) %>%
    layer_dense(2)
  targets <- cbind(y, rev(y))
  # The second principal component does not fit through one unit.
  expect_equal(c(loss_floor(compiled(wide), a, targets)),
    svd(scale(targets, scale = FALSE))$d[2]^2 / length(targets), ignore_attr = TRUE)
})

test_that("of a loss that is an R function no floor is known, and its ladder has the loss", {
  model <- compiled(keras_model_sequential(input_shape = 2) %>% layer_dense(2, "relu") %>% layer_dense(1),
    function(y_true, y_pred) mean((y_true - y_pred)^4), loss_weights = 3)
  floor <- loss_floor(model, a, y)
  expect_equal(as.vector(floor), -Inf)
  expect_snapshot(floor)
  ladder <- as.data.frame(loss_ladder(model, a, y))
  expect_equal(ladder$loss[ladder$rung == "current"], 3 * mean((y - predict(model, a))^4), tolerance = 1e-5)
  input <- layer_input(2, name = "x")
  outputs <- list(layer_dense(input, 1, name = "own"), layer_dense(input, 1, name = "line"))
  model <- compiled(keras_model(input, outputs), list(function(y_true, y_pred) y_pred, "mse"))
  expect_snapshot(loss_floor(model, a, list(y, y)))
  model <- compiled(keras_model(input, outputs), list(function(y_true, y_pred) y_pred, "mse"),
    loss_weights = list(0, 1))
  expect_equal(c(loss_floor(model, a, list(y, y))), least_squares(cbind(1, a), y), ignore_attr = TRUE)
})

test_that("units that are off are found behind a joint, too", {
  inputs <- two_inputs()
  output <- layer_concatenate(inputs) %>% layer_dense(2, "relu", name = "off") %>% layer_dense(1)
  model <- compiled(keras_model(inputs, output))
  w <- get_weights(model)
  set_weights(model, c(list(0 * w[[1]], w[[2]] - 1), w[3:4]))
  ladder <- as.data.frame(loss_ladder(model, list(a, b), y))
  expect_equal(ladder$loss[ladder$rung == "cell"], mean((y - mean(y))^2), tolerance = 1e-12)
})

# Random graphs: two or three inputs, one to three outputs, shared layers, embeddings.
random_graph <- function() {
  shapes <- sample(3, sample(2:3, 1), TRUE)
  inputs <- lapply(shapes, layer_input)
  first <- inputs[[1]] %>% layer_embedding(3, 2) %>% layer_flatten()
  pool <- c(list(first), inputs[-1])
  shared <- layer_dense(units = 2, activation = random_activation(), use_bias = runif(1) < 0.5)
  for (i in seq_len(sample(0:2, 1))) {
    at <- sample(length(pool), 1)
    pool[[at]] <- layer_dense(pool[[at]], sample(3, 1), random_activation(), use_bias = runif(1) < 0.5)
  }
  alike <- lapply(pool, function(t) layer_dense(t, 2, use_bias = FALSE))
  pool <- c(pool, list(shared(alike[[1]]), shared(alike[[2]]), layer_add(alike)))
  outputs <- lapply(seq_len(sample(3, 1)), function(o) {
    from <- pool[sample(length(pool), sample(2, 1))]
    joined <- if (length(from) == 1) from[[1]] else layer_concatenate(from)
    if (runif(1) < 0.4) joined <- layer_dense(joined, 1, use_bias = runif(1) < 0.5)
    layer_dense(joined, sample(2, 1), random_activation(), use_bias = runif(1) < 0.5)
  })
  # All inputs are read.
  if (runif(1) < 0.5) outputs <- list()
  whole <- layer_dense(layer_concatenate(alike), 2, random_activation())
  list(inputs = inputs, outputs = c(outputs, list(whole)), shapes = shapes)
}

test_that("no weights of random graphs are below their floor", {
  worst <- vapply(1:60, function(seed) {
    set.seed(seed)
    g <- random_graph()
    model <- keras_model(g$inputs, one_or_list(g$outputs))
    k <- vapply(model_outputs(model), `[`, 0L, 1)
    losses <- as.list(sample(c("mse", "mse", "mae", "huber"), length(k), TRUE))
    suppressWarnings(compile(model, loss = one_or_list(losses), optimizer = optimizer_adam(0.05),
      loss_weights = one_or_list(as.list(round(runif(length(k), 0.1, 2), 1)))))
    rows <- sample(4:10, 1)
    x <- lapply(g$shapes, function(d) matrix(sample(0:2, rows * d, TRUE), rows))
    y <- lapply(k, function(k) matrix(round(rnorm(rows * k), 1), rows))
    x <- one_or_list(x)
    y <- one_or_list(y)
    floor <- loss_floor(model, x, y)
    expect_certified(floor, model, x, y)
    values <- vapply(c(0, 0, 50), function(epochs) {
      if (epochs) fit(model, x, y, epochs = epochs, batch_size = rows, verbose = 0) else shake(model, 2)
      data_loss(model, x, y)
    }, 0)
    min(values[is.finite(values)], Inf) - as.vector(floor)
  }, 0)
  expect_gt(min(worst), -1e-5)
  expect_lt(min(worst), 0.2)
})
