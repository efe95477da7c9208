test_that("losses are of the steps that count, by every reduction", {
  x <- masked_x()
  y <- masked_y()
  m <- mask_of(x)
  model <- masked_model()
  l <- squares(y, predict(model, x))
  w <- c(0.5, 2, 1, 0, 3)
  expected <- list(sum_over_batch_size = masked_mean(l, m), sum = sum(l * m),
    mean_with_sample_weight = sum(l * m) / sum(m))
  weighted <- list(sum_over_batch_size = masked_mean(l, m, w), sum = sum(l * m * w),
    mean_with_sample_weight = sum(l * m * w) / sum(m * w))
  for (reduction in names(expected)) {
    compile(model, loss = loss_mean_squared_error(reduction = reduction))
    score <- function(...) evaluate(model, x, y, verbose = 0, ...)[["loss"]]
    expect_equal(score(), expected[[reduction]], tolerance = 1e-12, label = reduction)
    expect_equal(score(sample_weight = w), weighted[[reduction]], tolerance = 1e-12, label = reduction)
  }
  compile(model, loss = "mse")
  batches <- list(1:2, 3:4, 5L)
  means <- vapply(batches, function(i) masked_mean(l[i, , drop = FALSE], m[i, , drop = FALSE]), 0)
  expect_equal(evaluate(model, x, y, verbose = 0, batch_size = 2)[["loss"]],
    sum(means * lengths(batches)) / 5, tolerance = 1e-12)
})

test_that("metrics that are means heed the mask, others see all steps", {
  x <- masked_x()
  y <- (masked_y()[, , 1, drop = FALSE] > 0) + 0
  m <- mask_of(x)
  model <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>% layer_masking() %>%
    layer_dense(1, activation = "sigmoid")
  compile(model, loss = "binary_crossentropy", metrics = c("accuracy", "mae", "Recall"),
    weighted_metrics = list(m = "mse"))
  p <- predict(model, x)[, , 1]
  y1 <- y[, , 1]
  w <- c(1, 2, 0.5, 1, 4)
  score <- evaluate(model, x, y, sample_weight = w, verbose = 0, batch_size = 2)
  expect_equal(score[["accuracy"]], sum(m * ((p > 0.5) == y1)) / sum(m))
  expect_equal(score[["mae"]], sum(m * abs(p - y1)) / sum(m), tolerance = 1e-12)
  expect_equal(score[[5]], sum(w * m * (p - y1)^2) / sum(w * m), tolerance = 1e-12)
  expect_equal(score[["Recall"]], sum(p > 0.5 & y1 == 1) / sum(y1 == 1))
})

test_that("training sees what it would without masked steps", {
  x <- masked_x()
  y <- masked_y()
  kept <- which(mask_of(x) == 1)
  rows <- function(a) matrix(a, 20)[kept, ]
  model <- masked_model()
  model$layers[[3]]$trainable <- FALSE
  plain <- keras_model_sequential(input_shape = 3, dtype = "float64") %>%
    layer_dense(5, activation = "tanh") %>% layer_layer_normalization() %>% layer_dense(2)
  set_weights(plain, get_weights(model))
  without <- keras_model_sequential(model$layers[-3])
  for (one in list(without, plain)) compile(one, optimizer = optimizer_adam(0.05), loss = "mse")
  h <- fit(without, x, y, epochs = 5, batch_size = 5, verbose = 0)
  h_plain <- fit(plain, rows(x), rows(y), epochs = 5, batch_size = 20, verbose = 0)
  expect_equal(h$metrics$loss, h_plain$metrics$loss, tolerance = 1e-6)
  expect_equal(get_weights(without), get_weights(plain), tolerance = 1e-5, ignore_attr = TRUE)
})

