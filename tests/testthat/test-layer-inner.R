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

test_that("layers with statistics or R functions are refused", {
  bad <- Layer("Bad", initialize = function() self$norm <- layer_batch_normalization(),
    call = function(inputs) self$norm(inputs))
  expect_error(bad()(d$x), "keeps statistics", class = "kestrel_error_layer")
  own <- Layer("Own", initialize = function() self$d <- layer_dense(units = 2, activation = function(x) x),
    call = function(inputs) self$d(inputs))
  expect_error(own()(d$x), "R functions", class = "kestrel_error_layer")
})
