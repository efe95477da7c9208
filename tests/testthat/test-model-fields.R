test_that("shapes begin with the unknown number of samples, as in Keras", {
  model <- keras_model_sequential() %>% layer_dense(3, input_shape = 4)
  expect_identical(model$input_shape, list(NULL, 4L))
  expect_identical(model$input_shape[[2]], 4L)
  expect_identical(model$output_shape, list(NULL, 3L))
  expect_identical(model$layers[[1]]$output_shape, list(NULL, 3L))
  x <- list(layer_input(2), layer_input(c(3, 1)))
  two <- keras_model(x, list(x[[2]], layer_dense(x[[1]], 5)))
  expect_identical(two$input_shape, list(list(NULL, 2L), list(NULL, 3L, 1L)))
  expect_identical(two$output_shape, list(list(NULL, 3L, 1L), list(NULL, 5L)))
  expect_null(keras_model_sequential()$input_shape)
})

test_that("the methods of Keras' model are there", {
  model <- small_model(metrics = "mae")
  expect_identical(model$count_params(), count_params(model))
  expect_identical(model$get_weights(), get_weights(model))
  zeros <- lapply(get_weights(model), function(w) 0 * w)
  model$set_weights(zeros)
  expect_identical(get_weights(model), zeros)
  expect_identical(model$predict(small_x()), matrix(0, 6, 1))
  expect_identical(model$evaluate(small_x(), small_y(), verbose = 0),
    evaluate(model, small_x(), small_y(), verbose = 0))
  model$compile(loss = "mae", optimizer = "adam")
  expect_identical(model$loss$record, "mean_absolute_error")
  h <- model$fit(small_x(), small_y(), epochs = 2, verbose = 0)
  expect_identical(model$history, h)
  expect_identical(model$get_layer("dense_1")$units, 1L)
  expect_output(model$summary(), "dense_1")
  model$add(layer_dense(units = 2))
  expect_identical(model$output_shape, list(NULL, 2L))
  model$pop()
  expect_identical(model$output_shape, list(NULL, 1L))
  expect_refused(model$add(3), "argument", "layer", model)
})

test_that("weights are sorted into trained and others, and are fields of layers", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(3) %>%
    layer_batch_normalization()
  expect_length(model$trainable_weights, 4)
  expect_length(model$non_trainable_weights, 2)
  layer <- model$layers[[1]]
  expect_identical(layer$kernel$numpy(), get_weights(layer)[[1]])
  expect_identical(layer$kernel$shape, dim(get_weights(layer)[[1]]))
  expect_identical(layer$count_params(), 9)
  k_set_value(layer$bias, 1:3)
  expect_equal(c(get_weights(model)[[2]]), 1:3)
  expect_error(layer$kernel <- matrix(0, 3, 3), class = "kestrel_error_shape")
  expect_identical(model$layers[[2]]$moving_variance$numpy(), get_weights(model)[[6]])
  expect_false(model$layers[[2]]$moving_variance$trainable)
})

test_that("unknown fields are refused, with the nearest name", {
  model <- small_model()
  expect_refused(model$nonsense, "argument", "nonsense", model)
  expect_refused(model$optimiser, "argument", "optimiser", model, names = "model$optimizer")
  expect_refused(model$optimizer$iteration, "argument", "iteration", model)
  expect_refused(model$optimizer$learning_rat, "argument", names = "learning_rate")
  expect_refused(model$layers[[1]]$unit, "argument", "unit", model, names = "layer$units")
  expect_null(model$history)
  expect_null(model$optimizer$clipnorm)
  # A field of a callback is the user's.
  expect_null(callback_early_stopping()$mine)
  expect_snapshot(error = TRUE, {
    model$optimiser
    model$nonsense
    model$layers[[1]]$units <- 3
    model$layers <- list()
    model$foo <- 1
    model$optimizer$foo
  })
})

test_that("`[[` takes names and the places of names", {
  model <- small_model()
  expect_identical(model[[1]], model[[names(model)[1]]])
  expect_identical(model[["layers"]], model$layers)
  for (i in seq_along(names(model))) {
    expect_identical(model[[i]], model[[names(model)[i]]])
  }
  layer <- model$layers[[1]]
  expect_identical(layer[[1]], "dense")
  for (bad in list(0, 99, NA, 1.5, c("a", "b"), NULL, TRUE)) {
    expect_refused(model[[bad]], "argument", "i", model)
    expect_refused(layer[[bad]], "argument", "i", model)
  }
  model[["name"]] <- "new"
  expect_identical(model$name, "new")
})

