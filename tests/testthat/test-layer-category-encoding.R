test_that("codes become indicators, sets and counts", {
  x <- rbind(c(0, 1), c(3, 3))
  encode <- function(mode) layer_category_encoding(num_tokens = 4, output_mode = mode)(x)
  expect_identical(encode("multi_hot"), rbind(c(1, 1, 0, 0), c(0, 0, 0, 1)))
  expect_identical(encode("count"), rbind(c(1, 1, 0, 0), c(0, 0, 0, 2)))
  each <- encode("one_hot")
  expect_identical(dim(each), c(2L, 2L, 4L))
  for (j in 1:2) expect_identical(each[, j, ], to_categorical(x[, j], 4))
  one <- layer_category_encoding(num_tokens = 4, output_mode = "one_hot")(cbind(0:3))
  expect_identical(one, diag(4))
})

test_that("bad settings are refused", {
  expect_refused(layer_category_encoding(), "argument", "num_tokens")
  expect_refused(layer_category_encoding(num_tokens = 0), "argument", "num_tokens")
  expect_refused(layer_category_encoding(num_tokens = 2, output_mode = "int"), "argument", "output_mode")
  expect_config_round_trip(layer_category_encoding(num_tokens = 3), cbind(0:2))
})
