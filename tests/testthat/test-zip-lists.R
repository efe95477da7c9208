test_that("arrays are arrays", {
  m <- matrix(1:6, 2)
  expect_identical(as_tensor(m), m)
  expect_equal(as_tensor(1:6, shape = c(2, 3)), rbind(1:3, 4:6))
  expect_equal(as_tensor(2, shape = list(2, 2)), matrix(2, 2, 2))
  expect_equal(keras_array(c(1.7, -1.2), "int32"), array(c(1, -1)))
  expect_equal(np_array(m, "float32"), m)
  input <- layer_input(2)
  expect_identical(as_tensor(input), input)
  expect_identical(tuple(1, "a"), list(1, "a"))
  expect_error(as_tensor("a"), "`x`", class = "kestrel_error_argument")
  expect_error(as_tensor(1:6, shape = c(4, 2)), class = "kestrel_error")
})

test_that("lists are zipped by place or by name", {
  expect_identical(zip_lists(list(1, 2), list("a", "b")), list(list(1, "a"), list(2, "b")))
  expect_identical(zip_lists(x = 1:2, y = c("a", "b")), list(list(x = 1L, y = "a"), list(x = 2L, y = "b")))
  expect_identical(zip_lists(a = list(p = 1, q = 2), b = list(q = 4, p = 3)),
    list(p = list(a = 1, b = 3), q = list(a = 2, b = 4)))
  expect_error(zip_lists(1:2, 1:3), "..2", fixed = TRUE, class = "kestrel_error_argument")
  expect_error(zip_lists(list(p = 1), list(q = 1)), "names", class = "kestrel_error_argument")
})
