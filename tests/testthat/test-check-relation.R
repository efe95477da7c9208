test_that("faults of this group are found", {
  expect_checks(relation_checks())
})

test_that("neighbours tell of targets that follow the inputs", {
  x <- cbind(seq(0, 1, length.out = 100))
  nearest <- nearest_rows(x, 5L)
  expect_identical(sort(nearest[50, ]), sort(order(abs(x - x[50]))[2:6]))
  expect_lt(unlikeness(x, nearest), 0.01)
  withr::local_seed(1)
  expect_gt(unlikeness(matrix(stats::rnorm(100)), nearest), 0.7)
})

test_that("permutations of what is not related have p-values all over", {
  withr::local_seed(1)
  p <- vapply(1:20, function(i) {
    case <- new_case(net(2, 1, "linear"), matrix(stats::rnorm(100), 50), stats::rnorm(50), NULL, NULL, NULL, 5, environment())
    permutation_test(case, 99)
  }, 0)
  expect_gt(min(p), 0.001)
  expect_gt(stats::ks.test(p + stats::runif(20, -0.005, 0.005), "punif")$p.value, 0.001)
})
