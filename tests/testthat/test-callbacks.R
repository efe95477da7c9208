test_that("hooks are called in order, with epochs and batches from 0", {
  calls <- NULL
  note <- function(hook) {
    force(hook)
    if (length(hook_arguments[[hook]]) == 1) {
      return(function(logs) calls <<- c(calls, hook))
    }
    function(index, logs) calls <<- c(calls, paste(hook, index))
  }
  hooks <- setdiff(names(hook_arguments), c("on_batch_begin", "on_batch_end"))
  hooks <- sapply(hooks, note, simplify = FALSE)
  quick_fit(quick_model(), epochs = 2, validation_data = list(1, 1), callbacks = hooks)
  epoch <- function(i) {
    c(paste("on_epoch_begin", i), "on_train_batch_begin 0", "on_train_batch_end 0",
      "on_train_batch_begin 1", "on_train_batch_end 1", "on_test_begin",
      "on_test_batch_begin 0", "on_test_batch_end 0", "on_test_end", paste("on_epoch_end", i))
  }
  expect_identical(calls, c("on_train_begin", epoch(0), epoch(1), "on_train_end"))
})

test_that("evaluate() and predict() call their hooks, and compute the same", {
  model <- quick_model()
  calls <- NULL
  outputs <- NULL
  hooks <- callback_lambda(
    on_test_begin = function(logs) calls <<- c(calls, "begin"),
    on_test_batch_end = function(batch, logs) calls <<- c(calls, batch),
    on_test_end = function(logs) calls <<- c(calls, names(logs)),
    on_predict_begin = function(logs) calls <<- c(calls, "begin"),
    on_predict_batch_end = function(batch, logs) {
      calls <<- c(calls, batch)
      outputs <<- c(outputs, logs$outputs)
    },
    on_predict_end = function(logs) calls <<- c(calls, "end")
  )
  x <- (1:5) / 5
  score <- evaluate(model, x, x, batch_size = 2, verbose = 0, callbacks = hooks)
  expect_identical(calls, c("begin", "0", "1", "2", "loss"))
  expect_equal(score[["loss"]], evaluate(model, x, x, batch_size = 2, verbose = 0)[["loss"]])
  calls <- NULL
  y <- predict(model, x, batch_size = 2, callbacks = hooks)
  expect_identical(calls, c("begin", "0", "1", "2", "end"))
  expect_identical(y, predict(model, x))
  expect_identical(outputs, as.vector(y))
})

test_that("batches get running means, the last one that of the epoch", {
  model <- quick_model(optimizer_sgd(0.1), metrics = "mae")
  seen <- list()
  history <- quick_fit(model, epochs = 1, callbacks = list(
    on_train_batch_end = function(batch, logs) seen[[batch + 1]] <<- logs
  ))
  expect_named(seen[[1]], c("loss", "mae"))
  expect_identical(seen[[2]]$loss, history$metrics$loss)
  fresh <- quick_model(metrics = "mae")
  first <- evaluate(fresh, c(-1, 0), c(1, 0), verbose = 0)
  expect_equal(unlist(seen[[1]]), unclass(first)[1:2], ignore_attr = TRUE)
})

test_that("old names of batch hooks stand in for new ones only", {
  calls <- NULL
  quick_fit(quick_model(), epochs = 1, callbacks = list(
    on_batch_begin = function(batch, logs) calls <<- c(calls, "old begin"),
    on_batch_end = function(batch, logs) calls <<- c(calls, "old end"),
    on_train_batch_end = function(batch, logs) calls <<- c(calls, "new end")
  ))
  expect_identical(calls, rep(c("old begin", "new end"), 2))
  calls <- NULL
  old <- callback_lambda(on_batch_end = function(batch, logs) calls <<- c(calls, batch))
  quick_fit(quick_model(), epochs = 1, callbacks = old)
  expect_equal(calls, 0:1)
})

test_that("callbacks do not change what is trained", {
  plain <- quick_model("adam")
  watched <- quick_model("adam")
  set.seed(4)
  a <- fit(plain, small_x()[, 1], small_y(), batch_size = 2, epochs = 4, verbose = 0)
  set.seed(4)
  b <- fit(watched, small_x()[, 1], small_y(), batch_size = 2, epochs = 4, verbose = 0,
    callbacks = list(
    on_train_batch_end = function(batch, logs) predict(watched, 1),
    on_epoch_end = function(epoch, logs) evaluate(watched, 1, 1, verbose = 0)
  ))
  expect_identical(a$metrics, b$metrics)
  expect_identical(get_weights(plain), get_weights(watched))
})

