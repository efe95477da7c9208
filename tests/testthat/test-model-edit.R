# Looking up, removing and copying layers.

layered <- function() {
  keras_model_sequential(input_shape = 4) %>%
    layer_dense(3, activation = "relu", name = "first") %>%
    layer_dropout(0.2) %>%
    layer_dense(2, name = "last")
}

test_that("layers are found by name and number", {
  model <- layered()
  expect_identical(get_layer(model, "first")$units, 3L)
  expect_identical(get_layer(model, index = 2)$name, "dropout")
  expect_identical(get_layer(model, index = -1)$name, "last")
  expect_identical(get_layer(model, index = 3), get_layer(model, "last"))
  error <- expect_error(get_layer(model, "frist"), class = "kestrel_error_argument")
  expect_match(conditionMessage(error), "\"first\"")
  expect_error(get_layer(model, index = 4), class = "kestrel_error_argument")
  expect_error(get_layer(model, index = 0), class = "kestrel_error_argument")
  expect_error(get_layer(model), class = "kestrel_error_argument")
  expect_error(get_layer(model, "first", 1), class = "kestrel_error_argument")
})

test_that("a layer that was looked up is the model's own", {
  model <- layered()
  layer <- get_layer(model, "last")
  set_weights(layer, list(matrix(0, 3, 2), c(5, 7)))
  expect_identical(predict(model, matrix(1, 1, 4)), matrix(c(5, 7), 1))
})

test_that("pop_layer() takes the last layer off", {
  model <- layered()
  model %>% compile(loss = "mse")
  x <- wave_x()
  weights <- get_weights(model)
  last <- pop_layer(model)
  expect_identical(last$name, "last")
  expect_length(model$layers, 2)
  expect_identical(model$output_shape, list(NULL, 3L))
  expect_identical(get_weights(model), weights[1:2])
  expect_near(predict(model, x), pmax(x %*% weights[[1]] + rep(weights[[2]], each = 40), 0), 1e-14)
  model %>% layer_dense(1)
  expect_identical(dim(predict(model, x)), c(40L, 1L))
  for (i in 1:3) pop_layer(model)
  expect_error(pop_layer(model), class = "kestrel_error_state")
})

test_that("a copy has the same layers and settings, and weights of its own", {
  set.seed(61)
  model <- trained_model(1)
  freeze_weights(model, which = 1)
  copy <- clone_model(model)
  expect_identical(vapply(copy$layers, function(l) l$name, ""),
    vapply(model$layers, function(l) l$name, ""))
  expect_identical(vapply(copy$layers, function(l) l$trainable, NA), c(FALSE, TRUE, TRUE, TRUE))
  expect_false(identical(get_weights(copy)[[1]], get_weights(model)[[1]]))
  expect_null(environment(copy)$optimizer_state)
  set_weights(copy, get_weights(model))
  expect_identical(predict(copy, wave_x()), predict(model, wave_x()))
  fit(copy, wave_x(), wave_y(), epochs = 1, verbose = 0)
  expect_named(copy$history$metrics, c("loss", "mae"))
})

test_that("the optimizer of a copy is its own", {
  model <- small_model()
  copy <- clone_model(model)
  copy$optimizer$learning_rate <- 0.25
  expect_identical(model$optimizer$learning_rate, 0.01)
  expect_identical(copy$optimizer$learning_rate, 0.25)
  expect_identical(format(clone_model(model)$optimizer), format(model$optimizer))
})

test_that("models that are not built or compiled are copied as they are", {
  model <- keras_model_sequential(name = "mine") %>% layer_dense(2)
  copy <- clone_model(model)
  expect_identical(copy$name, "mine")
  expect_null(copy$input_shape)
  expect_length(get_weights(copy), 0)
  copy %>% compile(loss = "mse")
  expect_error(fit(model, 1:3, 1:3), class = "kestrel_error_state")
})

test_that("from_config() makes an equal model and equal layers", {
  model <- layered()
  config <- get_config(model)
  again <- from_config(config)
  expect_identical(get_config(again), config)
  expect_identical(lapply(get_weights(again), dim), lapply(get_weights(model), dim))
  for (layer in model$layers) {
    expect_identical(get_config(from_config(get_config(layer))), get_config(layer))
  }
  there <- unserialize(serialize(config, NULL))
  expect_identical(get_config(from_config(there)), config)
  expect_error(from_config(list(1)), class = "kestrel_error_argument")
  expect_error(get_config("dense"), class = "kestrel_error_argument")
})

test_that("a model that lost its last layer trains like one that never had it", {
  x <- small_x()
  trained <- function(with) {
    set.seed(4)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, activation = "tanh")
    if (with) model %>% layer_dense(1)
    model %>% compile(loss = "mse", optimizer = "adam", metrics = "mae")
    if (with) fit(model, x, small_y(), epochs = 1, verbose = 0)
    if (with) pop_layer(model)
    set_weights(model, list(matrix(0.1, 4, 3), numeric(3)))
    history <- fit(model, x, x[, 1:3], epochs = 3, verbose = 0, shuffle = FALSE)
    list(get_weights(model), history$metrics)
  }
  expect_identical(trained(TRUE), trained(FALSE))
})

