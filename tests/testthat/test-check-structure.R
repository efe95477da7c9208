test_that("faults of structure are found", {
  expect_checks(structure_checks())
})

test_that("a single linear layer, and collapse that costs nothing, are notes", {
  d <- diagnosed(healthy$linear)
  expect_identical(d$severity[d$id == "S1"], "note")
  straight <- as.vector(plane$x %*% c(1, -2))
  d <- diagnosed(function() fitted_net(c(4, 1), c("linear", "linear"), straight, epochs = 50))
  expect_identical(d$severity[d$id == "S1"], "note")
})

test_that("an activation in a layer of its own counts", {
  m <- keras_model_sequential(input_shape = 2) %>% layer_dense(4) %>% layer_activation("tanh") %>% layer_dense(1)
  m %>% compile(loss = "mse")
  expect_false("S1" %in% diagnose(m)$id)
  m <- keras_model_sequential(input_shape = 2) %>% layer_dense(4) %>% layer_activation("linear") %>%
    layer_dropout(0.5) %>% layer_dense(1)
  m %>% compile(loss = "mse")
  expect_true("S1" %in% diagnose(m)$id)
})
