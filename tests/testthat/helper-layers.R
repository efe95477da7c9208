# Calls a layer on data, with these weights where there are any.
run_layer <- function(layer, x, weights = NULL, ...) {
  layer(x)
  if (!is.null(weights)) set_weights(layer, weights)
  layer(x, ...)
}

counted <- function(...) array(sin(seq_len(prod(...))), c(...))

# A layer and the one made from its config: same class, settings and shapes.
expect_config_round_trip <- function(layer, x) {
  config <- get_config(layer)
  again <- from_config(config)
  expect_identical(class(again), class(layer))
  expect_identical(get_config(again), config)
  layer(x)
  again(x)
  expect_identical(again$output_shape, layer$output_shape)
  expect_identical(count_params(again), count_params(layer))
  set_weights(again, get_weights(layer))
  expect_identical(again(x), layer(x))
}

# One of each: plain weights, statistics, none.
model_with_norm <- function() {
  keras_model_sequential(input_shape = 2) %>%
    layer_dense(3, name = "a") %>% layer_batch_normalization(name = "n") %>%
    layer_dropout(0.5, name = "d") %>% layer_dense(1, name = "z")
}
