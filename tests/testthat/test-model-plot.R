# Where the boxes of a model's picture are, and what is in them.

test_that("boxes stand below what they read, late inputs right above", {
  boxes <- kestrel:::model_boxes(branching())
  names <- vapply(boxes, function(b) b$part$name, "")
  level <- stats::setNames(kestrel:::box_levels(boxes), names)
  expect_identical(level[c("numbers", "h1", "h2", "codes", "joined", "out")],
    c(numbers = 1L, h1 = 2L, h2 = 3L, codes = 3L, joined = 4L, out = 5L))
  nodes <- kestrel:::picture_nodes(boxes)
  # The arrow from the numbers passes two levels.
  expect_identical(nodes$level[is.na(nodes$box)], 2:3)
  width <- ifelse(is.na(nodes$box), 0.3, 1)
  for (own in split(seq_len(nrow(nodes)), nodes$level)) {
    apart <- diff(sort(nodes$x[own]))
    expect_true(all(apart >= 0.3))
  }
  edges <- attr(nodes, "edges")
  expect_true(all(nodes$level[edges[, 2]] - nodes$level[edges[, 1]] == 1))
})

test_that("boxes tell names, kinds, activations and shapes", {
  boxes <- kestrel:::model_boxes(branching())
  shows <- list(shapes = TRUE, names = TRUE, activations = TRUE)
  lines <- lapply(boxes, kestrel:::box_words, shows)
  names(lines) <- vapply(lines, `[`, "", 1)
  expect_identical(lines$h1, c("h1", "Dense", "relu", "(n, 4)", "-> (n, 8)"))
  expect_identical(lines$codes, c("codes", "InputLayer", "(n, 2)"))
  expect_identical(lines$joined, c("joined", "Concatenate", "(n, 8), (n, 2), (n, 4)", "-> (n, 14)"))
  shows <- list(shapes = FALSE, names = FALSE, activations = FALSE)
  stack <- keras_model_sequential() %>% layer_dense(3) %>% layer_dense(1)
  expect_identical(lapply(kestrel:::model_boxes(stack), kestrel:::box_words, shows), list("Dense", "Dense"))
  shows$shapes <- TRUE
  expect_identical(kestrel:::box_words(kestrel:::model_boxes(stack)[[1]], shows), "Dense")
})

test_that("boxes tell what is trained, and the precision", {
  model <- nesting()
  freeze_weights(get_layer(model, "parted"))
  shows <- list(shapes = FALSE, names = TRUE, activations = FALSE, trainable = TRUE, type = "float64")
  lines <- lapply(kestrel:::model_boxes(model), kestrel:::box_words, shows)
  expect_identical(lines[[2]], c("parted", "Functional", "not trained", "float64"))
})

test_that("data go down, up, to the right or to the left", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(3) %>% layer_dense(1)
  nodes <- kestrel:::picture_nodes(kestrel:::model_boxes(model))
  # The axis of the levels, and whether they grow along it, on a device whose axes go right and up.
  ways <- list(TB = c(2, -1), BT = c(2, 1), LR = c(1, 1), RL = c(1, -1))
  for (way in names(ways)) {
    window <- kestrel:::picture_window(nodes, way)
    axis <- ways[[way]][1]
    expect_identical(sort(window[[axis]]), c(0.5, 2.5))
    expect_identical(sign(diff(window[[axis]])), ways[[way]][2])
  }
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  for (way in names(ways)) expect_s3_class(plot(branching(), rankdir = way), "kestrel_model")
  expect_error(plot(model, rankdir = "XX"), "\"LR\"", class = "kestrel_error_argument")
})

test_that("it draws to a device or a file, and gives the model", {
  model <- branching()
  file <- withr::local_tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  before <- graphics::par("mar")
  expect_identical(plot(model, show_shapes = TRUE), model)
  plot(keras_model_sequential() %>% layer_dense(1), rankdir = "LR", show_layer_activations = TRUE)
  expect_identical(graphics::par("mar"), before)
  grDevices::dev.off()
  expect_gt(file.size(file), 1000)
  png <- withr::local_tempfile(fileext = ".png")
  if (capabilities("png")) {
    plot(model, to_file = png)
    expect_gt(file.size(png), 1000)
  }
})

test_that("mistakes are told", {
  expect_error(plot(keras_model_sequential()), "no layers", class = "kestrel_error_state")
  expect_error(plot(branching(), show_sizes = TRUE), "show_shapes", class = "kestrel_error_argument")
  expect_error(plot(branching(), show_shapes = 3), class = "kestrel_error_argument")
})
