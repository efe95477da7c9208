# Which boxes a model's picture has.

branching <- function() {
  a <- layer_input(4, name = "numbers")
  b <- layer_input(2, name = "codes")
  h <- layer_dense(a, 8, name = "h1", activation = "relu")
  h <- layer_dense(h, 8, name = "h2")
  keras_model(list(a, b), layer_dense(layer_concatenate(list(h, b, a), name = "joined"), 1, name = "out"))
}

nesting <- function() {
  inner <- keras_model_sequential(name = "encoder", input_shape = 4) %>% layer_dense(3, name = "a") %>% layer_dense(2, name = "b")
  input <- layer_input(4, name = "x")
  parted <- keras_model(input, list(inner(input), layer_dense(input, 2, name = "side")), name = "parted")
  outer <- layer_input(4, name = "y")
  both <- parted(outer)
  keras_model(outer, layer_add(both, name = "sum"))
}

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
