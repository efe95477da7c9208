test_that("plain arrays in such a function go together as traced ones do", {
  f <- masked(function(y, x) {
    centred <- y - k_mean(y, axis = 2, keepdims = TRUE)
    sum(x * centred * (centred > matrix(c(0, 0.2))))
  })
  centred <- q - rowMeans(q)
  expect_equal(differentiate(function(x) f(q, x), list(m))$gradients[[1]],
    centred * (centred > c(0, 0.2)))
  expect_error(f(q, matrix(1, 5, 5)), "5 x 5", class = "kestrel_error_shape")
})

test_that("functions that the user's function calls are seen, too", {
  row_norms <- function(x) sqrt(rowSums(x^2))
  total <- function(x, k = 3) if (k == 0) 0 else sum(row_norms(x)) + total(x, k - 1)
  expect_equal(gradient(total, m)[[1]], 3 * m / sqrt(rowSums(m^2)), tolerance = 1e-14)
})

test_that("densities and spreads of statistics have their gradients", {
  expect_gradients(
    function(x) sum(dnorm(x, x[2, 1], exp(x[1, 1]), log = TRUE)) - dnorm(x[2, 2])
  )
})

test_that("a function of a package is not looked into", {
  expect_false(is_users(stats::dist, function(x) x))
  expect_true(is_users(function(x) x, function(x) x))
  expect_false(is_users(sum, function(x) x))
  expect_identical(masked(sum), sum)
})

test_that("functions that call each other are copied once", {
  even <- function(x, n) if (n == 0) sum(x^2) else odd(x, n - 1)
  odd <- function(x, n) even(x, n - 1)
  expect_equal(gradient(function(x) even(x, 4), m)[[1]], 2 * m)
})

test_that("arrays are no lists, lists of arrays are", {
  layer_first <- Layer("First", call = function(inputs) if (is.list(inputs)) inputs[[1]] else inputs * 2)
  a <- layer_input(2)
  b <- layer_input(2)
  model <- keras_model(list(a, b), list(layer_first()(a), layer_first()(list(b, a))))
  expect_equal(predict(model, list(diag(2), diag(2) + 1)), list(diag(2) * 2, diag(2) + 1), ignore_attr = TRUE)
  expect_equal(gradient(function(x) if (is.list(x)) 0 else sum(x^2), m)[[1]], 2 * m)
})

test_that("values of the user's keep their names", {
  sd <- c(1, 2)
  matrix <- 3
  x <- cbind(1:3, 4:6)
  expect_equal(layer_lambda(f = function(x) x / sd[2] + matrix)(x), x / 2 + 3)
  loss <- function(y_true, y_pred) rowMeans((y_true - y_pred)^2) / sd[2]
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(1)
  model %>% compile(loss = loss, optimizer = "sgd")
  expect_equal(evaluate(model, x, 1:3, verbose = 0)[[1]], mean((predict(model, x) - 1:3)^2) / 2, tolerance = 1e-12)
})

# Evaluated as a script of its own, so that the functions see nothing of the test.
in_script <- function(code) {
  eval(parse(text = deparse(substitute(code)), keep.source = FALSE), new.env(parent = globalenv()))
}

test_that("what is written in R stays small when stored, and works in a new session", {
  model <- in_script({
    layer_linear <- Layer("Linear",
      initialize = function(units) self$units <- units,
      build = function(s) self$w <- self$add_weight(shape = c(s[[2]], self$units), initializer = "ones"),
      call = function(x) pmax(crossprod(t(x), self$w), 0))
    kestrel::keras_model_sequential(input_shape = 2) %>% layer_linear(4) %>%
      layer_lambda(function(x) x / (1 + rowSums(x^2)))
  })
  size <- function() length(serialize(model, NULL))
  expect_lt(size(), 1e5)
  compile(model, "adam", in_script(function(y_true, y_pred) rowMeans((y_true - y_pred)^2)))
  expect_lt(size(), 1e5)
  x <- cbind(1:5, 3) / 5
  fit(model, x, cbind(x, x), epochs = 2, verbose = 0)
  expect_lt(size(), 1e5)
  files <- c(model = withr::local_tempfile(), x = withr::local_tempfile(), y = withr::local_tempfile())
  saveRDS(model, files["model"])
  saveRDS(x, files["x"])
  code <- sprintf("library(kestrel, lib.loc = %s); m <- readRDS(%s); x <- readRDS(%s); p <- predict(m, x);
    fit(m, x, cbind(x, x), epochs = 1, verbose = 0); saveRDS(list(p, predict(m, x)), %s)",
    deparse(dirname(find.package("kestrel"))), deparse(files[["model"]]), deparse(files[["x"]]),
    deparse(files[["y"]]))
  script <- withr::local_tempfile(lines = code)
  said <- system2(file.path(R.home("bin"), "Rscript"), shQuote(script), stdout = TRUE, stderr = TRUE)
  there <- readRDS(files["y"])
  expect_identical(there[[1]], predict(model, x))
  fit(model, x, cbind(x, x), epochs = 1, verbose = 0)
  expect_equal(there[[2]], predict(model, x), tolerance = 1e-5)
})
