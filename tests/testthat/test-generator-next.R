test_that("batches come one by one", {
  n <- 0
  batches <- function() {
    n <<- n + 1
    if (n <= 2) list(n, n)
  }
  expect_identical(iter_next(as_iterator(batches)), list(1, 1))
  expect_identical(generator_next(batches), list(2, 2))
  expect_identical(iter_next(batches, completed = "end"), "end")
  expect_error(iter_next(3), "generator", class = "kestrel_error_argument")
})

test_that("a generator that fails is named", {
  error <- expect_error(generator_next(function() stop("no more")), "`generator` failed: no more",
    class = "kestrel_error_callback")
  expect_identical(conditionMessage(error$parent), "no more")
  expect_error(iter_next(function() stop("no more")), "`it` failed", class = "kestrel_error_callback")
})
