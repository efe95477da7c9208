test_that("a fit that failed goes on to the same numbers", {
  counter <- expect_resumed(crash_in(2))
  expect_identical(counter$epochs, 4)
  expect_identical(counter$seen, 4 * 5)
  expect_identical(expect_resumed(crash_in(3, "on_epoch_begin"))$epochs, 3)
})

test_that("it does within an epoch", {
  whole <- backed_fit(NULL)
  for (at in c(3, 10, 14, 15, 16)) {
    for (freq in c(1, 4)) {
      counter <- expect_resumed(crash_after(at)$callback, save_freq = freq, whole = whole)
      # The last of an epoch's five batches is saved with the epoch, which was not over.
      saved <- seq(0, at, freq)
      saved <- max(saved[saved < at | at %% 5 > 0])
      expect_identical(counter$seen, 30 - saved)
    }
  }
})

test_that("it does where an epoch is not all of the data, or in order", {
  expect_resumed(crash_in(2), steps_per_epoch = 3, shuffle = FALSE)
  expect_resumed(crash_after(8)$callback, steps_per_epoch = 3, save_freq = 1)
  expect_resumed(crash_in(2), shuffle = "batch")
})

test_that("it does with every optimizer's state", {
  makers <- optimizer_makers()
  for (maker in makers[!duplicated(makers)]) {
    optimizer <- maker()
    size <- if (takes_all_rows(optimizer)) NULL else 7
    expect_resumed(crash_in(2), epochs = 4, optimizer = optimizer, batch_size = size)
  }
  expect_resumed(crash_in(2), epochs = 4,
    optimizer = optimizer_adam(0.01, use_ema = TRUE, ema_overwrite_frequency = 3, gradient_accumulation_steps = 3))
  decay <- learning_rate_schedule_exponential_decay(0.1, 3, 0.9)
  expect_resumed(crash_in(2), epochs = 4, optimizer = optimizer_sgd(decay, momentum = 0.9))
  expect_resumed(crash_in(2), epochs = 4, optimizer = optimizer_sgd(function(step) 0.1 / (1 + step)))
})

test_that("solvers go on", {
  run <- function(folder, crash = NULL, optimizer) {
    set.seed(1)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, activation = "tanh") %>% layer_dense(2)
    model %>% compile(loss = "mse", optimizer = optimizer)
    model %>% fit(wave_x(), wave_y(), epochs = 12, verbose = 0,
      callbacks = c(if (!is.null(folder)) list(callback_backup_and_restore(folder)), crash))
    model_state_of(model)
  }
  for (optimizer in list(optimizer_lbfgs(), optimizer_levenberg_marquardt())) {
    folder <- withr::local_tempdir()
    expect_error(run(folder, crash_in(5), optimizer), class = "kestrel_error_callback")
    expect_identical(run(folder, NULL, optimizer), run(NULL, NULL, optimizer))
  }
})

test_that("other callbacks go on where they were", {
  others <- function() list(
    callback_reduce_lr_on_plateau(monitor = "val_loss", factor = 0.5, patience = 2, min_delta = 0.2),
    callback_early_stopping(patience = 6, min_delta = 0.2, restore_best_weights = TRUE)
  )
  whole <- backed_fit(NULL, others = others(), epochs = 20)
  expect_lt(length(whole$state$loss$loss), 20)
  expect_gt(length(unique(whole$state$loss$lr)), 2)
  for (epoch in c(1, 4, 6)) {
    folder <- withr::local_tempdir()
    expect_error(backed_fit(folder, crash_in(epoch), others = others(), epochs = 20), class = "kestrel_error_callback")
    expect_identical(backed_fit(folder, others = others(), epochs = 20), whole)
  }
})

test_that("a rate that each epoch multiplies is multiplied once", {
  falling <- list(callback_learning_rate_scheduler(function(epoch, lr) lr * 0.9))
  expect_resumed(crash_after(12)$callback, others = falling, save_freq = 1)
  expect_resumed(crash_in(2), others = falling)
})

test_that("random numbers of hooks go on", {
  noise <- function() list(callback_lambda(on_epoch_begin = function(epoch, logs) stats::runif(3)))
  expect_resumed(crash_in(2), others = noise())
  folder <- withr::local_tempdir()
  expect_error(backed_fit(folder, crash_in(2)), class = "kestrel_error_callback")
  # The weights that another seed begins with are replaced, and so are its numbers.
  expect_identical(backed_fit(folder, seed = 2), backed_fit(NULL))
})

