# R functions against the engine's losses of the same formula: same weights, same logs.
set.seed(3)
x <- matrix(rnorm(60), 20)
y <- cbind(x[, 1] * x[, 2], x[, 3])
w <- runif(20)

trained <- function(loss, y, ..., tolerance = 1e-12) {
  model <- loss_net(loss, ...)
  set.seed(5)
  history <- fit(model, x, y, sample_weight = w, epochs = 4, batch_size = 7, verbose = 0,
    validation_data = list(x[1:9, ], y[1:9, , drop = FALSE], w[1:9]))
  list(metrics = history$metrics, weights = get_weights(model),
    score = as.vector(evaluate(model, x, y, sample_weight = w, batch_size = 6, verbose = 0)),
    step = train_on_batch(model, x, y, sample_weight = w), test = test_on_batch(model, x, y),
    after = get_weights(model))
}

test_that("fit, evaluate and steps with an R function are those with the engine's loss", {
  cases <- list(
    list("mse", function(y_true, y_pred) rowMeans((y_true - y_pred)^2), "linear"),
    list("mse", function(y_true, y_pred) (y_true - y_pred)^2, "linear"),
    list("mse", function(y_true, y_pred) loss_mean_squared_error(y_true, y_pred), "linear"),
    list("log_cosh", function(y_true, y_pred) {
      e <- y_pred - y_true
      rowMeans(log(cosh(e)))
    }, "linear"),
    list(loss_huber(delta = 0.3), function(y_true, y_pred) {
      e <- abs(y_true - y_pred)
      rowMeans(ifelse(e <= 0.3, e^2 / 2, 0.3 * e - 0.3^2 / 2))
    }, "sigmoid")
  )
  for (case in cases) {
    expect_equal(trained(case[[2]], y, last = case[[3]]), trained(case[[1]], y, last = case[[3]]),
      tolerance = 1e-12)
  }
})

test_that("single precision trains, too", {
  fn <- function(y_true, y_pred) rowMeans((y_true - y_pred)^2)
  expect_equal(trained(fn, y, dtype = "float32")$weights, trained("mse", y, dtype = "float32")$weights,
    tolerance = 1e-4)
})

test_that("one number for a batch is averaged over batches by their samples", {
  model <- loss_net(function(y_true, y_pred) mean((y_true - y_pred)^2))
  other <- loss_net("mse")
  expect_equal(as.vector(evaluate(model, x, y, batch_size = 6, verbose = 0)),
    as.vector(evaluate(other, x, y, batch_size = 6, verbose = 0)), tolerance = 1e-12)
})

test_that("class codes come as one column", {
  codes <- rep(0:2, length.out = 20)
  picked <- function(y_true, y_pred) -log(y_pred[cbind(seq_len(nrow(y_pred)), y_true[, 1] + 1)])
  ours <- loss_net(picked, units = 3, last = "softmax")
  keras <- loss_net("sparse_categorical_crossentropy", units = 3, last = "softmax")
  for (model in list(ours, keras)) {
    compile(model, loss = kestrel:::model_state(model)$compiled$losses[[1]], optimizer = "sgd")
    set.seed(2)
    fit(model, x, codes, epochs = 3, batch_size = 8, verbose = 0)
  }
  expect_equal(get_weights(ours), get_weights(keras), tolerance = 1e-12)
})

test_that("positions of arrays, and outputs with losses of both kinds and weights", {
  a <- array(rnorm(4 * 2 * 3), c(4, 2, 3))
  square <- function(y_true, y_pred) (y_true - y_pred)^2
  results <- lapply(list(list("mse", square), list("mse", "mse")), function(losses) {
    set.seed(4)
    input <- layer_input(shape = c(2, 3), dtype = "float64")
    one <- layer_dense(input, 3, name = "one", dtype = "float64")
    two <- layer_dense(one, 2, name = "two", dtype = "float64")
    model <- keras_model(input, list(one, two))
    compile(model, loss = losses, loss_weights = c(1, 0.3), optimizer = "sgd")
    history <- fit(model, a, list(a * 2, a[, , 1:2]), epochs = 3, batch_size = 3, shuffle = FALSE,
      verbose = 0)
    list(history$metrics, get_weights(model))
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-6)
})

test_that("saveRDS, callbacks and early stopping go with custom losses", {
  model <- loss_net(function(y_true, y_pred) rowMeans(abs(y_true - y_pred)))
  file <- withr::local_tempfile()
  saveRDS(model, file)
  again <- readRDS(file)
  set.seed(1)
  one <- fit(model, x, y, epochs = 3, verbose = 0, callbacks = callback_early_stopping("loss"))
  set.seed(1)
  two <- fit(again, x, y, epochs = 3, verbose = 0)
  expect_identical(one$metrics$loss[1], two$metrics$loss[1])
  expect_identical(get_weights(model), get_weights(again))
})

test_that("compile() and what needs second derivatives say what they want", {
  expect_error(loss_net(function(y) 1), "y_true and y_pred", class = "kestrel_error_argument")
  model <- loss_net(function(y_true, y_pred) rowMeans(abs(y_true - y_pred)))
  compile(model, loss = function(y_true, y_pred) rowMeans(abs(y_true - y_pred)), optimizer = optimizer_lbfgs())
  expect_error(fit(model, x, y, verbose = 0), "own losses", class = "kestrel_error_state")
})
