# A compiled model of dense layers: `units` and `activations` by layer.
floor_model <- function(input, units, activations = "linear", loss = "mse", bias = TRUE, ...) {
  model <- keras_model_sequential(input_shape = input, ...)
  activations <- rep_len(activations, length(units))
  bias <- rep_len(bias, length(units))
  for (i in seq_along(units)) {
    layer_dense(model, units[i], activation = activations[i], use_bias = bias[i])
  }
  compile(model, loss = loss)
  model
}

# Other weights, of any size.
shake <- function(model, scale = 1) {
  set_weights(model, lapply(get_weights(model), function(w) w + scale * rnorm(length(w))))
  model
}

data_loss <- function(model, ...) {
  evaluate(model, ..., batch_size = 1e6, verbose = 0)[["loss"]]
}

founding <- list(x = c(-1, 0, 1), y = c(-0.2445248, 0.1232554, 0.1713998))

expect_certified <- function(floor, model, ...) {
  expect_true(verify_certificate(attr(floor, "certificate"), floor_problem(model, ...)))
}