test_that("metrics with a number for each output follow layers that come and go", {
  model <- keras_model_sequential() %>% layer_dense(2, input_shape = 4) %>% layer_dense(3)
  model %>% compile(loss = "mse", metrics = list(metric_f1_score(), "mae"))
  names_for <- function(k) c("loss", sprintf("f1_score_%d", seq_len(k) - 1), "mae")
  expect_identical(model$metrics_names, names_for(3))
  pop_layer(model)
  expect_identical(model$metrics_names, names_for(2))
  model %>% layer_dense(4)
  expect_identical(model$metrics_names, names_for(4))
  expect_named(evaluate(model, small_x(), small_y(6, 4), verbose = 0), names_for(4))
})

# Made by the constructor again, with the same values.
test_that("every layer comes back from its config", {
  layers <- list(
    layer_activation(activation = "relu"), layer_activation_elu(alpha = 2),
    layer_activation_leaky_relu(alpha = 0.1), layer_activation_parametric_relu(shared_axes = 1),
    layer_activation_relu(max_value = 6), layer_activation_selu(), layer_activation_softmax(),
    layer_activation_thresholded_relu(theta = 0.5), layer_activity_regularization(l1 = 0.1),
    layer_add(), layer_average(), layer_concatenate(axis = 1), layer_dot(axes = 1),
    layer_maximum(), layer_minimum(), layer_multiply(), layer_subtract(),
    layer_alpha_dropout(rate = 0.1), layer_dropout(rate = 0.2, seed = 3),
    layer_gaussian_dropout(rate = 0.3), layer_gaussian_noise(stddev = 0.4),
    layer_spatial_dropout_1d(rate = 0.5), layer_average_pooling_1d(pool_size = 3),
    layer_max_pooling_1d(strides = 1), layer_global_average_pooling_1d(),
    layer_global_max_pooling_1d(), layer_cropping_1d(cropping = c(1, 2)),
    layer_zero_padding_1d(padding = 2), layer_batch_normalization(momentum = 0.9, center = FALSE),
    layer_group_normalization(groups = 2), layer_layer_normalization(epsilon = 0.01),
    layer_rms_normalization(), layer_unit_normalization(), layer_normalization(axis = -1L),
    layer_normalization(mean = 1, variance = 2), layer_category_encoding(num_tokens = 3),
    layer_discretization(bin_boundaries = 1:3), layer_discretization(num_bins = 4),
    layer_dense(units = 3, activation = "tanh", kernel_regularizer = regularizer_l2(0.1)),
    layer_embedding(input_dim = 3, output_dim = 2), layer_flatten(input_shape = c(2, 3)),
    layer_permute(dims = c(2, 1)), layer_repeat_vector(n = 2), layer_rescaling(scale = 2, offset = 1),
    layer_reshape(target_shape = c(2, -1)), layer_time_distributed(layer = layer_dense(units = 2)),
    layer_string_lookup(vocabulary = c("a", "b")), layer_integer_lookup(vocabulary = 3:5)
  )
  for (layer in layers) {
    config <- get_config(layer)
    config$name <- "it"
    config$trainable <- FALSE
    again <- get_config(from_config(config))
    if (attr(config, "origin") == "time_distributed") config$layer <- again$layer <- NULL
    expect_equal(again, config, info = attr(config, "origin"))
  }
})

test_that("values in configs are checked as those of the constructors are", {
  change <- function(layer, ...) {
    config <- utils::modifyList(get_config(layer), list(...))
    from_config(config)
  }
  expect_refused(change(layer_dense(units = 2), units = -3), "argument", "units")
  expect_refused(change(layer_dense(units = 2), activation = "rely"), "argument", "activation")
  expect_refused(change(layer_dropout(rate = 0.1), rate = -7), "argument", "rate")
  expect_refused(change(layer_dense(units = 2), name = 3), "argument", "name")
  expect_refused(change(layer_dense(units = 2), input_shape = "a"), "argument", "input_shape")
  expect_refused(change(layer_embedding(input_dim = 2, output_dim = 1), input_dim = NULL), "argument", "input_dim")
  config <- get_config(small_model())
  config$layers[[1]]$config$units <- 2.5
  expect_refused(from_config(config), "argument", "units")
})

test_that("configs that were taken apart are refused", {
  config <- get_config(small_model())
  # The config with another value at a path of names and numbers.
  within_list <- function(x, path, value) {
    if (length(path) > 1) value <- within_list(x[[at(path[1])]], path[-1], value)
    x[[at(path[1])]] <- value
    x
  }
  at <- function(step) if (grepl("^[0-9]+$", step)) as.integer(step) else step
  a <- layer_input(3)
  graph <- get_config(keras_model(a, layer_dense(a, 2)))
  expect_identical(from_config(graph)$output_shape, list(NULL, 2L))
  configs <- list(
    within_list(config, "layers", "x"), within_list(config, c("layers", 1, "config"), list(units = 3)),
    within_list(config, c("layers", 1, "config"), 3), within_list(config, "name", 1:3),
    within_list(config, "dtype", "int"), within_list(config, "build_input_shape", -3),
    within_list(config, "build_input_shape", 7L), within_list(graph, "graph", 3),
    within_list(graph, c("graph", "outputs", "call"), 9), structure(config, origin = "foo"),
    structure(config, origin = "custom"), structure(list(), origin = NA_character_)
  )
  for (i in seq_along(configs)) expect_refused(from_config(configs[[i]]), "argument")
})

test_that("configs whose layers are none are refused", {
  config <- get_config(keras_model_sequential(input_shape = 2) %>% layer_dense(1))
  for (bad in list("a", 3, NULL, list(config = 3))) {
    changed <- config
    changed$layers <- list(bad)
    expect_refused(from_config(changed), "argument", "config$layers[[1]]")
  }
})
