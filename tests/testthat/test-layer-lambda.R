d <- custom_data()

test_that("a lambda layer is the layer of the same formula", {
  results <- lapply(1:2, function(i) {
    set.seed(3)
    model <- keras_model_sequential(input_shape = 3) %>% layer_dense(4)
    if (i == 1) model %>% layer_rescaling(2, offset = -1) else model %>% layer_lambda(function(x) 2 * x - 1)
    model %>% layer_dense(1) %>% compile(loss = "mse", optimizer = "adam", metrics = "mae")
    all_results(model, d$x, d$y, d$w)
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-12)
})

test_that("output dims are found, told by numbers, or by a function", {
  twice <- function(x) cbind(x, x^2)
  expect_equal(layer_lambda(f = twice)(d$x), cbind(d$x, d$x^2))
  dims <- function(...) (keras_model_sequential(input_shape = 3) %>% layer_lambda(...))$output_shape |> unlist()
  expect_equal(dims(twice), 6)
  expect_equal(dims(function(x) rowSums(x)), 1)
  expect_equal(dims(function(x) array(x, c(nrow(x), 3, 1))), c(3, 1))
  expect_equal(dims(twice, output_shape = 6), 6)
  expect_equal(dims(twice, output_shape = list(NULL, 6)), 6)
  expect_equal(dims(twice, output_shape = function(shape) c(shape[1], 2 * shape[2])), 6)
})

test_that("a single sample keeps its dims", {
  model <- keras_model_sequential(input_shape = 3) %>% layer_dense(3) %>%
    layer_lambda(function(x) rowSums(x[, 1:2]^2)) %>% layer_dense(1)
  expect_equal(predict(model, d$x[1, , drop = FALSE]), predict(model, d$x)[1, , drop = FALSE])
})

test_that("several inputs are a list; arguments and training are passed on", {
  a <- layer_input(2)
  b <- layer_input(2)
  out <- layer_lambda(list(a, b), function(ab, k, training) k * ab[[1]] * ab[[2]] + training,
    arguments = list(k = 3))
  model <- keras_model(list(a, b), out)
  x <- list(d$x[, 1:2], d$x[, 2:3])
  expect_equal(predict(model, x), 3 * x[[1]] * x[[2]], tolerance = 1e-14)
  expect_equal(model(x, training = TRUE), 3 * x[[1]] * x[[2]] + 1, tolerance = 1e-14)
})

test_that("functions of the data alone may be any of R's", {
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_lambda(function(x) sweep(x, 2, c(1, 2, 3)) %% 2) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  fit(model, d$x, d$y, epochs = 1, verbose = 0)
  w <- get_weights(model)
  expect_equal(predict(model, d$x), (t(t(d$x) - 1:3) %% 2) %*% w[[1]] + c(w[[2]]), tolerance = 1e-12)
})

test_that("what is no layer's function is refused", {
  expect_error(layer_lambda(f = 3), class = "kestrel_error_argument")
  expect_error(layer_lambda(), class = "kestrel_error_argument")
  expect_error(layer_lambda(f = identity, output_shape = "a"), class = "kestrel_error_argument")
  expect_error(layer_lambda(f = identity, arguments = list(1)), class = "kestrel_error_argument")
  expect_error(layer_lambda(f = function(x) sum(x))(d$x), "for each sample", class = "kestrel_error_layer")
  expect_error(layer_lambda(f = function(x) "a")(d$x), class = "kestrel_error_layer")
})

test_that("functions that take whole numbers alone are tried with these", {
  table <- matrix(1:20, 10)
  input <- layer_input(1, dtype = "int32")
  model <- keras_model(input, layer_lambda(input, function(x) k_gather(k_constant(table), x)))
  expect_equal(predict(model, c(0, 4, 9))[, 1, ], table[c(1, 5, 10), ])
  only <- function(x) if (all(x == 0)) cbind(x, x) else stop("not 0: ", x[2])
  expect_equal(layer_lambda(f = only)(matrix(0, 3, 1)), matrix(0, 3, 2))
  expect_error(layer_lambda(f = function(x) stop("fails at ", x[1]))(matrix(0, 3, 1)), "fails at 0.1")
})
