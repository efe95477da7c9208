# A network in which a loss meets penalties, dropout, running statistics and a constraint: the
# same weights for the same sizes.
loss_net <- function(loss, units = 2, last = "linear", dims = 3, dtype = "float64", ...) {
  set.seed(8)
  model <- keras_model_sequential(input_shape = dims, dtype = dtype) %>%
    layer_dense(5, activation = "tanh", kernel_regularizer = "l2", ...) %>%
    layer_dropout(0.2) %>% layer_batch_normalization() %>%
    layer_dense(units, activation = last, bias_constraint = constraint_maxnorm(0.1))
  model %>% compile(loss = loss, optimizer = optimizer_adam(0.02), metrics = "mae")
}
