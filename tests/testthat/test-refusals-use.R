# The catalogue of bad inputs: predict(), evaluate(), weights, summary, clone.

x <- small_x()
y <- small_y()

test_that("predict() needs layers and fitting x", {
  model <- small_model()
  expect_identical(dim(predict(model, x)), c(6L, 1L))
  expect_refused(predict(keras_model_sequential(), x), "state", names = "no layers")
  unbuilt <- keras_model_sequential() %>% layer_dense(1)
  expect_refused(predict(unbuilt, letters), "argument", "x", unbuilt)
  expect_refused(predict(model), "argument", "x", model)
  expect_refused(predict(model, x[, 1:2]), "shape", "x", model, names = c("4", "2"))
  expect_identical(dim(predict(model, x[0, ])), c(0L, 1L))
  for (bad in list(letters, list(1), factor(1:6), function() 1)) {
    expect_refused(predict(model, bad), "argument", "x", model)
  }
  expect_equal(predict(model, newdata = x), predict(model, x))
  expect_refused(predict(model, x, type = "prob"), "argument", "type", model)
  for (bad in list(0, -1, NA, 2.5)) {
    expect_refused(predict(model, x, batch_size = bad), "argument", "batch_size", model)
  }
})

test_that("rows with missing values give NA, the others are the same", {
  model <- small_model()
  wrong <- x
  wrong[2, 3] <- NA
  wrong[5, 1] <- Inf
  p <- predict(model, wrong)
  expect_identical(which(is.na(p)), c(2L, 5L))
  expect_identical(p[-c(2, 5)], predict(model, x)[-c(2, 5)])
})

test_that("predictions do not depend on the batch size", {
  model <- small_model()
  z <- small_x(50)
  all <- predict(model, z)
  for (size in c(1, 7, 32, 50, 1000)) expect_identical(predict(model, z, batch_size = size), all)
})

test_that("evaluate() needs y and a compiled model", {
  model <- small_model()
  expect_refused(evaluate(model, x), "argument", "y", model)
  expect_refused(evaluate(model, x, 1:5), "shape", "y", model)
  bare <- small_model(compiled = FALSE)
  expect_refused(evaluate(bare, x, y), "state", model = bare)
  expect_length(evaluate(model, x[1, , drop = FALSE], 1, verbose = 0), 1)
  wrong <- x
  wrong[1] <- NaN
  expect_refused(evaluate(model, wrong, y), "data", "x", model)
})

test_that("set_weights() takes all or nothing", {
  model <- small_model()
  w <- get_weights(model)
  expect_refused(set_weights(model, 1:3), "shape", "weights", model)
  expect_refused(set_weights(model, w[-1]), "shape", "weights", model, names = c("4", "3"))
  turned <- w
  turned[[1]] <- t(w[[1]])
  expect_refused(set_weights(model, turned), "shape", "weights", model,
    names = c("dense", "transposed"))
  late <- w
  late[[4]] <- 1:7
  late[[1]][] <- 0
  expect_refused(set_weights(model, late), "shape", "weights", model)
  for (bad in list("a", NULL, list(1), NA, NaN, Inf)) {
    wrong <- w
    wrong[4] <- list(bad)
    error <- tryCatch(set_weights(model, wrong), error = identity)
    expect_s3_class(error, "kestrel_error_argument")
    expect_identical(get_weights(model), w)
  }
  expect_no_error(set_weights(model, lapply(w, function(a) array(as.integer(round(a)), dim(a)))))
})

test_that("weights go in and out as copies", {
  model <- small_model()
  w <- get_weights(model)
  copy <- w
  set_weights(model, w)
  fit(model, x, y, epochs = 1, verbose = 0)
  expect_identical(w, copy)
  v <- get_weights(model)
  v[[1]][1] <- 99
  expect_false(get_weights(model)[[1]][1] == 99)
})

