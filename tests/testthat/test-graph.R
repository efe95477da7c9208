# What the graph of a model says of it: order of layers, connections, configs.

# Real output of R keras 2.15; its models hold float32.
linked_215 <- c(
  'Model: "model"',
  "________________________________________________________________________________",
  " Layer (type)           Output Shape            Param   Connected to            ",
  "                                                 #                              ",
  "================================================================================",
  " a (InputLayer)         [(None, 3)]             0       []                      ",
  " b (InputLayer)         [(None, 2)]             0       []                      ",
  " concatenate (Concaten  (None, 5)               0       ['a[0][0]',             ",
  " ate)                                                    'b[0][0]']             ",
  " hid (Dense)            (None, 4)               24      ['concatenate[0][0]']   ",
  " o1 (Dense)             (None, 1)               5       ['hid[0][0]']           ",
  " o2 (Dense)             (None, 2)               10      ['hid[0][0]']           ",
  "================================================================================",
  "Total params: 39 (156.00 Byte)",
  "Trainable params: 39 (156.00 Byte)",
  "Non-trainable params: 0 (0.00 Byte)",
  "________________________________________________________________________________"
)

test_that("a graph is summarized as Keras does, with its connections", {
  a <- layer_input(shape = 3, name = "a", dtype = "float32")
  b <- layer_input(shape = 2, name = "b")
  h <- layer_concatenate(list(a, b)) %>% layer_dense(4, name = "hid")
  model <- keras_model(list(a, b), list(layer_dense(h, 1, name = "o1"), layer_dense(h, 2, name = "o2")))
  expect_identical(format(model, line_length = 80), linked_215)
  expect_refused(format(model, positions = c(0.3, 0.6, 1)), "argument", "positions", names = "four")
})

test_that("calls of shared layers and models in models have their place in the summary", {
  inner <- keras_model_sequential(input_shape = 2) %>% layer_dense(3) %>% layer_dense(2)
  x <- layer_input(2)
  model <- keras_model(x, inner(inner(x)) %>% layer_dense(1))
  text <- format(model, line_length = 80)
  expect_match(text, "sequential[0][0]", fixed = TRUE, all = FALSE)
  expect_match(text, "sequential (Sequentia", fixed = TRUE, all = FALSE)
  expect_match(text, "^Total params: 20 ", all = FALSE)
  expect_output(str(model), "Sequential model")
})

test_that("layers stand by their distance from the outputs", {
  a <- layer_input(2, name = "a")
  b <- layer_input(2, name = "b")
  long <- a %>% layer_dense(2, name = "a1") %>% layer_dense(2, name = "a2")
  model <- keras_model(list(b, a), layer_add(list(long, b), name = "sum"))
  expect_identical(vapply(model$layers, function(l) l$name, ""), c("a", "a1", "a2", "b", "sum"))
  expect_identical(model$input_names, c("b", "a"))
})

test_that("names that were not given count in the order of the calls", {
  x <- layer_input(2)
  one <- x %>% layer_dense(2) %>% layer_dense(3)
  two <- x %>% layer_dense(4) %>% layer_dense(5)
  model <- keras_model(x, list(one, two))
  units <- vapply(c("dense", "dense_1", "dense_2", "dense_3"), function(name) {
    get_layer(model, name)$units
  }, 0L)
  expect_identical(unname(units), 2:5)
})

test_that("configs of graphs make equal graphs", {
  inner <- keras_model_sequential(input_shape = 2, name = "inner") %>% layer_dense(2)
  a <- layer_input(2, name = "a")
  b <- layer_input(2, name = "b")
  model <- keras_model(list(u = a, v = b), list(y = layer_add(list(inner(a), inner(b))), z = a))
  again <- from_config(get_config(model))
  expect_identical(get_config(again), get_config(model))
  set_weights(again, get_weights(model))
  x <- list(v = matrix(1:4, 2), u = matrix(0, 2, 2))
  expect_identical(predict(again, x), predict(model, x))
})
