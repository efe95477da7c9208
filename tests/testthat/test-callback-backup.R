test_that("a backup is left by what was interrupted, and by what is to keep it", {
  folder <- withr::local_tempdir()
  fit_once <- function(...) {
    counter <- crash_after(Inf)
    model <- quick_model()
    quick_fit(model, callbacks = list(callback_backup_and_restore(folder, ...), counter$callback))
    list(epochs = counter$epochs, weights = get_weights(model), model = model)
  }
  first <- fit_once(delete_checkpoint = FALSE)
  second <- fit_once(delete_checkpoint = FALSE)
  expect_identical(c(first$epochs, second$epochs), c(2, 0))
  expect_identical(first$weights, second$weights)
  expect_length(second$model$history$metrics$loss, 2)
  file.create(file.path(folder, "mine"))
  expect_identical(fit_once()$epochs, 0)
  expect_identical(list.files(folder), "mine")
  expect_identical(fit_once()$epochs, 2)
})

test_that("more epochs than before go on from those there are", {
  folder <- withr::local_tempdir()
  callback <- callback_backup_and_restore(folder, delete_checkpoint = FALSE)
  quick_fit(quick_model(), epochs = 3, callbacks = callback)
  model <- quick_model()
  history <- quick_fit(model, epochs = 5, callbacks = callback)
  other <- quick_model()
  expect_identical(history$metrics, quick_fit(other, epochs = 5)$metrics)
  expect_identical(get_weights(model), get_weights(other))
})

test_that("other data or batches go on with the epoch", {
  folder <- withr::local_tempdir()
  expect_error(backed_fit(folder, crash_after(12)$callback, save_freq = 1), class = "kestrel_error_callback")
  saved <- readRDS(file.path(folder, "latest.rds"))
  expect_identical(saved$epoch, 2L)
  counter <- crash_after(Inf)
  run <- backed_fit(folder, counter$callback, batch_size = 16)
  expect_identical(c(counter$epochs, counter$seen), c(4, 8))
  expect_length(run$state$loss$loss, 6)
})

test_that("what cannot be read is refused, and the one before it serves", {
  folder <- withr::local_tempdir()
  callback <- callback_backup_and_restore(folder, double_checkpoint = TRUE, delete_checkpoint = FALSE)
  model <- quick_model()
  quick_fit(model, epochs = 3, callbacks = callback)
  expect_setequal(list.files(folder), c("latest.rds", "previous.rds"))
  writeLines("half", file.path(folder, "latest.rds"))
  counter <- crash_after(Inf)
  again <- quick_model()
  quick_fit(again, epochs = 3, callbacks = list(callback, counter$callback))
  expect_identical(counter$epochs, 1)
  expect_identical(get_weights(again), get_weights(model))
  for (file in list.files(folder, full.names = TRUE)) saveRDS(list(format = "other"), file)
  expect_refused(quick_fit(model, callbacks = callback), "file", model = model)
})

test_that("a backup of another model is refused", {
  folder <- withr::local_tempdir()
  callback <- callback_backup_and_restore(folder, delete_checkpoint = FALSE)
  quick_fit(quick_model(), callbacks = callback)
  other <- small_model(inputs = 1)
  expect_refused(quick_fit(other, callbacks = callback), "state", "backup_dir", other)
  adam <- quick_model("adam")
  expect_refused(quick_fit(adam, callbacks = callback), "state", "backup_dir", adam)
  averaged <- quick_model(optimizer_sgd(use_ema = TRUE))
  expect_refused(quick_fit(averaged, callbacks = callback), "state", "backup_dir", averaged)
})

test_that("what cannot be written is refused before training", {
  model <- quick_model()
  file <- withr::local_tempfile(lines = "a file is no folder")
  callback <- callback_backup_and_restore(file.path(file, "backup"))
  expect_refused(quick_fit(model, callbacks = callback), "file", "backup_dir", model)
})

test_that("a hook may change the working directory", {
  withr::local_dir(withr::local_tempdir())
  start <- getwd()
  away <- list(on_epoch_begin = function(epoch, logs) setwd(tempdir()))
  callback <- callback_backup_and_restore("backup", delete_checkpoint = FALSE)
  quick_fit(quick_model(), callbacks = list(callback, away))
  expect_identical(list.files(file.path(start, "backup")), "latest.rds")
})

test_that("arguments are checked", {
  expect_refused(callback_backup_and_restore(), "argument", "backup_dir")
  for (bad in list(1, NA, NULL, "")) expect_refused(callback_backup_and_restore(bad), "argument", "backup_dir")
  for (bad in list(0, -1, 1.5, NA, "batch", NULL)) {
    expect_refused(callback_backup_and_restore("a", bad), "argument", "save_freq")
  }
  expect_refused(callback_backup_and_restore("a", double_checkpoint = NA), "argument", "double_checkpoint")
  expect_refused(callback_backup_and_restore("a", delete_checkpoint = 1), "argument", "delete_checkpoint")
  model <- quick_model()
  callback <- callback_backup_and_restore(withr::local_tempdir())
  expect_refused(quick_fit(model, callbacks = callback, restarts = 2), "argument", "restarts", model)
})
