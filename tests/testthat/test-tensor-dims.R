test_that("k_shape() counts from 1 with [ and from 0 with [[", {
  dims <- k_shape(a3)
  expect_identical(as.vector(dims), 2:4)
  expect_identical(dims[1], 2L)
  expect_identical(dims[[1]], 3L)
  expect_identical(dims[[-1]], 4L)
  expect_identical(as.list(dims), list(2L, 3L, 4L))
  expect_output(print(dims), "[1] 2 3 4", fixed = TRUE)
  for (i in list(3, -4, 1.5, NA, "a")) expect_error(dims[[i]], "from -3 to 2", class = "kestrel_error_argument")
})

test_that("what it gives is a shape for operations", {
  expect_identical(dim(k_random_normal(k_shape(m))), c(2L, 3L))
  expect_identical(dim(k_ones(k_shape(a3))), 2:4)
  expect_equal(k_reshape(1:6, k_shape(m)), rbind(1:3, 4:6))
  expect_identical(length(k_random_normal(c(k_shape(m)[[1]]))), 3L)
})
