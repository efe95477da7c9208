# The catalogue of bad inputs: what is left of it.

x <- small_x()
y <- small_y()

test_that("initial values must have the shape of the weights", {
  model <- keras_model_sequential(input_shape = 4)
  expect_refused(layer_dense(model, 3, bias_initializer = array(0, 2)), "shape", model = model,
    names = c("(3)", "(2)"))
})

test_that("a split that leaves no row on a side is told with both counts", {
  model <- small_model()
  for (split in c(1e-17, 0.999)) {
    expect_refused(fit(model, x, y, validation_split = split), "data", "validation_split", model,
      names = c("0", "6"))
  }
})

test_that("errors of the user's functions tell epoch and batch", {
  later <- function(n, value) {
    calls <- 0
    function(y_true, y_pred) {
      calls <<- calls + 1
      if (calls == n) stop(errorCondition("mine", class = "my_error"))
      value(y_true, y_pred)
    }
  }
  squares <- function(y_true, y_pred) mean((y_true - y_pred)^2)
  told <- function(model, n) {
    error <- expect_refused(fit(model, x, y, epochs = 3, batch_size = 2, verbose = 0), "callback",
      names = c("Epoch 2, batch 3: ", "mine"))
    expect_identical(error$where, c(epoch = 2L, batch = 3L))
    expect_s3_class(error$parent, "my_error")
  }
  told(small_model(loss = later(6, squares)))
  told(small_model(metrics = list(m = later(6, function(y_true, y_pred) 1))))
  calls <- 0
  told(keras_model_sequential(input_shape = 4) %>% layer_dense(1, activation = function(x) {
    calls <<- calls + 1
    if (calls == 6) stop(errorCondition("mine", class = "my_error"))
    x
  }) %>% compile(loss = "mse"))
})

test_that("SIGINT is heard in a loss that takes its time", {
  skip_on_os("windows")
  skip_on_cran()
  result <- in_process(function() {
    slow <- function(y_true, y_pred) {
      Sys.sleep(60)
      mean((y_true - y_pred)^2)
    }
    model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
    compile(model, loss = slow)
    before <- get_weights(model)
    system(sprintf("(sleep 1; kill -INT %d) &", Sys.getpid()))
    begun <- Sys.time()
    outcome <- tryCatch({
      fit(model, 1:4, 1:4, verbose = 0)
      "none"
    }, interrupt = function(condition) "interrupt")
    seconds <- as.double(Sys.time() - begun, units = "secs")
    compile(model, loss = "mse")
    list(outcome = outcome, waited = seconds > 50, same = identical(get_weights(model), before),
      losses = length(fit(model, 1:4, 1:4, epochs = 2, verbose = 0)$metrics$loss))
  })
  expect_identical(result, list(outcome = "interrupt", waited = FALSE, same = TRUE, losses = 2L))
})

test_that("functions of every make are losses and metrics, or are refused", {
  squares <- function(y_true, y_pred) mean((y_true - y_pred)^2)
  of_class <- methods::setClass("SillyLoss", contains = "function", where = environment())(squares)
  memoised <- structure(function(...) squares(...), class = c("memoised", "function"))
  small <- small_model()
  for (loss in list(of_class, memoised, compiler::cmpfun(squares), function(...) squares(...))) {
    compile(small, loss = loss, metrics = list(m = loss))
    score <- evaluate(small, x, y, verbose = 0)
    expect_equal(as.double(score), rep(mean((y - predict(small, x))^2), 2))
    expect_length(fit(small, x, y, epochs = 1, verbose = 0)$metrics$loss, 1)
  }
  compile(small, loss = "mse", metrics = list(m = sum))
  expect_equal(evaluate(small, x, y, verbose = 0)[["m"]], sum(y, predict(small, x)))
  expect_refused(compile(small, loss = quote), "argument", "loss", small)
})

test_that("models of every state and any width print in the session's characters", {
  shown <- function(model) c(utils::capture.output(print(model)), utils::capture.output(summary(model)))
  models <- list(
    empty = keras_model_sequential(), unbuilt = keras_model_sequential() %>% layer_dense(1),
    long = keras_model_sequential(name = strrep("m", 200)) %>% layer_dense(1, name = strrep("n", 200), input_shape = 2),
    foreign = keras_model_sequential(name = "mod\u00e8le") %>% layer_dense(1, name = "\u6a21\u578b", input_shape = 2),
    deep = keras_model_sequential(lapply(1:1000, function(i) layer_activation_relu()), input_shape = 1)
  )
  for (layout in c("keras2", "keras3")) {
    old <- options(width = 60, kestrel.summary = layout)
    for (name in names(models)) {
      expect_no_error(lines <- shown(models[[name]]))
      too_wide <- nchar(lines, "width") > 60 & !grepl("^Model: |No layers|Not built", lines)
      expect(!any(too_wide), sprintf("%s, %s: %s", name, layout, toString(lines[too_wide])))
    }
    options(old)
  }
  skip_on_os("windows")
  locale <- Sys.getlocale("LC_CTYPE")
  on.exit(Sys.setlocale("LC_CTYPE", locale))
  Sys.setlocale("LC_CTYPE", "C")
  for (model in models) expect_false(any(grepl("[^ -~]", shown(model), useBytes = TRUE)))
})

