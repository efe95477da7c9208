test_that("faults of this group are found", {
  expect_checks(penalty_checks())
})

test_that("the same nets without penalty or dropout are healthy", {
  d <- diagnosed(function() fitted_net(c(8, 1), c("tanh", "linear"), plane$curved, epochs = 300,
    layer = list(kernel_regularizer = regularizer_l2(1e-5))))
  expect_false(any(c("P1", "P3") %in% d$id))
})
