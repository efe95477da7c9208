run <- function(epochs = 12, validation = TRUE) {
  metrics <- list(loss = exp(-seq_len(epochs)), acc = 1 - exp(-seq_len(epochs)))
  if (validation) metrics <- c(metrics,
    list(val_loss = 2 * metrics$loss, val_acc = metrics$acc / 2))
  new_history(list(verbose = 0L, epochs = as.integer(epochs)), metrics)
}

geoms <- function(p) vapply(p$layers, function(l) class(l$geom)[1], "")

test_that("the ggplot has points, a smooth and a panel for each metric", {
  skip_if_not_installed("ggplot2")
  p <- plot(run())
  expect_s3_class(p, "ggplot")
  expect_identical(geoms(p), c("GeomPoint", "GeomSmooth"))
  expect_identical(p$data, as.data.frame(run()))
  built <- ggplot2::ggplot_build(p)
  expect_identical(nrow(built$layout$layout), 2L)
  expect_equal(sort(unique(built$data[[1]]$x)), 1:12)
  expect_equal(sort(built$data[[1]]$y), sort(as.data.frame(run())$value))
  expect_length(unique(built$data[[1]]$fill), 2)
})

test_that("a loss without bounds has short labels", {
  skip_if_not_installed("ggplot2")
  history <- new_history(list(verbose = 0L, epochs = 4L), list(loss = c(1, 4e171, 6.123456e200, Inf)))
  shown <- ggplot2::ggplot_build(plot(history))$layout$panel_params[[1]]$y$get_labels()
  expect_lte(max(nchar(shown), na.rm = TRUE), 6)
})

test_that("smoothing needs ten epochs, points end at a thousand", {
  skip_if_not_installed("ggplot2")
  expect_identical(geoms(plot(run(9))), "GeomPoint")
  expect_identical(geoms(plot(run(10))), c("GeomPoint", "GeomSmooth"))
  expect_identical(geoms(plot(run(12), smooth = FALSE)), "GeomPoint")
  expect_identical(geoms(plot(run(1001))), "GeomLine")
  old <- options(keras.plot.history.smooth = FALSE)
  on.exit(options(old))
  expect_identical(geoms(plot(run(12))), "GeomPoint")
})

test_that("metrics are chosen by name", {
  skip_if_not_installed("ggplot2")
  p <- plot(run(), metrics = "val_acc")
  expect_identical(levels(p$data$metric), "acc")
  p <- plot(run(), metrics = c("acc", "loss"))
  expect_identical(levels(p$data$metric), c("acc", "loss"))
})

test_that("black and white, and training alone, are drawn", {
  skip_if_not_installed("ggplot2")
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  on.exit({
    grDevices::dev.off()
    unlink(file)
  })
  for (p in list(plot(run(), theme_bw = TRUE), plot(run(validation = FALSE)), plot(run(3)),
    plot(run(1)))) {
    expect_no_warning(print(p))
  }
  expect_gt(file.size(file), 0)
})

# What is drawn on a recording device, without opening a window.
drawn <- function(code) {
  file <- tempfile(fileext = ".svg")
  on.exit(unlink(file))
  grDevices::svg(file)
  value <- tryCatch(withVisible(code), finally = grDevices::dev.off())
  list(value = value, svg = paste(readLines(file), collapse = "\n"))
}

test_that("base graphics draw a panel for each metric and return NULL", {
  skip_if_not(capabilities("cairo"))
  result <- drawn(plot(run(), method = "base"))
  expect_null(result$value$value)
  expect_false(result$value$visible)
  empty <- drawn(graphics::plot.new())
  expect_gt(nchar(result$svg), 5 * nchar(empty$svg))
})

test_that("base graphics take parameters and restore theirs", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  before <- graphics::par(c("mfrow", "mar", "oma"))
  plot(run(), method = "base", log = "y")
  plot(run(1), method = "base")
  plot(run(2000), method = "base")
  expect_identical(graphics::par(c("mfrow", "mar", "oma")), before)
})

test_that("values that are not finite leave a gap", {
  h <- new_history(list(epochs = 3L), list(loss = c(1, NaN, Inf)))
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_no_error(plot(h, method = "base"))
  skip_if_not_installed("ggplot2")
  expect_no_error(suppressWarnings(print(plot(h))))
})

