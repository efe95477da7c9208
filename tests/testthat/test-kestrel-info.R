test_that("it prints what is in use", {
  info <- structure(list(
    version = "1.2.3", kernel = "avx2", kernels = c("avx512", "avx2", "plain"), threads = 2L,
    processors = 4L, openmp = TRUE, precision = "float64", blas = "not needed"
  ), class = "kestrel_info")
  expect_snapshot(info)
  info[c("kernels", "threads", "openmp")] <- list("avx2", 1L, FALSE)
  expect_snapshot(info)
})

test_that("it says what the options and the settings ask for, and returns it unseen", {
  withr::defer(k_set_floatx("float64"))
  for (kernel in engine_kernels()) for (precision in c("float32", "float64")) {
    withr::local_options(kestrel.kernel = kernel, kestrel.threads = 1)
    k_set_floatx(precision)
    printed <- capture.output(seen <- withVisible(kestrel_info()))
    expect_false(seen$visible)
    info <- seen$value
    expect_identical(printed, format(info))
    expect_identical(unclass(info)[c("kernel", "threads", "precision")],
      list(kernel = kernel, threads = 1L, precision = precision))
    expect_identical(info$kernels, engine_kernels())
    expect_identical(info$version, as.character(packageVersion("kestrel")))
  }
})

test_that("the first kernel is used when none is asked for, and no other than those here", {
  withr::local_options(kestrel.kernel = NULL, kestrel.threads = NULL)
  capture.output(info <- kestrel_info())
  expect_identical(info$kernel, engine_kernels()[1])
  expect_lte(info$threads, 2)
  expect_lte(info$threads, info$processors)
  withr::local_options(kestrel.kernel = "none")
  expect_refused(kestrel_info(), "argument", names = "kestrel.kernel")
  withr::local_options(kestrel.kernel = NULL, kestrel.threads = 0)
  expect_refused(kestrel_info(), "argument", names = "kestrel.threads")
})
