counting <- function(n, ...) new_batches(n, function(i) i, class = "counting", ...)

test_that("batches come in order, then NULL, then anew", {
  batches <- counting(3)
  expect_identical(lapply(1:7, function(i) batches()), list(1L, 2L, 3L, NULL, 1L, 2L, 3L))
  expect_true(is_generator(batches))
})

test_that("endless ones go on, pass after pass", {
  batches <- counting(2, endless = TRUE)
  expect_identical(vapply(1:5, function(i) batches(), 0L), c(1L, 2L, 1L, 2L, 1L))
})

test_that("shuffled ones have each batch once a pass, by R's seed", {
  pass <- function(batches) vapply(1:20, function(i) batches(), 0L)
  batches <- counting(20, shuffle = TRUE, endless = TRUE)
  set.seed(1)
  first <- pass(batches)
  second <- pass(batches)
  expect_setequal(first, 1:20)
  expect_setequal(second, 1:20)
  expect_false(identical(first, second))
  set.seed(1)
  expect_identical(pass(counting(20, shuffle = TRUE)), first)
})

test_that("they have a length, and each can be had by its number", {
  batches <- counting(3)
  expect_identical(length(batches), 3L)
  batches()
  expect_identical(batches[[3]], 3L)
  expect_identical(batches(), 2L)
  for (bad in list(0, 4, 1.5, NA, "a", NULL)) expect_refused(batches[[bad]], "argument", "i")
  expect_output(print(batches), "<counting: 3 batches>", fixed = TRUE)
  expect_output(print(counting(1)), "1 batch>", fixed = TRUE)
})
