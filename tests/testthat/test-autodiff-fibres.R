test_that("gradients of cumulated numbers and products of slices are slopes", {
  expect_slopes(fibre_operations())
})

test_that("sorted and cumulated numbers have their gradients", {
  expect_gradients(
    function(x) sum(sort(x) * 1:6) + sort(x, decreasing = TRUE)[2] + median(x),
    function(x) sum(cumprod(x[1, ]) * cumsum(x[2, ])) + sum(pnorm(x, 0.2, 2))
  )
})

test_that("what is done along a dimension is what apply() does", {
  a <- array(sin(1:24), 2:4)
  for (axis in 1:3) {
    others <- (1:3)[-axis]
    expected <- aperm(apply(a, others, cumsum), order(c(axis, others)))
    expect_equal(each_fibre(a, axis, cumsum), expected)
    expect_identical(from_fibres(fibres(a, axis), dim(a), axis), a)
  }
})
