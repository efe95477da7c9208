codes <- rbind(c(3, 4, 0, 0), c(1, 0, 2, 0), c(1, 2, 3, 4), c(5, 5, 1, 0))

# The same layers in a model, and in a model of a class.
graph_of <- function(parts) Reduce(function(model, part) part(model), parts,
  keras_model_sequential(input_shape = 4, dtype = "float64"))

class_of <- function(parts) {
  model <- Model("Parts", initialize = function() self$parts <- parts,
    call = function(inputs) Reduce(function(x, part) part(x), self$parts, inputs))()
  predict(model, codes)
  model
}

layer_weighted_mean <- Layer("WeightedMean", call = function(inputs, mask = NULL) {
  m <- if (is.null(mask)) k_ones_like(inputs) else k_expand_dims(mask + 0)
  k_sum(inputs * m, axis = 2) / k_sum(m, axis = 2)
})

expect_same_in_class <- function(parts) {
  graph <- graph_of(parts())
  class <- class_of(parts())
  set_weights(class, get_weights(graph))
  for (model in list(graph, class)) compile(model, optimizer_sgd(0.1), "mse")
  y <- cos(1:4)
  expect_equal(predict(class, codes), predict(graph, codes), tolerance = 1e-5)
  expect_equal(class(codes), predict(class, codes), tolerance = 1e-5)
  slopes <- lapply(list(class, graph), function(m) with_gradient(m, codes, y))
  expect_equal(unname(slopes[[1]]$gradients), unname(slopes[[2]]$gradients), tolerance = 1e-4)
  for (model in list(graph, class)) fit(model, codes, y, epochs = 2, verbose = 0, shuffle = FALSE)
  expect_equal(get_weights(class), get_weights(graph), tolerance = 1e-4)
  predict(class, codes)
}

test_that("layers in call() hand masks on and use them as those of a graph do", {
  means <- lapply(list(layer_global_average_pooling_1d, layer_weighted_mean), function(mean) {
    set.seed(1)
    expect_same_in_class(function() list(layer_embedding(input_dim = 6, output_dim = 3, mask_zero = TRUE),
      layer_dense(units = 2, activation = "tanh"), mean(), layer_dense(units = 1)))
  })
  expect_equal(means[[1]], means[[2]], tolerance = 1e-5)
  set.seed(1)
  without <- expect_same_in_class(function() list(layer_embedding(input_dim = 6, output_dim = 3),
    layer_dense(units = 2, activation = "tanh"), layer_global_average_pooling_1d(), layer_dense(units = 1)))
  expect_gt(max(abs(without - means[[1]])), 1e-3)
})

test_that("masks are made, merged, computed and lost as in a graph", {
  layer_first <- Layer("First", call = function(inputs) inputs * 1,
    compute_mask = function(inputs, mask = NULL) cbind(mask[, 1:2], FALSE, FALSE))
  layer_probe <- Layer("Probe", initialize = function(work) {
    self$work <- work
    self$mean <- layer_global_average_pooling_1d()
  }, call = function(inputs) self$mean(self$work(inputs)))
  x <- masked_x()[1:3, , ]
  m <- mask_of(x)
  other <- m[c(3, 1, 2), ]
  y <- x[c(3, 1, 2), , ] + 0
  mean_of <- function(x, m) apply(x * c(m), c(1, 3), sum) / rowSums(m)
  expect_work <- function(work, expected, on = x) {
    expect_equal(layer_probe(work = work)(on), expected, tolerance = 1e-6)
  }
  masks <- list(layer_masking(), layer_masking())
  expect_work(function(x) masks[[1]](x), mean_of(x, m))
  expect_work(function(x) masks[[1]](x) * 1, mean_of(x, m * 0 + 1))
  expect_work(function(x) layer_add(list(masks[[1]](x[[1]]), masks[[2]](x[[2]]))),
    mean_of(x + y, pmax(m, other)), list(x, y))
  expect_work(function(x) layer_add(list(masks[[1]](x[[1]]), x[[2]])), mean_of(x + y, m * 0 + 1), list(x, y))
  expect_work(function(x) layer_reshape(masks[[1]](x), c(4, 3)), mean_of(x, m * 0 + 1))
  first <- layer_first()
  expect_work(function(x) first(masks[[1]](x)), mean_of(x, cbind(m[, 1:2], 0, 0)))
})

test_that("the mask of the input is that of layers in call(), too", {
  layer_outer <- Layer("Outer", initialize = function() self$mean <- layer_global_average_pooling_1d(),
    call = function(inputs, mask = NULL) self$mean(inputs))
  x <- masked_x()
  input <- layer_input(c(4, 3))
  masked <- layer_masking(input)
  model <- keras_model(input, list(layer_outer(masked), layer_global_average_pooling_1d(masked)))
  y <- predict(model, x)
  expect_equal(y[[1]], y[[2]], tolerance = 1e-6)
})
