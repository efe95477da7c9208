test_that("an unknown certificate proves nothing", {
  problem <- floor_problem(floor_model(1, 1), 1:3, 1:3)
  expect_false(verify_certificate(list(kind = "because"), problem))
  expect_true(verify_certificate(list(kind = "least", value = 0), problem))
  expect_false(verify_certificate(list(kind = "least", value = 0.1), problem))
})

test_that("a sum of floors of which one is not known is not known, and that is proven", {
  input <- layer_input(1)
  model <- keras_model(input, list(layer_dense(input, 1), layer_dense(input, 2, "tanh")))
  compile(model, loss = list("poisson", "mse"))
  y <- list(c(-1, 1, 2), cbind(1:3, 3:1))
  floor <- suppressWarnings(loss_floor(model, 1:3, y))
  expect_identical(as.vector(floor), -Inf)
  expect_true(verify_certificate(attr(floor, "certificate"), suppressWarnings(floor_problem(model, 1:3, y))))
})
