test_that("faults of this group are found", {
  expect_checks(unit_checks())
})

test_that("the effective rank counts equal singular values", {
  expect_equal(effective_rank(diag(4)), 4)
  expect_equal(effective_rank(outer(1:5, 1:3)), 1, tolerance = 1e-6)
  expect_identical(effective_rank(matrix(0, 3, 3)), 0)
})

test_that("the floor of collapsed rows is that of the plateau", {
  # y1 and y2 share a code, y3 does not: (y1 - y2)^2 / 6.
  m <- net(1, c(1, 1), c("relu", "linear"))
  set_weights(m, list(matrix(1), -0.5, matrix(1), 0))
  case <- new_case(m, founding$x, founding$y, NULL, NULL, NULL, 5, environment())
  expect_equal(case$cell_floor, diff(founding$y[1:2])^2 / 6)
})
