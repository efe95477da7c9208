# Inputs of unknown length, against the same model of that length.

ticket_model <- function(title, body) {
  title <- layer_input(shape = title, name = "title")
  body <- layer_input(shape = body, name = "body")
  words <- layer_embedding(input_dim = 20, output_dim = 3)
  one <- title %>% words() %>% layer_global_average_pooling_1d()
  two <- body %>% words() %>% layer_average_pooling_1d(2) %>% layer_global_max_pooling_1d()
  features <- layer_concatenate(list(one, two))
  keras_model(list(title, body), list(layer_dense(features, 1, "sigmoid", name = "priority"),
    layer_dense(features, 4, "softmax", name = "department")))
}

codes <- function(n, width) {
  set.seed(width)
  matrix(sample(0:19, n * width, TRUE), n)
}

test_that("the first data say the length, whichever way it was left open", {
  x <- list(codes(6, 5), codes(6, 9))
  y <- list(runif(6), to_categorical(c(0:3, 0:1), 4))
  fixed <- ticket_model(5, 9)
  for (open in list(c(NA), list(NULL), NULL, shape(NULL), shape(NA))) {
    model <- ticket_model(open, open)
    expect_false(model$built)
    expect_output(print(model), "Not built yet")
    set_weights(model, get_weights(fixed))
    results <- lapply(list(fixed, model), function(m) {
      m <- clone_model(m)
      set_weights(m, get_weights(fixed))
      m %>% compile(optimizer = "sgd", loss = list("binary_crossentropy", "categorical_crossentropy"))
      history <- fit(m, x, y, epochs = 2, shuffle = FALSE, verbose = 0)
      list(unname(history$metrics), get_weights(m), predict(m, x), m$output_shape, count_params(m),
        lapply(m$layers, function(l) l$output_shape))
    })
    expect_equal(results[[2]], results[[1]], tolerance = 1e-12)
  }
  expect_identical(dim(layer_input(shape = c(NA, 3))), c(NA, NA, 3L))
  expect_identical(layer_input(batch_shape = list(NULL, NULL, 3))$shape, c(NA, NA, 3L))
})

test_that("it is fixed from then on, in copies and files as before", {
  model <- ticket_model(NA, NA)
  copy <- from_config(get_config(model))
  x <- list(codes(3, 4), codes(3, 8))
  y <- predict(model, x)
  expect_identical(model$input_shape, list(list(NULL, 4L), list(NULL, 8L)))
  expect_identical(kestrel:::state_fault(model), NULL)
  expect_error(predict(model, list(codes(3, 5), codes(3, 8))), "pad_sequences", class = "kestrel_error_shape")
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_identical(predict(readRDS(file), x), y)
  other <- list(codes(3, 6), codes(3, 6))
  expect_identical(dim(predict(copy, other)[[2]]), c(3L, 4L))
  stack <- keras_model_sequential() %>% layer_embedding(20, 2, input_shape = c(NA)) %>%
    layer_global_average_pooling_1d()
  expect_false(stack$built)
  stack(codes(2, 7))
  expect_error(stack(codes(2, 9)), "maxlen = 7", class = "kestrel_error_shape")
  dense <- keras_model_sequential(input_shape = 4) %>% layer_dense(1)
  error <- expect_error(dense(matrix(0, 2, 5)), class = "kestrel_error_shape")
  expect_no_match(conditionMessage(error), "pad_sequences")
})

test_that("what does not fit leaves the model open, and models in it follow", {
  inner <- keras_model_sequential() %>% layer_embedding(20, 2) %>% layer_flatten() %>% layer_dense(2)
  input <- layer_input(NA)
  out <- inner(input)
  model <- keras_model(input, out)
  expect_error(predict(model, array(0, c(2, 3, 4))), class = "kestrel_error_shape")
  expect_false(model$built)
  y <- predict(model, codes(2, 3))
  expect_identical(lapply(get_weights(model), dim), list(c(20L, 2L), c(6L, 2L), 2L))
  expect_identical(y, inner(codes(2, 3)))
  expect_identical(input$shape, c(NA, 3L))
  expect_error(layer_input(shape = c(NA, -1)), class = "kestrel_error_argument")
  expect_error(layer_input(), "`shape` is missing", class = "kestrel_error_argument")
})
