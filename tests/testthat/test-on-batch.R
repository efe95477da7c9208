# Steps on batches against fits of one epoch with one batch, which are another way to the same
# numbers. `small_model()` and the like: helper-refusal.R.

twin_models <- function(...) {
  one <- small_model(...)
  two <- clone_model(one)
  two %>% compile(loss = "mse", optimizer = optimizer_adam(0.01), metrics = "mae")
  one %>% compile(loss = "mse", optimizer = optimizer_adam(0.01), metrics = "mae")
  set_weights(two, get_weights(one))
  list(one = one, two = two)
}

epoch_of <- function(model, x, y, ...) {
  history <- fit(model, x, y, epochs = 1, batch_size = NROW(x), shuffle = FALSE, verbose = 0, ...)
  as.double(unlist(history$metrics))
}

test_that("a step on a batch is an epoch of one batch", {
  both <- twin_models()
  for (n in c(6, 6, 4, 4, 6)) {
    x <- small_x(n) + n
    y <- small_y(n)
    logs <- train_on_batch(both$one, x, y)
    expect_null(names(logs))
    expect_equal(logs, epoch_of(both$two, x, y), tolerance = 1e-14)
  }
  expect_equal(get_weights(both$one), get_weights(both$two), tolerance = 1e-14)
  expect_equal(model_state(both$one)$optimizer_state, model_state(both$two)$optimizer_state,
    tolerance = 1e-14)
})

test_that("weights of samples and classes count", {
  both <- twin_models()
  x <- small_x()
  y <- c(0, 1, 1, 0, 1, 0)
  w <- c(1, 2, 0, 1, 3, 0.5)
  for (i in 1:2) {
    expect_equal(train_on_batch(both$one, x, y, sample_weight = w),
      epoch_of(both$two, x, y, sample_weight = w))
    expect_equal(train_on_batch(both$one, x, y, class_weight = list("0" = 1, "1" = 3)),
      epoch_of(both$two, x, y, class_weight = list("0" = 1, "1" = 3)))
    expect_equal(train_on_batch(both$one, x, y), epoch_of(both$two, x, y))
  }
})

test_that("what is changed between two batches is seen", {
  both <- twin_models()
  x <- small_x()
  y <- small_y()
  step <- function() {
    expect_equal(train_on_batch(both$one, x, y), epoch_of(both$two, x, y), tolerance = 1e-14)
  }
  change <- function(f) for (model in both) f(model)
  step()
  change(function(model) set_weights(model, lapply(get_weights(model), `+`, 0.1)))
  step()
  change(function(model) set_weights(model$layers[[2]], list(matrix(0.3, 3, 1), 0)))
  step()
  change(function(model) model$optimizer$learning_rate <- 0.2)
  step()
  change(function(model) compile_again(freeze_weights(model, to = 1)))
  step()
  change(function(model) fit(model, x, y, epochs = 2, shuffle = FALSE, verbose = 0))
  step()
  change(function(model) compile(model, loss = "mae", optimizer = "sgd"))
  step()
  change(function(model) compile(model, loss = "mse", optimizer = optimizer_sgd(
    learning_rate_schedule_exponential_decay(0.1, 1, 0.5))))
  step()
  step()
  change(function(model) compile(model, loss = "mse", optimizer = optimizer_sgd(
    function(step) 0.1 / (1 + step))))
  step()
  step()
  expect_equal(get_weights(both$one), get_weights(both$two), tolerance = 1e-14)
})

test_that("compile() begins the optimizer anew for the same settings", {
  model <- small_model()
  adam <- function() compile(model, loss = "mse", optimizer = optimizer_adam(0.01))
  start <- get_weights(model)
  after <- lapply(1:2, function(i) {
    adam()
    set_weights(model, start)
    for (k in 1:3) train_on_batch(model, small_x(), small_y())
    get_weights(model)
  })
  expect_identical(after[[1]], after[[2]])
})

test_that("a step follows a fit where no other model was trained on batches", {
  both <- twin_models()
  assign("on_batch", list(), envir = the)
  for (i in 1:2) {
    expect_equal(train_on_batch(both$one, small_x(), small_y()),
      epoch_of(both$two, small_x(), small_y()))
    for (model in both) epoch_of(model, small_x(), small_y())
  }
  expect_equal(get_weights(both$one), get_weights(both$two), tolerance = 1e-14)
})

