a2 <- rbind(c(2, 1), c(-1, 3))
pairs <- aperm(simplify2array(list(a2, rbind(c(1, 4), c(0, -2)))), c(3, 1, 2))

test_that("gradients of what is solved are slopes", expect_slopes(linear_operations()))

test_that("systems, inverses and determinants are those of R", {
  expect_operation(function(x) op_solve(x, c(3, 5)), a2, array(solve(a2, c(3, 5))))
  expect_operation(function(x) op_solve(a2, x), m, solve(a2, m))
  expect_operation(op_inv, a2, solve(a2))
  each <- op_solve(pairs, pairs[, , 1:2] + 1)
  expect_equal(each[2, , ], solve(pairs[2, , ], pairs[2, , ] + 1))
  expect_operation(function(x) op_slogdet(x)$logabsdet, pairs, array(log(c(7, 2))))
  expect_equal(op_slogdet(pairs)$sign, array(c(1, -1)))
  expect_operation(op_det, a2, 7)
  expect_operation(op_det, matrix(1:4 %o% 1:4, 4)[1:3, 1:3], 0)
  expect_gradients(
    function(x) sum(solve(x %*% t(x) + diag(2), c(1, 2))) + sum(solve(x[, 1:2])),
    function(x) det(x[, 1:2]) * x[1, 3] + sum(atan2(x, 0.5))
  )
})

test_that("cross products and angles are those of their formulas", {
  x <- rbind(c(1, 2, 3), c(-1, 0.5, 2))
  by_hand <- function(a, b) c(a[2] * b[3] - a[3] * b[2], a[3] * b[1] - a[1] * b[3], a[1] * b[2] - a[2] * b[1])
  expect_operation(function(x) op_cross(x, c(2, -1, 4)), x, rbind(by_hand(x[1, ], c(2, -1, 4)), by_hand(x[2, ], c(2, -1, 4))))
  expect_equal(op_cross(t(x), t(x[2:1, ]), axis = 1), cbind(by_hand(x[1, ], x[2, ]), by_hand(x[2, ], x[1, ])))
  expect_equal(op_cross(c(1, 2), c(3, 4)), -2)
  expect_equal(op_cross(c(1, 2), c(3, 4, 5)), array(by_hand(c(1, 2, 0), c(3, 4, 5))))
  expect_operation(function(x) op_arctan2(x, q), m, atan2(m, q))
})

test_that("what is no square matrix is refused", {
  for (call in list(function() op_inv(m), function() op_solve(a2, 1:3), function() op_slogdet(1:2), function() op_inv(matrix(1, 2, 2)),
    function() op_det(m), function() op_cross(1:4, 1:4))) expect_error(call(), class = "kestrel_error_shape")
})
