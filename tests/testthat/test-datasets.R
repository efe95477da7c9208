# Small files in the formats of the real ones, written by Python's zipfile, gzip and struct: pixel (i, j)
# of image n is 10 n + 3 i + j + 1, all counted from 0.
home <- function() normalizePath(test_path("fixtures", "datasets"))

images <- function(n) {
  aperm(vapply(n, function(n) 10 * n + outer(3 * (0:1), 0:2, `+`) + 1, matrix(0, 2, 3)), c(3, 1, 2))
}

test_that("digits and clothes are read by samples", {
  mnist <- dataset_mnist(file.path(home(), "mnist.npz"))
  expect_equal(mnist$train, list(x = images(0:3), y = array(c(5, 0, 4, 1))))
  expect_equal(mnist$test, list(x = images(c(20, 24)), y = array(c(7, 2))))
  expect_type(mnist$train$x, "integer")
  fashion <- dataset_fashion_mnist(file.path(home(), "fashion-mnist"))
  expect_equal(fashion$train, list(x = images(0:2), y = array(c(9, 0, 3))))
  expect_equal(fashion$test, list(x = images(24), y = array(2)))
})

test_that("files are looked for where Keras keeps them", {
  folder <- withr::local_tempdir()
  file.copy(home(), folder, recursive = TRUE)
  withr::local_envvar(KERAS_HOME = folder)
  withr::local_dir(withr::local_tempdir())
  expect_equal(dataset_mnist()$train$x, images(0:3))
  expect_equal(dataset_fashion_mnist()$train$y, array(c(9, 0, 3)))
  expect_identical(dim(dataset_boston_housing()$train$x), c(8L, 2L))
})

test_that("the order is that of NumPy", {
  # What numpy.random.RandomState(seed).permutation(10) gives.
  numpy_order <- function(n, seed) kestrel:::numpy_orders(n, seed)[[1]]
  expect_identical(numpy_order(10, 42) - 1L, c(8L, 1L, 5L, 0L, 7L, 2L, 9L, 4L, 3L, 6L))
  expect_identical(numpy_order(10, 0) - 1L, c(2L, 8L, 4L, 9L, 1L, 6L, 7L, 3L, 0L, 5L))
  # The first prices of Keras' Boston housing, in books and guides.
  skip_if_not_installed("MASS")
  expect_identical(MASS::Boston$medv[numpy_order(506, 113)][1:6], c(15.2, 42.3, 50, 21.1, 17.7, 18.5))
})

test_that("Boston's towns keep their prices, and R's random numbers go on", {
  set.seed(1)
  before <- .Random.seed
  boston <- dataset_boston_housing(file.path(home(), "boston_housing.npz"))
  expect_identical(.Random.seed, before)
  expect_identical(boston$train$x[, 2], boston$train$x[, 1] + 0.5)
  expect_identical(c(boston$train$y), boston$train$x[, 1] + 100)
  expect_identical(c(boston$test$y), boston$test$x[, 1] + 100)
  expect_setequal(c(boston$train$y, boston$test$y), 100:109)
  other <- dataset_boston_housing(file.path(home(), "boston_housing.npz"), test_split = 0.35, seed = 42)
  expect_identical(c(other$train$y), 100 + c(8, 1, 5, 0, 7, 2))
})

test_that("what is absent or wrong is told", {
  withr::local_envvar(KERAS_HOME = withr::local_tempdir())
  expect_error(dataset_mnist(), "no file mnist.npz", class = "kestrel_error_file")
  expect_error(dataset_fashion_mnist(), "train-images", class = "kestrel_error_file")
  error <- expect_error(dataset_boston_housing(), class = "kestrel_error_file")
  expect_match(error$hint, "https://.*boston_housing.npz")
  boston <- file.path(home(), "boston_housing.npz")
  expect_error(dataset_mnist(boston), "has no array \"x_train\"", class = "kestrel_error_file")
  expect_error(dataset_mnist(test_path("test-datasets.R")), "no .npz archive", class = "kestrel_error_file")
  expect_error(dataset_boston_housing(boston, test_split = 1), class = "kestrel_error_argument")
  expect_error(dataset_boston_housing(boston, seed = -1), class = "kestrel_error_argument")
  expect_error(dataset_mnist(3), class = "kestrel_error_argument")
})
