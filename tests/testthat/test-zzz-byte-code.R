has_byte_code <- function(f) any(grepl("^<bytecode", utils::capture.output(print(f))))

test_that("functions are reached through others, once each, circles and variables left out", {
  env <- list2env(list(number = 1, far = function() near() + number, near = function() far(), off = function() 0))
  env$start <- function() { unknown(); far() }
  expect_setequal(functions_reached("start", env), c("start", "far", "near"))
})

test_that("compiled functions stay the same functions", {
  env <- new.env()
  env$f <- eval(quote(function(x, y = 2) x + y), env)
  before <- env$f
  compile_functions("f", env)
  expect_true(has_byte_code(env$f))
  expect_identical(env$f(1), 3)
  expect_identical(formals(env$f), formals(before))
  expect_identical(environment(env$f), environment(before))
})

test_that("what is on the way of a prediction, a batch and a fit is byte code", {
  for (f in list(predict.kestrel_model, fit.kestrel_model, train_on_batch, few_rows, predictions, case_value, note_loss)) {
    expect_true(has_byte_code(f))
  }
})
