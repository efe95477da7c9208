test_that("codes become rows of the matrix", {
  e <- counted(4, 3)
  x <- rbind(c(0, 3, 1), c(2, 2, 0))
  y <- run_layer(layer_embedding(input_dim = 4, output_dim = 3), x, list(e))
  expect_identical(dim(y), c(2L, 3L, 3L))
  for (i in 1:2) for (j in 1:3) expect_identical(y[i, j, ], e[x[i, j] + 1, ])
})

test_that("only the rows that were used are trained", {
  model <- keras_model_sequential() %>%
    layer_embedding(input_dim = 5, output_dim = 2, input_length = 3) %>%
    layer_flatten() %>%
    layer_dense(1)
  compile(model, optimizer = optimizer_sgd(0.1), loss = "mse")
  before <- get_weights(model)[[1]]
  fit(model, rbind(c(1, 1, 3)), 1, epochs = 2, verbose = 0)
  moved <- rowSums(abs(get_weights(model)[[1]] - before)) > 0
  expect_identical(moved, c(FALSE, TRUE, FALSE, TRUE, FALSE))
})

test_that("what is no code is refused", {
  layer <- layer_embedding(input_dim = 3, output_dim = 2)
  for (bad in list(3, -1, 0.5)) expect_refused(layer(cbind(bad)), "data", "x")
  model <- keras_model_sequential() %>% layer_embedding(3, 2, input_length = 1) %>% layer_flatten()
  compile(model, loss = "mse")
  for (bad in list(3, -1, 0.5)) {
    expect_refused(fit(model, cbind(bad), rbind(c(0, 0)), verbose = 0), "data", "x")
    expect_refused(predict(model, cbind(bad)), "data")
  }
  for (bad in list(0, "a", NA, 1.5)) {
    expect_refused(layer_embedding(input_dim = bad, output_dim = 2), "argument", "input_dim")
    expect_refused(layer_embedding(input_dim = 2, output_dim = bad), "argument", "output_dim")
  }
  expect_refused(layer_embedding(input_dim = 2), "argument", "output_dim")
  for (bad in list(2, NA, "a")) {
    expect_refused(layer_embedding(input_dim = 2, output_dim = 2, mask_zero = bad), "argument", "mask_zero")
  }
  expect_snapshot(error = TRUE, layer(cbind(c(1, 3))))
  expect_config_round_trip(layer_embedding(input_dim = 3, output_dim = 2), rbind(0:2))
})

test_that("rows of any length are those of the matrix, in batches of any size", {
  for (out in c(1, 7, 8, 9, 33)) {
    model <- keras_model_sequential() %>% layer_embedding(20, out, input_length = 600)
    codes <- matrix(sample(0:19, 40 * 600, TRUE), 40)
    expected <- get_weights(model)[[1]][codes + 1, ]
    for (size in list(NULL, 7L, 40L)) {
      expect_equal(predict(model, codes, batch_size = size), array(expected, c(40, 600, out)))
    }
  }
})
