test_that("codes are looked at where they go straight into a layer", {
  expect_identical(check_layer_codes(layer_dense(units = 1), cbind(0.5), "x", NULL), cbind(0.5))
  layer <- layer_category_encoding(num_tokens = 2)
  expect_refused(layer(rbind(c(0, 2))), "data", "x")
  expect_snapshot(error = TRUE, {
    layer(rbind(c(1, 2)))
    layer(rbind(c(1, 0.5)))
    layer(rbind(c(-1, 0)))
  })
})
