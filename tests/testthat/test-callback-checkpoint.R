test_that("each epoch's model is saved under its name", {
  folder <- withr::local_tempdir()
  pattern <- file.path(folder, "new", "m-{epoch:02d}-{val_loss:.2f}.rds")
  run <- script_run(c(1, 0.5, 0.75), callback_model_checkpoint(pattern))
  expect_identical(list.files(file.path(folder, "new")), c("m-01-1.00.rds", "m-02-0.50.rds",
    "m-03-0.75.rds"))
  second <- readRDS(file.path(folder, "new", "m-02-0.50.rds"))
  expect_identical(as.vector(get_weights(second)[[2]]), 1)
})

test_that("a saved model goes on as the original does", {
  file <- withr::local_tempfile(fileext = ".rds")
  model <- quick_model("adam")
  quick_fit(model, epochs = 2, callbacks = callback_model_checkpoint(file))
  saved <- readRDS(file)
  expect_identical(get_weights(saved), get_weights(model))
  quick_fit(model)
  quick_fit(saved)
  expect_identical(get_weights(saved), get_weights(model))
})

test_that("only the best is kept", {
  file <- withr::local_tempfile(fileext = ".rds")
  bias <- function() readRDS(file)[[2]][[1]]
  script_run(script_down_up, callback_model_checkpoint(file, save_best_only = TRUE,
    save_weights_only = TRUE))
  expect_identical(bias(), 6)
  script_run(script_down_up, callback_model_checkpoint(file, save_best_only = TRUE,
    save_weights_only = TRUE, mode = "max"))
  expect_identical(bias(), 11)
  unlink(file)
  script_run(script_down_up, callback_model_checkpoint(file, save_best_only = TRUE,
    initial_value_threshold = 0.1))
  expect_false(file.exists(file))
  script_run(script_down_up, callback_model_checkpoint(file, save_weights_only = TRUE))
  expect_identical(bias(), 11)
})

test_that("a NaN is never the best", {
  file <- withr::local_tempfile(fileext = ".rds")
  script_run(c(NaN, 2, NaN), callback_model_checkpoint(file, save_best_only = TRUE,
    save_weights_only = TRUE))
  expect_identical(readRDS(file)[[2]][[1]], 1)
})

test_that("period counts epochs, save_freq batches across epochs", {
  saved <- function(...) {
    folder <- withr::local_tempdir()
    quick_fit(quick_model(), epochs = 4, callbacks =
      callback_model_checkpoint(file.path(folder, "{epoch}-{batch}.rds"), ...))
    list.files(folder)
  }
  expect_identical(saved(save_freq = 3), c("2-1.rds", "3-2.rds"))
  folder <- withr::local_tempdir()
  quick_fit(quick_model(), epochs = 5, callbacks =
    callback_model_checkpoint(file.path(folder, "{epoch}.rds"), period = 2))
  expect_identical(list.files(folder), c("2.rds", "4.rds"))
})

test_that("a missing value is warned of and the model saved", {
  file <- withr::local_tempfile(fileext = ".rds")
  expect_warning(
    quick_fit(quick_model(), epochs = 1, callbacks = callback_model_checkpoint(file,
      save_best_only = TRUE)),
    class = "kestrel_warning_monitor"
  )
  expect_true(file.exists(file))
})

test_that("it says what it does", {
  withr::local_dir(withr::local_tempdir())
  expect_snapshot({
    run <- script_run(c(0.52145, 0.37626, 1), callback_model_checkpoint("a.rds",
      save_best_only = TRUE, verbose = 1))
    run <- script_run(1:2, callback_model_checkpoint("a{epoch}.rds", verbose = 1))
  })
})

test_that("files that cannot be written are errors, and old ones stay whole", {
  folder <- withr::local_tempdir()
  save <- function(path) quick_fit(quick_model(), callbacks = callback_model_checkpoint(path))
  expect_error(save(folder), class = "kestrel_error_file")
  file.create(file.path(folder, "file"))
  expect_error(save(file.path(folder, "file", "a.rds")), class = "kestrel_error_file")
  expect_error(save("{val_loss}.rds"), class = "kestrel_error_argument")
  old <- file.path(folder, "old.rds")
  saveRDS("old", old)
  expect_error(save_whole(old, function(file) stop("disk full")), class = "kestrel_error_file")
  expect_identical(readRDS(old), "old")
  expect_setequal(list.files(folder), c("file", "old.rds"))
})

test_that("names of other formats are warned of", {
  expect_warning(callback_model_checkpoint("a.hdf5"), class = "kestrel_warning_format")
  expect_no_warning(callback_model_checkpoint("a.rds"))
})

test_that("arguments are checked", {
  expect_refused(callback_model_checkpoint(), "argument", "filepath")
  expect_refused(callback_model_checkpoint(3), "argument", "filepath")
  for (bad in list(0, -1, 1.5, NA, "batch", NULL)) {
    expect_refused(callback_model_checkpoint("a", save_freq = bad), "argument", "save_freq")
  }
  expect_refused(callback_model_checkpoint("a", period = 0), "argument", "period")
  expect_refused(callback_model_checkpoint("a", save_best_only = NA), "argument", "save_best_only")
  expect_refused(callback_model_checkpoint("a", save_wheights_only = TRUE), "argument",
    "save_wheights_only")
})

test_that("a model saved in a hook holds nothing of the data", {
  size_with <- function(rows) {
    files <- withr::local_tempfile(fileext = rep(".rds", 2))
    model <- quick_model()
    save_it <- callback_lambda(on_epoch_end = function(epoch, logs) saveRDS(model, files[2]))
    fit(model, stats::runif(rows), stats::runif(rows), epochs = 1, verbose = 0,
      callbacks = list(callback_model_checkpoint(files[1]), save_it))
    file.size(files)
  }
  expect_lt(max(size_with(1e4)), 1.2 * min(size_with(50)))
})
