test_that("every hook has its argument", {
  expect_setequal(setdiff(names(formals(callback_lambda)), "..."), names(hook_arguments))
  expect_setequal(setdiff(names(formals(new_callback_class))[3:18], "..."), names(hook_arguments))
})

test_that("a lambda does what a plain list does", {
  seen <- NULL
  note <- function(epoch, logs) seen <<- c(seen, epoch)
  quick_fit(quick_model(), callbacks = list(callback_lambda(on_epoch_end = note),
    list(on_epoch_end = note)))
  expect_equal(seen, c(0, 0, 1, 1))
})

test_that("functions with defaults, dots or of other names will do", {
  for (f in list(function(e, l) 1, function(...) 1, function(epoch, logs = list()) 1,
    function(epoch, logs, more = 1) 1, max)) {
    expect_s3_class(callback_lambda(on_epoch_end = f), "kestrel_callback")
  }
})

test_that("functions of other arguments are refused", {
  for (f in list(function() 1, function(epoch) 1, function(epoch, logs, more) 1, 3, "a")) {
    expect_refused(callback_lambda(on_epoch_end = f), "argument", "on_epoch_end")
  }
  expect_refused(callback_lambda(on_train_begin = function() 1), "argument", "on_train_begin")
  expect_refused(callback_lambda(on_epoch_ends = function(a, b) 1), "argument", "on_epoch_ends",
    names = "on_epoch_end")
})

test_that("the logger of progress changes nothing", {
  histories <- lapply(list(list(), callback_progbar_logger("steps")), function(callbacks) {
    set.seed(1)
    model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
    model %>% compile(loss = "mse", optimizer = "sgd")
    fit(model, 1:4, 1:4, epochs = 2, verbose = 0, callbacks = callbacks)$metrics
  })
  expect_identical(histories[[1]], histories[[2]])
  expect_refused(callback_progbar_logger("nonsense"), "argument", "count_mode")
})