test_that("hooks that close connections or call the debugger leave training as it was", {
  losses <- in_process(function() {
    model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
    compile(model, loss = "mse")
    hook <- function(epoch, logs) {
      closeAllConnections()
      browser()
    }
    history <- fit(model, 1:4, 1:4, epochs = 3, verbose = 0, callbacks = list(list(on_epoch_end = hook)))
    length(history$metrics$loss)
  })
  expect_identical(losses, 3L)
})

test_that("a score that has no value is NaN", {
  model <- small_model(metrics = list(metric_r2_score()))
  score <- evaluate(model, x, rep(3, 6), verbose = 0)
  expect_false(is.null(score[["r2_score"]]))
  expect_length(evaluate(model, x[1, , drop = FALSE], 1, verbose = 0), 2)
})

test_that("an input layer gives back what it is called on", {
  layer <- layer_input(shape = 4)
  model <- keras_model(layer, layer_dense(layer, 1))
  expect_identical(model$layers[[1]](x), x)
  expect_refused(model$layers[[1]](x[, 1:2]), "shape", names = "(n, 2)")
})

test_that("numbers beyond all measure are refused where they count something", {
  for (bad in list(Inf, 1e10, 1e308, -1, 0.5, c(1, 2))) {
    expect_refused(op_eye(bad), "argument", "N")
    expect_refused(op_eye(2, bad), "argument", "M")
  }
  expect_refused(op_eye(2, k = c(1, 2)), "argument", "k")
  expect_refused(op_eye(1e6), "memory")
  for (bad in list(Inf, NA, "a", factor(1), c(1, 2), NULL)) {
    expect_refused(k_arange(bad), "argument", "start")
    expect_refused(k_arange(3, step = bad), "argument", "step")
  }
  expect_refused(k_arange(1e13), "memory")
  for (bad in list(c(1, 2), "a", factor(1), as.raw(1), NA)) {
    expect_refused(op_normalize(diag(2), order = bad), "argument", "order")
    expect_refused(op_normalize(diag(2), epsilon = bad), "argument", "epsilon")
  }
  expect_refused(op_average(diag(2), weights = factor(c("a", "b"))), "argument", "weights")
  expect_identical(op_normalize(rbind(c(1, -4)), order = Inf), rbind(c(0.25, -1)))
  for (bad in list(1e308, c(1, 2), 0.5)) expect_refused(op_roll(diag(2), bad, 1), "argument", "shift")
  for (bad in list(1e10, 1e308)) expect_refused(pad_sequences(list(1, 1:2), value = bad), "data")
  expect_refused(pad_sequences(list(c(1, Inf), 1)), "data", names = "Inf")
  expect_identical(pad_sequences(list(1, 1:2), value = 1e10, dtype = "float64")[1, 1], 1e10)
  expect_no_warning(layer_integer_lookup(1e308, vocabulary = 1:2))
  expect_refused(dataset_mnist("\xff\xfe"), "argument", "path")
})

test_that("weights are set by position, whatever their names, and rows keep their order", {
  model <- small_model()
  w <- get_weights(model)
  before <- predict(model, x)
  set_weights(model, stats::setNames(w, c("d", "c", "b", "a")))
  expect_identical(get_weights(model), w)
  named <- x
  rownames(named) <- letters[6:1]
  expect_identical(predict(model, named), before)
  expect_identical(predict(model, x[6:1, ]), before[6:1, , drop = FALSE])
})

test_that("rows that R has not written out are read as others are", {
  model <- small_model(inputs = 1)
  whole <- matrix(c(1, 2, 3, 4), 4)
  expect_identical(predict(model, 1:4), predict(model, whole))
  compact <- 1:4
  dim(compact) <- c(4L, 1L)
  expect_identical(predict(model, compact), predict(model, whole))
})

test_that("fit() in forked children is what it is here", {
  skip_on_os("windows")
  trained <- function(i) {
    set.seed(5)
    model <- small_model()
    fit(model, x, y, epochs = 2, verbose = 0)
    get_weights(model)
  }
  expect_identical(parallel::mclapply(1:2, trained, mc.cores = 2), list(trained(1), trained(1)))
})
