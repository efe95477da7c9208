test_that("the optimizer is the one that was given", {
  adam <- optimizer_adam(0.01)
  expect_identical(optimizer_loss_scale(adam), adam)
  expect_identical(format(optimizer_loss_scale("sgd")), format(optimizer_sgd()))
  expect_refused(optimizer_loss_scale("nonsense"), "argument", "inner_optimizer")
  expect_refused(optimizer_loss_scale(adam, initial_scale = -1), "argument", "initial_scale")
})
