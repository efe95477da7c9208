# What a model of strings must give: the same layers called on the words, then the plain model of
# their numbers.
words <- function(n = 40) c("a", "b", "c", "d")[1 + (seq_len(n) * 7) %% 4]
hot <- function(x, vocabulary) outer(x, c("[UNK]", vocabulary), "==") + 0

test_that("one string input becomes indicators, and trains as they would", {
  x <- words()
  y <- as.numeric(x == "b")
  model <- keras_model_sequential(dtype = "string") %>%
    layer_string_lookup(vocabulary = c("a", "b", "c", "d"), output_mode = "one_hot") %>% layer_dense(1)
  expect_identical(dim(predict(model, x)), c(40L, 1L))
  plain <- keras_model_sequential(input_shape = 5) %>% layer_dense(1)
  set_weights(plain, get_weights(model))
  indicators <- hot(x, c("a", "b", "c", "d"))
  for (m in list(model, plain)) compile(m, optimizer = optimizer_adam(0.1), loss = "mse", metrics = "mae")
  train <- function(m, x) fit(m, x, y, epochs = 3, batch_size = 8, shuffle = FALSE, verbose = 0, validation_split = 0.2)
  expect_identical(train(model, x)$metrics, train(plain, indicators)$metrics)
  expect_identical(predict(model, factor(x)), predict(plain, indicators))
  expect_identical(predict(model, data.frame(w = x)), predict(plain, indicators))
  expect_identical(model(x[1:3]), plain(indicators[1:3, ]))
  expect_identical(evaluate(model, x, y, verbose = 0), evaluate(plain, indicators, y, verbose = 0))
  expect_identical(train_on_batch(model, x, y), train_on_batch(plain, indicators, y))
  expect_identical(test_on_batch(model, x, y), test_on_batch(plain, indicators, y))
  expect_identical(predict_on_batch(model, x), predict_on_batch(plain, indicators))
  expect_identical(with_gradient(model, x, y)$gradients, with_gradient(plain, indicators, y)$gradients)
})

# Inputs s and t of strings, n of numbers; one layer reads both, two read s.
mixed_model <- function() {
  s <- layer_input(1, dtype = "string", name = "s")
  t <- layer_input(1, dtype = "string", name = "t")
  n <- layer_input(2, name = "n")
  lookup <- layer_string_lookup(vocabulary = c("a", "b", "c"))
  embed <- layer_embedding(input_dim = 4, output_dim = 2)
  keras_model(list(s, t, n), layer_concatenate(list(
    layer_flatten(embed(lookup(s))), layer_flatten(embed(lookup(t))),
    layer_hashing(num_bins = 7, output_mode = "one_hot", salt = 3)(s), n
  )))
}

mixed_data <- function() list(s = words(), t = rev(words()), n = cbind(sin(1:40), cos(1:40)))

mixed_values <- function(x, table) {
  rows <- function(w) table[match(w, c("a", "b", "c"), 0) + 1, ]
  cbind(rows(x$s), rows(x$t), layer_hashing(num_bins = 7, output_mode = "one_hot", salt = 3)(x$s), x$n)
}

test_that("several layers read the same input, and one layer several", {
  model <- mixed_model()
  x <- mixed_data()
  expect_equal(predict(model, x), mixed_values(x, get_weights(model)[[1]]))
  expect_identical(predict(model, x[c("n", "t", "s")]), predict(model, x))
  expect_identical(predict(model, unname(x)), predict(model, x))
})

test_that("models that read strings stand in others, in any order of inputs", {
  inner <- mixed_model()
  x <- mixed_data()
  a <- layer_input(2)
  b <- layer_input(1, dtype = "string")
  outer <- keras_model(list(a, b), inner(list(b, b, a)) %>% layer_dense(1))
  w <- get_weights(outer)
  values <- mixed_values(list(s = x$s, t = x$s, n = x$n), w[[1]])
  expect_equal(predict(outer, list(x$n, x$s)), values %*% w[[2]] + c(w[[3]]))
  stack <- keras_model_sequential() %>% layer_string_lookup(vocabulary = letters[1:4], output_mode = "one_hot")
  expect_identical(predict(keras_model_sequential() %>% stack(), x$s), hot(x$s, letters[1:4]))
  expect_identical(predict(keras_model(b, stack(b)), x$s), hot(x$s, letters[1:4]))
})

