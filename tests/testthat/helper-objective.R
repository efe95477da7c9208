# Models for derivatives of the loss: layers, losses and penalties of several kinds, on data
# drawn from the seed. Each a function that gives list(model, x, y, weight).

objective_case <- function(layers, loss, y, n = 7, inputs = 3, weight = NULL) {
  function() {
    set.seed(4)
    model <- keras_model_sequential() %>% layer_dense(inputs, input_shape = inputs)
    for (layer in layers()) model$add(layer)
    model %>% compile(loss = loss, optimizer = "sgd")
    set_weights(model, lapply(get_weights(model), function(w) w + runif(length(w), -0.3, 0.3)))
    list(model = model, x = matrix(rnorm(n * inputs), n), y = y(n), weight = weight)
  }
}

numbers_in <- function(units, low = -1, high = 1) {
  function(n) matrix(runif(n * units, low, high), n)
}
one_hot_in <- function(classes) {
  function(n) diag(classes)[sample.int(classes, n, replace = TRUE), ]
}

objective_cases <- list(
  tanh_mse = objective_case(function() list(
    layer_dense(units = 4, activation = "tanh"), layer_dense(units = 2)
  ), "mse", numbers_in(2)),
  weighted = objective_case(function() list(
    layer_dense(units = 4, activation = "gelu"), layer_dense(units = 1, activation = "softplus")
  ), "poisson", numbers_in(1, 0, 3), weight = c(1, 2, 0, 0.5, 1, 3, 1)),
  fused_softmax = objective_case(function() list(
    layer_dense(units = 4, activation = "swish"), layer_dense(units = 3, activation = "softmax")
  ), "categorical_crossentropy", one_hot_in(3)),
  fused_sigmoid = objective_case(function() list(
    layer_dense(units = 4, activation = "mish"), layer_dense(units = 2, activation = "sigmoid")
  ), loss_binary_crossentropy(label_smoothing = 0.1), function(n) matrix(sample(0:1, 2 * n, TRUE), n)),
  softmax_mse = objective_case(function() list(
    layer_dense(units = 3, activation = "softmax")
  ), loss_mean_squared_error(reduction = "sum"), one_hot_in(3)),
  penalties = objective_case(function() list(
    layer_dense(units = 4, activation = "sigmoid", kernel_regularizer = regularizer_l1_l2(0.02, 0.3),
      bias_regularizer = regularizer_l2(0.1), activity_regularizer = regularizer_l2(0.2)),
    layer_dense(units = 3, kernel_regularizer = regularizer_orthogonal(0.4, mode = "columns"))
  ), "log_cosh", numbers_in(3)),
  normalized = objective_case(function() list(
    layer_batch_normalization(), layer_dense(units = 4, activation = "swish"),
    layer_layer_normalization(), layer_dense(units = 2)
  ), loss_huber(delta = 0.7), numbers_in(2)),
  dropped = objective_case(function() list(
    layer_dense(units = 6, activation = "tanh"), layer_dropout(rate = 0.4),
    layer_gaussian_noise(stddev = 0.2), layer_dense(units = 2)
  ), "mse", numbers_in(2))
)

objective_of <- function(case, ...) {
  kestrel:::new_objective(case$model, case$x, case$y, sample_weight = case$weight, ...)
}

# The change of value(objective at w + h v) by h, to an error of h^4.
objective_slope <- function(f, v, value, h = 1e-4) {
  w <- kestrel:::objective_weights(f)
  at <- function(t) {
    kestrel:::objective_set(f, w + t * v)
    value(f)
  }
  slope <- (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h)
  kestrel:::objective_set(f, w)
  slope
}
