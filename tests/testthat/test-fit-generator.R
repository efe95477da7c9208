test_that("old names warn and hand over", {
  x <- small_x()
  y <- small_y()
  one <- small_model()
  two <- small_twin(one)
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

test_that("arguments of queues of batches have no effect, and must be sensible", {
  x <- small_x()
  y <- small_y()
  one <- small_model()
  two <- small_twin(one)
  a <- fit(one, x, y, epochs = 2, shuffle = FALSE, verbose = 0, workers = 4, max_queue_size = 5L,
    use_multiprocessing = TRUE)
  b <- fit(two, x, y, epochs = 2, shuffle = FALSE, verbose = 0)
  expect_identical(a$metrics, b$metrics)
  expect_identical(evaluate(one, x, y, verbose = 0, workers = 0), evaluate(two, x, y, verbose = 0))
  expect_identical(predict(one, newdata = x, use_multiprocessing = FALSE), predict(two, x))
  expect_refused(fit(one, x, y, workers = "all"), "argument", "workers")
  expect_refused(evaluate(one, x, y, max_queue_size = -1), "argument", "max_queue_size")
  expect_refused(predict(one, x, use_multiprocessing = NA), "argument", "use_multiprocessing")
  expect_refused(fit(one, x, y, worker = 1), "argument", "worker")
  expect_refused(fit_generator(one, function() list(x, y), 1, workers = NULL), "argument", "workers")
})
