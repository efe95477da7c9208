# The linear programme of losses made of straight pieces, against problems solved by hand.

test_that("one constraint: all weight goes to the two sides of the median", {
  set.seed(2)
  for (n in c(5, 20, 101)) {
    r <- rnorm(n)
    a <- matrix(1 / sqrt(n), n)
    found <- lp_solve(a, r, rep(-1, n), rep(1, n))
    expect_near(sum(r * found$l), sum(abs(r - median(r))), 1e-8)
    expect_lt(abs(sum(found$l)), 1e-8)
    expect_true(all(abs(found$l) <= 1 + 1e-9))
  }
})

test_that("the dual of a line through points is the sum of absolute residuals", {
  x <- c(0, 1, 2, 3, 4, 5)
  y <- c(0, 1, 9, 3, 4, -7)
  a <- qr.Q(qr(cbind(1, x)))
  found <- lp_solve(a, y, rep(-1, 6), rep(1, 6))
  # Every line through two of the points.
  pairs <- combn(6, 2)
  sums <- apply(pairs, 2, function(p) {
    b <- (y[p[2]] - y[p[1]]) / (x[p[2]] - x[p[1]])
    sum(abs(y - y[p[1]] - b * (x - x[p[1]])))
  })
  expect_near(sum(y * found$l), min(sums), 1e-8)
  expect_lt(max(abs(crossprod(a, found$l))), 1e-8)
})
