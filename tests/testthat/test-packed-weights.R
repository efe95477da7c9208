test_that("packing keeps every number in its place", {
  model <- model_with_norm()
  layers <- model$layers
  w <- get_weights(model)
  v <- seq_len(count_params(model)) / 7
  unpack_weights(layers, v)
  expect_identical(pack_weights(layers), v)
  # Statistics come last.
  expect_identical(as.vector(unlist(get_weights(model)[5:6])), utils::tail(v, 6))
  expect_identical(as.vector(get_weights(model)[[1]]), v[1:6])
})

# Against a model that has never computed anything.
expect_like_new <- function(model, x) {
  new <- clone_model(model)
  set_weights(new, get_weights(model))
  expect_identical(predict(model, x), predict(new, x))
  expect_identical(pack_layout(model_layout(model_state(model))), pack_weights(model$layers))
}

test_that("what a model remembers of its layers follows their coming and going", {
  model <- model_with_norm()
  x <- small_x(4, 2)
  expect_like_new(model, x)
  model %>% layer_batch_normalization() %>% layer_dense(3)
  expect_like_new(model, x)
  pop_layer(model)
  expect_like_new(model, x)
  set_weights(get_layer(model, "n"), list(1:3, 4:6, 7:9, 10:12))
  expect_like_new(model, x)
  model %>% compile(loss = "mse", optimizer = "sgd")
  fit(model, x, small_y(4), epochs = 2, verbose = 0)
  train_on_batch(model, x, small_y(4))
  expect_like_new(model, x)
})

test_that("a copy from a file has its weights to itself", {
  model <- model_with_norm()
  x <- small_x(4, 2)
  before <- predict(model, x)
  file <- withr::local_tempfile()
  saveRDS(model, file)
  copy <- readRDS(file)
  expect_identical(predict(copy, x), before)
  set_weights(copy, lapply(get_weights(copy), function(w) w + 1))
  expect_like_new(copy, x)
  expect_false(identical(predict(copy, x), before))
  expect_identical(predict(model, x), before)
})

test_that("norms of weights and of their way are those of all numbers", {
  model <- keras_model_sequential(input_shape = 3) %>% layer_dense(4) %>%
    layer_batch_normalization() %>% layer_dropout(0.1) %>% layer_dense(1)
  layout <- kestrel:::model_layout(kestrel:::model_state(model))
  before <- kestrel:::held_weights(layout)
  w <- unlist(get_weights(model))
  set_weights(model, lapply(get_weights(model), function(w) w + stats::rnorm(length(w))))
  way <- kestrel:::weights_way(before, kestrel:::held_weights(layout))
  expect_equal(way, c(sqrt(sum(w^2)), sqrt(sum((unlist(get_weights(model)) - w)^2))))
})
