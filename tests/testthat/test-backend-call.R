test_that("what R says of an operation is said in the package's words", {
  expect_refused(k_log("a"), "argument")
  expect_refused(op_add(1, "b"), "argument")
  expect_refused(k_sum(), "argument", "x")
  expect_refused(k_pow(2), "argument", "a")
  expect_refused(k_zeros(-1), "argument")
  expect_refused(k_mean(matrix(1:4, 2), axis = 5), "argument", "axis")
  expect_snapshot(error = TRUE, k_log("a"))
})
