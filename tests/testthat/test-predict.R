# predict(), model(x) and layer(x).

test_that("a model is a function of its weights", {
  set.seed(41)
  net <- random_network(c(4, 9, 3), c("swish", "softmax"))
  model <- reference_model(net)
  x <- wave_x()
  expect_near(predict(model, x), reference_predict(net, x), 1e-14)
  expect_identical(dim(predict(model, x)), c(40L, 3L))
  expect_identical(model(x), predict(model, x))
  expect_identical(predict(model, newdata = x), predict(model, x))
  expect_identical(predict(model, as.data.frame(x)), predict(model, x))
})

test_that("a row's output does not depend on the other rows", {
  set.seed(42)
  model <- trained_model(1)
  y <- predict(model, wave_x())
  for (size in c(1, 7, 40, 1000)) expect_near(predict(model, wave_x(), size), y, 1e-14)
  expect_near(predict(model, wave_x()[3, , drop = FALSE]), y[3, ], 1e-14)
  expect_identical(predict(model, wave_x()[0, ]), matrix(0, 0, 2))
  order <- rev(seq_len(40))
  expect_near(predict(model, wave_x()[order, ]), y[order, ], 1e-14)
})

test_that("many rows are computed in slices", {
  set.seed(47)
  net <- random_network(c(3, 40, 2), c("tanh", "softmax"))
  model <- reference_model(net)
  n <- 2 * kestrel:::slice_samples(count_params(model), 3, 256) + 3
  x <- matrix(sin(seq_len(3 * n)), n)
  expect_near(predict(model, x), reference_predict(net, x), 1e-13)
  deep <- keras_model_sequential(input_shape = c(2, 3)) %>% layer_dense(4, use_bias = FALSE)
  n <- kestrel:::slice_samples(12, c(2, 3), 256) + 1
  x <- array(cos(seq_len(6 * n)), c(n, 2, 3))
  y <- predict(deep, x)
  expect_identical(dim(y), as.integer(c(n, 2, 4)))
  expect_near(y[, 2, ], x[, 2, ] %*% get_weights(deep)[[1]], 1e-13)
})

test_that("rows that are not finite give NA, the others what they give alone", {
  model <- trained_model(1)
  x <- wave_x()
  y <- predict(model, x)
  x[2, 1] <- NA
  x[5, 4] <- NaN
  x[9, ] <- Inf
  x[40, 2] <- -Inf
  bad <- c(2, 5, 9, 40)
  got <- predict(model, x)
  expect_true(all(is.na(got[bad, ]) & !is.nan(got[bad, ])))
  expect_identical(got[-bad, ], y[-bad, ])
  frame <- as.data.frame(x)
  expect_identical(predict(model, frame), got)
  expect_true(all(is.na(predict(model, matrix(NA, 3, 4)))))
})

test_that("a row that is not finite is found wherever it stands, whatever hides it", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(1, activation = "relu")
  set_weights(model, list(matrix(c(1, 1), 2), 0))
  n <- kestrel:::slice_samples(count_params(model), list(2), 256) + 300
  for (row in c(1, 257, n)) {
    x <- matrix(1, n, 2)
    x[row, 2] <- -Inf
    expect_identical(which(is.na(predict(model, x, threads = 2))), as.integer(row))
  }
})

test_that("numbers that only float64 holds are not taken for missing", {
  model <- local({
    k_set_floatx("float32")
    on.exit(k_set_floatx("float64"))
    keras_model_sequential(input_shape = 1) %>% layer_dense(1, activation = "sigmoid")
  })
  set_weights(model, list(matrix(1, 1, 1), 0))
  expect_identical(predict(model, c(-1e300, 0, NA, 1e300)), matrix(c(0, 0.5, NA, 1)))
})

test_that("integers, logicals and single columns are numbers", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  set_weights(model, list(matrix(2, 1, 1), 1))
  expect_identical(predict(model, c(TRUE, FALSE, NA)), matrix(c(3, 1, NA), 3))
  expect_identical(predict(model, 1:3), matrix(c(3, 5, 7), 3))
  expect_identical(predict(model, array(1:2, 2)), matrix(c(3, 5), 2))
  expect_identical(predict(model, data.frame(a = 1:2)), matrix(c(3, 5), 2))
})

test_that("outputs with more dims are arrays, samples first", {
  model <- keras_model_sequential(input_shape = c(2, 3)) %>% layer_dense(4, use_bias = FALSE)
  x <- array(sin(1:30), c(5, 2, 3))
  w <- get_weights(model)[[1]]
  y <- predict(model, x)
  expect_identical(dim(y), c(5L, 2L, 4L))
  for (i in 1:2) expect_near(y[, i, ], x[, i, ] %*% w, 1e-14)
  x[4, 1, 2] <- NA
  got <- predict(model, x)
  expect_true(all(is.na(got[4, , ])))
  expect_identical(got[-4, , ], y[-4, , ])
})

test_that("steps predicts the first batches", {
  model <- trained_model(1)
  expect_identical(predict(model, wave_x(), batch_size = 6, steps = 2),
    predict(model, wave_x()[1:12, ], batch_size = 6))
  expect_identical(nrow(predict(model, wave_x(), batch_size = 6, steps = 99)), 40L)
})

