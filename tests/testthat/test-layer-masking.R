test_that("masked steps become 0, and all others stay", {
  x <- array(c(1, 5, 7, 2, 6, 7), c(1, 3, 2))
  y <- layer_masking(mask_value = 7)(x)
  expect_identical(y[1, , ], rbind(c(1, 2), c(5, 6), c(0, 0)))
  expect_identical(layer_masking(mask_value = 2)(x), x)
  expect_identical(layer_masking()(rbind(c(0, 1), c(0, 0))), rbind(c(0, 1), c(0, 0)))
  expect_config_round_trip(layer_masking(mask_value = 7), x)
  for (bad in list("a", NA, c(1, 2), NULL)) expect_refused(layer_masking(mask_value = bad), "argument", "mask_value")
})

test_that("the average over steps leaves masked ones out", {
  codes <- rbind(c(1, 2, 0, 0), c(3, 0, 0, 0), c(1, 1, 2, 3), c(0, 2, 0, 1))
  model <- keras_model_sequential(dtype = "float64") %>%
    layer_embedding(4, 3, mask_zero = TRUE, input_length = 4) %>%
    layer_global_average_pooling_1d()
  e <- get_weights(model)[[1]]
  by_hand <- t(apply(codes, 1, function(row) colMeans(e[row[row > 0] + 1, , drop = FALSE])))
  expect_equal(predict(model, codes), by_hand, tolerance = 1e-7)
  expect_identical(predict(model, rbind(c(0, 0, 0, 0))), matrix(NaN, 1, 3))
})

test_that("a model with masks is saved and cloned", {
  model <- masked_model()
  x <- masked_x()
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_identical(predict(readRDS(file), x), predict(model, x))
  copy <- clone_model(model)
  set_weights(copy, get_weights(model))
  expect_identical(predict(copy, x), predict(model, x))
  expect_identical(get_config(copy)$layers, get_config(model)$layers)
  expect_snapshot(summary(model))
})
