# The catalogue of bad inputs: fit(), x and y, then its settings.

x <- small_x()
y <- small_y()

test_that("a model must be compiled and be given x and y", {
  model <- small_model(compiled = FALSE)
  expect_refused(fit(model, x, y), "state", model = model, names = "compile")
  model <- small_model()
  expect_refused(fit(model), "argument", "x", model)
  expect_refused(fit(model, NULL, y), "argument", "x", model)
  expect_refused(fit(model, x), "argument", "y", model)
})

test_that("x must be numeric", {
  model <- small_model()
  bad <- list(
    matrix("a", 6, 4), list(1, 2), function() 1, new.env(), matrix(1i, 6, 4), as.raw(1:6),
    getClass("numeric"), as.Date("2024-01-01") + 1:6, factor(1:6),
    structure(1:6, class = "difftime", units = "days")
  )
  for (b in bad) expect_refused(fit(model, b, y, verbose = 0), "argument", "x", model)
})

test_that("data frames must have numeric columns", {
  model <- small_model()
  frame <- as.data.frame(x)
  expect_refused(fit(model, cbind(frame[1:3], f = factor(1:6)), y), "argument", "x", model,
    names = c("\"f\"", "model.matrix"))
  expect_refused(fit(model, cbind(frame[1:3], s = letters[1:6]), y), "argument", "x", model,
    names = "\"s\"")
  set.seed(2)
  a <- small_model()
  set.seed(2)
  b <- small_model()
  set.seed(3)
  ha <- fit(a, frame, y, verbose = 0)
  set.seed(3)
  hb <- fit(b, x, y, verbose = 0)
  expect_identical(ha$metrics, hb$metrics)
})

test_that("shapes of x are checked", {
  model <- small_model()
  expect_refused(fit(model, 1:6, y), "shape", "x", model, names = c("4", "1"))
  expect_refused(fit(model, array(0, c(6, 2, 2)), y), "shape", "x", model)
  expect_refused(fit(model, x[, 1:3], y), "shape", "x", model, names = c("4", "3"))
  expect_refused(fit(model, x[0, ], y[0, , drop = FALSE]), "data", "x", model, names = "row")
  expect_refused(fit(model, x[, 0], y), "shape", "x", model)
  forged <- structure(1:4, class = "foo")
  expect_refused(fit(model, forged, y), "argument", "x", model)
})

test_that("missing and infinite numbers are counted and placed", {
  model <- small_model()
  for (b in list(NA, NaN, Inf, -Inf)) {
    wrong <- x
    wrong[3, 2] <- b
    error <- expect_refused(fit(model, wrong, y), "data", "x", model,
      names = c("row 3", "column 2"))
    bad <- y
    bad[2] <- b
    expect_refused(fit(model, x, bad), "data", "y", model, names = "row 2")
  }
  ints <- matrix(1:24, 6, 4)
  ints[5, 1] <- NA
  expect_refused(fit(model, ints, y), "data", "x", model, names = "row 5")
})

test_that("unusual but sound x work", {
  one <- function(inputs = 1) small_model(inputs = inputs)
  expect_no_error(fit(one(), 1:6, y, epochs = 1, verbose = 0))
  expect_no_error(fit(small_model(), x[1, , drop = FALSE], 1, epochs = 1, verbose = 0))
  expect_no_error(fit(small_model(), x > 0, y, epochs = 1, verbose = 0))
  expect_no_error(fit(small_model(), x * 0, y, epochs = 1, verbose = 0))
  expect_no_error(fit(small_model(), x * 1e-310, y, epochs = 1, verbose = 0))
  expect_no_error(fit(small_model(), matrix(1:24, 6), y, epochs = 1, verbose = 0))
  expect_no_error(fit(small_model(), x, x[, 1], epochs = 1, verbose = 0))
  if (requireNamespace("tibble", quietly = TRUE)) {
    tb <- tibble::as_tibble(as.data.frame(x))
    expect_no_error(fit(small_model(), tb, y, epochs = 1, verbose = 0))
  }
})

test_that("a hostile class runs no code of its own", {
  hostile <- structure(x, class = c("hostile", "matrix"))
  registerS3method("dim", "hostile", function(x) stop("dim ran"), envir = globalenv())
  registerS3method("[", "hostile", function(x, ...) stop("[ ran"), envir = globalenv())
  model <- small_model()
  error <- tryCatch(fit(model, hostile, y, epochs = 1, verbose = 0), error = identity)
  expect_true(!inherits(error, "error") || inherits(error, "kestrel_error"))
})

