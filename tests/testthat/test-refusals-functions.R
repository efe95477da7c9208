# The catalogue of bad inputs: the user's own functions as losses, metrics, activations and
# initializers.

x <- small_x()
y <- small_y()

trained <- function(loss = "mse", metrics = NULL, ...) {
  set.seed(1)
  model <- small_model(loss = loss, metrics = metrics)
  fit(model, x, y, epochs = 2, verbose = 0, shuffle = FALSE, ...)$metrics
}

# What a function of y_true and y_pred must not return.
nothing_useful <- list(
  character = "a", null = NULL, list = list(1), "wrong length" = c(1, 2), complex = 1i,
  closure = sum, "data frame" = data.frame(a = 1), factor = factor(1), nothing = numeric(), raw = as.raw(1)
)

test_that("losses and metrics that return no numbers are callback errors with what they returned", {
  for (what in names(nothing_useful)) {
    returning <- function(y_true, y_pred) nothing_useful[[what]]
    expect_rows_refused(
      refused(paste("a loss that returns", what), function() trained(returning), "callback", names = "must return"),
      refused(paste("a metric that returns", what), function() trained(metrics = list(m = returning)), "callback", names = "must return")
    )
  }
})

test_that("losses without a gradient are refused with the reason", {
  constant <- list(
    "a number" = function(y_true, y_pred) 3, integer = function(y_true, y_pred) 1L, na = function(y_true, y_pred) NA_real_,
    nan = function(y_true, y_pred) NaN, infinite = function(y_true, y_pred) Inf,
    "what is rounded" = function(y_true, y_pred) mean(floor(y_pred)), "the targets" = function(y_true, y_pred) mean(y_true^2)
  )
  for (what in names(constant)) {
    expect_rows_refused(refused(paste("a loss of", what), function() trained(constant[[what]]), "loss", names = "no gradient"))
  }
  error <- expect_refused(trained(function(y_true, y_pred) sum(besselI(y_pred, 1))), "callback")
  expect_match(conditionMessage(error), "besselI")
})

test_that("errors of functions are callback errors with the user's as parent", {
  throws <- function(...) stop(errorCondition("mine", class = "my_error"))
  rows <- list(
    loss = function() trained(function(y_true, y_pred) throws()), metric = function() trained(metrics = list(m = function(y_true, y_pred) throws())),
    activation = function() predict(small_model(activation = function(x) throws()), x),
    initializer = function() layer_dense(small_model(), 2, kernel_initializer = function(shape, dtype = NULL) throws())
  )
  for (what in names(rows)) {
    error <- expect_refused(rows[[what]](), "callback")
    expect_s3_class(error$parent, "my_error")
    expect_match(conditionMessage(error), "mine", label = what)
  }
  error <- expect_refused(trained(function(y_true, y_pred) numeric(1e13)), "callback")
  expect_match(conditionMessage(error), "cannot allocate")
})

test_that("functions of other arguments are refused when the model is compiled", {
  model <- small_model()
  one <- function(y) 1
  expect_rows_refused(
    refused("a loss of one argument", function() compile(model, loss = one), "argument", "loss", model = model),
    refused("a metric of one argument", function() compile(model, loss = "mse", metrics = one), "argument", "metrics", model = model),
    refused("a class for a loss", function() compile(model, loss = getClass("numeric")), "argument", "loss", model = model)
  )
})

test_that("a model whose function fails is as it was and trains with another", {
  model <- small_model(loss = function(y_true, y_pred) stop("no"))
  before <- get_weights(model)
  expect_refused(fit(model, x, y, verbose = 0), "loss")
  expect_identical(get_weights(model), before)
  compile(model, loss = "mse")
  expect_length(fit(model, x, y, epochs = 1, verbose = 0)$metrics$loss, 1)
})

test_that("activations keep the shape of what they are given", {
  made <- function(f) function() {
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, activation = f, name = "mine")
    compile(model, loss = "mse")
    fit(model, x, small_y(6, 3), verbose = 0)
  }
  bad <- list(
    "drops columns" = function(x) x[, 1, drop = FALSE], "returns text" = function(x) "a", "returns NULL" = function(x) NULL,
    "returns complex numbers" = function(x) x * 1i, "returns a list" = function(x) list(x), "returns NA" = function(x) x * NA
  )
  for (what in names(bad)) {
    expect_rows_refused(refused(paste("an activation that", what), made(bad[[what]]), "callback", names = "mine"))
  }
  squares <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, activation = function(x) x^2)
  inner <- x %*% get_weights(squares)[[1]]
  expect_equal(predict(squares, x), inner^2)
})

test_that("integers, logicals and NaN are values of a metric", {
  returned <- list(1L, TRUE, NaN, Inf, 2)
  for (value in returned) {
    m <- trained(metrics = list(m = function(y_true, y_pred) value))$m
    expect_identical(m, rep(as.double(value), 2))
  }
})

test_that("functions of any make work as losses", {
  error <- function(y_true, y_pred) mean((y_true - y_pred)^2)
  expected <- trained(error)
  errors <- methods::setRefClass("Errors", methods = list(square = function(y_true, y_pred) mean((y_true - y_pred)^2)),
    where = environment())
  expect_identical(trained(compiler::cmpfun(error)), expected)
  expect_identical(trained(errors$new()$square), expected)
  expect_equal(expected$loss, trained("mse")$loss, tolerance = 1e-12)
})

test_that("a function's copies of predictions are its own", {
  kept <- list()
  watch <- function(y_true, y_pred) {
    kept[[length(kept) + 1]] <<- y_pred + 0
    y_true[] <- 99
    y_pred[] <- 99
    0
  }
  set.seed(1)
  model <- small_model(metrics = list(w = watch))
  before <- predict(model, x)
  fit(model, x, y, epochs = 3, verbose = 0)
  expect_equal(kept[[1]], before, ignore_attr = TRUE)
  expect_false(isTRUE(all.equal(kept[[1]], kept[[3]])))
})

test_that("seeds that a loss sets are R's, and the order of rows follows them", {
  seeded <- function() trained(function(y_true, y_pred) { set.seed(3); mean((y_true - y_pred)^2) }, batch_size = 2)
  expect_identical(seeded(), seeded())
})
