test_that("gradients of what picks numbers are slopes", {
  expect_slopes(choosing_operations())
})

test_that("parts, joined and turned arrays have their gradients", {
  expect_gradients(
    function(x) sum(cbind(x[, 1], 2 * x[, 2:3])^2) + prod(dim(x)) * x[2, 3],
    function(x) sum(rbind(x, 1)[3:1, ] * 2),
    function(x) sum(ifelse(x > 0.35, x^2, -x)),
    function(x) sum(pmax(x, 0, 0.5 * x) - pmin(0.1, x)),
    function(x) {
      y <- x * 2
      y[1, ] <- x[2, ]^2
      dim(y) <- c(3, 2)
      sum(y %*% c(1, -2)) + y[[2]]
    },
    function(x) sum(vapply(1:2, function(i) 1, 0)) * sum(Reduce(`+`, lapply(1:3, function(j) x[, j]^j))),
    function(x) sum(matrix(x, 3)[, 1] * rev(x)[1:3]) + sum(rep(c(x), 2)) + sum(t(x)[3, ]),
    function(x) sum(array(x, c(1, 2, 3))[1, , 2]) + sum(aperm(x, 2:1)[1, ])
  )
})

test_that("what is taken twice gets the slopes of both, and what is left out none", {
  expect_identical(gradient(function(x) sum(x[c(1, 1, 3)]), c(5, 6, 7))[[1]], c(2, 0, 1))
  expect_identical(gradient(function(x) { x[2] <- 0; sum(x) }, c(5, 6, 7))[[1]], c(1, 0, 1))
})

test_that("of equal numbers pmax() takes the first", {
  g <- gradient(function(a, b) sum(pmax(a, b)), c(1, 2), c(1, 3))
  expect_identical(g, list(c(1, 0), c(0, 1)))
})