test_that("a stack that hashes takes what comes first", {
  hashing <- function(...) keras_model_sequential(...) %>% layer_hashing(num_bins = 5, output_mode = "one_hot")
  expect_identical(predict(hashing(), words()), layer_hashing(num_bins = 5, output_mode = "one_hot")(words()))
  expect_identical(predict(hashing(), 1:5), layer_hashing(num_bins = 5, output_mode = "one_hot")(1:5))
  expect_refused(predict(hashing(input_shape = 1), words()), "argument", "x")
  expect_refused(predict(hashing(input_shape = 1, dtype = "string"), 1:5), "argument", "x")
})

test_that("generators, lists and data frames bring strings", {
  x <- mixed_data()
  y <- sin(1:40)
  inner <- mixed_model()
  model <- keras_model(inner$inputs, inner$output %>% layer_dense(1))
  compile(model, optimizer = "sgd", loss = "mse")
  batches <- 0
  generator <- function() {
    rows <- batches %% 4 * 10 + 1:10
    batches <<- batches + 1
    list(list(s = x$s[rows], t = x$t[rows], n = x$n[rows, ]), y[rows])
  }
  w <- get_weights(model)
  by_generator <- fit(model, generator, steps_per_epoch = 4, epochs = 2, verbose = 0, validation_data = list(x, y))
  set_weights(model, w)
  compile(model, optimizer = "sgd", loss = "mse")
  whole <- fit(model, x, y, batch_size = 10, epochs = 2, shuffle = FALSE, verbose = 0,
    validation_data = list(unname(x), y))
  expect_equal(by_generator$metrics, whole$metrics)
  frame <- data.frame(t = factor(x$t), s = x$s)
  frame$n <- x$n
  expect_identical(predict(model, frame), predict(model, x))
  expect_identical(evaluate(model, as.list(frame), y, verbose = 0), evaluate(model, x, y, verbose = 0))
  frame$y <- y
  expect_warning(more <- predict(model, frame), "more than the model's inputs: \"y\" is left out", class = "kestrel_warning_inputs")
  expect_identical(more, predict(model, x))
  compile(model, optimizer = optimizer_lbfgs(), loss = "mse")
  expect_lt(tail(fit(model, x, y, epochs = 5, verbose = 0)$metrics$loss, 1), whole$metrics$loss[1])
})

test_that("missing strings are refused in training and give NA in prediction", {
  model <- keras_model_sequential() %>%
    layer_string_lookup(vocabulary = c("a", "b"), num_oov_indices = 0, output_mode = "one_hot") %>% layer_dense(1)
  y <- predict(model, c("a", NA, "b"))
  expect_identical(is.na(drop(y)), c(FALSE, TRUE, FALSE))
  expect_identical(y[-2], drop(predict(model, c("a", "b"))))
  expect_identical(drop(predict(model, NA_character_)), NA_real_)
  expect_identical(dim(predict(model, character())), c(0L, 1L))
  compile(model, loss = "mse")
  expect_refused(fit(model, c("a", NA), 1:2), "data", "x", model)
  expect_refused(evaluate(model, c("a", NA), 1:2), "data", "x", model)
  expect_refused(predict(model, c("a", "zzz")), "data", "x", model)
})

test_that("what does not go together is refused", {
  s <- layer_input(1, dtype = "string", name = "s")
  expect_identical(s$dtype, "string")
  expect_refused(layer_dense(s, 2), "argument", "object")
  expect_refused(layer_concatenate(list(s, layer_input(1))), "argument", "object")
  expect_refused(keras_model(s, s), "argument", "outputs[[1]]")
  lookup <- layer_string_lookup(vocabulary = c("a", "b"), output_mode = "one_hot")
  model <- keras_model(s, lookup(s))
  for (bad in list(1, TRUE, as.Date("2020-01-01"), matrix(1:4, 2), data.frame(a = 1), NULL, list("a", 2))) {
    expect_refused(predict(model, bad), "argument", "x")
  }
  expect_refused(predict(model, cbind("a", "b")), "shape", "x")
  expect_refused(model(layer_input(1)), "argument", "object")
  expect_refused(keras_model_sequential(input_shape = 1, dtype = "string") %>% layer_dense(1), "argument", "object")
  expect_refused(adapt(lookup, letters), "state")
  expect_refused(set_vocabulary(lookup, "z"), "state")
  set_vocabulary(lookup, c("y", "z"))
  expect_identical(predict(model, c("a", "z")), rbind(c(1, 0, 0), c(0, 0, 1)))
  expect_snapshot(error = TRUE, {
    layer_dense(s, 2)
    lookup(layer_input(1))
    predict(model, 1:3)
    fit(compile(model, loss = "mse"), c("a", NA), 1:2)
    adapt(lookup, letters)
  })
})

