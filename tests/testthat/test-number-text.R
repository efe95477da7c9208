# What Python's repr() writes.
test_that("numbers are written as Python writes them", {
  numbers <- c(
    "0.1" = 0.1, "3.0" = 3, "-2.0" = -2, "0.30000000000000004" = 0.1 + 0.2, "1e-05" = 1e-5,
    "0.0001" = 1e-4, "123456.789" = 123456.789, "0.3333333333333333" = 1 / 3,
    "2.2250738585072014e-308" = 2.2250738585072014e-308, "nan" = NaN, "NA" = NA,
    "inf" = Inf, "-inf" = -Inf, "0.0" = 0
  )
  expect_identical(number_text(numbers), names(numbers))
})

test_that("large numbers are written as Python writes them", {
  expect_identical(number_text(1e15), "1000000000000000.0")
  expect_identical(number_text(123456789012345680), "1.2345678901234568e+17")
  expect_identical(number_text(-1234567890123456), "-1234567890123456.0")
  expect_identical(number_text(1000000000000000.125), "1000000000000000.1")
  expect_identical(number_text(12345678901234568), "1.2345678901234568e+16")
  expect_identical(number_text(1e16), "1e+16")
  expect_identical(number_text(1e300), "1e+300")
})

test_that("every number reads back as itself", {
  set.seed(1)
  x <- c(rnorm(500), 10^runif(500, -300, 300), 2^(-1074:-1060), 10^runif(100, 14, 18))
  expect_identical(as.double(number_text(x)), x)
})

test_that("templates are filled as Python's str.format() does", {
  values <- list(epoch = 3L, val_loss = 0.12345678, loss = 1234.5)
  fill <- function(template) fill_template(template, values, function(name) stop("no ", name))
  expect_identical(fill("m-{epoch:02d}-{val_loss:.2f}.rds"), "m-03-0.12.rds")
  expect_identical(fill("{epoch}_{val_loss}"), "3_0.12345678")
  expect_identical(fill("{{x}} {epoch:4d}|"), "{x}    3|")
  expect_identical(fill("{loss:.3e} {loss:g} {val_loss:.1%} {loss:+.1f}"),
    "1.234e+03 1234.5 12.3% +1234.5")
  expect_identical(fill("plain"), "plain")
  expect_error(fill("{nothing}"), "no nothing")
  expect_error(fill("{epoch:02x}"), "no epoch")
  expect_error(fill("{val_loss:d}"), "no val_loss")
})