test_that("there must be something to plot, by a known method", {
  empty <- new_history(list(epochs = 0L), list(loss = numeric()))
  expect_refused(plot(empty), "argument", "x")
  for (bad in list("gg", NA, 3, character())) {
    expect_refused(plot(run(), method = bad), "argument", "method")
  }
  for (bad in list("nope", 3, character())) {
    expect_refused(plot(run(), metrics = bad), "argument", "metrics")
  }
  expect_refused(plot(run(), smooth = NA), "argument", "smooth")
  expect_refused(plot(run(), theme_bw = "a"), "argument", "theme_bw")
  expect_snapshot(error = TRUE, {
    plot(empty)
    plot(run(), metrics = "accuracy")
    plot(run(), method = "lattice")
  })
})

test_that("training that stopped early is drawn up to there", {
  skip_if_not_installed("ggplot2")
  h <- run(2)
  h$params$epochs <- 50L
  h$metrics$lr <- c(1e-3, 1e-3)
  p <- plot(h)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_no_warning(print(p))
  expect_false("GeomSmooth" %in% geoms(p))
  expect_identical(range(p$data$epoch), c(1L, 2L))
  expect_length(unique(ggplot2::ggplot_build(p)$data[[1]]$fill), 2)
  lr <- ggplot2::ggplot_build(p)$layout$panel_params[[3]]$y.range
  expect_gt(lr[1], 0)
  expect_lt(lr[2], 2e-3)
})

test_that("curves of few values are not smoothed beside others that are", {
  skip_if_not_installed("ggplot2")
  h <- run(20, validation = FALSE)
  h <- new_history(h$params, c(h$metrics, list(val_loss = c(1, 2))),
    epochs = list(val_loss = c(10L, 20L)))
  p <- plot(h)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_no_warning(print(p))
  smooth <- p$layers[[which(geoms(p) == "GeomSmooth")]]
  expect_setequal(as.character(smooth$data$data), "training")
})

test_that("training and validation differ by shape and line, in one legend", {
  skip_if_not_installed("ggplot2")
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  history <- fit(model, wave_x(), wave_y()[, 1], epochs = 12, validation_split = 0.2, validation_freq = 5,
    verbose = 0)
  drawn <- ggplot2::ggplot_build(plot(history, method = "ggplot2"))
  points <- drawn$data[[1]]
  expect_identical(sort(unique(points$shape)), c(21, 24))
  # The smooth of training alone has no key: a line in the legend would be one that is not there.
  smooth <- plot(history, method = "ggplot2")$layers[[2]]
  expect_identical(smooth$show.legend, FALSE)
})

test_that("long names are broken", {
  expect_identical(broken_names(c("loss", "mean_absolute_percentage_error")),
    c("loss", "mean_absolute_\npercentage_\nerror"))
})

test_that("many panels stand in two columns under their names", {
  skip_if_not_installed("ggplot2")
  names <- paste0("a_long_name_of_an_output_", 1:5)
  h <- new_history(list(epochs = 3L), stats::setNames(rep(list(c(3, 2, 1)), 5), names))
  panels <- function(h, ...) ggplot2::ggplot_build(plot(h, ...))$layout$layout
  expect_identical(max(panels(h)$COL), 2L)
  expect_identical(nrow(panels(h)), 5L)
  expect_identical(max(panels(h, metrics = names[1:4])$COL), 1L)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  shape <- NULL
  plot(h, method = "base", panel.first = shape <- graphics::par("mfrow"))
  expect_identical(shape, c(3L, 2L))
})

test_that("points at the edge are whole", {
  skip_if_not_installed("ggplot2")
  expect_identical(plot(run())$coordinates$clip, "off")
})

test_that("a history without a finite value is drawn, and says so", {
  h <- new_history(list(epochs = 3L), list(loss = c(NaN, NaN, Inf), mae = c(2, 1, 3), val_loss = rep(NaN, 3)))
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_no_error(plot(h, method = "base"))
  expect_no_error(plot(h, method = "base", metrics = "loss"))
  skip_if_not_installed("ggplot2")
  expect_identical(plot(h)$labels$caption, "No finite values: loss")
  expect_null(plot(h, metrics = "mae")$labels$caption)
  expect_no_error(suppressWarnings(print(plot(h, metrics = "loss"))))
})

test_that("another coordinate system is taken without a word", {
  skip_if_not_installed("ggplot2")
  expect_no_message(plot(run()) + ggplot2::coord_cartesian(ylim = c(0, 1)))
})