test_that("prediction leaves the model and the random numbers alone", {
  set.seed(43)
  model <- trained_model(1)
  before <- model_state_of(model)
  seed <- .Random.seed
  first <- predict(model, wave_x())
  expect_identical(predict(model, wave_x()), first)
  expect_identical(model(wave_x()), first)
  expect_identical(.Random.seed, seed)
  expect_identical(model_state_of(model), before)
})

test_that("training = TRUE drops units, as the seed decides", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dropout(0.5)
  x <- matrix(1, 50, 4)
  set.seed(44)
  y <- model(x, training = TRUE)
  expect_setequal(c(y), c(0, 2))
  expect_false(identical(model(x, training = TRUE), y))
  set.seed(44)
  expect_identical(model(x, training = TRUE), y)
  expect_identical(model(x), x)
})

test_that("a layer alone is a function, too", {
  dense <- layer_dense(units = 3, activation = "tanh")
  x <- wave_x()
  set.seed(45)
  y <- dense(x)
  w <- get_weights(dense)
  expect_near(y, tanh(x %*% w[[1]] + rep(w[[2]], each = 40)), 1e-14)
  expect_identical(dense(x), y)
  expect_identical(x %>% dense(), y)
  expect_error(dense(x[, 1:2]), class = "kestrel_error_shape")
  expect_near(layer_activation(activation = "softmax")(x), exp(x) / rowSums(exp(x)), 1e-14)
})

test_that("gradients: of sum(y v), for the model in training and not", {
  set.seed(46)
  model <- keras_model_sequential(input_shape = 3) %>% layer_dense(2, "tanh") %>%
    layer_batch_normalization()
  x <- wave_x(12, 3)
  v <- wave_y(12, 2)
  still <- kestrel:::network_gradient(model, x, v)
  expect_identical(still$y, predict(model, x))
  expect_identical(still$weights_after, get_weights(model))
  moving <- kestrel:::network_gradient(model, x, v, training = TRUE)
  a <- tanh(x %*% get_weights(model)[[1]] + rep(get_weights(model)[[2]], each = 12))
  centred <- a - rep(colMeans(a), each = 12)
  normal <- centred / rep(sqrt(colMeans(centred^2) + 1e-3), each = 12)
  expect_near(moving$y, normal, 1e-13)
  expect_near(moving$dw[[3]], colSums(normal * v), 1e-13)
  expect_near(moving$weights_after[[5]], 0.01 * colMeans(a), 1e-12)
})

test_that("it is silent unless asked", {
  model <- trained_model(1)
  expect_silent(predict(model, wave_x()))
  expect_output(predict(model, wave_x(), verbose = 1), "2/2 [==============================]",
    fixed = TRUE)
})

test_that("predictions and evaluations that do not fit into memory are refused", {
  local_mocked_memory <- function(bytes, env = parent.frame()) {
    old <- memory_available
    replace <- function(f) {
      unlockBinding("memory_available", asNamespace("kestrel"))
      assign("memory_available", f, envir = asNamespace("kestrel"))
      lockBinding("memory_available", asNamespace("kestrel"))
    }
    replace(function() bytes)
    withr::defer(replace(old), envir = env)
  }
  skip_if_not_installed("withr")
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1000)
  compile(model, loss = "mse")
  x <- as.double(1:40000)
  local_mocked_memory(2^27)
  expect_refused(predict(model, x), "memory")
  expect_refused(model(x), "memory")
  expect_refused(suppressWarnings(evaluate(model, x, x, batch_size = 40000, verbose = 0)), "memory")
})

test_that("a few rows give what they give among many, whatever the model", {
  x <- small_x(150, 2)
  input <- layer_input(2)
  models <- list(
    plain = keras_model_sequential(input_shape = 2) %>% layer_dense(3, activation = "tanh") %>% layer_dense(2),
    two = keras_model(input, list(a = layer_dense(input, 1), b = layer_dense(input, 2))),
    lambda = keras_model_sequential(input_shape = 2) %>% layer_lambda(function(x) x^2) %>% layer_dense(1),
    norm = model_with_norm()
  )
  rows <- function(y, some) if (is.list(y)) lapply(y, rows, some) else y[some, , drop = FALSE]
  for (name in names(models)) {
    model <- models[[name]]
    all <- predict(model, x)
    for (some in list(1, 4:9, 150)) {
      expect_identical(predict(model, x[some, , drop = FALSE]), rows(all, some), label = name)
    }
    # Also when flags have changed, with integers, and with rows that cannot be computed.
    freeze_weights(model)
    expect_identical(predict(model, x[2, , drop = FALSE]), rows(all, 2), label = name)
    expect_identical(predict(model, matrix(3:6, 2)), predict(model, matrix(3:6 + 0, 2)), label = name)
    gaps <- predict(model, rbind(x[1, ], c(1, NA), x[2, ]))
    expect_identical(rows(gaps, c(1, 3)), rows(all, 1:2), label = name)
    expect_true(all(is.na(unlist(rows(gaps, 2)))))
  }
})

test_that("a model that draws in any pass does so for one row, too", {
  input <- layer_input(4)
  model <- keras_model(input, layer_dropout(rate = 0.5)(input, training = TRUE))
  set.seed(1)
  drawn <- lapply(1:20, function(i) predict(model, matrix(1, 1, 4)))
  expect_gt(length(unique(drawn)), 1)
  set.seed(1)
  expect_identical(lapply(1:20, function(i) predict(model, matrix(1, 1, 4))), drawn)
})
