test_that("both pipes and the generics are there with the package", {
  exports <- getNamespaceExports("kestrel")
  expect_true(all(c("%>%", "fit", "compile", "evaluate") %in% exports))
  expect_identical(get("fit", asNamespace("kestrel")), generics::fit)
  expect_identical(c(1, 4) %>% sum(), 5)
})

test_that("nothing but what is declared is imported", {
  imports <- names(getNamespaceImports("kestrel"))
  expect_true(all(imports %in% c("base", "rlang", "cli", "generics", "magrittr", "stats", "utils",
    "graphics", "grDevices")))
})

test_that("loading changes no option, no random numbers and no search path but its own", {
  skip_if_not_installed("callr")
  changed <- callr::r(function(lib) {
    .libPaths(lib)
    set.seed(1)
    before <- list(options(), .Random.seed, search())
    library(kestrel, lib.loc = lib)
    after <- list(options(), .Random.seed, setdiff(search(), "package:kestrel"))
    keys <- setdiff(names(after[[1]]), names(before[[1]]))
    list(options = keys, same = identical(before[2:3], after[2:3]))
  }, list(lib = .libPaths()))
  expect_true(changed$same)
  expect_identical(grep("kestrel|keras", changed$options, value = TRUE), character())
})

test_that("methods reach the generics of R", {
  model <- small_model()
  expect_identical(stats::predict(model, small_x()), model(small_x()))
  expect_identical(capture.output(base::summary(model)), capture.output(print(model)))
  expect_s3_class(base::as.data.frame(fit(model, small_x(), small_y(), epochs = 1, verbose = 0)),
    "data.frame")
})

test_that("other objects meet the error of shared generics, and of our own", {
  expect_error(fit("a"), "no applicable method")
  expect_error(compile("a"), "no applicable method")
  expect_error(evaluate("a"), class = "kestrel_error_argument")
})
