test_that("nothing is plotted unless asked for or in RStudio", {
  withr::with_envvar(c(RSTUDIO = ""), expect_null(viewer_new("auto", 1, 10)))
  expect_null(viewer_new(FALSE, 1, 10))
  expect_type(viewer_new(TRUE, 0, 1), "environment")
  rlang::with_interactive(value = TRUE, {
    expect_identical(is.null(viewer_new("auto", 0, 10)), TRUE)
    expect_identical(is.null(viewer_new("auto", 1, 1)), TRUE)
  })
})

test_that("fit() draws the history when asked", {
  file <- withr::local_tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  grDevices::dev.control("enable")
  device <- grDevices::dev.cur()
  withr::defer(if (device %in% grDevices::dev.list()) grDevices::dev.off(device))
  quick_fit(quick_model(), epochs = 3, view_metrics = TRUE)
  drawn <- grDevices::recordPlot()
  expect_gt(length(drawn[[1]]), 0)
})

test_that("plots do not follow one another too fast", {
  drawn <- 0
  history <- function() {
    drawn <<- drawn + 1
    list(metrics = list())
  }
  viewer <- viewer_new(TRUE, 1, 10)
  for (i in 1:5) viewer_update(viewer, history())
  expect_identical(drawn, 1)
  viewer_update(viewer, history(), now = viewer$last + 1)
  expect_identical(drawn, 2)
  viewer_end(viewer, history())
  expect_identical(drawn, 3)
})

test_that("a plot that fails is warned of once, and training goes on", {
  grDevices::pdf(NULL, width = 0.2, height = 0.2)
  withr::defer(grDevices::dev.off())
  expect_warning(history <- quick_fit(quick_model(), epochs = 3, view_metrics = TRUE),
    class = "kestrel_warning_viewer")
  expect_length(history$metrics$loss, 3)
})

test_that("view_metrics is a flag or \"auto\"", {
  expect_true(check_view_metrics(TRUE))
  expect_identical(check_view_metrics("auto"), "auto")
  for (bad in list(7, NA, "yes", NULL)) {
    expect_refused(check_view_metrics(bad), "argument", "view_metrics")
  }
})