test_that("hooks see the weights of the moment and set those of the next batch", {
  model <- quick_model(optimizer_sgd(0.1))
  seen <- NULL
  quick_fit(model, epochs = 3, callbacks = list(on_epoch_end = function(epoch, logs) {
    seen[[epoch + 1]] <<- predict(model, 1)[1]
    set_weights(model, list(matrix(0), 7))
  }))
  expect_length(unique(seen), 2)
  expect_equal(seen[[2]], seen[[3]])
  expect_identical(as.vector(get_weights(model)[[2]]), 7)
  constant <- quick_model(optimizer_sgd(0.1))
  set_weights(constant, list(matrix(0), 7))
  quick_fit(constant, epochs = 1)
  expect_equal(predict(constant, 1)[1], seen[[2]])
})

test_that("weights set by the last batch are what is validated", {
  model <- quick_model()
  history <- quick_fit(model, epochs = 1, validation_data = list(1, 1), callbacks = list(
    on_train_batch_end = function(batch, logs) set_weights(model, list(matrix(0), 4))
  ))
  expect_identical(history$metrics$val_loss, 9)
})

test_that("weights set at the end of training stay", {
  model <- quick_model()
  quick_fit(model, callbacks = list(
    on_train_end = function(logs) set_weights(model, list(matrix(1), 2))
  ))
  expect_identical(unlist(get_weights(model)), c(1, 2))
  quick_fit(model, epochs = 1)
  expect_false(identical(unlist(get_weights(model)), c(1, 2)))
})

test_that("a hook changes the learning rate", {
  model <- quick_model(optimizer_sgd(0.1))
  before <- NULL
  quick_fit(model, epochs = 2, callbacks = list(on_epoch_end = function(epoch, logs) {
    before <<- get_weights(model)
    model$optimizer$learning_rate <- 0
  }))
  expect_identical(get_weights(model), before)
})

test_that("training stops after the epoch, or after the batch for hooks of batches", {
  model <- quick_model()
  history <- quick_fit(model, epochs = 9, callbacks = list(
    on_epoch_end = function(epoch, logs) if (epoch == 2) model$stop_training <- TRUE
  ))
  expect_length(history$metrics$loss, 3)
  batches <- 0
  ends <- 0
  history <- quick_fit(model, epochs = 9, callbacks = list(
    on_train_batch_end = function(batch, logs) {
      batches <<- batches + 1
      if (batches == 3) model$stop_training <- TRUE
    },
    on_train_end = function(logs) ends <<- ends + 1
  ))
  expect_identical(c(batches, ends), c(3, 1))
  expect_length(history$metrics$loss, 2)
})

test_that("stopping at the start of an epoch trains one batch of it, as in Keras", {
  model <- quick_model()
  one <- quick_model()
  quick_fit(model, callbacks = list(on_epoch_begin = function(epoch,
    logs) model$stop_training <- TRUE))
  fit(one, c(-1, 0), c(1, 0), epochs = 1, verbose = 0, shuffle = FALSE)
  expect_equal(get_weights(model), get_weights(one))
})

test_that("an error in a hook ends fit() and keeps what was trained", {
  model <- quick_model()
  before <- get_weights(model)
  error <- tryCatch(quick_fit(model, epochs = 5, callbacks = list(
    on_epoch_end = function(epoch, logs) if (epoch == 1) stop("my own problem")
  )), error = identity)
  expect_s3_class(error, c("kestrel_error_callback", "kestrel_error", "rlang_error"), exact = FALSE)
  expect_identical(conditionMessage(error$parent), "my own problem")
  expect_identical(error$where$hook, "on_epoch_end")
  expect_identical(error$where$epoch, 2)
  twin <- quick_model()
  quick_fit(twin, epochs = 2)
  expect_identical(model$history$metrics, twin$history$metrics)
  expect_identical(get_weights(model), get_weights(twin))
  expect_no_error(quick_fit(model))
})

test_that("a second fit() that fails keeps its weights, too", {
  model <- quick_model()
  quick_fit(model)
  trained <- get_weights(model)
  expect_error(quick_fit(model, callbacks = list(on_epoch_end = function(epoch, logs) stop("no"))),
    class = "kestrel_error_callback")
  expect_false(identical(get_weights(model), trained))
})

test_that("errors of hooks name hook, epoch and batch", {
  model <- quick_model()
  fail <- function(...) stop("my own problem")
  for (hook in names(hook_arguments)[1:8]) {
    hooks <- stats::setNames(list(fail), hook)
    expect_error(quick_fit(model, callbacks = hooks), class = "kestrel_error_callback")
  }
  expect_snapshot(error = TRUE, {
    quick_fit(model, callbacks = list(on_epoch_end = fail))
    quick_fit(model, callbacks = list(on_train_batch_end = fail))
    quick_fit(model, callbacks = callback_lambda(on_train_begin = fail))
    evaluate(model, 1, 1, callbacks = callback_lambda(on_test_begin = fail))
  })
})

