test_that("factors and rounded numbers repeat by chance, copies do not", {
  skip_if_not_installed("withr")
  withr::local_seed(1)
  people <- as.data.frame(Titanic)
  people <- people[rep(seq_len(nrow(people)), people$Freq), ]
  expect_true(repeats_by_chance(stats::model.matrix(~ Class + Sex + Age, people)))
  expect_true(repeats_by_chance(cbind(cars$speed)))
  expect_true(repeats_by_chance(stats::model.matrix(~ wool * tension, warpbreaks)))
  x <- matrix(stats::rnorm(60), 30)
  expect_false(repeats_by_chance(x[sample(30, 300, TRUE), ]))
  expect_false(repeats_by_chance(x[c(1:30, 1:10), ]))
})

test_that("pairs of equal rows are counted", {
  # 3 + 1 of 15 pairs.
  expect_equal(tied_pairs(c(1, 1, 1, 2, 2, 3)), 4 / 15)
})

test_that("the F test of bends is that of anova()", {
  skip_if_not_installed("withr")
  withr::local_seed(2)
  x <- matrix(stats::rnorm(80), 40)
  y <- x[, 1] + x[, 2]^2 / 3 + stats::rnorm(40)
  line <- stats::lm(y ~ x)
  bent <- stats::lm(y ~ x + I(x^2) + I(x[, 1] * x[, 2]))
  p <- curved_p(x, cbind(stats::residuals(line)))
  expect_equal(p, stats::anova(line, bent)[["Pr(>F)"]][2])
})

test_that("a wave that no square follows is seen by near rows, noise is not", {
  skip_if_not_installed("withr")
  withr::local_seed(3)
  x <- cbind(seq(-3, 3, length.out = 120))
  expect_lt(neighbour_p(x, sin(6 * x)), 1e-6)
  expect_gt(neighbour_p(x, cbind(stats::rnorm(120))), 1e-3)
})

test_that("the variance of noise is found beside a curve, and that of a line is 0", {
  skip_if_not_installed("withr")
  withr::local_seed(4)
  x <- sort(stats::runif(4000, -3, 3))
  expect_equal(local_noise(x, cbind(sin(x) + 0.1 * stats::rnorm(4000))), 0.01, tolerance = 0.1)
  expect_equal(local_noise(c(1, 2, 2, 2, 5), cbind(c(1, 2, 2, 2, 5))), 0)
})

test_that("validation rows tell bends from noise", {
  skip_if_not_installed("withr")
  withr::local_seed(5)
  x <- matrix(stats::rnorm(480), 160)
  seen <- 1:60
  held <- function(y) {
    m <- net(3, 1, "linear")
    new_case(m, x[seen, ], y[seen], NULL, list(x[-seen, ], y[-seen]), NULL, 5, environment())$bend_held
  }
  expect_gt(held(drop(x %*% 1:3) + stats::rnorm(160)), 0.9)
  expect_lt(held(x[, 1]^2 + 0.3 * stats::rnorm(160)), 0.7)
  none <- new_case(net(3, 1, "linear"), x, x[, 1], NULL, NULL, NULL, 5, environment())
  expect_identical(none$bend_held, NA_real_)
})

test_that("distances are those of dist()", {
  x <- matrix(c(1, 4, 2, 0, 3, 5), 3)
  expect_equal(squared_distances(x, x), unname(as.matrix(stats::dist(x))^2))
})
