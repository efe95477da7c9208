test_that("numbers have their distributions, and set.seed() repeats them", {
  makers <- list(
    normal = list(function(s) k_random_normal(s, 1, 2), function(x) pnorm(x, 1, 2)),
    normal3 = list(function(s) random_normal(s, -1), function(x) pnorm(x, -1)),
    uniform = list(function(s) k_random_uniform(s, -1, 3), function(x) punif(x, -1, 3)),
    uniform3 = list(function(s) random_uniform(s), punif),
    truncated = list(function(s) k_truncated_normal(s, 0, 1), function(x) {
      (pnorm(pmin(pmax(x, -2), 2)) - pnorm(-2)) / (pnorm(2) - pnorm(-2))
    }),
    gamma = list(function(s) random_gamma(s, 2), function(x) pgamma(x, 2)),
    beta = list(function(s) random_beta(s, 2, 3), function(x) pbeta(x, 2, 3))
  )
  for (name in names(makers)) {
    set.seed(4)
    x <- makers[[name]][[1]](list(400, 5))
    set.seed(4)
    expect_identical(makers[[name]][[1]](c(400, 5)), x)
    expect_identical(dim(x), c(400L, 5L))
    expect_gt(suppressWarnings(ks.test(c(x), makers[[name]][[2]])$p.value), 0.01, label = name)
  }
})

test_that("counts and choices", {
  set.seed(1)
  expect_equal(mean(k_random_bernoulli(4000, p = 0.3)), 0.3, tolerance = 0.1)
  expect_setequal(k_random_binomial(c(50, 2), 0.5), 0:1)
  expect_equal(mean(random_binomial(4000, 10, 0.3)), 3, tolerance = 0.1)
  expect_setequal(random_integer(200, 2, 5), 2:4)
  logits <- log(rbind(c(0.2, 0.3, 0.5), c(1e-30, 1, 1)))
  drawn <- random_categorical(logits, 4000)
  expect_equal(tabulate(drawn[1, ], 3) / 4000, c(0.2, 0.3, 0.5), tolerance = 0.1)
  expect_setequal(drawn[2, ], 2:3)
  expect_setequal(random_categorical(logits, 50, zero_indexed = TRUE)[2, ], 1:2)
  shuffled <- random_shuffle(matrix(1:20, 10))
  expect_setequal(shuffled[, 1], 1:10)
  expect_identical(shuffled[, 2], shuffled[, 1] + 10L)
})

test_that("a seed of its own repeats the numbers, and leaves R's generator alone", {
  set.seed(2)
  before <- .Random.seed
  expect_identical(random_normal(3, seed = 7), random_normal(3, seed = 7))
  generator <- random_seed_generator(7)
  first <- random_normal(3, seed = generator)
  expect_false(identical(random_normal(3, seed = generator), first))
  expect_identical(random_normal(3, seed = random_seed_generator(7)), first)
  expect_identical(.Random.seed, before)
})

test_that("dropout keeps the mean and its gradient its zeros", {
  set.seed(3)
  x <- matrix(1, 200, 20)
  y <- random_dropout(x, 0.25)
  expect_setequal(y, c(0, 4 / 3))
  expect_equal(mean(y), 1, tolerance = 0.1)
  rows <- k_dropout(x, 0.5, noise_shape = c(NA, 1))
  expect_true(all(rowMeans(rows) %in% c(0, 2)))
  g <- kestrel:::differentiate(function(x) sum(random_dropout(x, 0.5, seed = 1)), list(x))$gradients[[1]]
  expect_equal(g, random_dropout(x, 0.5, seed = 1))
})

test_that("noise is a constant to differentiation", {
  g <- kestrel:::differentiate(function(mean, size) {
    sum(mean + size * k_random_normal(k_shape(mean)))
  }, list(m, 2))$gradients
  expect_equal(g[[1]], 0 * m + 1)
  expect_true(is.finite(g[[2]]))
})

test_that("dims and parameters that there are not are refused", {
  refused <- function(code) expect_error(code, class = "kestrel_error_argument")
  refused(k_random_normal(c(2, -1)))
  refused(k_random_normal("a"))
  refused(random_normal(2, stddev = -1))
  refused(random_uniform(2, 3, 1))
  refused(random_dropout(m, 1))
  refused(random_normal(2, seed = "a"))
  refused(k_random_bernoulli(2, 1.5))
})

test_that("mean and deviation of normal numbers are differentiated, and may be arrays", {
  noise <- random_normal(c(2, 3), seed = 4)
  m <- matrix(1:6, 2)
  s <- c(0.5, 2)
  expect_equal(random_normal(c(2, 3), m, s, seed = 4), m + s * noise)
  slopes <- kestrel:::differentiate(function(m, s) sum(random_normal(c(2, 3), m, s, seed = 4)^2), list(m, s))
  expect_equal(slopes$gradients, list(2 * (m + s * noise), rowSums(2 * (m + s * noise) * noise)))
})

test_that("what random operations cannot take is refused", {
  expect_snapshot(error = TRUE, {
    random_dropout(matrix(1, 4, 3), 0.5, noise_shape = c(2, 3))
    k_dropout(matrix(1, 4, 3), 1)
    random_dropout(matrix(1, 4, 3), 0.5, noise_shape = "a")
    random_dropout(matrix(1, 4, 3))
    random_dropout(factor(1), 0.5)
    random_categorical("a", 2)
    random_normal()
    random_normal(2, stddev = -1)
  })
})