test_that("y must fit x and the output", {
  model <- small_model()
  expect_refused(fit(model, x, 1:5), "shape", "y", model, names = c("6", "5"))
  expect_refused(fit(model, x, small_y(6, 3)), "shape", "y", model, names = c("1", "3"))
  expect_refused(fit(model, x, letters[1:6]), "argument", "y", model, names = "factor")
})

test_that("y that broadcasts is run and warned of", {
  model <- small_model(units = 3)
  expect_warning(fit(model, x, y, epochs = 1, verbose = 0), class = "kestrel_warning_broadcast")
})

test_that("factors train classifiers without coding", {
  f <- factor(c("a", "b", "c", "a", "b", "c"))
  for (loss in c("categorical_crossentropy", "sparse_categorical_crossentropy")) {
    model <- small_model(units = 3, activation = "softmax", loss = loss)
    fit(model, x, f, epochs = 1, verbose = 0)
    expect_identical(environment(model)$classes, c("a", "b", "c"))
  }
  set.seed(1)
  one <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  set.seed(1)
  two <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  g <- factor(c("no", "yes", "no", "no", "yes", "yes"))
  set.seed(2)
  h1 <- fit(one, x, g, epochs = 2, verbose = 0)
  set.seed(2)
  h2 <- fit(two, x, g == "yes", epochs = 2, verbose = 0)
  expect_identical(h1$metrics, h2$metrics)
  fresh <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  expect_refused(fit(fresh, x, f), "shape", "y", fresh, names = "3")
  expect_refused(fit(one, x, f), "data", "y", one, names = c("no", "yes", "a"))
})

test_that("class codes run from 0", {
  model <- small_model(units = 3, activation = "softmax", loss = "sparse_categorical_crossentropy")
  expect_refused(fit(model, x, c(1, 2, 3, 1, 2, 3)), "data", "y", model, names = "y - 1")
  expect_refused(fit(model, x, c(-1, 0, 1, 0, 1, 2)), "data", "y", model, names = "row 1")
  expect_refused(fit(model, x, c(1.5, 0, 1, 0, 1, 2)), "data", "y", model)
  expect_refused(fit(model, x, to_categorical(c(0, 1, 2, 0, 1, 2))), "shape", "y", model,
    names = "categorical_crossentropy")
  onehot <- small_model(units = 3, activation = "softmax", loss = "categorical_crossentropy")
  expect_refused(fit(onehot, x, c(0, 1, 2, 0, 1, 2)), "shape", "y", onehot,
    names = "sparse_categorical_crossentropy")
})

test_that("targets outside their range are warned of", {
  model <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  expect_warning(fit(model, x, c(0, 1, 2, 0, 1, 2), epochs = 1, verbose = 0),
    class = "kestrel_warning_target_range")
  model <- small_model(activation = "exponential", loss = "poisson")
  expect_warning(fit(model, x, -1:4, epochs = 1, verbose = 0),
    class = "kestrel_warning_target_range")
  model <- small_model(units = 2, activation = "softmax", loss = "categorical_crossentropy")
  expect_warning(fit(model, x, matrix(1, 6, 2), epochs = 1, verbose = 0),
    class = "kestrel_warning_one_hot")
})

test_that("counts must be whole numbers in range", {
  model <- small_model()
  for (bad in list(-1, NA, 2.5, "10", Inf, 1e18, c(1, 2), TRUE)) {
    expect_refused(fit(model, x, y, epochs = bad), "argument", "epochs", model)
  }
  for (bad in list(0, -1, NA, 2.5, Inf, "a")) {
    expect_refused(fit(model, x, y, batch_size = bad), "argument", "batch_size", model)
    expect_refused(fit(model, x, y, validation_freq = bad), "argument", "validation_freq", model)
  }
  for (bad in list(0, -1, NA, 0.5, Inf, "a")) {
    expect_refused(fit(model, x, y, steps_per_epoch = bad), "argument", "steps_per_epoch", model)
  }
})

test_that("no epochs change nothing", {
  model <- small_model()
  before <- get_weights(model)
  history <- fit(model, x, y, epochs = 0, verbose = 0)
  expect_identical(get_weights(model), before)
  expect_length(history$metrics$loss, 0)
})

test_that("any batch size from 1 on works", {
  expect_no_error(fit(small_model(), x, y, epochs = 1, batch_size = 1e9, verbose = 0))
  expect_no_error(fit(small_model(), x, y, epochs = 1, batch_size = 1, verbose = 0))
})

