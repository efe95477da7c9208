# Models as R objects: one state under many names, plain vectors that go anywhere.

test_that("a second name is the same model, a copy is not", {
  model <- trained_model(1)
  same <- model
  copy <- clone_model(model)
  start <- get_weights(copy)
  fit(same, wave_x(), wave_y(), epochs = 2, verbose = 0)
  expect_identical(get_weights(model), get_weights(same))
  expect_identical(predict(model, wave_x()), predict(same, wave_x()))
  expect_identical(get_weights(copy), start)
  change <- function(m) set_weights(m, lapply(get_weights(m), function(w) 0 * w))
  change(model)
  expect_true(all(unlist(get_weights(same)) == 0))
  expect_identical(get_weights(copy), start)
})

# All objects that can be reached from x, except what packages hold.
reachable_types <- function(x, seen = new.env()) {
  if (is.environment(x)) {
    known <- any(vapply(seen$environments, identical, NA, x))
    if (known || isNamespace(x) || identical(x, baseenv()) || identical(x, emptyenv()) ||
          identical(x, globalenv()) || !is.null(attr(x, "name"))) return(character())
    seen$environments <- c(seen$environments, x)
    inside <- lapply(ls(x, all.names = TRUE), function(name) get(name, envir = x))
    inside <- c(inside, parent.env(x))
  } else if (is.list(x)) {
    inside <- unclass(x)
  } else if (is.function(x) && !is.primitive(x)) {
    inside <- list(environment(x))
  } else {
    inside <- list()
  }
  inside <- c(inside, unname(attributes(x)[setdiff(names(attributes(x)), c("srcref", "names"))]))
  unique(c(typeof(x), unlist(lapply(inside, reachable_types, seen))))
}

test_that("a fitted model holds plain values only", {
  model <- trained_model(2, callbacks = callback_early_stopping("loss", patience = 5))
  predict(model, wave_x())
  evaluate(model, wave_x(), wave_y(), verbose = 0)
  types <- reachable_types(model)
  expect_false(any(c("externalptr", "weakref", "S4") %in% types))
  expect_true(all(c("closure", "environment", "double", "list", "character") %in% types))
  # The walk does find pointers.
  held <- list2env(list(a = list(kestrel:::ffi_predict)))
  expect_true("externalptr" %in% reachable_types(list(function(x) x, held)))
})

test_that("a saved model is small: it takes no data and no package along", {
  model <- trained_model(2)
  expect_lt(length(serialize(model, NULL)), 40000)
  huge <- matrix(0, 1000, 4)
  fit(model, huge, huge[, 1:2], epochs = 1, verbose = 0)
  expect_lt(length(serialize(model, NULL)), 40000)
})

# What a model must do wherever it went: predict and train on.
use_model <- function(model, x, y) {
  before <- predict(model, x)
  score <- evaluate(model, x, y, verbose = 0)
  set.seed(51)
  history <- fit(model, x, y, epochs = 3, batch_size = 7, verbose = 0)
  list(before, score, history$metrics, get_weights(model), predict(model, x),
    environment(model)$optimizer_state)
}
environment(use_model) <- globalenv()

set.seed(52)
travelled <- trained_model(3)
image <- serialize(travelled, NULL)
expected <- use_model(travelled, wave_x(), wave_y())
again <- function() unserialize(image)

test_that("saveRDS() in one process and readRDS() in another", {
  file <- tempfile(fileext = ".rds")
  on.exit(unlink(file))
  saveRDS(again(), file)
  there <- in_process(function(file, use, x, y) {
    model <- readRDS(file)
    result <- use(model, x, y)
    saveRDS(model, file)
    result
  }, file, use_model, wave_x(), wave_y())
  expect_identical(there, expected)
  back <- readRDS(file)
  expect_identical(predict(back, wave_x()), expected[[5]])
  expect_identical(model_state_of(back), model_state_of(travelled))
})

test_that("a model travels as an argument, in a list, and comes back", {
  there <- in_process(function(models, use, x, y) {
    result <- use(models$mine, x, y)
    list(result = result, model = models$mine)
  }, list(mine = again()), use_model, wave_x(), wave_y())
  expect_identical(there$result, expected)
  expect_identical(predict(there$model, wave_x()), expected[[5]])
})

test_that("save.image() and load()", {
  file <- tempfile(fileext = ".RData")
  on.exit(unlink(file))
  in_process(function(file, model) {
    assign("my_model", model, envir = globalenv())
    assign("same_model", model, envir = globalenv())
    save.image(file)
  }, file, again())
  there <- in_process(function(file, use, x, y) {
    load(file, envir = globalenv())
    result <- use(get("my_model"), x, y)
    same <- identical(predict(get("same_model"), x), result[[5]])
    list(result = result, same = same)
  }, file, use_model, wave_x(), wave_y())
  expect_identical(there, list(result = expected, same = TRUE))
})

