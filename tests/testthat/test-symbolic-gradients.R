set.seed(4)
x <- matrix(rnorm(12), 4)

net <- function(...) {
  model <- keras_model_sequential(input_shape = 3, dtype = "float64") %>%
    layer_dense(4, activation = "tanh", name = "hidden") %>%
    layer_batch_normalization() %>%
    layer_dropout(0.4) %>%
    layer_dense(2, activation = "softmax")
  weights <- lapply(get_weights(model), function(w) array(0.7 + cos(seq_along(w)) / 2, dim(w)))
  set_weights(model, weights)
}

by_steps <- function(f, x, h = 1e-5) {
  slope <- function(i) (sum(f(x + replace(0 * x, i, h))) - sum(f(x - replace(0 * x, i, h)))) / (2 * h)
  array(vapply(seq_along(x), slope, 0), dim(x))
}

test_that("a function of tensors is the forward pass between them", {
  model <- net()
  hidden <- get_layer(model, "hidden")
  f <- k_function(list(model$input), list(hidden$output, model$output))
  w <- get_weights(hidden)
  expect_equal(f(list(x)), list(tanh(x %*% w[[1]] + rep(w[[2]], each = 4)), predict(model, x)), tolerance = 1e-14)
  expect_equal(k_function(model$input, model$output)(x), predict(model, x))
  rest <- k_function(hidden$output, model$output)
  expect_equal(rest(f(x)[[1]]), predict(model, x), tolerance = 1e-14)
  names <- k_function(model$input, list(a = model$output, b = hidden$output))(x)
  expect_named(names, c("a", "b"))
})

test_that("it sees the weights as they are now, and the learning phase", {
  model <- net()
  f <- k_function(list(model$input, k_learning_phase()), list(model$output))
  set_weights(model, lapply(get_weights(model), function(w) w / 2))
  expect_equal(f(list(x, 0))[[1]], predict(model, x))
  drawn <- f(list(x, 1))[[1]]
  expect_false(isTRUE(all.equal(drawn, predict(model, x))))
})

test_that("gradients by inputs and by inner tensors are those of differences", {
  model <- net()
  hidden <- get_layer(model, "hidden")$output
  slopes <- k_gradients(model$output[, 1], list(model$input, hidden))
  f <- k_function(model$input, slopes[1])
  expect_equal(f(x)[[1]], by_steps(function(x) predict(model, x)[, 1], x), tolerance = 1e-8)
  h <- k_function(model$input, hidden)(x)
  rest <- k_function(hidden, model$output)
  expected <- by_steps(function(h) rest(h)[, 1], h)
  expect_equal(k_function(hidden, slopes[[2]])(h), expected, tolerance = 1e-8)
  expect_equal(k_function(model$input, slopes[[2]])(x), expected, tolerance = 1e-8)
})

test_that("gradients of R functions, several inputs and shared layers are those of differences", {
  a <- layer_input(3)
  b <- layer_input(2)
  shared <- layer_dense(units = 2, activation = function(x) x / (1 + x^2))
  scaled <- Layer("Scaled", build = function(input_shape) {
    self$w <- self$add_weight(shape = input_shape[2], initializer = initializer_constant(1.5))
  }, call = function(inputs) inputs * rep(self$w, each = nrow(inputs)))
  both <- layer_concatenate(list(shared(a), shared(a^2), b)) %>% scaled() %>% layer_dense(3)
  loss <- list(k_sum(both * both, axis = -1), k_exp(b[, 1]))
  f <- k_function(list(a, b), k_gradients(loss, list(b, a)))
  value <- k_function(list(a, b), loss)
  y <- x[, 2:3]
  total <- function(x, y) sum(unlist(value(list(x, y))))
  expect_equal(f(list(x, y)), list(by_steps(function(y) total(x, y), y), by_steps(function(x) total(x, y), x)),
    tolerance = 1e-5)
})

test_that("what is one for the batch stays so, and its gradient is that of one", {
  model <- net()
  loss <- k_mean(model$output[, 2])
  slope <- k_gradients(loss, model$input)[[1]]
  slope <- slope / (k_sqrt(k_mean(k_square(slope))) + 1e-5)
  step <- k_function(list(model$input), list(loss, slope))(list(x))
  g <- by_steps(function(x) mean(predict(model, x)[, 2]), x)
  expect_equal(step, list(mean(predict(model, x)[, 2]), g / (sqrt(mean(g^2)) + 1e-5)), tolerance = 1e-8)
  f <- k_function(model$input, list(k_mean(model$output, axis = 1), model$output[1, ], k_sum(loss) * 2))
  p <- predict(model, x)
  expect_equal(lapply(f(x), as.vector), list(colMeans(p), p[1, ], 2 * mean(p[, 2])), tolerance = 1e-14)
  many <- matrix(sin(1:1800), 600)
  expect_equal(f(many)[[3]], 2 * mean(predict(model, many)[, 2]), tolerance = 1e-12)
})

test_that("an input of targets makes gradients of a loss, as for adversarial examples", {
  model <- net()
  target <- k_placeholder(shape = list(NULL, 2))
  loss <- k_categorical_crossentropy(target, model$output)
  y <- diag(2)[c(1, 2, 2, 1), ]
  f <- k_function(list(model$input, target), k_gradients(loss, model$input))
  expected <- by_steps(function(x) -log(rowSums(predict(model, x) * y)), x)
  expect_equal(f(list(x, y))[[1]], expected, tolerance = 1e-7)
})

test_that("masks of an embedding reach the gradient by what it gives", {
  codes <- layer_input(4)
  vectors <- layer_embedding(codes, 6, 2, mask_zero = TRUE)
  out <- layer_global_average_pooling_1d(vectors)
  loss <- k_sum(out, axis = -1)
  f <- k_function(codes, k_gradients(loss, vectors))
  given <- f(rbind(c(1, 2, 0, 0), c(3, 3, 4, 1)))[[1]]
  expect_identical(dim(given), c(2L, 4L, 2L))
  expect_error(k_gradients(loss, codes), "embedding", class = "kestrel_error_argument")
})

test_that("a saved function of gradients gives the same", {
  model <- net()
  slope <- keras_model(model$input, k_gradients(model$output[, 1], model$input)[[1]])
  file <- withr::local_tempfile()
  saveRDS(slope, file)
  expect_identical(predict(readRDS(file), x), predict(slope, x))
})

test_that("what cannot be done is refused", {
  model <- net()
  other <- layer_input(2)
  expect_snapshot(error = TRUE, {
    k_gradients(model$output, model$weights)
    k_gradients(model$output, other)
    k_gradients(3, model$input)
    k_gradients(get_layer(model, "hidden")$output, model$output)
    k_function(model$input, other)
    k_function(model$input, model$output, updates = list(1))
    k_function(model$input, model$output)(list(x, x))
    k_function(model$input, model$output)(x[, 1:2])
    k_placeholder()
  })
})

test_that("a function that cannot be differentiated is named", {
  input <- layer_input(3)
  sorted <- layer_lambda(input, function(x) x[, order(colMeans(kestrel::k_get_value(x))), drop = FALSE])
  f <- k_function(input, k_gradients(sorted * 2, input))
  expect_equal(f(x)[[1]], 0 * x + 2)
  odd <- layer_lambda(input, function(x) matrix(qr.Q(qr(x)), nrow(x)), output_shape = 3)
  expect_error(k_function(input, k_gradients(odd, input))(x), "cannot|qr", class = "kestrel_error_layer")
})
