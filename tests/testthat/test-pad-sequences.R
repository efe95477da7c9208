test_that("sequences are filled up and cut on either side", {
  s <- list(1:2, 1:5, integer(), 7)
  # tf.keras.utils.pad_sequences of the same lists
  expect_identical(pad_sequences(s), rbind(c(0L, 0L, 0L, 1L, 2L), 1:5, rep(0L, 5), c(0L, 0L, 0L, 0L, 7L)))
  expect_identical(pad_sequences(s, maxlen = 3), rbind(c(0L, 1L, 2L), 3:5, rep(0L, 3), c(0L, 0L, 7L)))
  expect_identical(pad_sequences(s, 3, padding = "post", truncating = "post"),
    rbind(c(1L, 2L, 0L), 1:3, rep(0L, 3), c(7L, 0L, 0L)))
  expect_identical(pad_sequences(s, 3, padding = "post"), rbind(c(1L, 2L, 0L), 3:5, rep(0L, 3), c(7L, 0L, 0L)))
  expect_identical(pad_sequences(list(1.7, NULL), 2, "float32", value = -1), rbind(c(-1, 1.7), c(-1, -1)))
  expect_identical(pad_sequences(list(1.7), dtype = "int32"), matrix(1L))
  expect_identical(pad_sequences(list(list(1, 2))), matrix(1:2, 1))
  expect_identical(dim(pad_sequences(list())), c(0L, 0L))
})

test_that("what is no list of numbers is refused", {
  expect_refused(pad_sequences(1:3), "argument", "sequences")
  expect_refused(pad_sequences(data.frame(1:3)), "argument", "sequences")
  expect_refused(pad_sequences(list(1, "a")), "argument", "sequences[[2]]")
  expect_refused(pad_sequences(list(factor("a"))), "argument", "sequences[[1]]")
  expect_refused(pad_sequences(list(1), maxlen = 0), "argument", "maxlen")
  expect_refused(pad_sequences(list(1), padding = "before"), "argument", "padding")
  expect_refused(pad_sequences(list(1), truncating = NA), "argument", "truncating")
  expect_refused(pad_sequences(list(1), dtype = "str"), "argument", "dtype")
  expect_refused(pad_sequences(list(1), value = "a"), "argument", "value")
})
