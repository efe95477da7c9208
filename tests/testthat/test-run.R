# The loop of fit(): interrupts, errors, time limits, and what hooks may do.

# In a fresh process: fit() without end, SIGINT after each of `delays` seconds. A row for each.
interrupted_fits <- function(delays, hook, verbose, file) {
  n <- 640
  x <- matrix(sin(seq_len(n * 3)), n)
  y <- cos(seq_len(n))
  model <- keras_model_sequential(input_shape = 3) %>% layer_dense(8, "tanh") %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_adam(1e-4))
  callbacks <- switch(hook,
    none = NULL,
    epoch = callback_lambda(on_epoch_end = function(epoch, logs) NULL),
    batch = callback_lambda(on_batch_end = function(batch, logs) NULL)
  )
  validation <- if (hook == "validation") list(x, y)
  signal <- "(sleep %.3f; date +%%s.%%N > %s; kill -INT %d) &"
  fit_until_signal <- function(delay) {
    unlink(file)
    weights <- get_weights(model)
    compile(model, loss = "mse", optimizer = optimizer_adam(1e-4))
    system(sprintf(signal, delay, shQuote(file), Sys.getpid()))
    outcome <- tryCatch(
      {
        fit(model, x, y, epochs = 1e6, shuffle = FALSE, verbose = verbose, callbacks = callbacks,
          validation_data = validation)
        "returned"
      },
      interrupt = function(condition) "interrupt"
    )
    late <- as.double(Sys.time()) - as.double(readLines(file))
    steps <- environment(model)$optimizer_state$iterations
    epochs <- length(model$history$metrics$loss)
    # The same number of steps in one long epoch: rows go on where the last epoch ended.
    twin <- clone_model(model)
    set_weights(twin, weights)
    fit(twin, x, y, epochs = 1, steps_per_epoch = steps, batch_size = 32, shuffle = FALSE,
      verbose = 0)
    data.frame(
      outcome = outcome, late = late, steps = steps, epochs = epochs,
      same = identical(get_weights(twin), get_weights(model)),
      goes_on = length(fit(model, x, y, epochs = 2, verbose = 0)$metrics$loss) == 2
    )
  }
  sink(tempfile())
  # R compiles what it runs in its first calls, and a signal is to meet training, not that.
  for (i in 1:3) {
    fit(clone_model(model), x, y, epochs = 2, verbose = verbose, callbacks = callbacks,
      validation_data = validation)
  }
  result <- do.call(rbind, lapply(delays, fit_until_signal))
  sink()
  result
}

for (hook in c("none", "epoch", "batch", "validation")) {
  test_that(paste("SIGINT stops fit() between two batches; hooks:", hook), {
    skip_on_os("windows")
    skip_on_cran()
    set.seed(as.integer(Sys.time()))
    delays <- runif(5, 0.02, 0.5)
    verbose <- if (hook == "epoch") 1 else if (hook == "none") 2 else 0
    result <- in_process(interrupted_fits, delays, hook, verbose, tempfile())
    expect_identical(result$outcome, rep("interrupt", 5))
    expect_lt(max(result$late), 0.25)
    expect_true(all(result$same))
    expect_true(all(result$goes_on))
    # The running epoch is not in it, but one of which only hooks were left is.
    left <- result$steps - 20 * result$epochs
    expect_true(all(left >= 0 & left <= 20))
    if (hook == "none") expect_true(all(left < 20))
  })
}

# Ctrl-C held down: five signals within milliseconds. TRUE where the model can be trained then.
fits_under_fire <- function(n, file) {
  x <- c(-1, 0, 1)
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(4) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "adam")
  fire <- "(sleep 0.0%d; for i in 1 2 3 4 5; do kill -INT %d; sleep 0.000%d; done; touch %s) &"
  one <- function(i) {
    unlink(file)
    system(sprintf(fire, sample(10:99, 1), Sys.getpid(), sample(9, 1), shQuote(file)))
    tryCatch(allowInterrupts(fit(model, x, x, epochs = 1e8, verbose = 0)),
      interrupt = function(condition) NULL)
    while (!file.exists(file)) NULL
    tryCatch(kestrel:::check_interrupt(), interrupt = function(condition) NULL)
    good <- !anyNA(unlist(get_weights(model))) && length(model$history$metrics$loss) > 1
    good && length(fit(model, x, x, epochs = 2, verbose = 0)$metrics$loss) == 2
  }
  suspendInterrupts(vapply(seq_len(n), one, NA))
}

test_that("many signals at once leave a model that can be trained", {
  skip_on_os("windows")
  skip_on_cran()
  expect_identical(in_process(fits_under_fire, 15, tempfile()), rep(TRUE, 15))
})