test_that("what a hook catches itself is no error", {
  caught <- NULL
  quick_fit(quick_model(), epochs = 1, callbacks = list(
    on_epoch_end = function(epoch, logs) caught <<- tryCatch(stop("mine"), error = conditionMessage)
  ))
  expect_identical(caught, "mine")
})

test_that("other models can be trained in a hook, the same cannot", {
  model <- quick_model()
  other <- quick_model()
  inner <- NULL
  quick_fit(model, epochs = 1, callbacks = list(on_epoch_end = function(epoch, logs) {
    quick_fit(other)
    inner <<- tryCatch(quick_fit(model), error = identity)
  }))
  expect_s3_class(inner, "kestrel_error_state")
  expect_length(other$history$metrics$loss, 2)
})

test_that("what is no callback is refused with its place", {
  model <- quick_model()
  Mine <- Callback("Mine")
  bad <- list("early", 1, TRUE, quote(x), list(1), list(NULL), list(callback_terminate_on_nan(), 5),
    callback_early_stopping, Mine, list(function(epoch, logs) 1),
    list(on_epoch_ends = function(epoch, logs) 1), list(on_epoch_end = 3),
    list(on_epoch_end = function(x) 1), list(on_train_end = function(a, b) 1), new.env(),
    data.frame(on_epoch_end = 1))
  for (b in bad) expect_refused(quick_fit(model, callbacks = b), "argument", "callbacks", model)
  expect_snapshot(error = TRUE, {
    quick_fit(model, callbacks = list(callback_terminate_on_nan(), 5))
    quick_fit(model, callbacks = callback_early_stopping)
    quick_fit(model, callbacks = list(on_epoch_ends = function(epoch, logs) 1))
    quick_fit(model, callbacks = list(list(on_epoch_end = function(x) 1)))
  })
})

test_that("NULL and an empty list are no callbacks", {
  expect_false(callback_set(NULL)$any)
  expect_false(callback_set(list())$any)
  set <- callback_set(list(a = callback_lambda(), list(on_epoch_end = function(epoch, logs) 1)))
  expect_length(set$callbacks, 2)
  expect_false(set$wants_batches)
  expect_true(callback_set(list(on_batch_end = function(batch, logs) 1))$wants_batches)
})

test_that("values that callbacks add are seen by those after them and in the history", {
  seen <- NULL
  see <- callback_lambda(on_epoch_end = function(epoch, logs) seen <<- c(seen, logs$lr))
  rate <- callback_learning_rate_scheduler(function(epoch) 1 / (epoch + 1))
  history <- quick_fit(quick_model(), callbacks = list(rate, see), epochs = 3)
  expect_identical(seen, 1 / 1:3)
  expect_identical(history$metrics$lr, 1 / 1:3)
  seen <- NULL
  quick_fit(quick_model(), callbacks = list(see, rate))
  expect_null(seen)
})

test_that("what a hook returns is ignored", {
  history <- quick_fit(quick_model(), callbacks = list(
    on_epoch_end = function(epoch, logs) list(loss = 5, extra = 1)
  ))
  expect_named(history$metrics, "loss")
  expect_false(5 %in% history$metrics$loss)
})

test_that("callbacks print their settings", {
  expect_snapshot({
    callback_early_stopping("loss", patience = 3)
    callback_lambda(on_epoch_end = function(epoch, logs) 1)
    callback_terminate_on_nan()
  })
})

test_that("errors in hooks of this package name fit()", {
  called <- function(callback, optimizer = "sgd") {
    error <- tryCatch(quick_fit(quick_model(optimizer), callbacks = callback), error = identity)
    expect_s3_class(error, "kestrel_error")
    as.character(error$call[[1]])
  }
  # quick_fit() calls fit().
  expect_identical(called(callback_learning_rate_scheduler(function(epoch) "a")), "fit")
  expect_identical(called(callback_learning_rate_scheduler(function(epoch) stop("no"))), "fit")
  expect_identical(called(callback_model_checkpoint("{foo}.rds")), "fit")
  file <- withr::local_tempfile(lines = "a file is no folder")
  expect_identical(called(callback_csv_logger(file.path(file, "a.csv"))), "fit")
  schedule <- optimizer_sgd(learning_rate_schedule_exponential_decay(0.1, 10, 0.5))
  expect_identical(called(callback_reduce_lr_on_plateau("loss"), schedule), "fit")
  rate <- optimizer_sgd(function(step) "a")
  expect_identical(called(NULL, rate), "fit")
})
