# Models as classes, against the same layers in a stack.

test_that("a class of models computes and trains as its layers do", {
  model_mlp <- Model("MLP",
    initialize = function(units = 3) {
      super$initialize()
      self$hidden <- layer_dense(units = units, activation = "tanh")
      self$last <- layer_dense(units = 2)
    },
    call = function(inputs) self$last(self$hidden(inputs))
  )
  custom <- keras_model_custom(name = "custom", function(self) {
    self$hidden <- layer_dense(units = 3, activation = "tanh")
    self$last <- layer_dense(units = 2)
    function(inputs, mask = NULL) inputs %>% self$hidden() %>% self$last()
  })
  old_mlp <- new_model_class("Old", initialize = function() {
    self$hidden <- layer_dense(units = 3, activation = "tanh")
    self$last <- layer_dense(units = 2)
  }, call = function(inputs) self$last(self$hidden(inputs)))
  plain <- keras_model_sequential() %>% layer_dense(3, activation = "tanh") %>% layer_dense(2)
  models <- list(plain, model_mlp(units = 3), custom, old_mlp())
  results <- lapply(models, function(model) {
    predict(model, wave_x())
    set_weights(model, lapply(get_weights(model), function(w) array(seq_along(w) / 10 - 0.3, dim(w))))
    model %>% compile(loss = "mse", optimizer = "adam")
    fit(model, wave_x(), wave_y(), epochs = 2, verbose = 0, shuffle = FALSE)
    predict(model, wave_x())
  })
  for (result in results[-1]) expect_near(result, results[[1]], 1e-12)
  expect_identical(custom$name, "custom")
  expect_identical(models[[2]]$name, "mlp")
})

test_that("steps of one's own are refused, with a hint", {
  expect_error(Model("Own", train_step = function(data) data), "with_gradient",
    class = "kestrel_error_argument")
  expect_error(keras_model_custom(), class = "kestrel_error_argument")
  expect_error(keras_model_custom(3), class = "kestrel_error_argument")
  expect_error(predict(keras_model_custom(function(self) 3), wave_x()), "a function that returns a function of inputs")
})

test_that("a model or a tensor that initialize() has no use for is what the new one is called on", {
  half <- Model("Half", initialize = function(units = 2) self$dense <- layer_dense(units = units),
    call = function(inputs) self$dense(inputs) / 2)
  input <- layer_input(3)
  for (model in list(keras_model(input, half(input, 4)), keras_model(input, half(object = input, units = 4)),
    keras_model_sequential(input_shape = 3) %>% half(4))) {
    expect_identical(unlist(model$output_shape), 4L)
    w <- get_weights(model)
    x <- matrix(1:6, 2)
    expect_equal(predict(model, x), (x %*% w[[1]] + rep(c(w[[2]]), each = 2)) / 2, tolerance = 1e-12)
  }
})

test_that("positional arguments are those of initialize()", {
  sized <- Model("Sized", initialize = function(a, b = 3, c, d = 1) self$sizes <- c(a, b, c, d), call = function(x) x)
  expect_identical(sized(1, c = 4, 2)$sizes, c(1, 2, 4, 1))
  expect_error(sized(1, e = 2), "Did you mean|`e`", class = "kestrel_error_argument")
  expect_error(sized(1, 2, 3, 4, 5), "takes", class = "kestrel_error_argument")
})