test_that("a time limit stops fit() and is over then", {
  model <- small_model()
  x <- small_x()
  y <- small_y()
  setTimeLimit(elapsed = 0.3, transient = TRUE)
  begun <- Sys.time()
  error <- tryCatch(fit(model, x, y, epochs = 1e9, verbose = 0), error = identity)
  took <- as.double(Sys.time() - begun, units = "secs")
  setTimeLimit()
  expect_match(conditionMessage(error), "time limit")
  expect_lt(took, 0.55)
  history <- model$history
  expect_gt(length(history$metrics$loss), 10)
  expect_false(kestrel:::is_fitting(model))
  expect_identical(environment(model)$optimizer_state$iterations,
    as.double(length(history$metrics$loss)))
  expect_length(fit(model, x, y, epochs = 2, verbose = 0)$metrics$loss, 2)
})

test_that("an error in a callback keeps weights, history and the model", {
  model <- small_model()
  twin <- clone_model(model)
  set_weights(twin, get_weights(model))
  stops <- callback_lambda(on_epoch_end = function(epoch, logs) if (epoch == 3) stop("enough"))
  error <- tryCatch(
    fit(model, small_x(), small_y(), epochs = 9, callbacks = stops, shuffle = FALSE, verbose = 0),
    error = identity
  )
  expect_s3_class(error, "kestrel_error_callback")
  expect_match(conditionMessage(error$parent), "enough")
  fit(twin, small_x(), small_y(), epochs = 4, shuffle = FALSE, verbose = 0)
  expect_identical(get_weights(model), get_weights(twin))
  expect_identical(model$history$metrics$loss, twin$history$metrics$loss)
  expect_false(kestrel:::is_fitting(model))
  more <- fit(model, small_x(), small_y(), epochs = 2, shuffle = FALSE, verbose = 0)
  expect_identical(more$metrics, fit(twin, small_x(), small_y(), epochs = 2, shuffle = FALSE,
    verbose = 0)$metrics)
})

test_that("a model that is being fitted is left alone", {
  model <- small_model()
  errors <- list()
  try_all <- function(epoch, logs) {
    attempt <- function(code) errors[[length(errors) + 1]] <<- tryCatch(code, error = identity)
    attempt(fit(model, small_x(), small_y(), verbose = 0))
    attempt(compile(model, loss = "mae"))
    attempt(layer_dense(model, 3))
    attempt(pop_layer(model))
  }
  fit(model, small_x(), small_y(), epochs = 2, verbose = 0,
    callbacks = callback_lambda(on_epoch_end = try_all))
  expect_length(errors, 8)
  for (error in errors) expect_s3_class(error, "kestrel_error_state")
  expect_length(model$layers, 2)
  expect_length(model$history$metrics$loss, 2)
})

test_that("hooks see the model as it is, and may fit another one", {
  model <- small_model()
  other <- small_model()
  seen <- list()
  look <- function(epoch, logs) {
    seen[[epoch + 1]] <<- c(predict(model, small_x()))
    fit(other, small_x(), small_y(), epochs = 1, verbose = 0)
  }
  fit(model, small_x(), small_y(), epochs = 3, shuffle = FALSE, verbose = 0,
    callbacks = callback_lambda(on_epoch_end = look))
  expect_identical(seen[[3]], c(predict(model, small_x())))
  expect_false(identical(seen[[2]], seen[[3]]))
  expect_identical(environment(other)$optimizer_state$iterations, 3)
})

test_that("a model that a hook saves, copies or sends away can be trained", {
  model <- small_model()
  saved <- NULL
  keep <- function(epoch, logs) if (epoch == 1) saved <<- serialize(model, NULL)
  fit(model, small_x(), small_y(), epochs = 3, shuffle = FALSE, verbose = 0,
    callbacks = callback_lambda(on_epoch_end = keep))
  copy <- unserialize(saved)
  expect_false(identical(get_weights(copy), get_weights(model)))
  fit(copy, small_x(), small_y(), epochs = 1, shuffle = FALSE, verbose = 0)
  expect_identical(get_weights(copy), get_weights(model))
})

test_that("weights set by a hook are what training goes on from", {
  model <- small_model()
  start <- get_weights(model)
  back <- callback_lambda(on_epoch_begin = function(epoch, logs) set_weights(model, start))
  history <- fit(model, small_x(), small_y(), epochs = 4, shuffle = FALSE, verbose = 0,
    callbacks = back)
  expect_identical(history$metrics$loss, rep(history$metrics$loss[1], 4))
  last <- callback_lambda(on_epoch_end = function(epoch, logs) set_weights(model, start))
  fit(model, small_x(), small_y(), epochs = 2, verbose = 0, callbacks = last)
  expect_identical(get_weights(model), start)
})

