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

test_that("count_params() counts all numbers", {
  model <- model_with_norm()
  expect_identical(count_params(model), 2 * 3 + 3 + 4 * 3 + 3 + 1)
  expect_identical(count_params(get_layer(model, "n")), 12)
  expect_identical(count_params(get_layer(model, "d")), 0)
  expect_refused(count_params(layer_dense(units = 1)), "state", names = "input_shape")
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