test_that("validation_split must leave rows on both sides", {
  model <- small_model()
  for (bad in list(1, 1.5, -0.1, NA, "0.2")) {
    expect_refused(fit(model, x, y, validation_split = bad), "argument", "validation_split", model)
  }
  expect_refused(fit(model, x, y, validation_split = 0.999), "data", "validation_split", model,
    names = c("0", "6"))
  expect_refused(fit(model, x, y, validation_split = 1e-17), "data", "validation_split", model)
})

test_that("validation_data is checked like x and y", {
  model <- small_model()
  expect_refused(fit(model, x, y, validation_data = list(x)), "argument", "validation_data", model)
  expect_refused(fit(model, x, y, validation_data = x), "argument", "validation_data", model)
  expect_refused(fit(model, x, y, validation_data = list(x[, 1:2], y)), "shape", "validation_data",
    model)
  expect_refused(fit(model, x, y, validation_data = list(x[0, ], y[0, , drop = FALSE])), "data",
    "validation_data", model)
  wrong <- x
  wrong[1] <- NA
  expect_refused(fit(model, x, y, validation_data = list(wrong, y)), "data", "validation_data",
    model)
})

test_that("flags and choices are checked", {
  model <- small_model()
  for (bad in list(NA, "yes", 2)) {
    expect_refused(fit(model, x, y, shuffle = bad), "argument", "shuffle", model)
  }
  for (bad in list(3, NA, "yes", c(1, 2))) {
    expect_refused(fit(model, x, y, verbose = bad), "argument", "verbose", model)
  }
  expect_refused(fit(model, x, y, view_metrics = 7), "argument", "view_metrics", model)
  expect_refused(fit(model, x, y, callbacks = "early"), "argument", "callbacks", model)
  expect_refused(fit(model, x, y, callbacks = list(1)), "argument", "callbacks", model)
})

test_that("weights of samples and classes are checked", {
  model <- small_model()
  expect_refused(fit(model, x, y, sample_weight = 1:5), "shape", "sample_weight", model)
  expect_refused(fit(model, x, y, sample_weight = c(-1, 1:5)), "data", "sample_weight", model)
  expect_refused(fit(model, x, y, sample_weight = c(NA, 1:5)), "data", "sample_weight", model)
  expect_refused(fit(model, x, y, sample_weight = rep(0, 6)), "data", "sample_weight", model)
  expect_refused(fit(model, x, y, sample_weight = letters[1:6]), "argument", "sample_weight", model)
  k <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  z <- c(0, 1, 0, 1, 0, 1)
  expect_refused(fit(k, x, z, class_weight = list("0" = 1, "7" = 2)), "argument", "class_weight", k,
    names = "7")
  expect_refused(fit(k, x, z, class_weight = list("0" = -1)), "argument", "class_weight", k)
  model <- small_model()
  expect_refused(fit(model, x, small_y(), class_weight = list("0" = 1)), "argument", "class_weight", model,
    names = c("numbers such as", "sample_weight"))
  expect_refused(fit(k, x, z, class_weight = c(1, 2)), "argument", "class_weight", k)
  expect_no_error(fit(k, x, z, class_weight = list("1" = 3), epochs = 1, verbose = 0))
})

test_that("initial_epoch is at most epochs", {
  model <- small_model()
  expect_refused(fit(model, x, y, epochs = 2, initial_epoch = 3), "argument", "initial_epoch",
    model)
  expect_refused(fit(model, x, y, initial_epoch = -1), "argument", "initial_epoch", model)
  expect_length(fit(model, x, y, epochs = 5, initial_epoch = 3, verbose = 0)$metrics$loss, 2)
})

test_that("misspelt arguments are refused", {
  model <- small_model()
  expect_refused(fit(model, x, y, epocs = 5), "argument", "epocs", model, names = "epochs")
  # R's own matching completes what begins an argument's name.
  expect_length(fit(model, x, y, epoch = 5, verbose = 0)$metrics$loss, 5)
  expect_refused(fit(model, x, y, batchsize = 8), "argument", "batchsize", model,
    names = "batch_size")
})

