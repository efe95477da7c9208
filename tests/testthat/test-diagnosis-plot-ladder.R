ladder_case <- function(model, x, y) attr(diagnose(model, x, y, checks = "S1"), "case")

test_that("the loss of the model shares a line with nothing but what is equal", {
  model <- seeded(function() net(2, c(8, 1), c("relu", "sigmoid"), "binary_crossentropy", 5, plane$x, plane$class,
    optimizer = optimizer_adam(0.001), layer = list(bias_initializer = initializer_constant(-20))))
  rows <- ladder_rows(ladder_case(model, plane$x, plane$class))
  case <- attr(diagnose(model, plane$x, plane$class, checks = "S1"), "case")
  expect_equal(rows$loss[rows$current], case$loss)
  expect_match(rows$label[rows$current], "^you: ")
  expect_identical(anyDuplicated(rows$label), 0L)
})

test_that("with rows held out the label says of which rows the loss is", {
  model <- net(2, c(4, 1), c("tanh", "linear"), epochs = 2, x = plane$x, y = plane$curved, validation_split = 0.3)
  rows <- ladder_rows(ladder_case(model, plane$x, plane$curved))
  expect_match(rows$label[rows$current], "on all rows")
})

test_that("rungs far below what was reached do not flatten the curve", {
  rungs <- data.frame(loss = c(1e-31, 0.01, 1), proven = c(TRUE, FALSE, FALSE), current = c(FALSE, TRUE, FALSE),
    label = c("floor", "you", "constant"))
  raised <- raise_rungs(rungs, data.frame(epoch = 1:2, loss = c(0.5, 0.02)))
  expect_equal(raised$loss, c(1e-4, 0.01, 1))
  expect_identical(raised$label, c("floor (far below)", "you", "constant"))
  expect_identical(raised$line, c("dotted", "dashed", "dashed"))
})

test_that("labels stand where neither the curve nor other labels are", {
  loss <- data.frame(epoch = 1:100, loss = 10^seq(0, -2, length.out = 100))
  rungs <- data.frame(loss = c(0.009, 0.01, 1), label = c("floor of this model: 0.009", "you: 0.01", "best constant: 1"))
  placed <- place_labels(rungs, loss)
  # The curve falls from the left above to the right below.
  expect_false(placed$right[2])
  expect_true(placed$right[3])
  expect_false(placed$above[1] && placed$right[1])
  one <- place_labels(rungs[3, ], loss[0, ])
  expect_true(one$right && one$above)
})
