test_that("small squared problems are solved to rounding in a few steps", {
  skip_if_not_installed("withr")
  case <- function() case_of(net(1, c(10, 1), c("linear", "linear"), epochs = 500, x = founding$x, y = founding$y),
    founding$x, founding$y)
  d <- diagnosed(case)
  expect_match(format(d), "Checked: a copy with", all = FALSE)
  trial <- try_fix(d, "S1", seconds = 0.01)
  expect_lt(trial$after, 1e-28)
  expect_lt(trial$epochs, 50)
})

test_that("targets that were recoded cannot be compared by the model's loss", {
  skip_if_not_installed("withr")
  d <- diagnosed(faulty$L6, checks = "L6")
  trial <- try_fix(d, "L6", seconds = 0.1)
  expect_true(is.na(trial$after))
  expect_true(is.finite(trial$loss))
  expect_setequal(trial$y, 0:1)
})

test_that("where the loss has no lower bound there is no floor and no best constant", {
  skip_if_not_installed("withr")
  case <- attr(diagnosed(faulty$L6, checks = "L6"), "case")
  expect_identical(case$data_floor, -Inf)
  expect_true(is.na(case$constant_loss))
  expect_false(any(c("floor", "constant") %in% names(diagnosis_rungs(case))))
})
