test_that("old names warn and hand over", {
  x <- small_x()
  y <- small_y()
  one <- small_model()
  two <- clone_model(one)
  compile(two, loss = "mse", optimizer = "sgd")
  set_weights(two, get_weights(one))
  gen <- function() list(x, y)
  expect_warning(h <- fit_generator(one, gen, 3, epochs = 2, verbose = 0, validation_data = gen,
    validation_steps = 1), class = "kestrel_warning_deprecated")
  expect_equal(h$metrics, fit(two, gen, steps_per_epoch = 3, epochs = 2, verbose = 0, validation_data = gen,
    validation_steps = 1)$metrics)
  expect_warning(e <- evaluate_generator(one, gen, 1), class = "kestrel_warning_deprecated")
  expect_equal(e, evaluate(one, x, y))
  expect_warning(p <- predict_generator(one, gen, 1), class = "kestrel_warning_deprecated")
  expect_identical(p, predict(one, x))
})
