# Which boxes a model's picture has.

test_that("models in it are taken apart where they are asked for", {
  model <- nesting()
  named <- function(boxes) vapply(boxes, function(b) paste0(b$within, b$part$name), "")
  expect_identical(named(kestrel:::model_boxes(model)), c("y", "parted", "sum"))
  boxes <- kestrel:::model_boxes(model, TRUE)
  names <- named(boxes)
  expect_setequal(names, c("y", "parted/encoder/a", "parted/encoder/b", "parted/side", "sum"))
  from <- stats::setNames(lapply(boxes, function(b) names[b$from]), names)
  expect_identical(from[["parted/encoder/a"]], "y")
  expect_identical(from[["parted/encoder/b"]], "parted/encoder/a")
  expect_identical(from[["parted/side"]], "y")
  expect_identical(from$sum, c("parted/encoder/b", "parted/side"))
  dims <- stats::setNames(lapply(boxes, `[`, c("input", "output")), names)
  expect_equal(dims[["parted/encoder/b"]], list(input = list(3), output = list(2)))
  expect_equal(dims$sum, list(input = list(2, 2), output = list(2)))
})

test_that("a range of layers has the boxes from the one to the other", {
  boxes <- kestrel:::model_boxes(branching())
  names <- vapply(boxes, function(b) b$part$name, "")
  part <- kestrel:::boxes_between(boxes, c("out", "h2"), NULL)
  expect_identical(vapply(part, function(b) b$part$name, ""), names[match("h2", names):match("out", names)])
  whole <- lapply(boxes, function(b) names[b$from])
  for (box in part) {
    from <- vapply(part[box$from], function(b) b$part$name, "")
    expect_true(all(from %in% whole[[match(box$part$name, names)]]))
  }
  expect_error(plot(branching(), layer_range = c("out", "h3")), "\"h2\"", class = "kestrel_error_argument")
  expect_error(plot(branching(), layer_range = 1:2), class = "kestrel_error_argument")
})
