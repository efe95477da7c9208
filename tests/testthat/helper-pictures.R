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
