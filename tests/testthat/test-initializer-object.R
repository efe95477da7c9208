# Initializers that draw numbers.
random <- c("random_normal", "random_uniform", "truncated_normal", "variance_scaling",
  "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
  "lecun_normal", "orthogonal")

test_that("a seed decides the values of a shape, in any layer", {
  for (name in random) {
    make <- get(paste0("initializer_", name))
    a <- make(seed = 5)
    set.seed(1)
    before <- .Random.seed
    values <- a(c(4, 3))
    expect_identical(.Random.seed, before)
    expect_identical(a(c(4, 3)), values)
    expect_identical(make(seed = 5)(c(4, 3)), values)
    expect_false(identical(make(seed = 6)(c(4, 3)), values))
    expect_identical(draw_initial(a, c(4L, 3L), 99, stream = 3L), values)
  }
})

test_that("without a seed set.seed() decides, and weights of a layer differ", {
  normal <- initializer_random_normal()
  set.seed(1)
  a <- normal(3)
  expect_false(identical(normal(3), a))
  set.seed(1)
  expect_identical(normal(3), a)
  first <- draw_initial(normal, 3L, 9, stream = 1L)
  expect_identical(draw_initial(normal, 3L, 9, stream = 1L), first)
  expect_false(identical(draw_initial(normal, 3L, 9, stream = 2L), first))
})

test_that("layers are given names, objects, functions or arrays", {
  same <- function(x, y) expect_identical(as_initializer(x)$choice, y()$choice)
  same("zero", initializer_zeros)
  same("one", initializer_ones)
  same("Zeros", initializer_zeros)
  same("normal", initializer_random_normal)
  same("uniform", initializer_random_uniform)
  same("GlorotUniform", initializer_glorot_uniform)
  same("LecunNormal", initializer_lecun_normal)
  same(initializer_he_normal, initializer_he_normal)
  same(NULL, initializer_glorot_uniform)
  w <- matrix(1:6 / 7, 2)
  by_shape <- list(function(shape) w, function(shape, dtype = NULL) c(w))
  for (x in c(list(w, initializer_constant(w)), by_shape)) {
    layer <- layer_dense(units = 3, kernel_initializer = x)
    layer(matrix(0, 1, 2))
    expect_identical(get_weights(layer)[[1]], w)
  }
})

test_that("functions get the shape", {
  seen <- NULL
  as_initializer(function(shape) {
    seen <<- shape
    array(0, shape)
  })(c(2, 3))
  expect_identical(seen, 2:3)
})

test_that("functions that fail are named as such, and nothing is drawn", {
  refused <- list(
    function(shape) stop("no"), function(shape) "a", function(shape) matrix(0, 5, 5),
    function(shape) array(NA_real_, shape), function(shape) array(0, rev(shape)),
    function(shape) NULL
  )
  for (f in refused) {
    expect_error(as_initializer(f)(c(2, 3)), class = "kestrel_error_callback")
    set.seed(1)
    before <- .Random.seed
    layer <- layer_dense(units = 3, kernel_initializer = f)
    expect_error(layer(matrix(0, 1, 2)), class = "kestrel_error_callback")
    expect_identical(.Random.seed, before)
  }
})

test_that("objects survive saving", {
  f <- unserialize(serialize(initializer_he_normal(seed = 1), NULL))
  expect_identical(f(c(2, 2)), initializer_he_normal(seed = 1)(c(2, 2)))
})