test_that("stop_training ends after the batch or the epoch", {
  model <- small_model()
  steps <- function() environment(model)$optimizer_state$iterations
  by_epoch <- callback_lambda(on_epoch_end = function(epoch, logs) {
    if (epoch == 1) model$stop_training <- TRUE
  })
  history <- fit(model, small_x(), small_y(), epochs = 9, batch_size = 2, verbose = 0,
    callbacks = by_epoch)
  expect_length(history$metrics$loss, 2)
  expect_identical(steps(), 6)
  by_batch <- callback_lambda(on_train_batch_end = function(batch, logs) {
    if (batch == 1) model$stop_training <- TRUE
  })
  history <- fit(model, small_x(), small_y(), epochs = 9, batch_size = 2, verbose = 0,
    callbacks = by_batch)
  expect_length(history$metrics$loss, 1)
  expect_identical(steps(), 8)
  expect_length(fit(model, small_x(), small_y(), epochs = 3, verbose = 0)$metrics$loss, 3)
})

test_that("a learning rate that is an R function is asked before each step", {
  asked <- c()
  rate <- function(step) {
    asked <<- c(asked, step)
    0.1 / (1 + step)
  }
  x <- small_x()
  y <- small_y()
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(rate))
  w <- get_weights(model)
  fit(model, x, y, epochs = 3, batch_size = 3, shuffle = FALSE, verbose = 0)
  expect_equal(unique(asked), 0:5)
  theta <- c(w[[1]], w[[2]])
  for (step in 0:5) {
    rows <- if (step %% 2 == 0) 1:3 else 4:6
    design <- cbind(x[rows, ], 1)
    theta <- theta - 0.1 / (1 + step) * colSums(2 * design * c(design %*% theta - y[rows])) / 3
  }
  expect_near(unlist(get_weights(model)), theta, 1e-13)
})

test_that("nobody looking, hooks and batches in between give the same run", {
  nothing <- function(index, logs) NULL
  ways <- list(
    list(verbose = 0), list(verbose = 0, callbacks = callback_lambda(on_epoch_end = nothing)),
    list(verbose = 0, callbacks = callback_lambda(on_train_batch_end = nothing)),
    list(verbose = 1), list(verbose = 2)
  )
  runs <- lapply(ways, function(way) {
    set.seed(21)
    capture.output(model <- do.call(trained_model, way))
    model_state_of(model)
  })
  for (run in runs[-1]) expect_identical(run, runs[[1]])
})

test_that("Ctrl-C tells the epoch that it stopped", {
  skip_on_os("windows")
  model <- small_model()
  stops <- callback_lambda(on_epoch_begin = function(epoch, logs) {
    if (epoch == 2) rlang::interrupt()
  })
  said <- NULL
  tryCatch(
    withCallingHandlers(
      fit(model, small_x(), small_y(), epochs = 9, verbose = 0, callbacks = stops),
      message = function(m) {
        said <<- c(said, conditionMessage(m))
        invokeRestart("muffleMessage")
      }
    ),
    interrupt = function(condition) NULL
  )
  expect_identical(said, "Stopped in epoch 3 of 9; the weights are kept, see model$history.\n")
  expect_length(model$history$metrics$loss, 2)
  # Neither an error nor the end of training says so.
  fails <- callback_lambda(on_epoch_begin = function(epoch, logs) stop("no"))
  expect_no_message(try(fit(model, small_x(), small_y(), verbose = 0, callbacks = fails),
    silent = TRUE))
  expect_no_message(fit(model, small_x(), small_y(), epochs = 2, verbose = 0))
})

test_that("a loss that is not finite is told in one way and warned of in another", {
  model <- small_model()
  set_weights(model, lapply(get_weights(model), function(w) array(1e300, dim(w))))
  told <- cli::cli_fmt(suppressWarnings(capture.output(
    h <- fit(model, small_x(), small_y(), epochs = 2, verbose = 2)
  )))
  expect_match(told, "Epoch 1, batch 1: from here on the loss is NaN or infinite.", fixed = TRUE)
  expect_length(told, 1)
  expect_warning(fit(model, small_x(), small_y(), epochs = 1, verbose = 0),
    "The loss became NaN or infinite in epoch 1, batch 1.", class = "kestrel_warning_nonfinite")
})

test_that("weights and history agree when a hook at the end of an epoch fails", {
  once <- function(...) {
    model <- small_model()
    set_weights(model, lapply(get_weights(model), function(w) array(0.1, dim(w))))
    try(fit(model, small_x(), small_y(), epochs = 5, shuffle = FALSE, verbose = 0, ...), silent = TRUE)
    model
  }
  fails <- callback_lambda(on_epoch_end = function(epoch, logs) if (epoch == 2) stop("enough"))
  data <- list(small_x(), small_y())
  three <- once(callbacks = fails, validation_data = data)
  whole <- once(validation_data = data)
  expect_identical(three$history$metrics, lapply(whole$history$metrics, head, 3))
  score <- evaluate(three, small_x(), small_y(), verbose = 0)
  expect_near(score$loss, three$history$metrics$val_loss[3], 1e-14)
})
