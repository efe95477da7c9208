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

# Layers' states with these weights; a statistic here and there.
states_with <- function(...) lapply(list(...), function(weights) list2env(list(weights = weights)))

test_that("weights are packed as lists are laid end to end, statistics last", {
  a <- list(kernel = matrix(1:6 / 7, 2), bias = array(1:3 / 9))
  b <- list(gamma = array(5), mean = array(c(6, 7)), beta = array(8), variance = array(NaN))
  states <- states_with(a, list(), b, NULL)
  expect_identical(pack_states(states, NULL), unlist(c(a, b), use.names = FALSE))
  expect_identical(pack_states(states, c(FALSE, FALSE, FALSE, TRUE, FALSE, TRUE)),
    unlist(c(a, b[c("gamma", "beta")], b[c("mean", "variance")]), use.names = FALSE))
  expect_identical(pack_states(list(), NULL), numeric())
})

test_that("states that are none, and weights that are no doubles, are errors", {
  internal <- function(code) expect_error(code, "^Internal error")
  internal(pack_states(NULL, NULL))
  internal(pack_states(list(1), NULL))
  internal(pack_states(states_with(list(1:3)), NULL))
  internal(pack_states(states_with("a"), NULL))
  internal(pack_states(states_with(list(1, 2)), FALSE))
  internal(unpack_states(list(1), list(list()), 1))
  internal(unpack_states(list(), list(list()), 1))
  # Of other numbers when it is asked again.
  changing <- list(new.env())
  size <- 0
  makeActiveBinding("weights", function() list(numeric(size <<- size + 1)), changing[[1]])
  internal(pack_states(changing, NULL))
})

test_that("flags and weights are those of the layers, or not", {
  model <- model_with_norm()
  states <- model_layout(model_state(model))$states
  flags <- rep(TRUE, length(states))
  expect_true(same_flags(states, flags))
  expect_false(same_flags(states, replace(flags, 2, FALSE)))
  expect_false(same_flags(states, replace(flags, 2, NA)))
  expect_false(same_flags(states, flags[-1]))
  expect_false(same_flags(states, NULL))
  freeze_weights(get_layer(model, "n"))
  expect_false(same_flags(states, flags))
  held <- unpack_layout(model_layout(model_state(model)), pack_weights(model$layers))
  expect_true(holds_weights(states, held))
  expect_false(holds_weights(states, held[-1]))
  set_weights(model, get_weights(model))
  expect_false(holds_weights(states, held))
})
