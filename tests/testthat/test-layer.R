test_that("a layer that is given numbers is called on them", {
  x <- matrix(c(-1, 2, 3, -4), 2)
  set.seed(1)
  y <- layer_dense(x, 3)
  set.seed(1)
  expect_equal(y, layer_dense(units = 3)(x))
  expect_identical(dim(y), c(2L, 3L))
  expect_equal(x %>% layer_activation("relu"), pmax(x, 0))
  expect_equal(layer_rescaling(as.data.frame(x), scale = 2), 2 * x, ignore_attr = TRUE)
  expect_equal(layer_flatten(array(1:8, c(2, 2, 2))), layer_flatten()(array(1:8, c(2, 2, 2))))
  expect_refused(layer_dense("a", 3), "argument", "object")
})

test_that("layers join models by either pipe, by position and by name", {
  a <- keras_model_sequential() %>% layer_dense(3, "tanh", input_shape = 2) %>% layer_dense(1)
  b <- keras_model_sequential() |> layer_dense(3, "tanh", input_shape = 2) |> layer_dense(1)
  c <- keras_model_sequential()
  layer_dense(c, units = 3, activation = "tanh", input_shape = 2)
  layer_dense(object = c, units = 1)
  d <- keras_model_sequential(layers = list(
    layer_dense(units = 3, activation = "tanh", input_shape = 2), layer_dense(units = 1)
  ))
  shared <- layer_dense(units = 3, activation = "tanh", input_shape = 2)
  e <- keras_model_sequential() %>% shared %>% layer_dense(1)
  for (model in list(b, c, d, e)) expect_identical(format(model), format(a))
  for (model in list(b, c, d, e)) {
    set_weights(model, get_weights(a))
    expect_identical(predict(model, small_x(4, 2)), predict(a, small_x(4, 2)))
  }
})

test_that("layer_*() adds in place and returns the model invisibly", {
  model <- keras_model_sequential(input_shape = 2)
  expect_invisible(layer_dense(model, 3))
  expect_length(model$layers, 1)
  expect_identical(environment(layer_dense(model, 1)), environment(model))
})

test_that("a layer alone is called on data and shares its weights between calls", {
  layer <- layer_dense(units = 2, weights = list(matrix(1:6, 3), c(0, 1)))
  x <- matrix(1:6, 2)
  expect_equal(layer(x), x %*% matrix(1:6, 3) + rep(c(0, 1), each = 2))
  expect_identical(layer(x), layer(x))
  expect_refused(layer(x[, 1:2]), "shape", "x", names = c("3", "2"))
  expect_refused(layer("a"), "argument", "x")
  expect_refused(layer(x, training = NA), "argument", "training")
})

test_that("all forms of the input shape act", {
  for (layer in list(
    layer_dense(units = 1, input_shape = 4), layer_dense(units = 1, input_dim = 4),
    layer_dense(units = 1, input_shape = list(4)), layer_dense(units = 1, input_shape = c(4)),
    layer_dense(units = 1, batch_input_shape = c(32, 4)),
    layer_dense(units = 1, batch_input_shape = list(NULL, 4)),
    layer_dense(units = 1, batch_shape = c(NA, 4)), layer_dense(units = 1, input_dim = 4L)
  )) {
    expect_identical(layer$input_shape, list(NULL, 4L))
    model <- keras_model_sequential() %>% layer
    expect_identical(count_params(model), 5)
  }
  deep <- keras_model_sequential() %>% layer_flatten(batch_input_shape = list(NULL, 2, 3))
  expect_identical(deep$output_shape, list(NULL, 6L))
})

test_that("the arguments of every layer act", {
  makers <- list(
    function(...) layer_dense(units = 2, ...),
    function(...) layer_activation(activation = "relu", ...),
    function(...) layer_activation_relu(...), function(...) layer_activation_leaky_relu(...),
    function(...) layer_activation_elu(...), function(...) layer_activation_selu(...),
    function(...) layer_activation_thresholded_relu(...),
    function(...) layer_activation_softmax(...),
    function(...) layer_dropout(rate = 0.5, ...),
    function(...) layer_gaussian_noise(stddev = 1, ...),
    function(...) layer_batch_normalization(...), function(...) layer_layer_normalization(...),
    function(...) layer_flatten(...), function(...) layer_reshape(target_shape = 2, ...)
  )
  for (make in makers) {
    layer <- make(
      name = "mine", trainable = FALSE, dtype = "float64", input_shape = 2, batch_size = 8,
      activity_regularizer = regularizer_l2(0.5)
    )
    expect_identical(layer$name, "mine")
    expect_false(layer$trainable)
    expect_identical(layer$input_shape, list(NULL, 2L))
    expect_identical(layer$activity_regularizer$config$l2, 0.5)
    expect_refused(make(nmae = "x"), "argument", "nmae", names = "name")
    expect_refused(make(trainable = NA), "argument", "trainable")
    expect_refused(make(dtype = "int"), "argument", "dtype")
    expect_refused(make(batch_size = 0), "argument", "batch_size")
    expect_refused(make(input_dim = "a"), "argument", "input_dim")
    expect_config_round_trip(make(), small_x(3, 2))
  }
})

