test_that("parts are taken by their places", {
  expect_operation(function(x) k_gather(x, c(2, 1, 2)), m, m[c(2, 1, 2), ])
  expect_operation(function(x) k_gather(x, array(c(1, 0))), m, m[2:1, ])
  expect_operation(function(x) k_gather(x, 2), m, array(m[2, ]))
  expect_operation(function(x) op_take(x, c(3, 3, 1), axis = 2), m, m[, c(3, 3, 1)])
  expect_operation(function(x) op_take(x, 2, axis = -1), a3, a3[, , 2])
  index <- matrix(c(1, 2, 3, 3), 2)
  expect_operation(function(x) op_take(x, index, axis = 2), a3,
    array(a3[, c(index), ], c(2, 2, 2, 4)))
  expect_operation(function(x) op_take(x, c(2, 4)), m, array(c(t(m))[c(2, 4)]))
  at <- matrix(c(3, 1, 1, 2), 2)
  expect_operation(function(x) op_take_along_axis(x, at, axis = 2), m,
    rbind(m[1, at[1, ]], m[2, at[2, ]]))
  expect_operation(function(x) op_take_along_axis(x, matrix(2), 1), m, m[2, , drop = FALSE])
})

test_that("a row that is gathered twice has both slopes", {
  g <- kestrel:::differentiate(function(x) sum(k_gather(x, c(1, 1, 2))), list(m))$gradients[[1]]
  expect_equal(g, matrix(c(2, 1), 2, 3))
})

test_that("the order is turned, moved and repeated", {
  expect_operation(function(x) k_reverse(x, 2), m, m[, 3:1])
  expect_operation(function(x) op_flip(x, c(1, 3)), a3, a3[2:1, , 4:1])
  expect_operation(op_flip, m, m[2:1, 3:1])
  expect_operation(function(x) op_roll(x, 1, axis = 2), m, m[, c(3, 1, 2)])
  expect_operation(function(x) op_roll(x, -1), m, matrix(c(t(m))[c(2:6, 1)], 2, byrow = TRUE))
  expect_operation(function(x) k_repeat(x, 4), m, aperm(array(m, c(2, 3, 4)), c(1, 3, 2)))
  expect_operation(function(x) k_repeat_elements(x, 2, axis = 2), m, m[, c(1, 1, 2, 2, 3, 3)])
  expect_operation(function(x) op_repeat(x, c(1, 0, 2), axis = 2), m, m[, c(1, 3, 3)])
  expect_operation(function(x) op_repeat(x, 2), m, array(rep(c(t(m)), each = 2)))
  expect_operation(function(x) k_tile(x, list(2, 1)), m, rbind(m, m))
  expect_operation(function(x) op_tile(x, 2), m, cbind(m, m))
  expect_operation(function(x) op_tile(x, c(2, 1, 1)), m, aperm(array(m, c(2, 3, 2)), c(3, 1, 2)))
  expect_operation(function(x) op_broadcast_to(x, c(4, 2, 3)), m,
    aperm(array(m, c(2, 3, 4)), c(3, 1, 2)))
  expect_operation(function(x) op_swapaxes(x, 1, 3), a3, aperm(a3, 3:1))
  expect_operation(function(x) op_moveaxis(x, 1, -1), a3, aperm(a3, c(2, 3, 1)))
})

test_that("tensors are split into lists, and put together again", {
  expect_operation(function(x) op_split(x, 3, axis = 2)[[2]], m, m[, 2, drop = FALSE])
  expect_operation(function(x) op_split(x, c(1, 3), axis = 3)[[2]], a3, a3[, , 2:3])
  expect_length(op_split(a3, c(1, 3), axis = 3), 3)
  expect_operation(function(x) k_unstack(x)[[2]], m, array(m[2, ]))
  expect_operation(function(x) op_unstack(x, axis = 2)[[3]], a3, a3[, 3, ])
  expect_operation(function(x) op_stack(op_unstack(x, axis = 2), axis = 2), a3, a3)
  expect_identical(op_unstack(3:4), list(3L, 4L))
})

test_that("the largest are found", {
  expect_operation(op_sort, m, t(apply(m, 1, sort)))
  expect_operation(function(x) op_sort(x, axis = 1), m, apply(m, 2, sort))
  expect_equal(op_argsort(m), t(apply(m, 1, order)))
  expect_equal(op_argsort(m, axis = 1, zero_indexed = TRUE), apply(m, 2, order) - 1)
  expect_operation(function(x) op_top_k(x, 2)$values, m, t(apply(m, 1, sort, decreasing = TRUE))[, 1:2])
  expect_equal(op_top_k(c(5, 2, 7, 1, 9, 3), 3)$indices, array(c(5, 3, 1)))
  expect_identical(k_in_top_k(m, c(1, 2), 1), c(TRUE, TRUE))
  expect_identical(op_in_top_k(matrix(c(2, 1)), m, 2), c(FALSE, TRUE))
})

test_that("places and axes that there are not are refused", {
  refused <- function(code, text, class = "kestrel_error_argument") {
    error <- expect_error(code, text, class = class)
    expect_false(identical(as.character(conditionCall(error)[[1]]), "pick_along"))
  }
  refused(k_gather(m, 3), "indices")
  refused(k_gather(m, array(2)), "places of an axis of 2")
  refused(op_take(m, 0, axis = 2), "places of an axis of 3")
  refused(op_take(m, 1.5, axis = 2), "whole numbers")
  refused(op_take(m, 1, axis = 3), "axis")
  refused(op_take(m, 1, axis = c(1, 2)), "a single axis")
  refused(op_split(m, 2, axis = 2), "a divisor of 3", "kestrel_error_shape")
  refused(op_top_k(m, 4), "`k`")
  refused(op_repeat(m, c(1, 2), axis = 2), "repeats")
  refused(op_broadcast_to(m, c(2, 5)), "2 x 3 and 2 x 5", "kestrel_error_shape")
  refused(op_take_along_axis(m, matrix(1, 3, 1), axis = 2), "3 x 1", "kestrel_error_shape")
})
