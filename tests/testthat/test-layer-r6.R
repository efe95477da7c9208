skip_if_not_installed("R6")
d <- custom_data()

OwnDense <- R6::R6Class("OwnDense", inherit = KerasLayer, public = list(
  units = NULL, kernel = NULL,
  initialize = function(units) self$units <- units,
  build = function(input_shape) {
    self$kernel <- self$add_weight(name = "kernel", shape = list(input_shape[[2]], self$units),
      initializer = initializer_glorot_uniform(), trainable = TRUE)
  },
  norms = function(w) sqrt(colSums(w^2)),
  call = function(x, mask = NULL) (x %*% self$kernel) * rep(self$norms(self$kernel), each = nrow(x)),
  compute_output_shape = function(input_shape) list(input_shape[[1]], self$units)
))

test_that("an R6 class trains as Layer() does", {
  same <- Layer("OwnDense", initialize = function(units) self$units <- units,
    build = function(input_shape) {
      self$kernel <- self$add_weight(c(input_shape[2], self$units), name = "kernel")
    },
    call = function(x) (x %*% self$kernel) * rep(sqrt(colSums(self$kernel^2)), each = nrow(x)))
  results <- lapply(list(create_layer_wrapper(OwnDense), same), function(layer_own) {
    set.seed(3)
    model <- keras_model_sequential(input_shape = 3) %>% layer_own(units = 4) %>% layer_dense(1)
    model %>% compile(loss = "mse", optimizer = "adam")
    all_results(model, d$x, d$y, d$w)
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-12)
})

test_that("create_layer() takes a model, a tensor or nothing", {
  model <- keras_model_sequential(input_shape = 3)
  create_layer(OwnDense, model, list(units = 2, name = "mine"))
  expect_identical(model$layers[[1]]$name, "mine")
  expect_equal(create_layer(OwnDense, layer_input(3), list(units = 2))$shape, c(NA, 2))
  expect_equal(dim(create_layer(OwnDense, args = list(units = 2))(d$x)), c(20L, 2L))
  expect_error(create_layer(3, model), class = "kestrel_error_argument")
})

test_that("each instance has its own weights", {
  one <- create_layer(OwnDense, args = list(units = 2))
  two <- create_layer(OwnDense, args = list(units = 2))
  one(d$x)
  two(d$x)
  expect_length(one$weights, 1)
  expect_false(identical(one$weights, two$weights))
})

test_that("without R6 the class says what it needs", {
  expect_error(kestrel:::new_keras_layer_class(FALSE)$new(), "R6", class = "kestrel_error_state")
})

test_that("fields that build() makes need not be declared", {
  Undeclared <- R6::R6Class("Undeclared", inherit = KerasLayer, public = list(
    units = NULL,
    initialize = function(units = 3) {
      super$initialize()
      self$units <- units
    },
    build = function(input_shape) self$w <- self$add_weight(shape = c(input_shape[[2]], self$units), name = "w"),
    call = function(inputs) k_dot(inputs, self$w)
  ))
  model <- keras_model_sequential(input_shape = 4) %>% create_layer(Undeclared, ., list(units = 2))
  expect_equal(predict(model, wave_x()), wave_x() %*% get_weights(model)[[1]])
  expect_true(Undeclared$lock_objects)
})