test_that("unbuilt models have no weights to set", {
  model <- keras_model_sequential() %>% layer_dense(1)
  expect_refused(set_weights(model, list(1, 2)), "state")
  expect_identical(get_weights(model), list())
  expect_refused(count_params(model), "state")
})

test_that("weights as large as doubles get predict without a crash", {
  model <- small_model()
  set_weights(model, lapply(get_weights(model), function(a) array(1e308, dim(a))))
  expect_identical(dim(predict(model, x)), c(6L, 1L))
})

test_that("summaries never throw and keep to the width", {
  withr_width <- options(width = 50)
  on.exit(options(withr_width))
  model <- keras_model_sequential(name = strrep("m", 200)) %>%
    layer_dense(1, name = strrep("n", 200), input_shape = 2)
  lines <- utils::capture.output(print(model))
  expect_true(all(nchar(lines[-1]) <= 50))
  expect_output(summary(keras_model_sequential() %>% layer_dense(1)), "Not built")
})

test_that("clone_model() takes models", {
  expect_refused(clone_model(NULL), "argument", "model")
  model <- small_model()
  expect_refused(get_layer(model, "nope"), "argument", "name", model, names = "dense")
  expect_refused(get_layer(model, index = 7), "argument", "index", model)
  expect_refused(get_layer(model), "argument", model = model)
})

test_that("a model that was tampered with is refused, never a crash", {
  tamper <- list(
    function(s) s$layers <- NULL,
    function(s) s$input <- "a",
    function(s) s$input <- 7L,
    function(s) environment(s$layers[[1]])$weights[[1]] <- "x",
    function(s) environment(s$layers[[1]])$weights[[1]] <- 1:3,
    function(s) environment(s$layers[[1]])$weights <- NULL,
    function(s) environment(s$layers[[1]])$slots <- NULL,
    function(s) environment(s$layers[[2]])$config$units <- 1e9,
    function(s) environment(s$layers[[1]])$output <- NULL,
    function(s) s$compiled$loss <- NULL,
    function(s) s$optimizer_state <- list(moments = 1, scalars = 2, iterations = "a"),
    function(s) s$precision <- 3
  )
  sound <- small_model()
  reference <- predict(sound, x)
  for (change in tamper) {
    model <- small_model()
    change(environment(model))
    for (use in list(
      function() predict(model, x), function() fit(model, x, y, epochs = 1, verbose = 0),
      function() evaluate(model, x, y, verbose = 0), function() get_weights(model),
      function() format(model)
    )) {
      value <- suppressWarnings(tryCatch(use(), error = identity))
      expect_true(is.numeric(value) || is.list(value) || is.character(value))
    }
    expect_identical(predict(sound, x), reference)
  }
})

test_that("forked children predict alike", {
  skip_on_os("windows")
  model <- small_model()
  children <- parallel::mclapply(1:2, function(i) predict(model, x), mc.cores = 2)
  expect_identical(children, list(predict(model, x), predict(model, x)))
})

test_that("a metric without a value is NaN, not a crash", {
  model <- small_model(metrics = "mae")
  score <- evaluate(model, x[1, , drop = FALSE], 1, verbose = 0)
  expect_true(all(is.finite(score)))
  constant <- evaluate(model, x, rep(3, 6), verbose = 0)
  expect_true(all(is.finite(constant)))
})

test_that("arrays that share memory are copied into the model", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(2, use_bias = FALSE) %>%
    layer_dense(2, use_bias = FALSE)
  a <- matrix(c(1, 2, 3, 4), 2)
  set_weights(model, list(a, a))
  set_weights(model, list(a, a))
  compile(model, loss = "mse", optimizer = "sgd")
  fit(model, small_x(4, 2), small_y(4, 2), epochs = 1, verbose = 0)
  expect_identical(a, matrix(c(1, 2, 3, 4), 2))
  w <- get_weights(model)
  expect_false(identical(w[[1]], w[[2]]))
})
