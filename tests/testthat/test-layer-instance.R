# What a custom layer keeps in `self`, and how it is called.
d <- custom_data()

test_that("weights that are not trained are assigned in any pass", {
  total <- Layer("Total", initialize = function() {
    self$total <- self$add_weight(shape = list(), initializer = "zeros", trainable = FALSE, name = "total")
  }, call = function(inputs) {
    self$total$assign_add(sum(inputs))
    inputs * 1
  })
  model <- keras_model_sequential(input_shape = 3) %>% total() %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  fit(model, d$x, d$y, epochs = 2, batch_size = 6, verbose = 0)
  expect_equal(c(get_weights(model$layers[[1]])[[1]]), 2 * sum(d$x), tolerance = 1e-12)
  total_is <- function(times) {
    expect_equal(c(get_weights(model$layers[[1]])[[1]]), times * sum(d$x), tolerance = 1e-12)
  }
  predict(model, d$x)
  total_is(3)
  model(d$x)
  model(d$x, training = TRUE)
  total_is(5)
  evaluate(model, d$x, d$y, verbose = 0, batch_size = 4)
  total_is(6)
  with_gradient(model, d$x, d$y)
  total_is(7)
  fit(model, d$x, d$y, epochs = 1, validation_data = list(d$x, d$y), verbose = 0)
  total_is(9)
  expect_error(predict(model, "a"), class = "kestrel_error")
  total_is(9)
})

test_that("a layer by itself keeps what call() assigns, and gives what it returns", {
  # keras3's guide: [2, 2], then [4, 4].
  compute_sum <- Layer("ComputeSum", initialize = function(input_dim) {
    super$initialize()
    self$total <- self$add_weight(initializer = "zeros", shape = shape(input_dim), trainable = FALSE)
  }, call = function(inputs) {
    self$total$assign_add(op_sum(inputs, axis = 1))
    self$total
  })
  sums <- compute_sum(input_dim = 2)
  x <- op_ones(c(2, 2))
  expect_equal(c(sums(x)), c(2, 2))
  expect_equal(c(sums(x)), c(4, 4))
  expect_equal(lapply(unname(sums$weights), c), list(c(4, 4)))
  expect_length(get_weights(sums), 1)
})

test_that("statistics within a custom layer move where it is called in training", {
  normed <- Layer("Normed", initialize = function() {
    super$initialize()
    self$bn <- layer_batch_normalization(momentum = 0.5)
  }, call = function(inputs, training = NULL) self$bn(inputs, training = training))
  alone <- normed()
  alone(d$x, training = TRUE)
  expect_equal(as.vector(get_weights(alone)[[3]]), colMeans(d$x) / 2, tolerance = 1e-6)
  plain <- layer_batch_normalization(momentum = 0.5)
  plain(d$x)
  expect_equal(as.vector(plain$moving_mean), c(0, 0, 0))
  plain(d$x, training = TRUE)
  expect_equal(as.vector(plain$moving_mean), colMeans(d$x) / 2, tolerance = 1e-6)
})

test_that("add_loss() is an activity regularizer", {
  charging <- Layer("Charging", call = function(inputs) {
    self$add_loss(0.1 * sum(inputs^2) / nrow(inputs))
    inputs
  })
  results <- lapply(list(charging, function(m) layer_activity_regularization(m, l2 = 0.1)), function(add) {
    set.seed(3)
    model <- keras_model_sequential(input_shape = 3) %>% layer_dense(4) %>% add() %>% layer_dense(1)
    model %>% compile(loss = "mse", optimizer = "adam")
    all_results(model, d$x, d$y, d$w)
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-12)
})

test_that("several inputs, training and compute_output_shape", {
  joined <- Layer("Joined", call = function(inputs, training) {
    inputs[[1]] * inputs[[2]] + if (training) 1 else 0
  }, compute_output_shape = function(input_shape) input_shape[[1]])
  a <- layer_input(3)
  b <- layer_input(1)
  model <- keras_model(list(a, b), joined(list(a, b)))
  x <- list(d$x, d$x[, 1, drop = FALSE])
  expect_equal(predict(model, x), d$x * d$x[, 1], tolerance = 1e-14)
  expect_equal(model(x, training = TRUE), d$x * d$x[, 1] + 1, tolerance = 1e-14)
})

test_that("weights have names, dims and settings of their own", {
  self <- list2env(instance_fields())
  first <- add_weight(self, c(2, 3), "zeros", TRUE, NULL, NULL, "w")
  add_weight(self, NULL, "ones", FALSE, regularizer_l2(0.1), constraint_nonneg(), "w")
  add_weight(self, 4, NULL, TRUE, NULL, NULL, NULL)
  expect_identical(vapply(self$.weights, `[[`, "", "name"), c("w", "w_1", "weight3"))
  expect_identical(lapply(self$.weights, `[[`, "dims"), list(2:3, 1L, 4L))
  expect_identical(vapply(self$.weights, `[[`, NA, "trainable"), c(TRUE, FALSE, TRUE))
  expect_identical(dim(plain(first)), 2:3)
  expect_refused(add_weight(self, c(2, 0), "zeros", TRUE, NULL, NULL, "b"), "argument", "shape")
  expect_refused(add_weight(self, 2, "zeros", NA, NULL, NULL, "b"), "argument", "trainable")
  expect_refused(add_weight(self, 2, "glorot_unifrom", TRUE, NULL, NULL, "b"), "argument", "initializer",
    names = "glorot_uniform")
  expect_length(self$.weights, 3)
})

test_that("build() is called with NA and the dims, once for each input that differs", {
  seen <- list()
  layer <- Layer("Seen", build = function(input_shape) seen[[length(seen) + 1]] <<- input_shape,
    call = function(inputs) inputs * 1)()
  built_instance(layer, 3L)
  built_instance(layer, 3L)
  built_instance(layer, c(2L, 4L))
  expect_identical(seen, list(c(NA, 3L), c(NA, 2L, 4L)))
})

test_that("what add_loss() is given is one finite number", {
  charging <- function(value) Layer("Charging", call = function(inputs) {
    self$add_loss(value)
    inputs * 1
  })()
  for (bad in list("a", NA_real_, Inf, c(1, 2), NULL)) {
    if (is.null(bad)) next
    expect_error(charging(bad)(d$x), "add_loss", class = "kestrel_error_layer")
  }
  expect_equal(charging(2)(d$x), d$x)
})