test_that("a diagnosis says what it needs", {
  model <- keras_model_sequential() %>%
    layer_string_lookup(vocabulary = c("a", "b"), output_mode = "one_hot") %>% layer_dense(1)
  compile(model, loss = "mse")
  fit(model, words(), sin(1:40), epochs = 2, verbose = 0)
  expect_match(format(diagnose(model, words(), sin(1:40))), "need inputs of numbers", all = FALSE)
})

test_that("it is printed as Keras does", {
  inner <- mixed_model()
  expect_snapshot(summary(inner))
})

test_that("copies and files read the same strings", {
  model <- mixed_model()
  x <- mixed_data()
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_identical(predict(readRDS(file), x), predict(model, x))
  for (copy in list(clone_model(model), from_config(get_config(model)))) {
    set_weights(copy, get_weights(model))
    expect_identical(predict(copy, x), predict(model, x))
  }
  stack <- keras_model_sequential(input_shape = 1, dtype = "string") %>% layer_hashing(num_bins = 4)
  expect_identical(predict(clone_model(stack), x$s), predict(stack, x$s))
  expect_identical(predict(from_config(get_config(stack)), x$s), predict(stack, x$s))
})

test_that("a vocabulary may come after the layer where it decides no dims", {
  input <- layer_input(1, dtype = "string")
  codes <- layer_string_lookup()
  wide <- layer_string_lookup(output_mode = "multi_hot", max_tokens = 4, pad_to_max_tokens = TRUE)
  texts <- layer_text_vectorization(output_sequence_length = 2)
  model <- keras_model(input, layer_concatenate(list(codes(input), wide(input), texts(input))))
  expect_refused(predict(model, "a"), "state")
  expect_refused(layer_string_lookup(output_mode = "count")(input), "state")
  for (layer in list(codes, wide, texts)) layer$adapt(c("a", "b", "b"))
  expect_identical(predict(model, c("a", "b", "z")),
    rbind(c(2, 0, 0, 1, 0, 3, 0), c(1, 0, 1, 0, 0, 2, 0), c(0, 1, 0, 0, 0, 1, 0)))
  adapt(codes, c("x", "y", "z"))
  expect_identical(predict(model, "z")[1], 1)
})

# What the layer gives of the words alone is tested with each layer.
test_that("layers give in models what they give alone", {
  x <- rbind(c("a", "m", "b"), c("z", "b", "b"), c("m", "m", "q"))
  lookup <- function(mode, ...) layer_string_lookup(vocabulary = c("a", "b"), mask_token = "m", output_mode = mode, ...)
  layers <- list(
    lookup("int"), lookup("one_hot"), lookup("multi_hot"), lookup("count"), lookup("tf_idf", idf_weights = c(2, 3)),
    lookup("count", max_tokens = 6, pad_to_max_tokens = TRUE), lookup("int", num_oov_indices = 3),
    layer_hashing(num_bins = 4), layer_hashing(num_bins = 4, mask_value = "m"),
    layer_hashing(num_bins = 4, salt = c(1, 2), output_mode = "count"),
    layer_hashing(num_bins = 4, output_mode = "one_hot"), layer_hashing(num_bins = 4, output_mode = "multi_hot")
  )
  input <- layer_input(3, dtype = "string")
  for (layer in layers) expect_identical(predict(keras_model(input, layer(input)), x), layer(x))
  expect_equal(lookup("tf_idf", idf_weights = c(2, 3))(x), rbind(c(0, 2, 3), c(2.5, 0, 6), c(2.5, 0, 0)))
})
