test_that("faults of loss and output are found", {
  expect_checks(contract_checks())
})

test_that("floors are those of the closed forms", {
  floor_of <- function(id) found_in(faulty[[id]], id)$certificate$values$floor
  expect_equal(floor_of("L1"), mean((10 * plane$curved - pmin(pmax(10 * plane$curved, 0), 1))^2))
  # A sigmoid output taken for a logit lies in [0, 1]: log(1 + exp(-1)) and log(2) at best.
  share <- mean(plane$class)
  expect_equal(floor_of("L5"), share * log1p(exp(-1)) + (1 - share) * log(2))
})

test_that("the nearest probabilities are found", {
  expect_equal(nearest_probabilities(rbind(c(0.2, 0.8), c(2, 0), c(1, 1))), rbind(c(0.2, 0.8), c(1, 0), c(0.5, 0.5)))
  withr::with_seed(1, y <- matrix(stats::rnorm(30), 10))
  p <- nearest_probabilities(y)
  expect_equal(rowSums(p), rep(1, 10))
  # No other point of a fine grid of probabilities is nearer.
  grid <- expand.grid(a = seq(0, 1, 0.02), b = seq(0, 1, 0.02))
  grid <- as.matrix(cbind(grid, 1 - grid$a - grid$b)[grid$a + grid$b <= 1, ])
  for (i in 1:10) {
    expect_lte(sum((y[i, ] - p[i, ])^2), min(rowSums((grid - rep(y[i, ], each = nrow(grid)))^2)) + 1e-12)
  }
})

test_that("a loss is called unbounded only where it is", {
  x <- plane$x
  y <- 3 * plane$curved
  found <- function(last, loss) {
    d <- diagnose(seeded(function() net(2, c(4, 1), c("tanh", last), loss)), x, y, checks = "L6", verify = TRUE)
    expect_true(d$verified)
    list(text = d$evidence, floor = as.vector(attr(d, "case")$floor))
  }
  endless <- found("sigmoid", "binary_crossentropy")
  expect_identical(endless$floor, -Inf)
  expect_match(endless$text, "no lower bound")
  clipped <- found("linear", "binary_crossentropy")
  expect_true(is.finite(clipped$floor))
  expect_no_match(clipped$text, "no lower bound")
  expect_match(clipped$text, digits(clipped$floor), fixed = TRUE)
})
