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
