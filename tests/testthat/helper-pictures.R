# The case of a diagnosis of a chain of layers, for the functions that return what is drawn.
picture_case <- function(model, x, y, loss = "mse", optimizer = "sgd", epochs = 0, ...) {
  compile(model, loss = loss, optimizer = optimizer)
  if (epochs) fit(model, x, y, epochs = epochs, verbose = 0, ...)
  d <- diagnose(model, x, y, checks = "S1")
  pictured_case(d, environment())
}

# A linear model of k inputs with a bias, the numbers w, and the Hessian of its squared errors.
straight_line <- function(k, w) {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = k)
  set_weights(model, list(matrix(w[seq_len(k)]), array(w[k + 1])))
}

line_hessian <- function(x) {
  z <- cbind(x, 1)
  2 * crossprod(z) / nrow(z)
}

# Two inputs, of which one is read late; and models within a model, with several outputs.
branching <- function() {
  a <- layer_input(4, name = "numbers")
  b <- layer_input(2, name = "codes")
  h <- layer_dense(a, 8, name = "h1", activation = "relu")
  h <- layer_dense(h, 8, name = "h2")
  keras_model(list(a, b), layer_dense(layer_concatenate(list(h, b, a), name = "joined"), 1, name = "out"))
}

nesting <- function() {
  inner <- keras_model_sequential(name = "encoder", input_shape = 4) %>% layer_dense(3, name = "a") %>% layer_dense(2, name = "b")
  input <- layer_input(4, name = "x")
  parted <- keras_model(input, list(inner(input), layer_dense(input, 2, name = "side")), name = "parted")
  outer <- layer_input(4, name = "y")
  both <- parted(outer)
  keras_model(outer, layer_add(both, name = "sum"))
}
