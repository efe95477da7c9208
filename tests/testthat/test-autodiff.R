test_that("an operation that cannot be differentiated is named", {
  expect_error(gradient(function(x) sum(x %% 2), m), "%%", class = "kestrel_error_argument")
  expect_error(gradient(function(x) sum(trigamma(x)), m), "trigamma", class = "kestrel_error_argument")
  expect_error(gradient(function(x) range(x)[1], m), "range", class = "kestrel_error_argument")
  expect_error(gradient(function(x) sum(x + matrix(1, 5, 5)), m), "2 x 3 and 5 x 5",
    class = "kestrel_error_shape")
})

test_that("no function works on the tape by an oversight: all fail, or are differentiated", {
  for (f in list(median, rank, order, quantile)) {
    expect_error(suppressWarnings(gradient(function(x) sum(f(x[, 1], x[, 2])), m)))
  }
})

test_that("functions that the help page names are differentiated, all of them", {
  unary <- c("abs", "sqrt", "exp", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin",
    "acos", "atan", "sinh", "cosh", "tanh", "gamma", "lgamma", "digamma", "plogis", "cumsum", "mean", "prod")
  x <- c(0.2, 0.5, 0.7)
  for (name in unary) {
    f <- eval(bquote(function(x) sum(.(as.name(name))(x))))
    expect_equal(gradient(f, x)[[1]], by_differences(f, x), tolerance = 1e-7, label = name)
  }
})
