given <- function(arguments, lines = NULL, config = "default") {
  file <- withr::local_tempfile()
  if (!is.null(lines)) writeLines(lines, file)
  flags(flag_integer("units", 128), flag_numeric("dropout_1", 0.4, "share"), flag_boolean("bias", TRUE),
    flag_string("name", "a"), arguments = arguments, file = file, config = config)
}

test_that("defaults are the values", {
  expect_identical(given(character()), list(units = 128L, dropout_1 = 0.4, bias = TRUE, name = "a"))
  expect_identical(flags(), stats::setNames(list(), character()))
})

test_that("what the script is given stands above", {
  expect_identical(given(c("x", "--units", "64", "--dropout-1=0.2", "--bias", "no", "--other", "3", "--name=b=c")),
    list(units = 64L, dropout_1 = 0.2, bias = FALSE, name = "b=c"))
  expect_identical(given(c("--units", "1", "--units", "2"))$units, 2L)
  expect_true(given("--bias")$bias)
  expect_identical(given(c("--name", "12"))$name, "12")
})

test_that("the file stands between, by configuration", {
  lines <- c("# of mine", "units: 32", "name: 'x y' # why", "default:", "  dropout_1: 0.1", "large:", "  units: 512", "  dropout_1: 0.3")
  expect_identical(given(character(), lines), list(units = 32L, dropout_1 = 0.1, bias = TRUE, name = "x y"))
  expect_identical(given(character(), lines, "large")[1:2], list(units = 512L, dropout_1 = 0.3))
  expect_identical(given("--units=8", lines, "large")$units, 8L)
})

test_that("values of another type are refused by their names", {
  expect_error(given("--units=a"), "`units` must be a whole number", class = "kestrel_error_argument")
  expect_error(given("--units=1.5"), "`units`", class = "kestrel_error_argument")
  expect_error(given("--bias=perhaps"), "`bias` must be TRUE or FALSE", class = "kestrel_error_argument")
  expect_error(flag_numeric("a", "b"), "`default` must be a number", class = "kestrel_error_argument")
  expect_error(flag_numeric(3, 3), "`name`", class = "kestrel_error_argument")
  expect_error(flags(a = 3), class = "kestrel_error_argument")
})