test_that("an activity regularizer is the penalty over the batch's size", {
  x <- small_x(5, 3)
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_activation("tanh", activity_regularizer = regularizer_l2(0.1))
  compile(model, loss = "mse")
  loss <- evaluate(model, x, tanh(x), batch_size = 5, verbose = 0)
  expect_equal(loss[["loss"]], 0.1 * sum(tanh(x)^2) / 5)
})

test_that("initial weights are taken or refused as a whole", {
  w <- list(matrix(1:4, 2), 1:2)
  model <- keras_model_sequential() %>% layer_dense(2, input_shape = 2, weights = w)
  expect_equal(get_weights(model), list(matrix(c(1, 2, 3, 4), 2), array(c(1, 2))))
  model <- keras_model_sequential(input_shape = 3)
  expect_refused(layer_dense(model, 2, weights = w), "shape", "weights", model)
  expect_refused(layer_dense(model, 2, weights = w[1]), "shape", "weights", model)
  expect_refused(layer_dense(units = 2, weights = 1:4), "argument", "weights")
})

test_that("layers are named by class and number, in their model", {
  model <- keras_model_sequential(input_shape = 2) %>%
    layer_dense(2) %>% layer_dense(2) %>% layer_activation_relu() %>%
    layer_activation_leaky_relu() %>% layer_activation_elu() %>% layer_batch_normalization() %>%
    layer_activation_relu() %>% layer_dense(1, name = "dense_2") %>% layer_dense(1)
  expect_identical(vapply(model$layers, function(l) l$name, ""), c(
    "dense", "dense_1", "re_lu", "leaky_re_lu", "elu", "batch_normalization", "re_lu_1",
    "dense_2", "dense_3"
  ))
})

test_that("name, trainable and weights of a layer can be set, the rest cannot", {
  model <- small_model()
  layer <- get_layer(model, "dense")
  layer$trainable <- FALSE
  expect_false(get_layer(model, "dense")$trainable)
  layer$name <- "first"
  expect_identical(get_layer(model, index = 1)$name, "first")
  expect_identical(layer$units, 3L)
  expect_refused(layer$nothing, "argument", "nothing")
  expect_refused(layer$units <- 4, "argument", "units", model)
  expect_refused(layer$trainable <- 3, "argument", "trainable", model)
  layer$set_weights(lapply(layer$get_weights(), function(w) w * 0))
  expect_identical(sum(abs(unlist(get_weights(layer)))), 0)
})

test_that("a saved layer computes as before", {
  layer <- layer_dense(units = 2)
  x <- small_x()
  y <- layer(x)
  file <- tempfile(fileext = ".rds")
  on.exit(unlink(file))
  saveRDS(layer, file)
  expect_identical(readRDS(file)(x), y)
})

test_that("layers print themselves with their shapes", {
  layer <- layer_dense(units = 2, input_shape = 3)
  expect_snapshot({
    layer
    invisible(layer(matrix(1, 1, 3)))
    layer
    layer_batch_normalization(name = "norm")
    layer_activation_leaky_relu()
  })
})

test_that("layers are refused in words", {
  model <- small_model()
  expect_snapshot(error = TRUE, {
    NULL %>% layer_dense(4)
    layer_dense(units = 1, input_shape = c(2, NaN))
    layer_dense(units = 1, batch_size = -1)
    layer_dense(model, 1, name = "dense_1")
    layer_dense(model, 1, input_shape = 7)
  })
})

test_that("the first layer's dtype is the model's, others must agree", {
  x <- small_x(3)
  model <- keras_model_sequential() %>% layer_dense(2, input_shape = 4, dtype = "float32")
  expect_identical(model$dtype, "float32")
  model %>% layer_dense(3) %>% layer_dense(1, dtype = "float32")
  double <- keras_model_sequential() %>% layer_dense(2, input_shape = 4) %>% layer_dense(3) %>%
    layer_dense(1)
  set_weights(double, get_weights(model))
  difference <- max(abs(predict(model, x) - predict(double, x)))
  expect_gt(difference, 0)
  expect_lt(difference, 1e-5)
  expect_refused(layer_dense(model, 1, dtype = "float64"), "argument", "dtype", model)
  expect_refused(layer_dense(double, 1, dtype = "float32"), "argument", "dtype", double)
  own <- keras_model_sequential(dtype = "float64")
  expect_refused(layer_dense(own, 1, dtype = "float32"), "argument", "dtype", own)
  expect_identical(clone_model(model)$dtype, "float32")
  expect_identical(from_config(get_config(model))$dtype, "float32")
  layer <- layer_dense(units = 2, dtype = "float32")
  single <- layer(x)
  twin <- layer_dense(units = 2, weights = get_weights(layer))
  expect_false(identical(twin(x), single))
  expect_near(twin(x), single, 1e-5)
})

test_that("ways to say the shape of the input must agree", {
  shape_of <- function(...) unlist(layer_dense(units = 1, ...)$input_shape)
  expect_identical(shape_of(input_dim = 3, input_shape = 3), 3L)
  expect_identical(shape_of(batch_input_shape = list(NULL, 2, 3), input_shape = c(2, 3)), 2:3)
  expect_identical(shape_of(batch_shape = c(8, 2, 3)), 2:3)
  expect_refused(shape_of(input_dim = 3, input_shape = 4), "argument", "input_dim", names = c("4", "3"))
  expect_refused(shape_of(input_dim = 2, batch_shape = c(NA, 4)), "argument", "batch_shape")
})
