model_with_norm <- function() {
  keras_model_sequential(input_shape = 2) %>%
    layer_dense(3, name = "a") %>% layer_batch_normalization(name = "n") %>%
    layer_dropout(0.5, name = "d") %>% layer_dense(1, name = "z")
}

shapes <- function(w) lapply(w, dim)

test_that("weights come layer by layer, kernel then bias", {
  w <- get_weights(model_with_norm())
  expect_identical(shapes(w), list(c(2L, 3L), 3L, 3L, 3L, 3L, 3L, c(3L, 1L), 1L))
  expect_null(names(w))
  expect_true(all(vapply(w, is.double, NA)))
})

test_that("trainable filters, and freezing does not change the order", {
  model <- model_with_norm()
  w <- get_weights(model)
  expect_identical(get_weights(model, trainable = TRUE), w[c(1:4, 7:8)])
  expect_identical(get_weights(model, trainable = FALSE), w[5:6])
  freeze_weights(model, to = "a")
  expect_identical(get_weights(model), w)
  expect_identical(get_weights(model, trainable = FALSE), w[c(1, 2, 5, 6)])
  expect_refused(get_weights(model, trainable = 3), "argument", "trainable", model)
})

test_that("what is set is got back, by the same model and a copy", {
  model <- model_with_norm()
  w <- lapply(get_weights(model), function(a) array(cos(seq_along(a)), dim(a)))
  expect_invisible(set_weights(model, w))
  expect_identical(get_weights(model), w)
  copy <- clone_model(model)
  expect_false(identical(get_weights(copy), w))
  set_weights(copy, get_weights(model))
  expect_identical(predict(copy, small_x(4, 2)), predict(model, small_x(4, 2)))
  layer <- get_layer(model, "z")
  set_weights(layer, list(matrix(1, 3, 1), 2))
  expect_identical(get_weights(model)[7:8], list(matrix(1, 3, 1), array(2)))
  model$weights <- w
  expect_identical(get_weights(model), w)
})

test_that("lists go by position, whatever their names", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(2)
  w <- list(bias = matrix(1:4, 2), kernel = c(5, 6))
  set_weights(model, w)
  expect_equal(get_weights(model), list(matrix(c(1, 2, 3, 4), 2), array(c(5, 6))))
})

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

test_that("count_params() counts all numbers", {
  model <- model_with_norm()
  expect_identical(count_params(model), 2 * 3 + 3 + 4 * 3 + 3 + 1)
  expect_identical(count_params(get_layer(model, "n")), 12)
  expect_identical(count_params(get_layer(model, "d")), 0)
  expect_refused(count_params(layer_dense(units = 1)), "state", names = "input_shape")
})

test_that("freezing selects by name, number, range, flags and function", {
  frozen <- function(...) {
    model <- model_with_norm()
    expect_invisible(freeze_weights(model, ...))
    vapply(model$layers, function(l) !l$trainable, NA)
  }
  expect_identical(frozen(), c(TRUE, TRUE, TRUE, TRUE))
  expect_identical(frozen(to = "n"), c(TRUE, TRUE, FALSE, FALSE))
  expect_identical(frozen(from = "n"), c(FALSE, TRUE, TRUE, TRUE))
  expect_identical(frozen(from = 2, to = -2), c(FALSE, TRUE, TRUE, FALSE))
  expect_identical(frozen(which = c("a", "z")), c(TRUE, FALSE, FALSE, TRUE))
  expect_identical(frozen(which = c(1, -1)), c(TRUE, FALSE, FALSE, TRUE))
  expect_identical(frozen(which = c(TRUE, FALSE, FALSE, TRUE)), c(TRUE, FALSE, FALSE, TRUE))
  expect_identical(frozen(which = function(l) l$name == "n"), c(FALSE, TRUE, FALSE, FALSE))
})

test_that("with a selection the other layers get the opposite state", {
  model <- model_with_norm()
  freeze_weights(model)
  unfreeze_weights(model, from = "z")
  expect_identical(vapply(model$layers, function(l) l$trainable, NA), c(FALSE, FALSE, FALSE, TRUE))
  freeze_weights(model, which = "a")
  expect_identical(vapply(model$layers, function(l) l$trainable, NA), c(FALSE, TRUE, TRUE, TRUE))
  model$trainable <- FALSE
  expect_false(model$trainable)
})

test_that("selections that name nothing are refused", {
  model <- model_with_norm()
  for (bad in list("q", 9, 0, 1.5, NA, TRUE)) {
    expect_refused(freeze_weights(model, from = bad), "argument", "from", model)
  }
  expect_refused(freeze_weights(model, which = c(TRUE, FALSE)), "argument", "which", model)
  expect_refused(freeze_weights(model, which = "b"), "argument", "which", model)
  expect_refused(freeze_weights(1), "argument", "object")
})

test_that("weights are refused in words", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(3, name = "first")
  w <- get_weights(model)
  expect_snapshot(error = TRUE, {
    set_weights(model, 1:3)
    set_weights(model, w[1])
    set_weights(model, list(t(w[[1]]), w[[2]]))
    set_weights(model, list(as.vector(w[[1]]), w[[2]]))
    set_weights(model, list(w[[1]], c("a", "b", "c")))
    set_weights(model, list(w[[1]], c(1, NA, 3)))
    set_weights(keras_model_sequential() %>% layer_dense(1), list())
    freeze_weights(model, from = "frist")
  })
})

test_that("a selection of layers that makes no sense is refused", {
  model <- small_model()
  s4 <- methods::getClass("numeric")
  for (bad in list(optimizer_adam(), s4, new.env(), function(l) "a", function(l) NA, NA)) {
    expect_refused(freeze_weights(model, which = bad), "argument", "which", model)
    expect_refused(unfreeze_weights(model, which = bad), "argument", "which", model)
  }
  expect_refused(freeze_weights(model, from = 2, to = 1), "argument", "from", model)
  expect_true(model$layers[[1]]$trainable)
  freeze_weights(model, which = model$layers[[1]])
  expect_identical(vapply(model$layers, function(l) l$trainable, NA), c(FALSE, TRUE))
  one <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  expect_snapshot(error = TRUE, {
    freeze_weights(model, which = function(l) "a")
    freeze_weights(model, from = 2, to = 1)
    freeze_weights(one, to = 3)
    get_layer(model, index = 9)
    count_params(keras_model_sequential())
  })
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
