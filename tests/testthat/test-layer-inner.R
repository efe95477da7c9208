d <- custom_data()

block <- Layer("Block", initialize = function(units) {
  super$initialize()
  self$one <- layer_dense(units = units, activation = "tanh", kernel_regularizer = "l2")
  self$two <- layer_dense(units = units)
}, call = function(inputs) inputs + self$two(self$one(inputs)))

test_that("layers in a custom layer train as in a graph", {
  results <- lapply(1:2, function(way) {
    set.seed(3)
    input <- layer_input(3)
    if (way == 1) {
      y <- input %>% block(3)
    } else {
      inner <- layer_dense(input, 3, activation = "tanh", kernel_regularizer = "l2")
      y <- layer_add(list(input, layer_dense(inner, 3)))
    }
    model <- keras_model(input, layer_dense(y, 1))
    set_weights(model, lapply(get_weights(model), function(w) array(cos(seq_along(w)), dim(w))))
    model %>% compile(loss = "mse", optimizer = optimizer_adam(0.02), metrics = "mae")
    all_results(model, d$x, d$y, d$w)
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-12)
})

test_that("their weights are the layer's; dropout drops in training alone", {
  model <- keras_model_sequential(input_shape = 3) %>% block(3)
  expect_identical(lapply(get_weights(model), dim), list(c(3L, 3L), 3L, c(3L, 3L), 3L))
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_identical(predict(readRDS(file), d$x), predict(model, d$x))
  dropping <- Layer("Dropping", initialize = function() self$drop <- layer_dropout(rate = 0.5),
    call = function(inputs) self$drop(inputs))
  layer <- dropping()
  expect_equal(layer(d$x), d$x)
  zeros <- layer(d$x, training = TRUE) == 0
  expect_true(any(zeros) && !all(zeros))
})

# All results of a model with `part` between dense layers, from the same weights.
results_with <- function(part, x = d$x) {
  set.seed(3)
  input <- layer_input(3)
  y <- input %>% layer_dense(4, use_bias = FALSE) %>% part() %>% layer_dense(1)
  model <- keras_model(input, y)
  set_weights(model, lapply(get_weights(model), function(w) array(0.4 + cos(seq_along(w)) / 3, dim(w))))
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.02), metrics = "mae")
  results <- all_results(model, x, d$y, d$w)
  rapply(results, unname, how = "replace")
}

test_that("a batch normalization in a custom layer is that of a graph, with its statistics", {
  normed <- Layer("Normed", initialize = function() {
    super$initialize()
    self$norm <- layer_batch_normalization(momentum = 0.8)
  }, call = function(inputs) tanh(self$norm(inputs)))
  expect_equal(results_with(normed), results_with(function(x) {
    x %>% layer_batch_normalization(momentum = 0.8) %>% layer_activation("tanh")
  }), tolerance = 1e-10)
})

test_that("a frozen layer keeps the statistics of what is in it", {
  normed <- Layer("Normed", initialize = function() {
    super$initialize()
    self$norm <- layer_batch_normalization()
  }, call = function(inputs) self$norm(inputs))
  model <- keras_model_sequential(input_shape = 3) %>% normed() %>% layer_dense(1)
  freeze_weights(model, to = "normed")
  model %>% compile(loss = "mse", optimizer = "sgd")
  before <- get_weights(model$layers[[1]])
  fit(model, d$x, d$y, epochs = 1, verbose = 0)
  expect_identical(get_weights(model$layers[[1]]), before)
  expect_equal(model(d$x, training = TRUE), predict(model, d$x), tolerance = 1e-10)
})

test_that("merging layers, models, functions and custom layers can be inside", {
  scaled <- Layer("Scaled", build = function(input_shape) {
    self$scale <- self$add_weight(shape = input_shape[2], name = "scale")
  }, call = function(inputs) {
    self$add_loss(0.1 * mean(inputs^2))
    inputs * rep(self$scale, each = nrow(inputs))
  })
  outer <- Layer("Outer", initialize = function() {
    super$initialize()
    self$net <- keras_model_sequential() %>% layer_dense(3, activation = "relu") %>%
      layer_batch_normalization() %>% layer_dense(2)
    self$join <- layer_concatenate()
    self$own <- scaled()
    self$double <- layer_lambda(f = function(x) 2 * x)
  }, call = function(inputs) self$own(self$double(self$join(list(inputs, self$net(inputs))))))
  expect_equal(results_with(outer), results_with(function(x) {
    net <- x %>% layer_dense(3, activation = "relu") %>% layer_batch_normalization() %>% layer_dense(2)
    layer_concatenate(list(x, net)) %>% layer_lambda(function(x) 2 * x) %>% scaled()
  }), tolerance = 1e-10)
})

