# Layers one at a time against Keras: output, gradients of sum(y * v) by input and weights,
# and the weights afterwards (moving statistics).

model_of <- function(case) {
  layer <- getExportedValue("kestrel", case$fn)
  if (length(case$x) > 1) {
    inputs <- lapply(case$x, function(x) layer_input(dim(x)[-1], dtype = "float64"))
    return(keras_model(inputs, do.call(layer, c(list(inputs), case$args))))
  }
  model <- keras_model_sequential(input_shape = dim(case$x[[1]])[-1], dtype = "float64")
  do.call(layer, c(list(model), case$args))
  set_weights(model, case$weights %||% list())
  model
}

# Gradients by what is trained: statistics have none.
trained <- function(arrays, names) arrays[!startsWith(as.character(names), "moving_")]

test_golden("layers", function(case) {
  model <- model_of(case)
  x <- if (length(case$x) > 1) case$x else case$x[[1]]
  training <- isTRUE(case$training)
  fresh <- get_weights(model)
  expect_golden(model(x, training = training), case$y, case, "y by a call")
  if (!is.null(case$v)) expect_golden_list(get_weights(model), case$weights_after, case, "weights after a call")
  set_weights(model, fresh)
  if (!training) expect_golden(predict(model, x), case$y, case, "y by predict()")
  if (is.null(case$v)) return(invisible())
  result <- kestrel:::network_gradient(model, x, case$v, training)
  expect_golden(result$y, case$y, case, "y")
  # Codes have no gradient.
  dx <- if (length(case$dx) > 1) result$dx else list(result$dx)
  if (!is.null(case$dx[[1]])) expect_golden_list(dx, case$dx, case, "dx")
  expect_golden_list(trained(result$dw, case$weight_names), case$dw, case, "dw")
  expect_golden_list(result$weights_after, case$weights_after, case, "weights_after")
})
