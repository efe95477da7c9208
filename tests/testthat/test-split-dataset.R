test_that("parts are the first and the following samples, of any kind of data", {
  x <- counted(10, 3)
  a <- counted(10, 2, 2)
  expect_identical(split_dataset(x, 0.8), list(x[1:8, ], x[9:10, ]))
  expect_identical(split_dataset(list(x = x, y = 1:10, a = a), left_size = 3),
    list(list(x = x[1:3, ], y = 1:3, a = a[1:3, , ]), list(x = x[4:10, ], y = 4:10, a = a[4:10, , ])))
  expect_identical(split_dataset(1:10, right_size = 0.35), list(1:6, 7:10))
  expect_identical(split_dataset(1:10, 3, 4), list(1:3, 4:7))
  expect_identical(split_dataset(head(cars, 4), 0.5)[[2]], head(cars, 4)[3:4, ])
})

test_that("shuffled parts have each sample once, and go by the seed alone", {
  set.seed(3)
  before <- .Random.seed
  parts <- split_dataset(1:20, 0.5, shuffle = TRUE, seed = 5)
  expect_identical(.Random.seed, before)
  expect_identical(sort(unlist(parts)), 1:20)
  expect_identical(split_dataset(1:20, 0.5, shuffle = TRUE, seed = 5), parts)
  expect_false(identical(split_dataset(1:20, 0.5, shuffle = TRUE, seed = 6), parts))
})

test_that("what cannot be split is refused", {
  expect_refused(split_dataset(1:4), "argument", "left_size")
  expect_refused(split_dataset(), "argument", "dataset")
  for (bad in list(NULL, mean, list(), list(1:3, "f", mean))) expect_refused(split_dataset(bad, 0.5), "argument", "dataset")
  for (bad in list(-1, 1.5, "a", NA)) expect_refused(split_dataset(1:4, bad), "argument", "left_size")
  expect_refused(split_dataset(list(1:4, 1:3), 0.5), "shape")
  expect_refused(split_dataset(1:4, 4), "data", "left_size")
  expect_refused(split_dataset(1:4, 3, 2), "data", "left_size")
  expect_refused(split_dataset(1:4, right_size = 0), "data", "right_size")
})
