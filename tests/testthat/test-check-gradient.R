test_that("faults of this group are found", {
  expect_checks(gradient_checks())
})

test_that("each weight belongs to its layer", {
  m <- keras_model_sequential(input_shape = 3) %>% layer_dense(2) %>% layer_batch_normalization() %>% layer_dense(1)
  m %>% compile(loss = "mse")
  freeze_weights(m, to = 1)
  case <- new_case(m, cbind(plane$x, 1), plane$curved, NULL, NULL, NULL, 5, environment())
  expect_identical(case$owners$layer, c(2L, 2L, 2L, 2L, 3L, 3L, 3L))
  expect_identical(sum(case$owners$kernel), 2L)
  expect_length(case$weights, 7)
  expect_length(case$gradient, 7)
})

test_that("fewer weights than residuals are no news", {
  m <- seeded(function() net(2, c(4, 1), c("tanh", "linear"), epochs = 20, x = plane$x, y = plane$curved))
  expect_identical(diagnose(m, plane$x, plane$curved, checks = "O2")$id, character())
  # Of a relu unit the weights before and behind it change the same, so that there is a direction less.
  m <- seeded(function() net(2, c(4, 1), c("relu", "linear"), epochs = 20, x = plane$x, y = plane$curved))
  expect_identical(diagnose(m, plane$x, plane$curved, checks = "O2")$id, character())
})