test_that("a layer inside can be used with the weights that it has been trained to", {
  model <- keras_model_sequential(input_shape = 3) %>% block(3)
  model %>% compile(loss = "mse", optimizer = "adam")
  fit(model, d$x, d$x, epochs = 2, verbose = 0)
  inside <- model$layers[[1]]
  expect_equal(d$x + inside$two(inside$one(d$x)), predict(model, d$x), tolerance = 1e-10)
})

test_that("activations that are R functions, and activity regularizers, are those of ordinary layers", {
  odd <- function(x) x / (1 + abs(x))
  cases <- list(
    own = function(...) layer_dense(..., units = 3, activation = odd),
    penalty = function(...) layer_dense(..., units = 3, activation = "tanh", activity_regularizer = regularizer_l1_l2(0.1, 0.2)),
    own_penalty = function(...) layer_dense(..., units = 3, activation = odd, activity_regularizer = function(y) 0.1 * sum(y^4)),
    both = function(...) layer_dense(..., units = 3, activation = odd, activity_regularizer = "l2"),
    activation = function(...) layer_activation(..., activation = odd),
    charge = function(...) layer_activity_regularization(..., l1 = 0.3),
    normed = function(...) layer_batch_normalization(..., momentum = 0.8, activity_regularizer = "l2")
  )
  for (name in names(cases)) {
    make <- cases[[name]]
    holder <- Layer("Holder", initialize = function() {
      super$initialize()
      self$inner <- make()
    }, call = function(inputs) self$inner(inputs))
    expect_equal(results_with(holder), results_with(function(x) make(x)), tolerance = 1e-10, label = name)
  }
})

test_that("models with such layers, and layers by time step, are those of a graph", {
  odd <- function(x) x / (1 + abs(x))
  holder <- Layer("Holder", initialize = function() {
    super$initialize()
    self$net <- keras_model_sequential() %>%
      layer_dense(4, activation = odd, activity_regularizer = regularizer_l2(0.1)) %>% layer_dense(6)
    self$steps <- layer_time_distributed(layer = layer_dense(units = 2, activation = odd, activity_regularizer = "l1"))
    self$fold <- layer_reshape(target_shape = c(2, 3))
  }, call = function(inputs) k_batch_flatten(self$steps(self$fold(self$net(inputs)))))
  expect_equal(results_with(holder), results_with(function(x) {
    x %>% layer_dense(4, activation = odd, activity_regularizer = regularizer_l2(0.1)) %>% layer_dense(6) %>%
      layer_reshape(c(2, 3)) %>%
      layer_time_distributed(layer_dense(units = 2, activation = odd, activity_regularizer = "l1")) %>% layer_flatten()
  }), tolerance = 1e-10)
})

test_that("layers made in build() are the layer's", {
  made_late <- Layer("Late", build = function(input_shape) {
    self$dense <- layer_dense(units = input_shape[2], activation = "tanh", activity_regularizer = "l2")
    self$dense$build(input_shape)
  }, call = function(inputs) self$dense(inputs))
  expect_equal(results_with(made_late), results_with(function(x) {
    layer_dense(x, 4, activation = "tanh", activity_regularizer = "l2")
  }), tolerance = 1e-10)
})

test_that("layers may be made in call() once, and those without weights each time", {
  late <- Layer("Late", call = function(inputs) {
    if (is.null(self$dense)) self$dense <- list(layer_dense(units = 2, activation = "tanh"))
    layer_concatenate(inputs %>% layer_activation_relu(), self$dense[[1]](inputs))
  })
  expect_equal(results_with(late), results_with(function(x) {
    layer_concatenate(layer_activation_relu(x), layer_dense(x, 2, activation = "tanh"))
  }), tolerance = 1e-10)
  expect_snapshot(error = TRUE, {
    careless <- Layer("Careless", call = function(inputs) inputs %>% layer_dense(units = 2))
    keras_model_sequential(input_shape = 3) %>% careless()
    layer_dense(units = 2)$build("a")
  })
})
