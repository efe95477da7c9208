test_that("traps of R are found", {
  expect_checks(trap_checks())
})
