# The catalogue of bad inputs: making models and layers.

test_that("an empty model works and says so", {
  model <- keras_model_sequential()
  expect_s3_class(model, "kestrel_model")
  expect_output(print(model), "No layers yet")
})

test_that("input_shape must be whole numbers from 1 on", {
  for (bad in list(0, -1, 2.5, NA_character_, c(NA, 0), NaN, Inf, "4", list(), 1e10, 2^31, TRUE)) {
    expect_refused(keras_model_sequential(input_shape = bad), "argument", "input_shape")
    expect_refused(layer_dense(units = 1, input_shape = bad), "argument", "input_shape")
  }
})

test_that("names are short printable strings", {
  long <- strrep("a", 1e6)
  for (bad in list(5, "", NA_character_, c("a", "b"), long, "a\nb", "a\tb", "../../etc/passwd",
    "a/b")) {
    expect_refused(keras_model_sequential(name = bad), "argument", "name")
    expect_refused(layer_dense(units = 1, name = bad), "argument", "name")
  }
  model <- keras_model_sequential(name = "mod\u00e8le-\u6a21\u578b")
  expect_identical(model$name, "mod\u00e8le-\u6a21\u578b")
})

test_that("misspelt arguments are named with the nearest one", {
  error <- expect_refused(keras_model_sequential(inputshape = 4), "argument", "inputshape")
  expect_match(conditionMessage(error), "input_shape")
  error <- expect_refused(layer_dense(units = 3, activaton = "relu"), "argument", "activaton")
  expect_match(conditionMessage(error), "activation")
})

test_that("layers must be layers", {
  expect_refused(keras_model_sequential(layers = list(layer_dense(units = 1), "a")), "argument",
    "layers[[2]]")
  expect_refused(keras_model_sequential(layers = 1:2 > 0), "argument", "layers")
  model <- keras_model_sequential(list(layer_dense(units = 3, input_shape = 2),
    layer_dense(units = 1)))
  expect_identical(count_params(model), 13)
})

test_that("a layer joins a model once", {
  layer <- layer_dense(units = 2, input_shape = 2)
  model <- keras_model_sequential(list(layer))
  expect_refused(layer(model), "state", model = model)
})

test_that("a thousand layers are no trouble, in a stack and in a graph", {
  model <- keras_model_sequential(input_shape = 1)
  input <- tensor <- layer_input(shape = 1)
  for (i in 1:1000) {
    layer_dense(model, 1)
    tensor <- layer_dense(tensor, 1)
  }
  graph <- keras_model(input, tensor)
  expect_identical(count_params(model), 2000)
  expect_identical(get_layer(model, index = 1000)$name, "dense_999")
  expect_identical(vapply(graph$layers, function(layer) layer$name, ""),
    c("input_1", vapply(model$layers, function(layer) layer$name, "")))
  set_weights(graph, get_weights(model))
  expect_identical(predict(unserialize(serialize(graph, NULL)), 0.5), predict(model, 0.5))
})

test_that("a model without layers cannot be fitted", {
  model <- keras_model_sequential()
  model %>% compile(loss = "mse")
  expect_refused(fit(model, 1, 1), "state", names = "layer")
  expect_refused(predict(model, 1), "state", names = "layer")
  expect_refused(evaluate(model, 1, 1), "state", names = "layer")
})

test_that("models take layers, and data their outputs", {
  expect_refused(NULL %>% layer_dense(4), "argument", "object")
  expect_refused(list(1) %>% layer_dense(4), "argument", "object")
  expect_refused("a" %>% layer_dense(4), "argument", "object")
  expect_identical(dim(data.frame(a = 1) %>% layer_dense(4)), c(1L, 4L))
  expect_identical(dim(matrix(1) %>% layer_dense(4)), c(1L, 4L))
})

test_that("units must be a whole number from 1 on", {
  expect_refused(layer_dense(input_shape = 2), "argument", "units")
  for (bad in list(0, -3, 2.5, NA, NaN, Inf, "10", c(1, 2), NULL, TRUE, list(3), 1e10, 2^31)) {
    expect_refused(layer_dense(units = bad), "argument", "units")
  }
  set.seed(1)
  a <- keras_model_sequential() %>% layer_dense(10L, input_shape = 2L)
  set.seed(1)
  b <- keras_model_sequential() %>% layer_dense(10, input_shape = 2)
  expect_identical(get_weights(a), get_weights(b))
})

test_that("weights that no memory can hold are refused before they are asked for", {
  model <- keras_model_sequential() %>% layer_dense(1e6, input_shape = 1)
  error <- expect_refused(layer_dense(model, 1e6), "memory", model = model)
  expect_match(conditionMessage(error), "GB")
  model <- keras_model_sequential(input_shape = 2147483647)
  expect_refused(layer_dense(model, 2147483647), "memory", model = model)
})

test_that("an input_shape on a later layer must agree", {
  model <- keras_model_sequential() %>% layer_dense(3, input_shape = 2)
  expect_refused(layer_dense(model, 1, input_shape = 5), "shape", "input_shape", model,
    names = c("5", "3"))
})

test_that("activations are known names or activation objects", {
  expect_refused(layer_dense(units = 1, activation = "rleu"), "argument", "activation",
    names = "relu")
  for (bad in list(c("relu", "tanh"), 5, NA, "", as.name("tanh"), quote(x^2))) {
    expect_refused(layer_dense(units = 1, activation = bad), "argument", "activation")
  }
  expect_s3_class(layer_dense(units = 1, activation = NULL), "kestrel_layer")
})