# Workers that find the package where these tests do, and run with the same kernel.
as_here <- function(cluster) {
  parallel::clusterCall(cluster, function(paths, kernel) {
    .libPaths(paths)
    options(kestrel.kernel = kernel)
  }, .libPaths(), getOption("kestrel.kernel"))
  cluster
}

test_that("workers of a cluster predict and train", {
  cluster <- as_here(parallel::makePSOCKcluster(2))
  on.exit(parallel::stopCluster(cluster))
  results <- parallel::clusterCall(cluster, function(model, use, x, y) {
    library(kestrel)
    use(model, x, y)
  }, again(), use_model, wave_x(), wave_y())
  for (result in results) expect_identical(result, expected)
  # A method finds its package without it being attached.
  fresh <- as_here(parallel::makePSOCKcluster(1))
  on.exit(parallel::stopCluster(fresh), add = TRUE)
  bare <- parallel::clusterCall(fresh, function(model, x) predict(model, x), again(), wave_x())
  expect_identical(bare[[1]], expected[[1]])
})

test_that("forked workers predict and train", {
  skip_on_os("windows")
  results <- parallel::mclapply(1:3, function(i) use_model(again(), wave_x(), wave_y()),
    mc.cores = 2)
  for (result in results) expect_identical(result, expected)
  parts <- parallel::mclapply(split(seq_len(40), rep(1:4, each = 10)),
    function(rows) predict(travelled, wave_x()[rows, ]), mc.cores = 2)
  expect_near(do.call(rbind, parts), predict(travelled, wave_x()), 1e-14)
})

test_that("reading a model back makes another one", {
  one <- again()
  two <- again()
  fit(one, wave_x(), wave_y(), epochs = 1, verbose = 0)
  expect_false(identical(get_weights(one), get_weights(two)))
})

test_that("a model that is not built is built by its data, or stays as it was", {
  model <- keras_model_sequential() %>% layer_dense(3) %>% layer_dense(1)
  model %>% compile(loss = "mse")
  expect_null(model$input_shape)
  expect_error(fit(model, small_x(), 1:5, verbose = 0), class = "kestrel_error_shape")
  expect_null(model$input_shape)
  expect_error(evaluate(model, small_x(), 1:5), class = "kestrel_error_shape")
  expect_null(model$input_shape)
  fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
  expect_identical(model$input_shape, list(NULL, 4L))
  expect_identical(vapply(get_weights(model), length, 0L), c(12L, 3L, 3L, 1L))
  expect_error(fit(model, small_x()[, 1:3], small_y()), class = "kestrel_error_shape")
  for (predicts in list(predict, predict_on_batch)) {
    model <- keras_model_sequential() %>% layer_dense(3)
    x <- small_x()
    expect_error(predicts(model, c("a", "b")), class = "kestrel_error_argument")
    expect_null(model$input_shape)
    y <- predicts(model, x)
    expect_near(y, x %*% get_weights(model)[[1]], 1e-14)
  }
  called <- keras_model_sequential() %>% layer_dense(2)
  expect_identical(dim(called(small_x())), c(6L, 2L))
})

test_that("fields are read and set with $", {
  model <- small_model(metrics = "mae")
  expect_identical(model$name, "sequential")
  expect_identical(model$output_shape, list(NULL, 1L))
  expect_identical(model$metrics_names, c("loss", "mae"))
  expect_identical(lapply(model$weights, as.array), get_weights(model))
  expect_length(model[["layers"]], 2)
  model$trainable <- FALSE
  expect_false(model$trainable)
  model$optimizer$learning_rate <- 0.5
  expect_identical(model$optimizer$learning_rate, 0.5)
  expect_error(model$layers <- list(), class = "kestrel_error_argument")
  expect_error(model$optimizer <- optimizer_adam(), class = "kestrel_error_argument")
  expect_true(all(c("name", "layers", "optimizer") %in% names(model)))
})

test_that("a rate set between fits is the one that is used", {
  model <- small_model()
  model$optimizer$learning_rate <- 0
  before <- get_weights(model)
  fit(model, small_x(), small_y(), epochs = 2, verbose = 0)
  expect_identical(get_weights(model), before)
  model$optimizer$lr <- 0.1
  fit(model, small_x(), small_y(), epochs = 2, verbose = 0)
  expect_false(identical(get_weights(model), before))
})

test_that("a layer is used once, and its names are counted in the model", {
  dense <- layer_dense(units = 4)
  model <- keras_model_sequential(list(dense, layer_dense(units = 4)), input_shape = 4)
  model %>% layer_dense(4) %>% layer_dropout(0.1)
  expect_identical(vapply(model$layers, function(l) l$name, ""),
    c("dense", "dense_1", "dense_2", "dropout"))
  expect_error(keras_model_sequential(list(dense, dense)), class = "kestrel_error_state")
  expect_error(model %>% layer_dense(2, name = "dense_1"), class = "kestrel_error_argument")
  expect_length(model$layers, 4)
})
