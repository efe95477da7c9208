test_that("faults of this group are found", {
  expect_checks(point_checks())
})

test_that("above the floor there is no bottom", {
  d <- diagnosed(function() fitted_net(c(8, 1), c("linear", "linear"), plane$curved, epochs = 2))
  expect_false("K1a" %in% d$id)
})
