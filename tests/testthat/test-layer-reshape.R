# By loops over row-major places.
reshaped <- function(x, target) {
  n <- dim(x)[1]
  y <- array(NA_real_, c(n, target))
  for (i in seq_len(n)) {
    values <- as.vector(aperm(array(x[slice.index(x, 1) == i], dim(x)[-1])))
    places <- aperm(array(seq_along(values), rev(target)))
    y[slice.index(y, 1) == i] <- values[as.vector(places)]
  }
  y
}

test_that("numbers keep their row-major order", {
  y <- layer_reshape(target_shape = c(2, 3))(rbind(1:6))
  expect_identical(y[1, , ], rbind(c(1, 2, 3), c(4, 5, 6)))
  for (case in list(
    list(c(3, 12), c(3, 4)), list(c(3, 12), c(2, 3, 2)), list(c(3, 4, 3), c(2, 6)),
    list(c(2, 2, 3, 4), c(4, 3, 2)), list(c(2, 3, 4), 12), list(c(2, 16), c(2, 2, 2, 2))
  )) {
    x <- counted(case[[1]])
    expect_identical(layer_reshape(target_shape = case[[2]])(x), reshaped(x, case[[2]]))
  }
})

test_that("one dim follows from the others", {
  x <- counted(2, 12)
  for (shape in list(c(-1, 4), c(NA, 4), list(NULL, 4), list(-1, 4L))) {
    expect_identical(layer_reshape(target_shape = shape)(x), reshaped(x, c(3, 4)))
  }
  expect_identical(layer_reshape(target_shape = -1)(counted(2, 3, 4)),
    reshaped(counted(2, 3, 4), 12))
  expect_identical(layer_reshape(target_shape = NA)(x), x)
})

test_that("reshape undoes flatten", {
  x <- counted(3, 2, 4)
  model <- keras_model_sequential(input_shape = c(2, 4)) %>% layer_flatten() %>%
    layer_reshape(c(2, 4))
  expect_identical(predict(model, x), x)
})

test_that("bad shapes are refused", {
  for (bad in list(0, c(-1, -1), 2.5, "a", NULL, list(), c(1, 1, 1, 1, 1), -2, Inf)) {
    expect_refused(layer_reshape(target_shape = bad), "argument", "target_shape")
  }
  model <- keras_model_sequential(input_shape = 12)
  expect_refused(layer_reshape(model, c(5, 2)), "shape", "target_shape", model)
  expect_refused(layer_reshape(model, c(5, -1)), "shape", "target_shape", model)
  expect_config_round_trip(layer_reshape(target_shape = c(2, -1)), small_x())
  expect_snapshot(error = TRUE, {
    layer_reshape()
    layer_reshape(target_shape = c(-1, -1))
    layer_reshape(model, c(5, 2))
    layer_reshape(model, c(5, -1))
  })
})

test_that("what has no dims is refused, under the name of what was called", {
  model <- keras_model_sequential(input_shape = 4)
  s4 <- methods::getClass("numeric")
  for (bad in list(sum, mean, new.env(), model, layer_dense(units = 1), s4, quote(a), list(sum))) {
    expect_refused(layer_reshape(model, target_shape = bad), "argument", "target_shape", model)
  }
  error <- tryCatch(layer_reshape(model, c(3, 3)), error = identity)
  expect_identical(as.character(error$call[[1]]), "layer_reshape")
})