test_that("a process that was killed goes on in another one", {
  skip_on_os("windows")
  folder <- file.path(withr::local_tempdir(), "backup")
  script <- function(folder, kill, sigkill) {
    set.seed(1)
    x <- matrix(sin(1.7 * 1:160), 40, 4)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(8, activation = "tanh") %>%
      layer_dropout(0.3) %>% layer_batch_normalization() %>% layer_dense(1)
    model %>% compile(loss = "mse", optimizer = "adam", metrics = "mae")
    hook <- callback_lambda(on_train_batch_end = function(batch, logs) {
      batches <<- batches + 1
      if (kill && batches == 13) tools::pskill(Sys.getpid(), sigkill)
    })
    batches <- 0
    history <- model %>% fit(x, x[, 1] * x[, 2], epochs = 5, batch_size = 7, verbose = 0,
      callbacks = c(if (!is.null(folder)) list(callback_backup_and_restore(folder, 4)), hook))
    list(batches = batches, weights = get_weights(model), metrics = history$metrics,
      optimizer = environment(model)$optimizer_state, seed = .Random.seed)
  }
  expect_error(in_process(script, folder, TRUE, tools::SIGKILL))
  expect_identical(list.files(folder), "latest.rds")
  resumed <- in_process(script, folder, FALSE, tools::SIGKILL)
  whole <- in_process(script, NULL, FALSE, tools::SIGKILL)
  expect_identical(resumed$batches, 30 - 12)
  expect_identical(resumed[-1], whole[-1])
  expect_false(file.exists(folder))
})

test_that("generators go on with the batches that come next", {
  run <- function(folder, make, crash = NULL, save_freq = "epoch", ...) {
    set.seed(1)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
    model %>% compile(loss = "mse", optimizer = "adam", metrics = "mae")
    model %>% fit(make(), epochs = 5, verbose = 0, ...,
      callbacks = c(if (!is.null(folder)) list(callback_backup_and_restore(folder, save_freq)), crash))
    list(model_state_of(model), .Random.seed)
  }
  in_turn <- function() {
    i <- 0
    function() {
      i <<- i %% 5 + 1
      rows <- seq(8 * i - 7, 8 * i)
      list(wave_x()[rows, ], wave_y()[rows, ])
    }
  }
  at_random <- function() function() {
    rows <- sample.int(40, 8)
    list(wave_x()[rows, ], wave_y()[rows, ])
  }
  with_end <- function() {
    i <- 0
    function() {
      i <<- (i + 1) %% 6
      rows <- if (i == 5) 33:40 else seq(7 * i - 6, length.out = 7)
      if (i > 0) list(wave_x()[rows, ], wave_y()[rows, ])
    }
  }
  check <- function(make, crash, ...) {
    folder <- withr::local_tempdir()
    whole <- run(NULL, make, ...)
    expect_error(run(folder, make, crash, ...), class = "kestrel_error_callback")
    expect_identical(run(folder, make, ...), whole)
  }
  for (make in list(in_turn, at_random)) {
    check(make, crash_in(2), steps_per_epoch = 3)
    check(make, crash_after(8)$callback, save_freq = 1, steps_per_epoch = 3)
  }
  check(with_end, crash_in(2))
  check(with_end, crash_after(8)$callback, save_freq = 1)
  for (freq in 1:2) {
    for (epoch in 1:3) {
      folder <- withr::local_tempdir()
      fed <- function(folder, crash = NULL) {
        run(folder, in_turn, crash, steps_per_epoch = 3, validation_data = in_turn(), validation_steps = 2,
          validation_freq = freq)
      }
      expect_error(fed(folder, crash_in(epoch)), class = "kestrel_error_callback")
      expect_identical(fed(folder), fed(NULL))
    }
  }
})

test_that("sparse data go on", {
  skip_if_not_installed("Matrix")
  x <- Matrix::Matrix(wave_x() * (wave_x() > 0.5), sparse = TRUE)
  expect_resumed(crash_in(2), x = x)
  expect_resumed(crash_in(2), x = x, steps_per_epoch = 3)
  expect_resumed(crash_after(12)$callback, x = x, save_freq = 1)
})

test_that("hooks see the model as it goes on", {
  first <- NULL
  look <- callback_lambda(on_epoch_begin = function(epoch, logs) {
    if (is.null(first)) first <<- list(epoch = epoch, weights = get_weights(model))
  })
  folder <- withr::local_tempdir()
  callback <- callback_backup_and_restore(folder)
  model <- quick_model()
  expect_error(quick_fit(model, epochs = 5, callbacks = list(callback, crash_in(2, "on_epoch_begin"))),
    class = "kestrel_error_callback")
  reached <- get_weights(model)
  model <- quick_model()
  quick_fit(model, epochs = 5, callbacks = list(callback, look))
  expect_identical(first, list(epoch = 2L, weights = reached))
})