test_that("a layer is frozen through its model", {
  model <- small_model()
  before <- get_weights(model)
  model$layers[[1]]$trainable <- FALSE
  expect_false(get_layer(model, index = 1)$trainable)
  compile_again(model)
  fit(model, small_x(), small_y(), epochs = 2, verbose = 0)
  expect_identical(get_weights(model)[1:2], before[1:2])
  expect_false(identical(get_weights(model)[[3]], before[[3]]))
  expect_refused(model$layers <- rev(model$layers), "argument", "layers", model)
  expect_refused(model$layers[[1]] <- layer_dense(units = 3), "argument", "layers", model)
})

test_that("a copy written as text is refused everywhere, by its name", {
  text <- utils::capture.output(dput(small_model()))
  copy <- eval(parse(text = text), globalenv())
  layer <- eval(parse(text = utils::capture.output(dput(layer_dense(units = 3)))), globalenv())
  uses <- list(
    function() predict(copy, small_x()), function() fit(copy, small_x(), small_y()),
    function() evaluate(copy, small_x(), small_y()), function() compile(copy, loss = "mse"),
    function() get_weights(copy), function() copy$layers,
    function() copy$name <- "a", function() layer_dense(copy, 1), function() clone_model(copy),
    function() layer$units, function() get_config(copy),
    function() get_config(layer), function() get_weights(layer), function() str(copy),
    function() freeze_weights(copy), function() layer$trainable <- FALSE,
    function() add_layer(small_model(), layer)
  )
  for (use in uses) {
    expect_error(use(), "not (an )?intact", class = "kestrel_error_state")
  }
  expect_output(print(copy), "<The model is not intact: its `name` is NULL.>", fixed = TRUE)
})

test_that("batches are trained by methods of the model, too", {
  x <- small_x()
  y <- small_y()
  model <- small_model()
  other <- clone_model(model)
  set_weights(other, get_weights(model))
  expect_identical(model$train_on_batch(x, y), train_on_batch(other, x, y))
  expect_identical(model$test_on_batch(x, y), test_on_batch(other, x, y))
  expect_identical(model$predict_on_batch(x), predict_on_batch(other, x))
  expect_refused(model[["loss", "acc"]], "argument", model = model)
})

test_that("models are built, called and asked for shapes by methods", {
  model <- keras_model_sequential() %>% layer_dense(3) %>% layer_dense(2)
  expect_identical(model$compute_output_shape(list(NULL, 5L)), list(NULL, 2L))
  expect_false(model$built)
  model$build(input_shape = shape(NA, 4))
  expect_identical(lapply(get_weights(model), dim), list(c(4L, 3L), 3L, c(3L, 2L), 2L))
  expect_refused(model$build(c(NA, 5)), "shape", "input_shape", model)
  expect_refused(model$build(), "argument", "input_shape", model)
  x <- matrix(1:8 / 8, 2)
  expect_identical(model$call(x), predict(model, x))
  a <- layer_input(2)
  b <- layer_input(3)
  joint <- keras_model(list(a, b), layer_concatenate(list(a, b)))
  expect_identical(joint$compute_output_shape(list(c(NA, 2), c(NA, 3))), list(NULL, 5L))
})

test_that("what stores models in Keras has a hint at what does here", {
  model <- small_model()
  expect_error(model$save("m.keras"), "saveRDS", class = "kestrel_error_argument")
  expect_error(model$save_weights("m.h5"), "get_weights", class = "kestrel_error_argument")
  expect_error(model$load_weights("m.h5"), "set_weights", class = "kestrel_error_argument")
  expect_error(model$to_json(), "get_config", class = "kestrel_error_argument")
})

test_that("losses of tensors are among the losses", {
  input <- layer_input(2)
  out <- layer_dense(input, 1, kernel_regularizer = regularizer_l2(0.1))
  model <- keras_model(input, out)
  model$add_loss(k_mean(out))
  expect_length(model$losses, 2)
  expect_equal(model$losses[[1]], 0.1 * sum(get_weights(model)[[1]]^2))
  expect_s3_class(model$losses[[2]], "kestrel_tensor")
})

test_that("model$get_layer() counts as Python does", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(3) %>% layer_dense(1)
  expect_identical(model$get_layer(index = 0L)$name, "dense")
  expect_identical(model$get_layer(index = -1)$name, "dense_1")
  expect_identical(get_layer(model, index = 1)$name, "dense")
  expect_error(model$get_layer(index = 2), class = "kestrel_error_argument")
})
