test_that("seeds are whole numbers below 2^51 that set.seed() decides", {
  set.seed(1)
  seeds <- replicate(200, draw_seed())
  expect_true(all(seeds == trunc(seeds) & seeds >= 0 & seeds < 2^51))
  expect_identical(anyDuplicated(seeds), 0L)
  expect_gt(max(seeds), 2^50)
  set.seed(1)
  expect_identical(draw_seed(), seeds[1])
})

test_that("seeds are those of sample.int(), and leave the generator where it does", {
  for (kind in c("Rejection", "Rounding")) {
    suppressWarnings(set.seed(2, sample.kind = kind))
    seeds <- replicate(20, draw_seed())
    after <- .Random.seed
    suppressWarnings(set.seed(2, sample.kind = kind))
    expect_identical(seeds, replicate(20, sample.int(2^51, 1L, TRUE) - 1))
    expect_identical(.Random.seed, after)
  }
  RNGkind(sample.kind = "Rejection")
})

test_that("set_random_seed() and its old form are set.seed()", {
  set.seed(7)
  expected <- runif(3)
  expect_invisible(set_random_seed(7))
  expect_identical(runif(3), expected)
  use_session_with_seed(7, quiet = TRUE)
  expect_identical(runif(3), expected)
})

test_that("seeds that are none are refused", {
  for (bad in list(-1, 1.5, NA, "a", NULL, c(1, 2), Inf)) {
    expect_error(set_random_seed(bad), class = "kestrel_error_argument")
    expect_error(use_session_with_seed(bad), class = "kestrel_error_argument")
  }
  expect_error(set_random_seed(1, disable_gpu = NA), class = "kestrel_error_argument")
  expect_error(use_session_with_seed(1, quiet = 2), class = "kestrel_error_argument")
})

test_that("random numbers stay where code fails, and move on where it does not", {
  set.seed(3)
  before <- .Random.seed
  expect_error(with_seed_kept({ runif(5); stop("no") }), "no")
  expect_identical(.Random.seed, before)
  drawn <- with_seed_kept(runif(5))
  set.seed(3)
  expect_identical(runif(5), drawn)
})

test_that("a session without random numbers has none after a failure", {
  old <- globalenv()$.Random.seed
  on.exit(restore_seed(old))
  restore_seed(NULL)
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
  try(with_seed_kept({ runif(1); stop("no") }), silent = TRUE)
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
})

test_that("a seed is R's draw without replacement, for each way to sample", {
  old <- RNGkind()
  withr::defer(suppressWarnings(do.call(RNGkind, as.list(old))))
  for (way in c("Rejection", "Rounding")) {
    suppressWarnings(RNGkind(sample.kind = way))
    set.seed(3)
    expected <- replicate(50, sample.int(2^51, 1L) - 1)
    set.seed(3)
    expect_identical(replicate(50, draw_seed()), expected)
  }
})

test_that("code with a seed of its own leaves R's random numbers alone", {
  set.seed(3)
  before <- .Random.seed
  a <- with_own_seed(stats::runif(3))
  expect_identical(.Random.seed, before)
  expect_identical(with_own_seed(stats::runif(3)), a)
  try(with_own_seed(stop("no")), silent = TRUE)
  expect_identical(.Random.seed, before)
})
