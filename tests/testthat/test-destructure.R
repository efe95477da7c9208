test_that("elements go to names, nested ones too", {
  c(c(x, y), z) %<-% list(list(1:2, "a"), NULL)
  expect_identical(list(x, y, z), list(1:2, "a", NULL))
  c(a, b) %<-% c(loss = 0.5, accuracy = 1)
  expect_identical(c(a, b), c(0.5, 1))
  c(a, b) %<-% data.frame(u = 1:2, v = 3:4)
  expect_identical(b, 3:4)
  whole %<-% list(1, 2)
  expect_identical(whole, list(1, 2))
  expect_identical(withVisible(c(u, v) %<-% 1:2), list(value = 1:2, visible = FALSE))
})

test_that("language is assigned as it is", {
  c(e, f) %<-% list(quote(stop("not now")), quote(name))
  expect_identical(list(e, f), list(quote(stop("not now")), quote(name)))
})

test_that("elements are skipped, gathered, and put into places", {
  c(a, ., b) %<-% 1:3
  expect_identical(c(a, b), c(1L, 3L))
  c(first, ...rest, last) %<-% 1:5
  expect_identical(list(first, rest, last), list(1L, 2:4, 5L))
  c(first, ...rest) %<-% list(1, "b", 3:4)
  expect_identical(rest, list("b", 3:4))
  c(only, ...none) %<-% 1
  expect_identical(none, list())
  place <- list()
  c(place$x, place[["y"]]) %<-% 1:2
  expect_identical(place, list(x = 1L, y = 2L))
})

test_that("the values of a model and its scores are taken apart", {
  model <- small_model()
  c(kernel, bias) %<-% get_weights(model)[1:2]
  expect_identical(list(kernel, bias), get_weights(model)[1:2])
  expect_refused(c(loss, accuracy) %<-% evaluate(model, small_x(), small_y(), verbose = 0), "argument", "value")
})

test_that("too few or too many elements are refused, and nothing is assigned", {
  expect_refused(c(kept, b) %<-% list(1), "argument", "value", names = "2")
  expect_refused(c(kept, c(b, d)) %<-% list(1, 2:4), "argument", "value", names = "3")
  expect_refused(c(kept, b, ...rest) %<-% 1, "argument", "value", names = "2")
  expect_refused(c(kept, b) %<-% mean, "argument", "value", names = "function")
  expect_refused(c(kept, b) %<-% NULL, "argument", "value", names = "NULL")
  expect_false(exists("kept", inherits = FALSE))
})
