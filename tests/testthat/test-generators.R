test_that("a generator trains as the same batches of arrays do", {
  y <- feed_y > 0
  expect_same_fit(batches_of(c(6, 6, 6, 4), y = y), feed_twins(), steps = 4)
  expect_same_fit(batches_of(c(6, 6, 6, 4), ends = TRUE, y = y), feed_twins())
  expect_same_fit(batches_of(c(6, 6, 6, 4), ends = TRUE, y = y), feed_twins(), steps = 4)
})

test_that("weights of samples and classes act", {
  gen <- batches_of(c(6, 6, 6, 4), y = feed_y > 0, weight = feed_w)
  expect_same_fit(gen, feed_twins(weighted_metrics = "mae"), steps = 4, weight = feed_w)
  expect_same_fit(batches_of(c(6, 6, 6, 4), y = feed_y > 0), feed_twins(), steps = 4,
    class_weight = list("0" = 1, "1" = 3))
})

test_that("validation data may be arrays or a generator", {
  for (v in list(list(feed_x[1:9, ], feed_y[1:9]), list(feed_x[1:9, ], feed_y[1:9], feed_w[1:9]))) {
    expect_same_fit(batches_of(c(6, 6, 6, 4), y = feed_y > 0), feed_twins(), steps = 4, validation_data = v,
      validation_freq = 2)
  }
  both <- feed_twins()
  a <- fit(both$one, feed_x, feed_y > 0, epochs = 2, shuffle = FALSE, verbose = 0,
    validation_data = list(feed_x, feed_y))
  gen <- batches_of(c(5, 10, 7))
  b <- fit(both$two, feed_x, feed_y > 0, epochs = 2, shuffle = FALSE, verbose = 0,
    validation_data = gen, validation_steps = 3)
  expect_equal(b$metrics, a$metrics, tolerance = 1e-12)
})

test_that("batches may grow, and have weights or not", {
  both <- feed_twins()
  sizes <- c(2, 7, 4, 9)
  h <- fit(both$two, batches_of(sizes), steps_per_epoch = 4, epochs = 2, verbose = 0)
  gen <- batches_of(sizes)
  total <- 0
  for (i in 1:8) {
    batch <- gen()
    logs <- train_on_batch(both$one, batch[[1]], batch[[2]])
    if (i > 4) total <- total + logs[1] * nrow(batch[[1]])
  }
  expect_equal(get_weights(both$two), get_weights(both$one), tolerance = 1e-12)
  expect_equal(h$metrics$loss[2], total / 22, tolerance = 1e-12)
  ones <- batches_of(sizes, weight = rep(1, 22))
  i <- 0
  mixed <- function() {
    i <<- i + 1
    ones()[if (i %% 2) 1:2 else 1:3]
  }
  both <- feed_twins()
  a <- fit(both$one, batches_of(sizes), steps_per_epoch = 4, epochs = 2, verbose = 0)
  b <- fit(both$two, mixed, steps_per_epoch = 4, epochs = 2, verbose = 0)
  expect_equal(a$metrics, b$metrics, tolerance = 1e-12)
})

test_that("R's own losses, metrics and layers work on batches", {
  own <- function() {
    m <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, activation = function(x) x / (1 + abs(x))) %>%
      layer_dense(1)
    compile(m, loss = function(y_true, y_pred) (y_true - y_pred)^2,
      optimizer = optimizer_sgd(0.1), metrics = custom_metric("most", function(y_true, y_pred) max(y_pred)))
    m
  }
  one <- own()
  two <- own()
  set_weights(two, get_weights(one))
  a <- fit(one, feed_x, feed_y, batch_size = 11, shuffle = FALSE, epochs = 2, verbose = 0)
  b <- fit(two, batches_of(c(11, 11)), steps_per_epoch = 2, epochs = 2, verbose = 0)
  expect_equal(b$metrics, a$metrics, tolerance = 1e-12)
  expect_equal(evaluate(two, batches_of(c(11, 11)), steps = 2), evaluate(one, feed_x, feed_y, batch_size = 11),
    tolerance = 1e-12)
})

test_that("several inputs and outputs are fed by lists", {
  a <- layer_input(4, name = "a")
  b <- layer_input(4, name = "b")
  h <- layer_concatenate(list(a, b)) %>% layer_dense(3)
  model <- keras_model(list(a, b), list(layer_dense(h, 1, name = "p"), layer_dense(h, 2, name = "q")))
  compile(model, loss = "mse", optimizer = "sgd")
  other <- clone_model(model)
  compile(other, loss = "mse", optimizer = "sgd")
  set_weights(other, get_weights(model))
  x <- list(a = feed_x, b = feed_x + 1)
  y <- list(p = feed_y, q = cbind(feed_y, -feed_y))
  h1 <- fit(model, x, y, batch_size = 22, epochs = 2, verbose = 0)
  h2 <- fit(other, function() list(x, y), steps_per_epoch = 1, epochs = 2, verbose = 0)
  expect_equal(h1$metrics, h2$metrics, tolerance = 1e-12)
  expect_equal(predict(other, function() list(x), steps = 1), predict(model, x), tolerance = 1e-12)
})

test_that("hooks of batches and stopping are as for arrays", {
  both <- feed_twins()
  seen <- list(character(), character())
  watch <- function(i) {
    note <- function(what) function(batch, logs) seen[[i]] <<- c(seen[[i]], paste(what, batch, names(logs)))
    list(on_train_batch_begin = note("begin"), on_train_batch_end = note("end"), on_epoch_end = note("epoch"))
  }
  fit(both$one, feed_x, feed_y, batch_size = 11, shuffle = FALSE, epochs = 2, verbose = 0, callbacks = watch(1))
  fit(both$two, batches_of(c(11, 11)), steps_per_epoch = 2, epochs = 2, verbose = 0, callbacks = watch(2))
  expect_gt(length(seen[[1]]), 6)
  expect_identical(seen[[1]], seen[[2]])
  stopping <- list(on_train_batch_end = function(batch, logs) if (batch == 2) both$two$stop_training <- TRUE)
  h <- fit(both$two, batches_of(22), epochs = 9, verbose = 0, callbacks = stopping)
  expect_length(h$metrics$loss, 1)
})

