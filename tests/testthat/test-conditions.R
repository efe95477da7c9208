test_that("classes go from narrow to wide", {
  kinds <- list(
    argument = "argument", shape = c("shape", "argument"), data = c("data", "argument"),
    state = "state", callback = "callback", numeric = "numeric", memory = "memory", file = "file"
  )
  for (kind in names(kinds)) {
    error <- rlang::catch_cnd(stop_kestrel(kind, "No."), "error")
    expected <- c(paste0("kestrel_error_", kinds[[kind]]), "kestrel_error")
    expect_identical(class(error)[seq_along(expected)], expected)
  }
})

test_that("errors carry what programs want to know", {
  f <- function(units) stop_argument("units", "a count", units, hint = "Try 3.", where = 2)
  error <- rlang::catch_cnd(f(2.5), "error")
  expect_identical(error$argument, "units")
  expect_identical(error$value, 2.5)
  expect_identical(error$expected, "a count")
  expect_identical(error$hint, "Try 3.")
  expect_identical(error$where, 2)
  expect_identical(as.character(error$call[[1]]), "f")
  parent <- simpleError("inner")
  outer <- rlang::catch_cnd(stop_kestrel("callback", "Outer.", parent = parent), "error")
  expect_identical(outer$parent, parent)
})

test_that("a condition never holds the whole data", {
  expect_identical(shorten(1:10), 1:10)
  expect_identical(shorten(1:11), "an integer vector of length 11")
  error <- rlang::catch_cnd(stop_argument("x", "small", matrix(0, 1000, 1000)), "error")
  expect_lt(as.numeric(object.size(error$value)), 1000)
})

test_that("values are described in a few words", {
  described <- list(
    list(NULL, "NULL"), list(2.5, "2.5"), list(1e-20, "1e-20"), list(NA, "NA"), list(Inf, "Inf"),
    list("a\nb", "\"a\\nb\""), list(TRUE, "TRUE"), list(function() 1, "a function"),
    list(mean, "a function"), list(list(1, 2), "a list of length 2"),
    list(matrix(0, 2, 3), "a double array of 2 x 3"), list(globalenv(), "an environment"),
    list(factor("a"), "an object of class \"factor\""), list(quote(a), "an object of type symbol")
  )
  for (d in described) expect_identical(describe(d[[1]]), d[[2]])
  expect_identical(describe(strrep("a", 100)), paste0("\"", strrep("a", 50), "...\""))
})

test_that("the nearest name is one that could be meant", {
  choices <- c("relu", "relu6", "sigmoid", "softmax", "tanh")
  expect_identical(nearest("rleu", choices), "relu")
  expect_identical(nearest("sdg", c("sgd", "adam")), "sgd")
  expect_identical(nearest("", choices), character())
  expect_identical(nearest("\xff", choices), character())
  expect_identical(nearest("Sigmoid", choices), "sigmoid")
  expect_identical(nearest("softmx", choices), "softmax")
  expect_identical(nearest("zzzzzzzz", choices), character())
  expect_identical(nearest(5, choices), character())
  expect_identical(nearest("a", character()), character())
})

# Turkish has two letters i: a capital I is no capital i there.
test_that("case folds in the same way in every locale", {
  expect_identical(small_letters(paste(LETTERS, collapse = "")), paste(letters, collapse = ""))
  expect_identical(small_letters("\u0130x1_\u00c9"), "\u0130x1_\u00c9")
  expect_refused(layer_dense(units = 1, activation = "RELU"), "argument", names = "\"relu\"")
  expect_identical(as_optimizer("LION")$name, "lion")
})

test_that("warnings have classes and fields", {
  warning <- rlang::catch_cnd(warn_kestrel("nonfinite", "Odd.", hint = "Look.", epoch = 3),
    "warning")
  expect_s3_class(warning, c("kestrel_warning_nonfinite", "kestrel_warning"), exact = FALSE)
  expect_identical(warning$epoch, 3)
})

test_that("one error of each kind reads as it should", {
  set.seed(1)
  model <- small_model()
  x <- small_x()
  y <- small_y()
  hole <- x
  hole[3, 2] <- NA
  expect_snapshot(error = TRUE, {
    layer_dense(units = 2.5)
    layer_dense(units = 3, activaton = "relu")
    layer_dense(units = 3, activation = "rleu")
    fit(model, x[, 1:3], y)
    fit(model, hole, y)
    fit(keras_model_sequential(), x, y)
    keras_model_sequential(input_shape = 2147483647) %>% layer_dense(2147483647)
    layer_dense(model, 1, kernel_initializer = function(shape, dtype = NULL) stop("no"))
  }, transform = function(lines) gsub("[0-9.e+]+ GB", "<n> GB", lines))
})

test_that("a name that shares no letter is no near one", {
  expect_identical(kestrel:::nearest("c", c("a", "b")), character())
  expect_identical(kestrel:::nearest("ac", c("ab", "xyz")), "ab")
})
