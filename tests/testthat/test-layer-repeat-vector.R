test_that("a sample becomes equal rows", {
  x <- small_x()
  y <- layer_repeat_vector(n = 3)(x)
  expect_identical(dim(y), c(nrow(x), 3L, ncol(x)))
  for (i in 1:3) expect_identical(y[, i, ], x)
})

test_that("bad settings are refused", {
  for (bad in list(0, -1, 1.5, "a", NULL)) expect_refused(layer_repeat_vector(n = bad), "argument", "n")
  expect_refused(layer_repeat_vector(n = 2)(counted(2, 3, 4)), "shape")
  expect_config_round_trip(layer_repeat_vector(n = 2), small_x())
})
