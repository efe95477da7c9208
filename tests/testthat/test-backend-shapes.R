test_that("shapes change as in Keras, by rows", {
  by_rows <- array(aperm(array(c(t(m)), c(2, 3))), c(3, 2))
  expect_operation(function(x) k_reshape(x, c(3, 2)), m, by_rows)
  expect_operation(function(x) op_reshape(x, list(-1, 2)), m, by_rows)
  expect_operation(function(x) k_reshape(x, -1), m, array(c(t(m)), 6))
  expect_operation(k_batch_flatten, a3, t(apply(a3, 1, function(s) c(t(s)))))
  expect_operation(k_transpose, m, t(m))
  expect_operation(function(x) op_transpose(x, c(3, 1, 2)), a3, aperm(a3, c(3, 1, 2)))
  expect_operation(function(x) k_permute_dimensions(x, list(2, 1, 3)), a3, aperm(a3, c(2, 1, 3)))
  expect_operation(k_expand_dims, m, array(m, c(2, 3, 1)))
  expect_operation(function(x) k_expand_dims(x, 2), m, array(m, c(2, 1, 3)))
  expect_operation(function(x) op_squeeze(op_expand_dims(x, 1)), m, m)
  expect_operation(function(x) k_concatenate(list(x, q)), m, cbind(m, q))
  expect_operation(function(x) op_concatenate(list(x, q, x), 1), m, rbind(m, q, m))
  expect_operation(function(x) k_concatenate(list(x, x), 2), a3, a3[, c(1:3, 1:3), ])
  expect_operation(function(x) k_stack(list(x, q)), m, aperm(array(c(m, q), c(2, 3, 2)), c(3, 1, 2)))
  expect_identical(op_shape(a3), 2:4)
  expect_identical(k_int_shape(m), list(2L, 3L))
  expect_identical(op_ndim(a3), 3L)
})

test_that("what does not go together is refused", {
  expect_error(k_reshape(m, c(4, 2)), class = "kestrel_error_shape")
  expect_error(k_concatenate(list(m, t(m)), 1), class = "kestrel_error_shape")
  expect_error(k_concatenate(m), class = "kestrel_error_argument")
  expect_error(k_squeeze(m, 1), class = "kestrel_error_shape")
  expect_error(k_expand_dims(m, 5), class = "kestrel_error_argument")
})

test_that("axes count from 1, and from the last with negative numbers", {
  expect_null(tensor_axes(a3, NULL))
  expect_identical(tensor_axes(a3, c(-1, 1, 3)), c(3L, 1L))
  expect_identical(tensor_axes(a3, list(2, -2)), 2L)
  for (bad in list(0, 4, -4, 1.5, NA, "a", integer(), TRUE)) {
    expect_error(tensor_axes(a3, bad), "axis", class = "kestrel_error_argument")
  }
  expect_identical(count_along(a3, c(1, 3)), 8L + 0)
  expect_identical(count_along(a3, NULL), 24L)
})

test_that("axes that are summed over stay where they are asked to", {
  for (axis in 1:3) {
    sums <- apply(a3, (1:3)[-axis], sum)
    expect_equal(reduce_tensor("sum", a3, axis), sums)
    kept <- reduce_tensor("sum", a3, axis, TRUE)
    expect_identical(dim(kept), replace(dim(a3), axis, 1L))
    expect_equal(as.vector(kept), as.vector(sums))
  }
})

test_that("choosing repeats the test and both sides along axes of one", {
  test <- matrix(c(TRUE, FALSE))
  expect_equal(choose_tensor(test, m, q), rbind(m[1, ], q[2, ]))
  expect_equal(choose_tensor(test, 1, matrix(2, 1, 3)), rbind(rep(1, 3), rep(2, 3)))
})