test_that("what is printed is that of arrays without the count of samples", {
  expect_lines <- function(...) {
    lines <- utils::capture.output(fit(feed_twins()$one, ..., epochs = 2, verbose = 1, view_metrics = FALSE))
    gsub("[0-9]+[mu]?s/step.*| - [0-9]+s.*", "", lines)
  }
  expect_identical(expect_lines(batches_of(c(11, 11)), steps_per_epoch = 2),
    expect_lines(feed_x, feed_y, batch_size = 11))
  expect_identical(expect_lines(batches_of(c(11, 11), ends = TRUE)),
    expect_lines(feed_x, feed_y, batch_size = 11))
  h <- fit(feed_twins()$one, batches_of(c(11, 11)), steps_per_epoch = 2, epochs = 2, verbose = 0)
  expect_null(h$params$samples)
  expect_identical(h$params$steps, 2L)
  expect_output(print(h), "loss")
})

test_that("bad batches are refused by number", {
  model <- feed_twins()$one
  then <- function(bad, good = 1) {
    gen <- batches_of(22)
    function() if ((good <<- good - 1) >= 0) gen() else bad
  }
  expect_refused(fit(model, function() NULL, verbose = 0), "data", "x", model, names = "at least one batch")
  bad <- list(
    list(1, "data", "list(x, y)"), list(list(feed_x), "data", "list(x, y)"),
    list(list(feed_x[, 1:3], feed_y), "shape", "4 columns"), list(list(feed_x, feed_y[-1]), "shape", "22"),
    list(list(feed_x[0, ], feed_y[0, , drop = FALSE]), "data", "one row"),
    list(list(feed_x, letters[1:22]), "argument", "factor"), list(list(feed_x, NULL), "argument", "y"),
    list(list(feed_x * NA, feed_y), "data", "missing"), list(list(feed_x, feed_y, feed_w[-1]), "shape", "sample_weight")
  )
  for (b in bad) {
    expect_refused(fit(model, function() b[[1]], verbose = 0), b[[2]], "x", model, names = c("Batch 1", b[[3]]))
    expect_refused(evaluate(model, function() b[[1]], steps = 1), b[[2]], "x", model, names = c("Batch 1", b[[3]]))
    error <- expect_error(fit(model, then(b[[1]]), steps_per_epoch = 3, verbose = 0), b[[3]], fixed = TRUE,
      class = paste0("kestrel_error_", b[[2]]))
    expect_identical(error$batch, 2L)
    expect_refused(fit(model, feed_x, feed_y, validation_data = function() b[[1]], verbose = 0), b[[2]],
      "validation_data", model, names = "Batch 1")
  }
  expect_refused(fit(model, function() stop("no file"), verbose = 0), "callback", "x", model, names = "no file")
  expect_refused(predict(model, function() NULL), "data", "x", model)
  expect_refused(predict(model, function() feed_x[, 1:3], steps = 1), "shape", "x", model, names = "Batch 1")
  wider <- list(feed_x, cbind(feed_y, feed_y))
  expect_error(fit(model, then(wider), steps_per_epoch = 3, verbose = 0), class = "kestrel_error_shape")
})

test_that("levels must be those of the first batch", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1, activation = "sigmoid")
  compile(model, loss = "binary_crossentropy")
  i <- 0
  gen <- function() {
    i <<- i + 1
    list(feed_x[1:2, ], factor(c("a", if (i > 1) "c" else "b")))
  }
  expect_error(fit(model, gen, steps_per_epoch = 2, verbose = 0), "levels", class = "kestrel_error_data")
  i <- 0
  fit(model, gen, steps_per_epoch = 1, epochs = 1, verbose = 0)
  expect_identical(model_state(model)$classes, c("a", "b"))
})

test_that("what is for arrays is refused beside a generator", {
  model <- feed_twins()$one
  gen <- batches_of(22)
  expect_refused(fit(model, gen, feed_y), "argument", "y", model)
  expect_refused(fit(model, gen, batch_size = 5), "argument", "batch_size", model)
  expect_refused(fit(model, gen, validation_split = 0.5), "argument", "validation_split", model)
  expect_refused(fit(model, gen, sample_weight = 1), "argument", "sample_weight", model)
  expect_refused(fit(model, gen, restarts = 2), "argument", "restarts", model)
  expect_refused(evaluate(model, gen, feed_y), "argument", "y", model)
  expect_refused(predict(model, gen, batch_size = 5), "argument", "batch_size", model)
  expect_refused(fit(model, function(i) 1), "argument", "x", model, names = "without arguments")
  compile(model, loss = "mse", optimizer = optimizer_lbfgs())
  expect_refused(fit(model, gen, steps_per_epoch = 1), "argument", "x", model, names = "lbfgs")
})

test_that("a first batch builds the model, an unfit one does not", {
  model <- keras_model_sequential() %>% layer_dense(1)
  compile(model, loss = "mse")
  expect_refused(fit(model, function() list(feed_x, cbind(feed_y, 1)), verbose = 0), "shape", "y")
  expect_false(environment(model)$built)
  fit(model, batches_of(22), steps_per_epoch = 1, epochs = 1, verbose = 0)
  expect_true(environment(model)$built)
})
