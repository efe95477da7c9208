# Layers one at a time against Keras: output, gradients of sum(y * v) by input and weights,
# and the weights afterwards (moving statistics).

model_of <- function(case) {
  layer <- getExportedValue("kestrel", case$fn)
  model <- keras_model_sequential(input_shape = dim(case$x[[1]])[-1], dtype = "float64")
  do.call(layer, c(list(model), case$args))
  set_weights(model, case$weights)
  model
}

# Gradients by what is trained: statistics have none.
trained <- function(arrays, names) arrays[!startsWith(as.character(names), "moving_")]

test_golden("layers", function(case) {
  model <- model_of(case)
  x <- case$x[[1]]
  result <- kestrel:::network_gradient(model, x, case$v, case$training)
  expect_golden(result$y, case$y, case, "y")
  expect_golden(result$dx, case$dx[[1]], case, "dx")
  expect_golden_list(trained(result$dw, case$weight_names), case$dw, case, "dw")
  expect_golden_list(result$weights_after, case$weights_after, case, "weights_after")
  expect_golden(model(x, training = case$training), case$y, case, "y by a call")
  if (!case$training) expect_golden(predict(model, x), case$y, case, "y by predict()")
})
