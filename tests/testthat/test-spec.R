# The plain lists that C reads.

test_that("a choice has all of its record's numbers, in the record's order", {
  rows <- kestrel:::registry("layers")
  dropout <- kestrel:::choice("layers", "dropout", list(rate = 0.25))
  expect_identical(dropout$name, "dropout")
  expect_length(dropout$h, length(rows$hparams[[match("dropout", rows$name)]]))
  names(dropout$h) <- names(rows$hparams[[match("dropout", rows$name)]])
  expect_identical(dropout$h[["rate"]], 0.25)
})

test_that("NULL is NaN, what is not given the default", {
  h <- kestrel:::registry_row("optimizers", "sgd")$hparams
  expect_identical(kestrel:::choice("optimizers", "sgd")$h, as.double(h))
  name <- names(h)[1]
  given <- kestrel:::choice("optimizers", "sgd", stats::setNames(list(NULL), name))
  expect_true(is.nan(given$h[1]))
})

test_that("a layer with an activation is two nodes in a chain", {
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(3, activation = "relu") %>%
    layer_dropout(0.5) %>%
    layer_dense(2)
  spec <- kestrel:::network_spec(model)
  expect_identical(vapply(spec$nodes, function(n) n$layer$name, ""),
    c("dense", "activation", "dropout", "dense"))
  expect_identical(vapply(spec$nodes, `[[`, 0L, "inputs"), -1:2)
  expect_identical(spec$inputs, list(4L))
  expect_identical(spec$outputs, 3L)
  info <- kestrel:::network_info(spec)
  expect_identical(info$n_w, 4 * 3 + 3 + 3 * 2 + 2)
  expect_identical(lapply(info$nodes, `[[`, "output"), list(3L, 3L, 3L, 2L))
})

test_that("weights are parameters, then statistics", {
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_batch_normalization() %>%
    layer_dense(2)
  info <- kestrel:::network_info(kestrel:::network_spec(model))
  expect_identical(c(info$n_w, info$n_state), c(6 + 6 + 2, 6))
  set_weights(model, list(1:3, 4:6, 7:9, 10:12, matrix(13:18, 3), 19:20))
  packed <- kestrel:::pack_weights(environment(model)$layers)
  expect_identical(packed, as.double(c(1:6, 13:20, 7:12)))
})

test_that("the plan follows what changes in the model", {
  model <- small_model()
  first <- kestrel:::model_plan(model)
  expect_identical(kestrel:::model_plan(model), first)
  freeze_weights(model, which = 1)
  expect_false(kestrel:::model_plan(model)$nodes[[1]]$trainable)
  layer <- model$layers[[2]]
  layer$trainable <- FALSE
  compile_again(model)
  before <- get_weights(model)
  expect_warning(fit(model, small_x(), small_y(), epochs = 1, verbose = 0),
    class = "kestrel_warning_frozen")
  expect_identical(get_weights(model), before)
})

test_that("penalties and constraints go with their slot", {
  model <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(3, kernel_regularizer = regularizer_l1(0.5), bias_constraint = constraint_nonneg())
  rules <- kestrel:::network_spec(model)$nodes[[1]]$rules
  expect_false(is.null(rules[[1]]$penalty))
  expect_null(rules[[1]]$constraint)
  expect_null(rules[[2]]$penalty)
  expect_identical(rules[[2]]$constraint$name, "non_neg")
})

test_that("shapes are written with the samples first", {
  expect_identical(kestrel:::shape_text(4L), "(n, 4)")
  expect_identical(kestrel:::shape_text(c(2L, 3L)), "(n, 2, 3)")
})

test_that("a shape that a layer cannot take names the layer", {
  model <- keras_model_sequential(input_shape = 4)
  error <- expect_error(model %>% layer_reshape(c(3, 3), name = "square"),
    class = "kestrel_error")
  expect_match(conditionMessage(error), "(n, 4)|4")
  expect_length(model$layers, 0)
})

test_that("more numbers than memory are refused before they are asked for", {
  model <- keras_model_sequential(input_shape = 2e9)
  error <- expect_error(model %>% layer_dense(2e9), class = "kestrel_error_memory")
  expect_match(conditionMessage(error), "GB|addressed")
  expect_length(model$layers, 0)
})