test_that("a step that fails in a metric leaves the model as it was, and the next begins there", {
  works <- TRUE
  metric <- custom_metric("moody", function(y_true, y_pred) {
    if (works) mean(y_pred) else stop("no")
  })
  model <- small_model()
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01), metrics = metric)
  train_on_batch(model, small_x(), small_y())
  before <- get_weights(model)
  works <- FALSE
  expect_error(train_on_batch(model, small_x(), small_y()), class = "kestrel_error_metric")
  expect_identical(get_weights(model), before)
  works <- TRUE
  other <- clone_model(model)
  set_weights(other, before)
  environment(other)$optimizer_state <- environment(model)$optimizer_state
  expect_equal(train_on_batch(model, small_x(), small_y()),
    train_on_batch(other, small_x(), small_y()), tolerance = 1e-14)
  expect_equal(get_weights(model), get_weights(other), tolerance = 1e-14)
})

test_that("more models than trainers are kept take turns", {
  models <- lapply(1:6, function(i) twin_models())
  for (round in 1:3) {
    for (both in models) {
      expect_equal(train_on_batch(both$one, small_x(), small_y()),
        epoch_of(both$two, small_x(), small_y()))
    }
  }
  expect_lte(length(the$on_batch), held_trainers)
})

test_that("set.seed() decides dropout of a batch", {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dropout(0.5) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(1e-12))
  losses <- function(seed) {
    set.seed(seed)
    replicate(4, train_on_batch(model, small_x(), small_y()))
  }
  first <- losses(1)
  expect_gt(length(unique(round(first, 6))), 1)
  expect_equal(losses(1), first, tolerance = 1e-6)
})

test_that("running statistics, precision and kernels are those of fit()", {
  for (kernel in engine_kernels()) {
    old <- options(kestrel.kernel = kernel)
    model <- keras_model_sequential(input_shape = 4, dtype = "float32") %>%
      layer_batch_normalization() %>%
      layer_dense(2)
    other <- clone_model(model)
    set_weights(other, get_weights(model))
    for (m in list(model, other)) compile(m, loss = "mse", optimizer = "adam")
    for (i in 1:2) {
      expect_equal(train_on_batch(model, small_x(), small_y(k = 2)),
        epoch_of(other, small_x(), small_y(k = 2)))
    }
    expect_equal(get_weights(model), get_weights(other))
    options(old)
  }
})

test_that("a model that was trained on batches is plain values", {
  model <- small_model()
  train_on_batch(model, small_x(), small_y())
  file <- withr::local_tempfile()
  saveRDS(model, file)
  again <- readRDS(file)
  expect_identical(get_weights(again), get_weights(model))
  expect_equal(train_on_batch(again, small_x(), small_y()), train_on_batch(model, small_x(), small_y()))
  state <- as.list(environment(model))
  expect_false(any(vapply(state, typeof, "") == "externalptr"))
})

test_that("testing and predicting a batch are evaluate() and predict()", {
  model <- small_model(metrics = "mae")
  x <- small_x(40)
  y <- small_y(40)
  w <- abs(sin(1:40))
  expect_equal(test_on_batch(model, x, y), unname(c(unclass(evaluate(model, x, y, verbose = 0)))))
  expect_equal(test_on_batch(model, x, y, sample_weight = w),
    unname(c(unclass(evaluate(model, x, y, batch_size = 40, sample_weight = w, verbose = 0)))))
  expect_identical(predict_on_batch(model, x), predict(model, x))
  expect_identical(predict_on_batch(model, x[0, , drop = FALSE]), predict(model, x[0, , drop = FALSE]))
})

test_that("what fit() refuses is refused, and changes nothing", {
  model <- small_model()
  expect_refused(train_on_batch(model, small_x(), 1:3), "shape", "y", model)
  expect_refused(train_on_batch(model, small_x(p = 3), small_y()), "shape", "x", model)
  expect_refused(train_on_batch(model, replace(small_x(), 2, NA), small_y()), "data", "x", model)
  expect_refused(test_on_batch(model, small_x(), 1:3), "shape", "y", model)
  expect_refused(predict_on_batch(model, "a"), "argument", "x", model)
  expect_refused(predict_on_batch(lm, 1), "argument", "object")
  raw <- small_model(compiled = FALSE)
  expect_refused(train_on_batch(raw, small_x(), small_y()), "state", model = raw)
  open <- keras_model_sequential() %>% layer_dense(1)
  open %>% compile(loss = "mse")
  expect_refused(train_on_batch(open, small_x(), 1:3), "shape", "y", open)
  expect_length(train_on_batch(open, small_x(), small_y()), 1)
})

test_that("missing x and y are told", {
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  compile(model, loss = "mse")
  expect_refused(train_on_batch(model), "argument", "x")
  expect_refused(train_on_batch(model, 1:3), "argument", "y")
  expect_refused(test_on_batch(model), "argument", "x")
  expect_refused(predict_on_batch(model), "argument", "x")
})
