test_that("faults of this group are found", {
  expect_checks(optimizer_checks())
})
