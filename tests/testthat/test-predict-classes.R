test_that("the class of the largest output is predicted, as in the formula", {
  model <- keras_model_sequential() %>% layer_dense(3, activation = "softmax", input_shape = 4)
  x <- small_x()
  p <- predict(model, x)
  expect_identical(predict_classes(model, x), apply(p, 1, which.max) - 1L)
  expect_identical(predict_proba(model, x), p)
  x[2, 1] <- NA
  expect_identical(which(is.na(suppressWarnings(predict_classes(model, x)))), 2L)
})

test_that("one output is 0 or 1, above one half", {
  model <- small_model(activation = "sigmoid")
  x <- small_x()
  expect_identical(predict_classes(model, x), (predict(model, x) > 0.5) * 1L)
})

test_that("a model that was trained on a factor gives its levels", {
  model <- keras_model_sequential() %>% layer_dense(3, activation = "softmax", input_shape = 4)
  model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = "adam")
  x <- as.matrix(iris[1:4])
  model %>% fit(x, iris$Species, epochs = 1, verbose = 0)
  expect_identical(predict_classes(model, x),
    factor(levels(iris$Species)[max.col(predict(model, x))], levels(iris$Species)))
})

test_that("what has no classes is refused", {
  expect_refused(predict_classes(lm(dist ~ speed, cars), cars), "argument", "object")
  wide <- keras_model_sequential() %>% layer_dense(3, input_shape = c(2, 4))
  expect_refused(predict_classes(wide, array(1, c(1, 2, 4))), "argument", "object")
  model <- small_model()
  expect_refused(predict_classes(model, small_x(6, 3)), "shape", "x", model)
})
