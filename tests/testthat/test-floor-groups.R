test_that("equal rows share a group", {
  expect_equal(row_groups(rbind(c(1, 2), c(1, 3), c(1, 2), c(0, 2))), c(1, 2, 1, 3))
  expect_equal(row_groups(matrix(c(0, -0, 1), 3)), c(1, 1, 2))
  set.seed(1)
  x <- matrix(sample(3, 400, TRUE), 100)
  key <- apply(x, 1, paste, collapse = " ")
  expect_equal(row_groups(x), match(key, unique(key)))
})
