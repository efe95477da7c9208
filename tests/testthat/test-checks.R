# Anything that no check_*() of a single value takes.
nasty <- list(
  NULL, NA, NaN, NA_character_, list(), list(1), c(1, 2), numeric(), 1i, "a", as.raw(1),
  function() 1, globalenv(), quote(a + b), as.Date("2024-01-01"), factor(1), matrix(1:4, 2),
  structure(1, class = "foo")
)

test_that("check_count() takes whole numbers in bounds and returns integers", {
  f <- function(units, ...) check_count(units, ...)
  expect_identical(f(3), 3L)
  expect_identical(f(3L), 3L)
  expect_identical(f(0, min = 0L), 0L)
  expect_identical(f(2147483647), 2147483647L)
  expect_null(f(NULL, null = TRUE))
  for (bad in c(nasty, list(0, -1, 2.5, Inf, 2^31, 1e10, TRUE, "3"))) {
    expect_refused(f(bad), "argument", "units")
  }
  expect_refused(f(5, max = 4L), "argument", "units", names = "from 1 to 4")
})

test_that("check_number() takes finite numbers in bounds and returns doubles", {
  f <- function(rate, ...) check_number(rate, ...)
  expect_identical(f(3L), 3)
  expect_identical(f(-1e308), -1e308)
  expect_identical(f(0, min = 0, max = 1), 0)
  expect_identical(f(1, min = 0, max = 1), 1)
  expect_null(f(NULL, null = TRUE))
  expect_refused(f(0, min = 0, open = "min"), "argument", "rate", names = "above 0")
  expect_refused(f(1, min = 0, max = 1, open = "max"), "argument", "rate", names = "[0, 1)")
  expect_refused(f(1, min = 0, max = 1, open = c("min", "max")), "argument", names = "(0, 1)")
  expect_refused(f(-1, min = 0), "argument", "rate", names = "at least 0")
  for (bad in c(nasty, list(Inf, -Inf, TRUE, "3"))) expect_refused(f(bad), "argument", "rate")
})

test_that("check_flag(), check_string() and check_choice() take one value each", {
  flag <- function(use_bias, ...) check_flag(use_bias, ...)
  expect_identical(flag(c(a = TRUE)), TRUE)
  expect_null(flag(NULL, null = TRUE))
  for (bad in c(nasty, list(1, 0, "TRUE"))) expect_refused(flag(bad), "argument", "use_bias")
  string <- function(path, ...) check_string(path, ...)
  expect_identical(string("b"), "b")
  expect_null(string(NULL, null = TRUE))
  for (bad in c(nasty[nasty != "a"], list("", 1))) expect_refused(string(bad), "argument", "path")
  one <- function(mode) check_choice(mode, c("rows", "columns"), "a mode")
  expect_identical(one("rows"), "rows")
  expect_refused(one("row"), "argument", "mode", names = "rows")
  for (bad in c(nasty, list("", 1))) expect_refused(one(bad), "argument", "mode")
})

test_that("names are short, printable and no paths", {
  f <- function(name) check_name(name)
  expect_null(f(NULL))
  expect_identical(f("mod\u00e8le 1.a_b-c"), "mod\u00e8le 1.a_b-c")
  expect_identical(f(strrep("a", 255)), strrep("a", 255))
  for (bad in list("", strrep("a", 256), "a/b", "a\\b", "a\nb", "\001", 5, NA, c("a", "b"))) {
    expect_refused(f(bad), "argument", "name")
  }
  expect_refused(f("\xff\xfe"), "argument", "name")
})

test_that("composed and decomposed letters are different names", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(1, name = "\u00e9")
  layer_dense(model, 1, name = "e\u0301")
  expect_identical(get_layer(model, "e\u0301")$input_shape, list(NULL, 1L))
})

test_that("dots hold nothing, or the nearest name is given", {
  f <- function(units, ...) check_dots(list(...), names(formals()))
  expect_invisible(f(1))
  expect_refused(f(1, unitz = 3), "argument", "unitz", names = "units")
  expect_refused(f(1, completely = 3), "argument", "completely")
  expect_refused(f(1, 2), "argument", names = "unnamed")
})

test_that("errors of checks read as they should", {
  layer <- function(units) check_count(units)
  number <- function(rate) check_number(rate, min = 0, max = 1, open = "max")
  choice <- function(mode) check_choice(mode, c("rows", "columns"), "a way")
  name <- function(name) check_name(name)
  dots <- function(units, ...) check_dots(list(...), "units")
  expect_snapshot(error = TRUE, {
    layer(2.5)
    layer("10")
    number(1)
    number(c(1, 2))
    choice("row")
    choice("zebra")
    name("a/b")
    dots(unitz = 1)
    dots(1, 2)
  })
})

test_that("no function answers a missing argument in R's own words", {
  generics <- c("fit", "compile", "evaluate", "predict", "%>%", "%<>%")
  for (name in setdiff(getNamespaceExports("kestrel"), generics)) {
    f <- getExportedValue("kestrel", name)
    if (!is.function(f)) next
    error <- tryCatch(suppressWarnings(f()), error = identity)
    ok <- !inherits(error, "error") || inherits(error, "kestrel_error_argument") ||
      inherits(error, c("kestrel_error_state", "kestrel_error_file"))
    expect(ok, sprintf("%s(): %s", name, if (!ok) conditionMessage(error)))
  }
  model <- small_model()
  calls <- list(
    function() initializer_he_normal()(), function() model(), function() model$layers[[1]](),
    function() predict(model), function() evaluate(model), function() fit(model),
    function() regularizer_l2()(), function() learning_rate_schedule_cosine_decay(1, 2)(),
    function() constraint_maxnorm()(), function() loss_mean_squared_error()(),
    function() metric_mean_squared_error()(),
    function() activation_relu()(), function() set_weights(model), function() freeze_weights(),
    function() layer_dense(model), function() layer_dropout(model),
    function() layer_activation(model),
    function() compile(model)
  )
  for (f in calls) {
    expect(inherits(tryCatch(f(), error = identity), "kestrel_error"), deparse(body(f)))
  }
})
