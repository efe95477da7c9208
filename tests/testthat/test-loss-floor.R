test_that("the founding data have the floor of a line, attained", {
  model <- floor_model(1, c(10, 1))
  floor <- loss_floor(model, founding$x, founding$y)
  expect_lt(abs(floor - 2554176116041 / 450000000000000), 1e-15)
  expect_identical(attr(floor, "type"), "affine")
  expect_true(attr(floor, "attained"))
  expect_certified(floor, model, founding$x, founding$y)
  set_weights(model, list(
    matrix(c(1, rep(0, 9)), 1), rep(0, 10),
    matrix(c(0.2079623, rep(0, 9)), 10), 0.01671013333333333
  ))
  expect_equal(data_loss(model, founding$x, founding$y), as.vector(floor), tolerance = 1e-12)
  expect_snapshot(floor)
})

test_that("a float32 model has the floor of its own data", {
  model <- floor_model(1, c(10, 1), dtype = "float32")
  floor <- loss_floor(model, founding$x, founding$y)
  expect_lt(abs(floor - 0.005675947225272537), 1e-15)
})

test_that("a nonlinear model has none from its shape", {
  model <- floor_model(1, c(10, 1), c("tanh", "linear"))
  floor <- loss_floor(model, founding$x, founding$y)
  expect_identical(as.vector(floor), 0)
  expect_snapshot(floor)
})

test_that("what cannot be said is said", {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_batch_normalization() %>%
    layer_dense(1, kernel_regularizer = "l2")
  compile(model, loss = loss_mean_squared_error(reduction = "sum"))
  expect_snapshot(loss_floor(model, founding$x, founding$y))
  compile(model, loss = "dice")
  expect_snapshot(loss_floor(model, founding$x, founding$y))
})

test_that("unusable arguments are refused", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  expect_refused(loss_floor(model, 1, 1), "state")
  compile(model, loss = "mse")
  expect_refused(loss_floor(model, 1:2, 1), "shape", "y")
  expect_refused(loss_floor(model, c(1, NA), 1:2), "data", "x")
  expect_refused(loss_floor(model, 1:2, 1:2, sample_weight = -1:0), "data", "sample_weight")
  expect_refused(loss_floor(3, 1, 1), "argument", "model")
  expect_refused(loss_floor(model, 1:2, 1:2, weights = 1), "argument", "weights")
  expect_refused(loss_floor(keras_model_sequential() %>% layer_dense(1), 1, 1), "state")
})

test_that("targets whose squares overflow leave the floor at 0", {
  m <- keras_model_sequential(input_shape = 2) %>% layer_dense(3) %>% layer_dense(1)
  m %>% compile(loss = "mse")
  x <- cbind(1:5, c(1, 0, 2, 0, 1))
  floor <- loss_floor(m, x, 1:5 * 1e200)
  expect_identical(as.vector(unclass(floor)), 0)
  expect_match(capture.output(print(floor)), "No floor above 0")
})
