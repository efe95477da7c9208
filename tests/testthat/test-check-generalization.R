test_that("faults of this group are found", {
  expect_checks(generalization_checks())
})

test_that("held-out rows are those of the tail", {
  m <- net(2, c(4, 1), c("tanh", "linear"), epochs = 1, x = plane$x, y = plane$curved, validation_split = 0.25)
  case <- new_case(m, plane$x, plane$curved, NULL, NULL, m$history, 5, environment())
  rows <- split_rows(case)
  expect_equal(rows$held, cbind(plane$x, plane$curved)[46:60, ], ignore_attr = TRUE)
})