test_that("gradients and their tangents are the differences of the masked loss", {
  for (loss in c("mse", "cosine_similarity", "dice")) {
    model <- masked_model()
    compile(model, loss = loss)
    y <- if (loss == "dice") abs(masked_y()) else masked_y()
    f <- kestrel:::new_objective(model, masked_x(), y)
    v <- cos(seq_len(f$p))
    g <- kestrel:::objective_gradient(f)
    expect_equal(sum(g * v), objective_slope(f, v, kestrel:::objective_value), tolerance = 1e-7)
    turn <- objective_slope(f, v, kestrel:::objective_gradient)
    expect_equal(kestrel:::objective_hessian(f, v), turn, tolerance = 1e-5)
  }
})

test_that("train_on_batch(), losses and metrics of one's own heed the mask", {
  x <- masked_x()
  y <- masked_y()
  own <- function(y_true, y_pred) k_mean(k_square(y_true - y_pred), axis = -1)
  models <- list(masked_model(), NULL)
  models[[2]] <- clone_model(models[[1]])
  set_weights(models[[2]], get_weights(models[[1]]))
  for (model in models) model$layers[[3]]$trainable <- TRUE
  models <- lapply(models, function(model) keras_model_sequential(model$layers[-3]))
  compile(models[[1]], optimizer = optimizer_sgd(0.1), loss = "mse", metrics = "mse")
  compile(models[[2]], optimizer = optimizer_sgd(0.1), loss = own,
    metrics = list(mse = function(y_true, y_pred) squares(y_true, y_pred)))
  losses <- lapply(models, function(model) {
    c(train_on_batch(model, x, y), train_on_batch(model, x, y, sample_weight = 1:5), test_on_batch(model, x, y))
  })
  expect_equal(losses[[2]], losses[[1]], tolerance = 1e-12)
  expect_equal(get_weights(models[[2]]), get_weights(models[[1]]), tolerance = 1e-12)
  compile(models[[1]], loss = function(y_true, y_pred) k_mean(k_square(y_true - y_pred), axis = c(2, 3)))
  expect_refused(evaluate(models[[1]], x, y, verbose = 0), "loss")
})

test_that("merging layers merge masks", {
  x <- masked_x()
  other <- x[5:1, , ]
  a <- layer_input(c(4, 3), dtype = "float64")
  b <- layer_input(c(4, 3), dtype = "float64")
  m <- mask_of(x)
  either <- pmax(m, mask_of(other))
  mask <- layer_masking()
  score <- function(out, expected) {
    model <- keras_model(list(a, b), out)
    compile(model, loss = "mse")
    p <- predict(model, list(x, other))
    y <- array(0, dim(p))
    expect_equal(evaluate(model, list(x, other), y, verbose = 0)[["loss"]],
      masked_mean(squares(y, p), expected), tolerance = 1e-12)
  }
  both <- list(mask(a), mask(b))
  for (merge in list(layer_add, layer_average, layer_multiply, layer_maximum, layer_concatenate)) {
    score(merge(both), either)
  }
  expect_identical(all(either == 1), FALSE)
  score(layer_concatenate(both, axis = 1), cbind(m, mask_of(other)))
  score(layer_concatenate(list(mask(a), b), axis = 1), cbind(m, matrix(1, 5, 4)))
  score(layer_concatenate(list(mask(a), b)), matrix(1, 5, 4))
  model <- keras_model(list(a, b), layer_add(list(mask(a), b)))
  compile(model, loss = "mse")
  p <- predict(model, list(x, other))
  expect_equal(evaluate(model, list(x, other), 0 * p, verbose = 0)[["loss"]], mean(p^2))
})

test_that("masks go through models in models, shared layers and several outputs", {
  x <- masked_x()
  m <- mask_of(x)
  inner <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>%
    layer_masking() %>% layer_dense(3)
  input <- layer_input(c(4, 3), dtype = "float64")
  shared <- layer_dense(units = 2)
  pooled <- input %>% inner %>% shared %>% layer_global_average_pooling_1d()
  model <- keras_model(input, list(input %>% inner %>% shared, shared(input), pooled))
  compile(model, loss = "mse")
  p <- predict(model, x)
  score <- evaluate(model, x, lapply(p, function(v) 0 * v), verbose = 0)
  expect_equal(unname(score[2:4]), c(masked_mean(squares(0, p[[1]]), m), mean(p[[2]]^2), mean(p[[3]]^2)),
    tolerance = 1e-12)
  steps <- sapply(1:2, function(k) rowSums(p[[1]][, , k] * m) / rowSums(m))
  expect_equal(p[[3]], steps, tolerance = 1e-12)
})

