# What is seen of models of classes.

test_that("its layers are shown and found, and frozen by compile()", {
  net <- Model("TwoBlocks",
    initialize = function(name = "blocks", ...) {
      super$initialize(name = name, ...)
      self$last <- layer_dense(units = 1)
      self$blocks <- lapply(1:2, function(i) layer_dense(units = 2))
      self$width <- 7
    },
    call = function(inputs) self$last(self$blocks[[2]](self$blocks[[1]](inputs))),
    encode = function(x) self$blocks[[1]](x)
  )
  model <- net()
  expect_snapshot(model)
  expect_error(layer_dense(model, 1), "cannot be added", class = "kestrel_error_argument")
  set.seed(1)
  x <- matrix(rnorm(30), 10)
  model$build(shape(NA, 3))
  expect_snapshot(model)
  expect_identical(model$name, "blocks")
  expect_identical(vapply(model$layers, function(l) l$name, ""), c("dense", "dense_1", "dense_2"))
  expect_identical(get_layer(model, index = 2)$kernel, model$blocks[[1]]$kernel)
  model$width <- 8
  expect_identical(model$width, 8)
  expect_error(model$last <- layer_dense(units = 1), "cannot be changed", class = "kestrel_error_argument")
  expect_equal(model$encode(x), x %*% model$blocks[[1]]$kernel, tolerance = 1e-12)
  expect_error(model$nonsense, class = "kestrel_error_argument")
  model$layers[[2]]$trainable <- FALSE
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  expect_length(model$trainable_weights, 4)
  before <- lapply(model$layers, get_weights)
  fit(model, x, x[, 1], epochs = 1, verbose = 0)
  after <- lapply(model$layers, get_weights)
  expect_identical(after[[2]], before[[2]])
  expect_false(identical(after[[1]], before[[1]]))
  expect_false(identical(after[[3]], before[[3]]))
  model$blocks[[1]]$trainable <- TRUE
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  fit(model, x, x[, 1], epochs = 1, verbose = 0)
  expect_false(identical(get_weights(model$layers[[2]]), before[[2]]))
  expect_identical(kestrel:::state_fault(model), NULL)
})

test_that("freezing a model freezes what it is made of", {
  net <- Model("Net", initialize = function() {
    self$hidden <- layer_dense(units = 2)
    self$last <- keras_model_sequential() %>% layer_dense(1)
  }, call = function(inputs) self$last(self$hidden(inputs)))
  model <- net()
  model$build(c(NA, 3))
  freeze_weights(model)
  expect_false(model$hidden$trainable)
  expect_false(model$last$trainable)
  expect_output(print(model), "N *\\n")
  model$trainable <- TRUE
  model$last$trainable <- FALSE
  model %>% compile(loss = "mse", optimizer = "sgd")
  before <- get_weights(model)
  fit(model, counted(4, 3), 1:4, epochs = 1, verbose = 0)
  expect_identical(mapply(identical, before, get_weights(model)), c(FALSE, FALSE, TRUE, TRUE))
})
