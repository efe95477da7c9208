# The catalogue of bad inputs: callbacks.

x <- small_x()
y <- small_y()

fit_with <- function(..., model = small_model(), epochs = 2) {
  fit(model, x, y, epochs = epochs, batch_size = 3, shuffle = FALSE, verbose = 0, callbacks = list(...))
}

at_epoch_end <- function(f) list(on_epoch_end = f)

test_that("callbacks and their settings are refused by name", {
  model <- small_model()
  fitted <- function(callbacks) function() fit(model, x, y, verbose = 0, callbacks = callbacks)
  stopping <- function(...) function() callback_early_stopping(...)
  wrong_rate <- function(rate) function() {
    fit(small_model(), x, y, verbose = 0, callbacks = list(callback_learning_rate_scheduler(function(epoch) rate)))
  }
  expect_rows_refused(
    refused("text for callbacks", fitted("early"), "argument", "callbacks", model = model),
    refused("a number among callbacks", fitted(list(callback_terminate_on_nan(), 5)), "argument", "callbacks[[2]]", model = model),
    refused("NULL among callbacks", fitted(list(callback_terminate_on_nan(), NULL)), "argument", "callbacks[[2]]", model = model),
    refused("a hook of other arguments", fitted(at_epoch_end(function(a, b, c, d) 1)), "argument", "callbacks$on_epoch_end", model = model),
    refused("a hook that is no function", fitted(list(on_epoch_end = 1)), "argument", "callbacks", model = model),
    refused("patience below 0", stopping(patience = -1), "argument", "patience"),
    refused("patience NA", stopping(patience = NA), "argument", "patience"),
    refused("a least change of NA", stopping(min_delta = NA), "argument", "min_delta"),
    refused("restoring maybe", stopping(restore_best_weights = NA), "argument", "restore_best_weights"),
    refused("a mode that there is not", stopping(mode = "up"), "argument", "mode", names = "min"),
    refused("a monitor that is a number", stopping(monitor = 5), "argument", "monitor"),
    refused("a rate below 0", wrong_rate(-1), "callback", names = c("schedule", "-1", "epoch 1")),
    refused("a rate of NA", wrong_rate(NA), "callback", names = c("schedule", "NA", "epoch 1")),
    refused("a rate in words", wrong_rate("a"), "callback", names = "schedule"),
    refused("two rates", wrong_rate(c(1, 2)), "callback", names = "schedule"),
    refused("no rate", wrong_rate(NULL), "callback", names = "schedule"),
    refused("an endless rate", wrong_rate(Inf), "callback", names = "schedule"),
    refused("a folder as a file", function() fit_with(callback_model_checkpoint(tempdir(), monitor = "loss")), "file")
  )
})

test_that("an error in any hook at any epoch is a callback error, and training goes on after it", {
  for (hook in c("on_epoch_begin", "on_epoch_end", "on_train_batch_end", "on_batch_begin")) {
    for (at in 1:3) {
      model <- small_model()
      calls <- 0
      callback <- list(function(number, logs) {
        calls <<- calls + 1
        if (calls == at) stop(errorCondition("mine", class = "my_error"))
      })
      names(callback) <- hook
      error <- tryCatch(fit_with(callback, model = model, epochs = 3), error = identity)
      expect_s3_class(error, "kestrel_error_callback")
      expect_s3_class(error$parent, "my_error")
      expect_match(conditionMessage(error), "on_", fixed = TRUE)
      expect_length(fit_with(model = model)$metrics$loss, 2)
    }
  }
})

# Trains with a hook; the weights must be those of training without it.
expect_no_part <- function(hook) {
  set.seed(1)
  plain <- small_model()
  set.seed(1)
  watched <- small_model()
  fit_with(model = plain)
  fit_with(at_epoch_end(function(epoch, logs) hook(watched)), model = watched)
  expect_identical(get_weights(watched), get_weights(plain))
}

test_that("what hooks do to the session is none of the training's business", {
  directory <- getwd()
  settings <- options(warn = 0)
  on.exit({ setwd(directory); options(settings) })
  expect_no_part(function(model) setwd(tempdir()))
  expect_no_part(function(model) options(warn = 2))
  expect_no_part(function(model) gc())
  expect_no_part(function(model) predict(model, x))
  expect_no_part(function(model) evaluate(model, x, y, verbose = 0))
  expect_no_part(function(model) set_weights(clone_model(model), get_weights(model)))
  expect_no_part(function(model) fit(small_model(), x, y, epochs = 1, verbose = 0))
  expect_no_part(function(model) file <- tempfile())
})

test_that("a thousand warnings of a hook are warnings", {
  count <- 0
  withCallingHandlers(
    fit_with(at_epoch_end(function(epoch, logs) for (i in 1:500) warning("again"))),
    warning = function(w) { count <<- count + 1; invokeRestart("muffleWarning") }
  )
  expect_identical(count, 1000)
})

test_that("the name of a model may go while it is trained", {
  frame <- new.env()
  frame$model <- small_model()
  history <- fit_with(at_epoch_end(function(epoch, logs) { rm(list = ls(frame), envir = frame); gc() }),
    model = frame$model)
  expect_length(history$metrics$loss, 2)
})

test_that("hooks that leave fit() by another door leave a model that trains", {
  model <- small_model()
  leave <- list(
    function() withRestarts(fit_with(at_epoch_end(function(epoch, logs) invokeRestart("out")), model = model), out = function() "left"),
    function() callCC(function(k) fit_with(at_epoch_end(function(epoch, logs) k("left")), model = model)),
    function() tryCatch(fit_with(at_epoch_end(function(epoch, logs) signalCondition(structure(class = c("door", "condition"), list()))),
      model = model), door = function(c) "left")
  )
  for (way in leave) {
    expect_identical(way(), "left")
    expect_false(is_fitting(model))
    expect_length(fit_with(model = model)$metrics$loss, 2)
  }
})

test_that("training is not begun again inside itself", {
  model <- small_model()
  inside <- list()
  fit_with(at_epoch_end(function(epoch, logs) {
    inside <<- lapply(list(
      function() fit(model, x, y), function() train_on_batch(model, x, y), function() compile(model, loss = "mse"),
      function() layer_dense(model, 2), function() pop_layer(model)
    ), function(f) tryCatch(f(), error = identity))
  }), model = model)
  for (error in inside) expect_s3_class(error, "kestrel_error_state")
})

test_that("a monitor that there is not is warned of, with those that there are", {
  expect_warning(fit_with(callback_early_stopping(monitor = "nope")), "loss", class = "kestrel_warning_monitor")
})

test_that("a folder that may not be written to leaves the old file whole", {
  skip_on_os("windows")
  file <- file.path(tempfile(), "model.rds")
  dir.create(dirname(file))
  on.exit(unlink(dirname(file), recursive = TRUE))
  fit_with(callback_model_checkpoint(file, monitor = "loss"))
  before <- readBin(file, "raw", 1e6)
  Sys.chmod(dirname(file), "0500")
  on.exit(Sys.chmod(dirname(file), "0700"), add = TRUE, after = FALSE)
  skip_if(file.access(dirname(file), 2) == 0, "Every folder may be written to here.")
  expect_refused(fit_with(callback_model_checkpoint(file, monitor = "loss")), "file")
  expect_identical(readBin(file, "raw", 1e6), before)
})
