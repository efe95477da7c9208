named_graph <- function(...) {
  x <- layer_input(2)
  h <- x
  for (layer in list(...)) h <- layer(h)
  vapply(keras_model(x, h)$layers, function(layer) layer$name, "")
}

test_that("layers without a name count those of their kind", {
  expect_identical(named_graph(layer_dense(units = 2), layer_dense(units = 2), layer_dropout(rate = 0.1)),
    c("input_1", "dense", "dense_1", "dropout"))
})

test_that("own names stay, and made ones give way", {
  expect_identical(named_graph(layer_dense(units = 2), layer_dense(units = 2, name = "dense")),
    c("input_1", "dense_1", "dense"))
  layer <- layer_dense(units = 2)
  named_graph(layer)
  expect_identical(layer$name, "dense")
  expect_identical(named_graph(layer_dense(units = 2, name = "dense"), layer), c("input_1", "dense", "dense_1"))
  expect_identical(layer$name, "dense_1")
})

test_that("two own names that are the same are refused", {
  x <- layer_input(2)
  y <- x %>% layer_dense(2, name = "a") %>% layer_dense(1, name = "a")
  expect_refused(keras_model(x, y), "argument", "name", names = "\"a\"")
})