test_that("initializers, regularizers and constraints are checked", {
  expect_refused(layer_dense(units = 1, kernel_initializer = "glorot"), "argument",
    "kernel_initializer", names = "glorot")
  expect_refused(layer_dense(units = 1, kernel_initializer = 5), "argument", "kernel_initializer")
  for (bad in list(-1, NA, Inf, "a")) {
    expect_refused(regularizer_l2(bad), "argument")
    expect_refused(regularizer_l1(bad), "argument")
  }
  expect_refused(layer_dense(units = 1, kernel_regularizer = "l3"), "argument",
    "kernel_regularizer")
  expect_refused(layer_dense(units = 1, kernel_constraint = "maxnrm"), "argument",
    "kernel_constraint")
  model <- keras_model_sequential(input_shape = 2)
  wrong <- function(shape, dtype = NULL) array(0, c(5, 5))
  expect_refused(layer_dense(model, 1, kernel_initializer = wrong), "callback", model = model)
  missing <- function(shape, dtype = NULL) array(NA_real_, shape)
  expect_refused(layer_dense(model, 1, kernel_initializer = missing), "callback", model = model)
  throws <- function(shape, dtype = NULL) stop("no")
  expect_refused(layer_dense(model, 1, kernel_initializer = throws), "callback", model = model)
})

test_that("use_bias is a flag, and FALSE leaves one tensor", {
  for (bad in list(NA, "yes", c(TRUE, FALSE), 2)) {
    expect_refused(layer_dense(units = 1, use_bias = bad), "argument", "use_bias")
  }
  model <- keras_model_sequential() %>% layer_dense(2, use_bias = FALSE, input_shape = 3)
  expect_length(get_weights(model), 1)
})

test_that("names in a model are unique", {
  model <- keras_model_sequential() %>% layer_dense(3, input_shape = 2, name = "a")
  expect_refused(layer_dense(model, 1, name = "a"), "argument", "name", model,
    names = c("layer 1", "layer 2"))
})

test_that("training with everything frozen leaves the weights alone", {
  model <- small_model()
  compile_again(freeze_weights(model))
  before <- get_weights(model)
  expect_warning(fit(model, small_x(), small_y(), epochs = 2, verbose = 0),
    class = "kestrel_warning_frozen")
  expect_identical(get_weights(model), before)
})

test_that("rates are in [0, 1)", {
  for (bad in list(-0.1, 1, 1.5, NA, "a", NULL)) {
    expect_refused(layer_dropout(rate = bad), "argument", "rate")
  }
  model <- keras_model_sequential(input_shape = 3) %>% layer_dropout(0)
  expect_equal(model(small_x(2, 3), training = TRUE), small_x(2, 3))
})

test_that("ten thousand layers do all that one does", {
  skip_on_cran()
  layers <- lapply(1:10000, function(i) layer_activation_relu())
  model <- keras_model_sequential(layers, input_shape = 1)
  compile(model, loss = "mse", optimizer = "sgd")
  fit(model, 1, 3, epochs = 1, verbose = 0)
  expect_identical(predict(model, 2)[1], 2)
  expect_identical(evaluate(model, 1, 3)[["loss"]], 4)
  expect_length(capture.output(summary(model)), 10009)
  expect_identical(predict(unserialize(serialize(model, NULL)), 2)[1], 2)
})

test_that("names that were made begin with those that are free", {
  model <- keras_model_sequential(input_shape = 2)
  names <- function() vapply(model$layers, function(layer) layer$name, "")
  layer_dense(model, 2, name = "dense_1")
  for (i in 1:3) layer_dense(model, 2)
  expect_identical(names(), c("dense_1", "dense", "dense_2", "dense_3"))
  other <- keras_model_sequential(input_shape = 2) %>% layer_dense(2)
  expect_identical(other$layers[[1]]$name, "dense")
  pop_layer(model)
  layer <- get_layer(model, "dense_1")
  layer$name <- "first"
  layer_dense(model, 2)
  layer_dense(model, 2)
  expect_identical(names(), c("first", "dense", "dense_2", "dense_1", "dense_3"))
  expect_refused(layer_dense(model, 2, name = "first"), "argument", "name", model)
})

test_that("a name in any script survives saveRDS()", {
  name <- "mod\u00e8le-\u6a21\u578b-\U1F9E0"
  model <- keras_model_sequential(name = name, input_shape = 1) %>% layer_dense(1)
  expect_identical(unserialize(serialize(model, NULL))$name, name)
  expect_true(any(grepl(name, format(model), fixed = TRUE)))
})

test_that("a layer is in a model once, and in several models with the same weights", {
  layer <- layer_dense(units = 4, input_shape = 4)
  expect_error(keras_model_sequential(list(layer, layer)), "layer 1", class = "kestrel_error_state")
  layer <- layer_dense(units = 4, input_shape = 4)
  first <- keras_model_sequential(list(layer))
  second <- keras_model_sequential(list(layer))
  compile(first, loss = "mse")
  fit(first, small_x(), small_x(), epochs = 1, verbose = 0)
  expect_identical(get_weights(second), get_weights(first))
})

test_that("names of activations in any case are the same in any locale", {
  old <- Sys.getlocale("LC_CTYPE")
  on.exit(Sys.setlocale("LC_CTYPE", old))
  for (locale in c("C", "tr_TR.UTF-8", "tr_TR.utf8")) {
    if (!nzchar(suppressWarnings(Sys.setlocale("LC_CTYPE", locale)))) next
    expect_identical(compile(small_model(), loss = "MEAN_SQUARED_ERROR", optimizer = "RMSPROP")$loss$record, "mean_squared_error")
    expect_refused(layer_dense(units = 1, activation = "SIGMOIDE"), "argument", "activation", names = "sigmoid")
  }
})