test_that("codes of 0 are left out of the loss, too", {
  codes <- rbind(c(1, 2, 0), c(3, 0, 0))
  y <- array(1:6 / 10, c(2, 3, 1))
  model <- keras_model_sequential(dtype = "float64") %>%
    layer_embedding(4, 2, mask_zero = TRUE, input_length = 3) %>% layer_dense(1)
  compile(model, loss = "mae")
  l <- abs(predict(model, codes) - y)[, , 1]
  expect_equal(evaluate(model, codes, y, verbose = 0)[["loss"]], masked_mean(l, codes > 0), tolerance = 1e-6)
})

test_that("layers that cannot use a mask lose it with a warning, or refuse", {
  model <- keras_model_sequential(input_shape = c(4, 3)) %>% layer_masking() %>% layer_flatten() %>%
    layer_dense(1)
  expect_warning(compile(model, loss = "mse"), class = "kestrel_warning_mask")
  expect_snapshot(compile(model, loss = "mse"))
  soft <- keras_model_sequential(input_shape = c(4, 3)) %>% layer_masking() %>% layer_activation_softmax()
  expect_refused(compile(soft, loss = "mse"), "shape")
  expect_snapshot(error = TRUE, compile(soft, loss = "mse"))
  first <- keras_model_sequential(input_shape = c(4, 3)) %>% layer_masking() %>%
    layer_global_average_pooling_1d(data_format = "channels_first")
  expect_refused(predict(first, masked_x()), "shape")
})

test_that("a masked network of many kinds of layers has no floor, and is diagnosed by the steps that count", {
  model <- masked_model()
  compile(model, loss = "mse")
  floor <- loss_floor(model, masked_x(), masked_y())
  expect_equal(attr(floor, "type"), "none")
  expect_equal(as.vector(floor), 0)
  expect_true(has_data(attr(diagnose(model, masked_x(), masked_y()), "case")))
})

test_that("models with masks inside, and with shared layers, are diagnosed", {
  codes <- cbind(matrix(c(0, 1, 2, 3, 1, 0), 12, 3), 2)
  y <- sin(1:12)
  input <- layer_input(4)
  halves <- lapply(1:2, function(k) layer_embedding(input, 4, 3, mask_zero = TRUE))
  shared <- layer_dense(units = 3, activation = "relu")
  out <- layer_add(halves) %>% shared() %>% shared() %>% layer_global_average_pooling_1d() %>% layer_dense(1)
  model <- keras_model(input, out)
  compile(model, loss = "mse")
  fit(model, codes, y, epochs = 3, verbose = 0)
  d <- diagnose(model, codes, y)
  expect_s3_class(d, "nn_diagnosis")
  nodes <- kestrel:::evidence_nodes(list(plan = kestrel:::model_plan(model)))
  expect_identical(table(nodes$layer)[["4"]], 4L)
  expect_identical(sum(nodes$layer == 0), 1L)
  expect_s3_class(loss_floor(model, codes, y), "kestrel_floor")
})

test_that("layers of one's own hand masks on where they say so", {
  x <- masked_x()
  keeping <- new_layer_class("Keeping", initialize = function(self) self$supports_masking <- TRUE,
    call = function(self, x) 2 * x)
  losing <- new_layer_class("Losing", call = function(self, x) 2 * x)
  score <- function(layer) {
    model <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>% layer_masking()
    model$add(layer)
    compile(model, loss = "mse")
    evaluate(model, x, 0 * x + 1, verbose = 0)[["loss"]]
  }
  expect_equal(score(keeping()), masked_mean(squares(2 * x, 1 + 0 * x), mask_of(x)))
  expect_equal(suppressWarnings(score(losing())), mean((2 * x - 1)^2))
})
