test_that("norms along the axis are one, directions stay", {
  x <- array(sin(1:24), 2:4)
  for (axis in -3:2) {
    for (p in c(1, 2, 3, Inf)) {
      y <- normalize(x, axis, p)
      others <- setdiff(1:3, if (axis < 0) axis + 4 else axis + 1)
      norms <- apply(abs(y), others, function(v) if (p == Inf) max(v) else sum(v^p)^(1 / p))
      expect_equal(norms, array(1, dim(x)[others]), tolerance = 1e-14)
      ratio <- apply(x / y, others, function(v) diff(range(v)))
      expect_lt(max(abs(ratio)), 1e-13)
    }
  }
})

test_that("zeros stay, and a vector is one sample", {
  expect_equal(normalize(rbind(c(3, 4), c(0, 0))), rbind(c(0.6, 0.8), c(0, 0)))
  expect_equal(normalize(c(3, 4)), matrix(c(0.6, 0.8), 1))
  expect_equal(normalize(data.frame(a = 3, b = 4)), matrix(c(0.6, 0.8), 1))
  expect_equal(normalize(matrix(c(3e200, 4e200), 1)), matrix(c(0.6, 0.8), 1))
})

test_that("bad arguments are refused", {
  expect_refused(normalize("a"), "argument", "x")
  for (bad in list(2, -3, 0.5, NA, "a", NULL)) expect_refused(normalize(diag(2), bad), "argument", "axis")
  for (bad in list(0, -1, NA, "a", NULL)) expect_refused(normalize(diag(2), order = bad), "argument", "order")
})