test_that("a loss that is not finite is warned of once and does not stop", {
  model <- small_model()
  compile(model, loss = "mse", optimizer = optimizer_sgd(1e300))
  warnings <- list()
  history <- withCallingHandlers(
    fit(model, x, y, epochs = 5, verbose = 0),
    warning = function(w) {
      warnings[[length(warnings) + 1]] <<- w
      invokeRestart("muffleWarning")
    }
  )
  expect_length(history$metrics$loss, 5)
  expect_length(warnings, 1)
  expect_s3_class(warnings[[1]], "kestrel_warning_nonfinite")
  expect_false(all(is.finite(history$metrics$loss)))
})

test_that("a model cannot be fitted while it is being fitted", {
  model <- small_model()
  inner <- NULL
  fit(model, x, y, epochs = 1, verbose = 0, callbacks = list(
    on_epoch_end = function(epoch, logs) inner <<- tryCatch(fit(model, x, y), error = identity)
  ))
  expect_s3_class(inner, "kestrel_error_state")
  expect_no_error(fit(model, x, y, epochs = 1, verbose = 0))
})

test_that("a failed first fit leaves an unbuilt model unbuilt", {
  model <- keras_model_sequential() %>% layer_dense(2)
  compile(model, loss = "mse")
  expect_refused(fit(model, x, small_y(6, 3), verbose = 0), "shape", "y")
  expect_false(environment(model)$built)
  expect_no_error(fit(model, small_x(6, 3), small_y(6, 2), epochs = 1, verbose = 0))
})

test_that("batches of one are steps by hand", {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, weights = list(matrix(0.5), 0.1))
  compile(model, loss = "mse", optimizer = optimizer_sgd(0.1))
  fit(model, 1:3, c(2, 0, 1), batch_size = 1, epochs = 1, shuffle = FALSE, verbose = 0)
  w <- 0.5
  b <- 0.1
  for (i in 1:3) {
    e <- 2 * (w * i + b - c(2, 0, 1)[i])
    w <- w - 0.1 * e * i
    b <- b - 0.1 * e
  }
  expect_equal(get_weights(model), list(matrix(w), array(b)))
})

test_that("a short last batch counts by its rows", {
  model <- small_model()
  z <- small_x(7)
  t <- small_y(7)
  expect_equal(evaluate(model, z, t, batch_size = 4, verbose = 0)[["loss"]],
    mean((predict(model, z) - t)^2))
})

test_that("validation_data wins over validation_split", {
  model <- small_model()
  history <- fit(model, x, y, epochs = 1, verbose = 0, validation_split = 0.5,
    validation_data = list(x, y))
  expect_identical(history$params$samples, 6L)
  expect_identical(history$params$validation_samples, 6L)
})

test_that("one class, logical y and x as its own target are trained on", {
  model <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  expect_no_warning(fit(model, x, rep(1, 6), epochs = 1, verbose = 0))
  expect_no_warning(fit(model, x, y > 0, epochs = 1, verbose = 0))
  auto <- small_model(units = 4)
  copy <- x + 0
  fit(auto, x, x, epochs = 1, verbose = 0)
  expect_identical(x, copy)
})

test_that("x as large as doubles get warns, never crashes", {
  model <- small_model()
  suppressWarnings(history <- fit(model, x * 0 + 1e308, y, epochs = 2, verbose = 0))
  expect_length(history$metrics$loss, 2)
})

test_that("a model read back in a new process trains on as if never saved", {
  skip_if_not_installed("callr")
  model <- small_model()
  compile(model, loss = "mse", optimizer = "adam")
  fit(model, x, y, epochs = 2, verbose = 0, shuffle = FALSE)
  file <- tempfile(fileext = ".rds")
  on.exit(unlink(file))
  saveRDS(model, file)
  fit(model, x, y, epochs = 2, verbose = 0, shuffle = FALSE)
  other <- callr::r(function(file, x, y, lib) {
    library(kestrel, lib.loc = lib)
    model <- readRDS(file)
    fit(model, x, y, epochs = 2, verbose = 0, shuffle = FALSE)
    get_weights(model)
  }, list(file, x, y, .libPaths()))
  expect_identical(other, get_weights(model))
})

test_that("a time limit stops fit() and the model goes on", {
  model <- small_model()
  big <- small_x(2000)
  error <- tryCatch({
    setTimeLimit(elapsed = 0.3, transient = TRUE)
    fit(model, big, small_y(2000), epochs = 1e6, verbose = 0)
  }, error = identity)
  setTimeLimit()
  expect_s3_class(error, "error")
  expect_false(is_fitting(model))
  expect_no_error(fit(model, x, y, epochs = 1, verbose = 0))
})
