bytes <- function(file) readChar(file, file.size(file), useBytes = TRUE)

test_that("the file is that of Keras", {
  file <- withr::local_tempfile()
  rows <- script_run(c(0.6931471824645996, NaN, 1, 1e-5), callback_csv_logger(file))
  expect_identical(bytes(file), paste0("epoch,loss,val_loss\r\n0,0.0,0.6931471824645996\r\n",
    "1,1.0,nan\r\n2,4.0,1.0\r\n3,9.0,1e-05\r\n"))
})

test_that("columns are sorted, and without validation there are empty ones for it", {
  file <- withr::local_tempfile()
  model <- quick_model(metrics = "mae")
  history <- quick_fit(model, callbacks = list(
    callback_learning_rate_scheduler(function(epoch) 0.5), callback_csv_logger(file, ";")
  ))
  table <- read.csv(file, sep = ";")
  expect_named(table, c("epoch", "loss", "lr", "mae", "val_loss", "val_lr", "val_mae"))
  expect_identical(table$epoch, 0:1)
  expect_equal(table$loss, history$metrics$loss, tolerance = 1e-15)
  expect_true(all(is.na(table$val_mae)))
})

test_that("append goes on without a header, else the file is begun anew", {
  file <- withr::local_tempfile()
  quick_fit(quick_model(), callbacks = callback_csv_logger(file, append = TRUE))
  quick_fit(quick_model(), callbacks = callback_csv_logger(file, append = TRUE))
  expect_identical(read.csv(file)$epoch, c(0L, 1L, 0L, 1L))
  logger <- callback_csv_logger(file)
  quick_fit(quick_model(), callbacks = logger)
  quick_fit(quick_model(), epochs = 1, callbacks = logger)
  expect_length(readLines(file), 2)
})

test_that("a hook may change the working directory", {
  withr::local_dir(withr::local_tempdir())
  folder <- getwd()
  quick_fit(quick_model(), callbacks = list(
    callback_csv_logger("log.csv"), list(on_epoch_begin = function(epoch, logs) setwd(tempdir()))
  ))
  expect_length(readLines(file.path(folder, "log.csv")), 3)
})

test_that("a file that cannot be written is refused before training", {
  model <- quick_model()
  before <- get_weights(model)
  file <- withr::local_tempfile(lines = "a file is no folder")
  error <- expect_error(
    quick_fit(model, callbacks = callback_csv_logger(file.path(file, "log.csv"))),
    class = "kestrel_error_file"
  )
  expect_identical(get_weights(model), before)
})

test_that("arguments are checked", {
  for (bad in list(1, NA, NULL, character())) {
    expect_refused(callback_csv_logger(bad), "argument", "filename")
    expect_refused(callback_csv_logger("a", separator = bad), "argument", "separator")
  }
  expect_refused(callback_csv_logger(), "argument", "filename")
  expect_refused(callback_csv_logger("a", append = NA), "argument", "append")
})

test_that("folders are made, as for checkpoints", {
  file <- file.path(withr::local_tempdir(), "new", "deep", "log.csv")
  quick_fit(quick_model(), callbacks = callback_csv_logger(file))
  expect_identical(nrow(utils::read.csv(file)), 2L)
})
