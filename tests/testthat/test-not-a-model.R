test_that("histories, layers and tensors are no models, and say what is", {
  model <- small_model()
  history <- fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
  x <- layer_input(4)
  for (verb in list(fit, compile, evaluate, predict)) {
    expect_refused(verb(history), "argument", "object", names = c("a history", "in place"))
    expect_refused(verb(layer_dense(units = 1)), "argument", "object", names = "a layer")
    expect_refused(verb(x), "argument", "object", names = c("a tensor", "keras_model"))
  }
  expect_refused(evaluate("a"), "argument", "object")
  expect_refused(evaluate(), "argument", "object", names = "NULL")
})
